// node tests/bench/reading.mjs [--rounds N] [--browser NAME] [--report FILE]: what reading costs a page.
//
// Every page is loaded without an extension, with an empty one and with ours, one after the other in each round, so
// that a slow minute of the machine falls on all alike. Chromium: processor time of the page's main thread, from its
// trace. Firefox has no such trace: there our own clock around every slice. Budgets stand in `BUDGETS`.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { BROWSERS } from '../e2e/support/browser.mjs';
import { dist } from '../e2e/support/paths.mjs';
import { median } from './median.mjs';
import { proportional } from './reading/memory.mjs';
import { writeReport } from './reading/report.mjs';
import { serveSites, SITES } from './reading/sites.mjs';
import { begin, load, pause, roundTrips, toFirstMark } from './reading/subjects.mjs';

const SUBJECTS = ['none', 'empty', 'ours'];

/** Medians of one page's loads in one browser. */
function summary(loads) {
  const of = (name, pick) => median(loads[name].map(pick).filter((x) => x !== null && x !== undefined));
  const thread = (name) => of(name, (l) => l.thread?.total);
  // Differences within a round: what slowed a round down slowed both.
  const pairs = loads.ours.map((ours, n) => [ours, loads.none[n]]);
  const added = pairs[0][0].thread === undefined ? of('ours', (l) => l.own.total) : median(pairs.map(([ours, none]) => ours.thread.total - none.thread.total));
  return {
    none_ms: thread('none'), empty_ms: loads.empty.length > 0 ? thread('empty') : null, ours_ms: thread('ours'),
    added_ms: added,
    own_ms: of('ours', (l) => l.own.total),
    slices: of('ours', (l) => l.own.slices),
    longest_slice_ms: of('ours', (l) => l.own.longest),
    longest_task_ms: of('ours', (l) => l.thread?.longest),
    shift_added: Math.max(...loads.ours.map((l) => l.shift ?? 0)) - Math.max(...loads.none.map((l) => l.shift ?? 0)),
    same_rectangles: loads.ours.every((l) => l.rectangles === loads.none[0].rectangles),
    input_none_ms: of('none', (l) => l.input),
    input_ours_ms: of('ours', (l) => l.input),
  };
}

/** Measures `names` of the pages in one browser; `fewer`: rounds of single pages that are long. */
export async function measure(browserName, { rounds = 5, fewer = {}, names = Object.keys(SITES), memory = true, dir = dist(browserName), who = SUBJECTS, say = () => {} } = {}) {
  const site = await serveSites();
  const subjects = [];
  try {
    for (const name of who) subjects.push(await begin(name, browserName, new URL(site.url('60 cards')).origin, dir));
    const pages = [];
    for (const name of names) {
      const loads = { none: [], empty: [], ours: [] };
      for (let round = 0; round < (fewer[name] ?? rounds); round++) {
        for (let i = 0; i < subjects.length; i++) {
          const subject = subjects[(i + round) % subjects.length];
          loads[subject.name].push(await load(subject, site.url(name), SITES[name].listings));
        }
      }
      pages.push({ name, ...summary(loads) });
      say(pages.at(-1));
    }
    const ours = subjects.find((s) => s.name === 'ours');
    await ours.quiet(false);
    const marks = [];
    for (let round = 0; round < rounds; round++) marks.push(await toFirstMark(ours, site.url('200 cards', true)));
    await ours.quiet(true);
    const trips = await roundTrips(ours, site.url('60 cards'));
    const result = { browser: browserName, version: await ours.browser.browser.version(), rounds, pages, first_mark_ms: median(marks), round_trip_ms: median(trips) };
    if (memory) result.memory = await memoryOf(subjects, site);
    return result;
  } finally {
    for (const subject of subjects) await subject.close();
    site.close();
  }
}

/** Each browser with four tabs of results, all at rest. */
async function memoryOf(subjects, site) {
  const bytes = {};
  for (const subject of subjects) {
    const pages = [];
    for (let n = 0; n < 4; n++) {
      const page = await subject.browser.browser.newPage();
      await page.goto(site.url('200 cards'), { waitUntil: 'load' });
      pages.push(page);
    }
    // The options page is no part of a spotter's day.
    await subject.options?.close();
    await pause(4_000);
    bytes[subject.name] = proportional(subject.pid());
    for (const page of pages) await page.close();
  }
  return bytes;
}

/** What the design allows: on a results page of 200 cards. */
export const BUDGETS = { added_ms: 50, longest_ms: 10, shift: 0, round_trip_ms: 10 };

function asked(args) {
  const wanted = { rounds: 5, browsers: BROWSERS, report: null };
  for (let i = 0; i < args.length; i += 2) {
    const value = args[i + 1];
    if (args[i] === '--rounds' && /^[1-9]\d?$/u.test(value ?? '')) wanted.rounds = Number(value);
    else if (args[i] === '--browser' && BROWSERS.includes(value)) wanted.browsers = [value];
    else if (args[i] === '--report' && value) wanted.report = value;
    else throw new Error(`not understood: ${args[i]}; bench --page [--rounds 1..99] [--browser chromium|firefox]`);
  }
  return wanted;
}

async function main() {
  const wanted = asked(process.argv.slice(2));
  const results = [];
  for (const browser of wanted.browsers) {
    console.log(browser);
    results.push(await measure(browser, { rounds: wanted.rounds, say: (page) => console.log(JSON.stringify(page)) }));
    console.log(JSON.stringify({ first_mark_ms: results.at(-1).first_mark_ms, round_trip_ms: results.at(-1).round_trip_ms, memory: results.at(-1).memory }));
  }
  if (wanted.report !== null) writeReport(path.resolve(wanted.report), results, BUDGETS);
  fs.mkdirSync('target/bench', { recursive: true });
  fs.writeFileSync('target/bench/reading.json', `${JSON.stringify({ bench: 'reading', results }, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(`bench --page: ${error.message}`);
    process.exitCode = 1;
  });
}
