// Keeps the cost of reading where it is: the budgets with a margin, as a machine that runs tests is never quiet.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS } from '../e2e/support/browser.mjs';
import { BUDGETS, measure } from './reading.mjs';

/** How far above its budget a figure must be before it is a fault and no noise. */
const MARGIN = 3;
/** Milliseconds for a list that grows to 2,000 cards: far below what looking at all of it each time would take. */
const GROWING_MS = 300;

for (const name of BROWSERS) {
  test(`what reading costs: ${name}`, { timeout: 300_000 }, async () => {
    const { pages } = await measure(name, { rounds: 3, names: ['200 cards', 'scroll to 2,000'], memory: false });
    const [results, growing] = pages;
    console.log(`${name}: ${JSON.stringify(results)}\n${name}: ${JSON.stringify(growing)}`);
    assert.ok(results.added_ms <= BUDGETS.added_ms * MARGIN, `200 cards: ${results.added_ms} ms added`);
    assert.ok(growing.added_ms <= GROWING_MS * MARGIN, `2,000 cards, forty at a time: ${growing.added_ms} ms added`);
    for (const page of pages) {
      assert.ok((page.longest_task_ms ?? page.longest_slice_ms) <= BUDGETS.longest_ms * MARGIN, `${page.name}: a task of ${page.longest_task_ms ?? page.longest_slice_ms} ms`);
      assert.equal(page.shift_added, BUDGETS.shift, `${page.name}: layout shift added`);
      assert.ok(page.same_rectangles, `${page.name}: every card stays where it is`);
    }
  });
}
