// A reviewer's shift by keyboard alone: fifty cases decided, five notices written, one decision taken back; how long the
// console keeps the reviewer waiting for each; and axe's opinion of every page on the way. Then the same without script.
// Every listing is synthetic.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { axe } from '../axe.mjs';
import { WHOLE } from '../part.mjs';
import { fill, LAUNCH, logIn, press, reports, state, submit } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';

/** The whole shift is `SPOTTER_WHOLE=1`; in the ordinary tests it ends early, and each browser goes one of the two ways. */
const CASES = WHOLE ? 50 : 12;
const NOTICES = 5;
/** What may pass for a case between keys and the pages that they lead to, in milliseconds: the mean of the shift. */
const OVERHEAD_MS = 3_000;

/** An endpoint with so many cases and the company whose they are, and a browser at its queue. */
async function shift(t, name, { script }) {
  const endpoint = await startEndpoint();
  t.after(() => endpoint.close());
  // One more than is decided: after the last decision there is a next case, as on any other day.
  await reports(endpoint, CASES + 1);
  const browser = await puppeteer.launch(LAUNCH[name]);
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${endpoint.origin}/console/login`);
  await logIn(page, endpoint.reviewer);
  await page.goto(`${endpoint.origin}/console/companies`);
  await fill(page, 'form[action="/console/companies"]', { name: 'Market Example', hosts: 'market.example', contact: 'trust@market.example' });
  await submit(page, 'form[action="/console/companies"] button.primary');
  await fill(page, 'form[action$="/clauses"]', { title: 'Animal products', read_on: '2026-11-20', address: 'https://market.example/rules' });
  await submit(page, 'form[action$="/clauses"] button');
  if (!script) {
    // Firefox's driver cannot switch scripts off; there the console itself does: with single keys off it sends none.
    if (name === 'chromium') await page.setJavaScriptEnabled(false);
    await page.goto(`${endpoint.origin}/console/keys`);
    if (name === 'firefox') await submit(page, 'form[action="/console/keys"] button');
  }
  await page.goto(`${endpoint.origin}/console`);
  return page;
}

/** By single keys: the first case of the queue, then each step. */
function byKey(page) {
  return {
    async first() {
      await page.keyboard.press('j');
      return press(page, 'Enter');
    },
    step: (key) => press(page, key),
  };
}

/** The same by the browser's own keys: Tab until it is reached, then Enter. */
function byTab(page) {
  const to = async (selector) => {
    for (let n = 0; n < 120; n += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return press(page, 'Enter');
    }
    return assert.fail(`Tab does not reach ${selector}`);
  };
  return { first: () => to('table.queue td.wide a'), step: (key) => to(`[data-key="${key}"]`) };
}

/** The whole shift; `look` is shown each kind of page. Gives the waiting of each case in milliseconds. */
async function work(page, keys, look) {
  await look('the queue');
  await keys.first();
  const waits = [];
  let waited = 0;
  const step = async (key) => {
    const started = performance.now();
    const place = await keys.step(key);
    waited += performance.now() - started;
    return place;
  };
  for (let n = 1; n <= CASES; n += 1) {
    assert.equal(new URL(page.url()).pathname, `/console/cases/${n}`);
    // Every second case is confirmed, as far as there are notices to write; the others are what they are.
    const confirmed = n % 2 === 0 && n / 2 <= NOTICES;
    if (n === 1) await look('a case');
    if (confirmed || n === CASES) {
      await step('e');
      if (n === 2) await look('a case with its evidence open');
      await step('1');
    } else await step(n % 3 === 0 ? '3' : '2');
    if (n === 1) await look('the next case, with the one before to be taken back');
    if (confirmed) {
      const written = await step('s');
      assert.equal(written.pathname, `/console/cases/${n}/notice`);
      if (n === 2) await look('a notice to be written');
      await step('p');
      if (n === 2) await look('a notice before it goes');
      await step('s');
      assert.equal(await state(page), 'Notice pending');
      if (n === 2) await look('a case whose notice waits');
      await step('j');
    }
    waits.push(waited);
    waited = 0;
  }
  // The last decision is taken back.
  assert.equal(new URL(page.url()).pathname, `/console/cases/${CASES + 1}`);
  await step('z');
  assert.equal(await state(page), 'Waiting again');
  await page.goto(new URL('/console/notices', page.url()).href);
  await look('notices that wait');
  assert.equal(await page.$$eval('h2 + table tbody tr', (rows) => rows.length), NOTICES);
  await page.goto(new URL('/console?state=not_prohibited', page.url()).href);
  await look('what was decided');
  return waits;
}

const WAYS = [['chromium', true], ['firefox', false], ['firefox', true], ['chromium', false]];

for (const [name, script] of WHOLE ? WAYS : WAYS.slice(0, 2)) {
  const how = script ? 'by single keys' : 'without script';
  test(`${name}: a shift of ${CASES} cases ${how}: ${NOTICES} notices, one taken back`, { timeout: 400_000 }, async (t) => {
    const page = await shift(t, name, { script });
    let looks = 0;
    const look = async (what) => {
      // The same pages as by single keys, where axe, a script itself, may run.
      if (!script) return;
      assert.deepEqual(await axe(page), [], what);
      looks += 1;
    };
    const waits = await work(page, script ? byKey(page) : byTab(page), look);
    const worst = Math.max(...waits);
    const mean = waits.reduce((sum, one) => sum + one, 0) / waits.length;
    console.log(`${name}, ${how}: ${waits.length} cases; waiting for the console ${Math.round(mean)} ms a case, ${Math.round(worst)} at most (one with a notice is seven pages); axe ${looks} looks, 0 violations`);
    // Where there is no script, most of the time is that of pressing Tab.
    if (script) assert.ok(mean <= OVERHEAD_MS, `a case took ${Math.round(mean)} ms of waiting`);
  });
}
