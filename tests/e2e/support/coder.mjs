// A coder's world: a marketplace with one long result page, an endpoint with a survey that runs, a line between them, and
// the panel worked by keyboard alone. Owns what is typed and counted; what is coded how is the test's.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { startMarket } from '../market/market.mjs';
import { launch, until } from './browser.mjs';
import { startEndpoint } from './endpoint.mjs';
import { addSite, findings, go, join, login, openOptions, openPanel } from './journey.mjs';
import { startLine } from './line.mjs';
import { ask } from './lost.mjs';

export const SURVEY = 'ivory-two-hours';

/** Titles of a result page: of every three two are flagged, and of these some claim an age or a paper. */
export const titles = (count) => Array.from({ length: count }, (_, i) => [
  `Genuine elephant ivory tusk carving, made-up no. ${i}`,
  `Antique elephant ivory netsuke with CITES permit, made-up no. ${i}`,
  `Oak kitchen chair, made-up no. ${i}`,
][i % 3]);

const escape = (text) => text.replace(/[&<>"']/gu, (c) => `&#${c.charCodeAt(0)};`);

function results(all) {
  const card = (title, i) => `<li class="card"><a class="picture" href="/item/${88000000 + i}"><img src="/art/tusk.svg" width="200" height="150" alt=""></a>
<h2><a href="/item/${88000000 + i}">${escape(title)}</a></h2><p class="price">€ ${100 + i}.50</p><p class="place">Sampletown</p></li>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Practice</title><link rel="stylesheet" href="/market.css"></head>
<body><header><p class="synthetic">Practice pages. Every listing here is synthetic; nothing is for sale.</p></header>
<main><ul class="results">${all.map(card).join('\n')}</ul></main></body></html>`;
}

const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** The survey's protocol: one search on the practice market. */
const protocol = (origin, oneIn) => ({
  schema: 'wildlife-survey-protocol/1', id: SURVEY, version: 1, title: 'Ivory on a practice market', question: 'How many synthetic advertisements offer ivory?',
  from: day(-1), until: day(7), groups: ['elephant'],
  markets: [{ host: new URL(origin).host, country: 'DE', search: `${origin}/find?q={terms}`, ground: 'public', ground_text: 'Synthetic pages of this test.' }],
  terms: [{ text: 'carved ivory', lang: 'en', group: 'elephant', hosts: [] }], sampling: { kind: 'census', depth: 1000 },
  inclusion: ['It offers a thing for money.'], exclusion: ['It only has the colour.'], double_coded_percent: 0, unflagged_one_in: oneIn, reports: true, amendments: [],
});

/** Drafts the survey in the console and starts it with every spotter as a coder, by its pages. */
async function startSurvey(browser, endpoint, text) {
  const page = await login(browser, endpoint);
  await page.goto(`${endpoint.origin}/console/surveys`, { waitUntil: 'load' });
  await page.$eval('textarea[name=protocol]', (area, value) => { area.value = value; }, text);
  await go(page, 'form[action="/console/surveys"] button.primary');
  await page.waitForSelector('input[name=coder]');
  for (const box of await page.$$('input[name=coder]')) if (!await box.evaluate((b) => b.checked)) await box.click();
  await go(page, `form[action="/console/surveys/${SURVEY}/start"] button.primary`);
  return page;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {'chromium'|'firefox'} name
 * @param {{count: number, oneIn?: number, profile?: string}} options
 */
export async function coderWorld(t, name, { count, oneIn = 2, profile }) {
  const all = titles(count);
  const market = await startMarket({ extra: { '/find': results(all) } });
  t.after(() => market.close());
  const endpoint = await startEndpoint({ undoMs: 100 });
  t.after(() => endpoint.close());
  const line = await startLine(endpoint);
  t.after(() => line.close());
  const start = (first) => launch(name, { trusts: line.spki, profile, first });
  let browser = await start();
  t.after(() => browser.close());
  let options = await openOptions(browser);
  await join(options, endpoint.invite().replace(/^https?:\/\/[^/]+/u, line.origin));
  await addSite(browser, options, market.origin);
  const lead = await startSurvey(browser, endpoint, JSON.stringify(protocol(market.origin, oneIn)));
  await lead.close();
  await until('the survey is assigned', async () => {
    await ask(options, { type: 'refresh_status' });
    return (await ask(options, { type: 'state' })).surveys.some((s) => s.running);
  });
  const { task } = (await ask(options, { type: 'state' })).surveys[0].tasks[0];
  let panel;
  let tab;
  const w = {
    name, endpoint, line, market, task, all,
    keys: 0,
    get browser() { return browser; },
    get options() { return options; },
    get panel() { return panel; },
    /** The search as the person opened it, and the panel beside it. */
    async look() {
      const page = await browser.open(task.address);
      tab = await until('the browser knows the tab', () => browser.tabOf(options, page.url()));
      await findings(browser, options, tab, { read: count });
      panel = await openPanel(browser, tab);
      await panel.bringToFront();
    },
    /** The browser dies and is started again with the same profile. */
    async restart() {
      await browser.die();
      browser = await start('none');
      options = await openOptions(browser);
      // What a driver grants ends with its browser.
      if ((await ask(options, { type: 'state' })).sites.length === 0) await addSite(browser, options, market.origin);
    },
    async press(key, how) {
      this.keys += 1;
      await panel.keyboard.press(key, how);
    },
    async type(text) {
      this.keys += text.length;
      await panel.keyboard.type(text);
    },
    focus: () => panel.evaluate(() => document.activeElement?.id ?? ''),
    /** By Tab, as a person goes, to the element whose id begins so. */
    async to(id, { back = false } = {}) {
      for (let n = 0; n < 300; n += 1) {
        if ((await this.focus()).startsWith(id)) return;
        if (back) await panel.keyboard.down('Shift');
        await this.press('Tab');
        if (back) await panel.keyboard.up('Shift');
      }
      throw new Error(`no Tab leads to ${id}`);
    },
    /** From the panel's top to the sheet of the search, by keys. */
    async work() {
      await panel.waitForSelector(`#survey-${SURVEY} > summary`);
      await until('the fold is reached', async () => {
        await this.press('Tab');
        return panel.evaluate((id) => document.activeElement === document.querySelector(`#survey-${id} > summary`), SURVEY);
      });
      await this.press('Enter');
      await this.to('work-');
      await this.press('Enter');
      await panel.waitForSelector('#survey-far');
    },
    /** How the search stands, as the background has it. */
    stands: async () => ask(options, { type: 'survey', step: 'task', survey: SURVEY, task: task.id }),
    /** The title of the advertisement whose form is open, or nothing. */
    shown: () => panel.evaluate(() => document.querySelector('#survey-form .about-title')?.textContent ?? null),
    /** The salted id of the n-th card, computed here. */
    async salted(n) {
      const salt = await options.evaluate(() => new Promise((done, failed) => {
        const open = indexedDB.open('spotter');
        open.onerror = () => failed(open.error);
        open.onsuccess = () => {
          const got = open.result.transaction('meta').objectStore('meta').get('survey/assigned');
          got.onsuccess = () => { open.result.close(); done(JSON.parse(got.result)[0].assigned.salt); };
        };
      }));
      return crypto.createHmac('sha256', Buffer.from(salt, 'hex')).update(`${task.host}\n${88000000 + n}`).digest('hex').slice(0, 32);
    },
    /** Waits until nothing waits for the endpoint. */
    settled: () => until('the endpoint has every record', async () => {
      const state = await ask(options, { type: 'state' });
      return state.surveys.every((s) => s.waiting === 0);
    }, 60_000),
    /** What the lead's page says that the endpoint holds: frames and codings. */
    async held() {
      const address = `${endpoint.origin}/console/surveys/${SURVEY}`;
      let page = await browser.open(address);
      // A browser that died may have forgotten who was logged in.
      if (page.url() !== address) {
        await page.close();
        page = await login(browser, endpoint);
        await page.goto(address, { waitUntil: 'load' });
      }
      const [frames, codings] = await page.$$eval('table.class tbody tr', (rows) => rows
        .map((row) => [...row.querySelectorAll('td.num')].map((cell) => Number(cell.textContent))).reduce((sum, cells) => [sum[0] + cells[2], sum[1] + cells[3]], [0, 0]));
      await page.close();
      return { frames, codings };
    },
  };
  return w;
}

/** A frame holds what the page showed, each listing once in its place, and what was drawn is what everybody draws. */
export async function checkFrames(w, oneIn) {
  const framed = w.line.records('frames').flatMap((record) => record.body.listings);
  assert.deepEqual(framed.map((f) => f.position), w.all.map((_, i) => i + 1));
  for (const [n, f] of framed.entries()) {
    assert.equal(f.listing, await w.salted(n), w.all[n]);
    const flagged = n % 3 !== 2;
    assert.equal(f.level !== 'none', flagged, w.all[n]);
    assert.equal(f.offered, flagged || BigInt(`0x${f.listing}`) % BigInt(oneIn) === 0n, w.all[n]);
  }
  return framed;
}
