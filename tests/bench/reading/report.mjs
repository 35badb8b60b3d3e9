// Writes docs/performance.md from what was measured. Owns its words; the figures are all from one run.
import fs from 'node:fs';
import os from 'node:os';

const ms = (n) => (n === null || n === undefined ? '-' : n.toFixed(1));
const mb = (n) => (n === null || n === undefined ? '-' : (n / 1e6).toFixed(1));
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');

/** Whether the budget page keeps within what is allowed, in words. */
function verdict(page, budgets) {
  const held = (ok, what, is, allowed) => `${what} ${is} of ${allowed} allowed: ${ok ? 'held' : '**not held**'}`;
  const longest = page.longest_task_ms ?? page.longest_slice_ms;
  return [
    held(page.added_ms <= budgets.added_ms, 'added', `${ms(page.added_ms)} ms`, `${budgets.added_ms} ms`),
    held(longest <= budgets.longest_ms, 'longest task', `${ms(longest)} ms`, `${budgets.longest_ms} ms`),
    held(page.shift_added <= budgets.shift && page.same_rectangles, 'layout shift added', page.shift_added.toFixed(3), budgets.shift),
  ].join('; ');
}

/** Writes the page. */
export function writeReport(file, results, budgets) {
  const parts = results.map(({ browser, version, rounds, pages, first_mark_ms, round_trip_ms, memory }) => {
    const budget = pages.find((p) => p.name === '200 cards');
    return `## ${browser} (${version}), medians of ${rounds} loads each

${table(
    ['page', 'without, ms', 'empty extension, ms', 'ours, ms', 'added, ms', 'our slices, ms', 'slices', 'longest slice, ms', 'longest task, ms', 'shift added', 'same rectangles', 'input without, ms', 'input with, ms'],
    pages.map((p) => [p.name, ms(p.none_ms), ms(p.empty_ms), ms(p.ours_ms), ms(p.added_ms), ms(p.own_ms), p.slices, ms(p.longest_slice_ms), ms(p.longest_task_ms), p.shift_added.toFixed(3), p.same_rectangles ? 'yes' : 'no', ms(p.input_none_ms), ms(p.input_ours_ms)]),
  )}

The budget is for the page of 200 cards: ${budget === undefined ? 'not measured' : verdict(budget, budgets)}.

From the beginning of a load to the first marked word, badges on, 200 cards: ${ms(first_mark_ms)} ms.

A batch of 60 listings to the background and back, warm, as the content script sees it: ${ms(round_trip_ms)} ms of ${budgets.round_trip_ms} ms allowed: ${round_trip_ms <= budgets.round_trip_ms ? 'held' : '**not held**'}.
${memory === undefined ? '' : `
Memory of the whole browser with four tabs of 200 cards (PSS), MB: without ${mb(memory.none)}, empty extension ${mb(memory.empty)}, ours ${mb(memory.ours)}.
`}`;
  });
  fs.writeFileSync(file, `# What reading costs a page

This page is made by \`cargo xtask bench --page\`; do not edit it by hand. Machine: ${os.cpus().length} processors, ${os.cpus()[0]?.model ?? 'unknown'}.

Every synthetic page (\`tests/bench/reading/sites.mjs\`) is loaded without an extension, with an extension that does nothing, and with ours, in turn. In Chromium, figures are processor time of the page's main thread from a trace of the whole load and what follows, and *added* is the median over rounds of ours less without. In Firefox there is no such trace: *added* is our own clock around every slice. *Longest task* is the longest of those in which our script ran at all, the page's own work in it included. *Input* is the longest wait after a press of a button while the page is being read, as the browser reports it: in steps of 8 ms, and 0 where all were under 16 ms.

${parts.join('\n')}`);
}
