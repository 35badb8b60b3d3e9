// Keeps the cost of reading where it is. The budget itself is for a quiet machine (docs/performance.md says how it
// stands); what stands here is about twice what was measured there, times how much slower the machine is in this run.
// It notices what grows with the square of something.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS } from '../e2e/support/browser.mjs';
import { BUDGETS, measure } from './reading.mjs';
import { slowness } from './slowness.mjs';

/**
 * Milliseconds on a quiet machine: added on a page of 200 cards, on a list that grows to 2,000 (looking at all of it each
 * time took 1,949 in Chromium), in one task, and what the page of 200 cards takes by itself. Firefox's are our own
 * clock's: whatever else the machine does is in them, and a list that is read too late is looked at as a whole (2.4
 * times as much beside other work), so they only stop what runs away.
 */
const LIMITS = {
  chromium: { results: 120, growing: 450, task: 26, page: 140 },
  firefox: { results: 200, growing: 1_200, task: 30 },
};

/** A batch there and back: the budget is 10. */
const TRIP_MS = 10;

for (const name of BROWSERS) {
  test(`what reading costs: ${name}`, { timeout: 300_000 }, async () => {
    const before = slowness();
    const { pages, round_trip_ms: trip } = await measure(name, { rounds: 2, fewer: { 'scroll to 2,000': 1 }, names: ['200 cards', 'scroll to 2,000'], who: ['none', 'ours'], memory: false });
    const [results, growing] = pages;
    const limits = LIMITS[name];
    // The page's own work in the same loads is the fairest measure; where the browser does not tell it, a piece of ours.
    const slow = results.none_ms === null ? Math.max(before, slowness()) : Math.max(1, results.none_ms / limits.page);
    console.log(`${name}: ${JSON.stringify(results)}\n${name}: ${JSON.stringify(growing)}\n${name}: ${slow.toFixed(2)} times as slow as the machine of the limits`);
    assert.ok(trip <= TRIP_MS * slow, `a batch of 60 listings there and back: ${trip} ms`);
    assert.ok(results.added_ms <= limits.results * slow, `200 cards: ${results.added_ms} ms added`);
    assert.ok(growing.added_ms <= limits.growing * slow, `2,000 cards, forty at a time: ${growing.added_ms} ms added`);
    for (const page of pages) {
      assert.ok(page.slices > 1, `${page.name}: the work is cut into slices`);
      assert.ok((page.longest_task_ms ?? page.longest_slice_ms) <= limits.task * slow, `${page.name}: a task of ${page.longest_task_ms ?? page.longest_slice_ms} ms`);
      assert.equal(page.shift_added, BUDGETS.shift, `${page.name}: layout shift added`);
      assert.ok(page.same_rectangles, `${page.name}: every card stays where it is`);
    }
  });
}
