// The review console by keyboard alone, with its script and without, in the real browsers; and axe's opinion of it.
// Reports are signed here as the extension signs them; every listing is synthetic.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { WHOLE } from '../part.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { signer, TYPES } from './support/signer.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LAUNCH = {
  chromium: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
  firefox: { browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr' },
};

/** A device that joined; `report(n)` hands in a report of listing n. */
async function device(endpoint) {
  const { put } = await signer(endpoint);
  return async (n) => {
    const url = `https://market.example/item/${n}`;
    const report = {
      schema: 'wildlife-report/1', report_id: crypto.randomUUID(), created_at: '2026-11-23T22:13:54Z', matched_at: '2026-11-23T22:13:50Z', utc_offset_minutes: 0,
      client: { extension: '0.1.0', browser: 'chromium', pack: '1', locale: 'en' },
      place: { marketplace: 'market.example', listing_id: `${n}`, url_canonical: url, url_at_match: url, url_observed: url },
      listing: { title: `Synthetic ivory carving ${n}`, price: '€ 90', description: 'Synthetic description.' },
      card_only: false, missed_by_detector: false,
      assessment: { id: '', level: 'likely', score: 0.9, wildlife_score: 0.9, taxa: [], groups: ['elephant'], commodities: ['IVC'],
        cues: [{ kind: 'name', concept: 'elephant-ivory', field: 'title', start: 10, end: 15, text: 'ivory', weight: 2.4 }],
        claims: [], methods: [], disguised: false, reportable: 'check', grounds: [] },
      no_contact_made: true, evidence: [{ kind: 'listing_text', state: 'included' }],
    };
    const sent = await put(`/v1/reports/${report.report_id}`, TYPES.report, JSON.stringify(report));
    assert.equal(sent.status, 201);
  };
}

async function world(t, name, cases) {
  const endpoint = await startEndpoint();
  t.after(() => endpoint.close());
  const report = await device(endpoint);
  for (let n = 1; n <= cases; n += 1) await report(n);
  const browser = await puppeteer.launch({ ...LAUNCH[name], headless: true, defaultViewport: { width: 1280, height: 800 } });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${endpoint.origin}/console/login`);
  return { endpoint, page };
}

/** Presses a key that leads to another page. */
async function press(page, key) {
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.keyboard.press(key)]);
  return new URL(page.url());
}

async function logIn(page, { reviewer }) {
  await page.type('input[name=name]', reviewer.name);
  await page.type('input[name=password]', reviewer.password);
  assert.equal((await press(page, 'Enter')).pathname, '/console');
}

const state = (page) => page.$eval('.casebar .state', (e) => e.textContent);

for (const name of ['chromium', 'firefox']) {
  test(`${name}: the console by single keys`, { timeout: 300_000 }, async (t) => {
    const { endpoint, page } = await world(t, name, 3);
    await logIn(page, endpoint);
    for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1');
    // At once, without a pause: a key counts from the first moment of a page.
    assert.equal((await press(page, 'e')).pathname, '/console/cases/1/evidence');
    await page.keyboard.press('n');
    await page.keyboard.type('1 of 6');
    assert.equal(await page.$eval('textarea[name=reason]', (e) => e.value), '1 of 6', 'keys are letters while writing');
    await page.keyboard.press('Escape');
    const next = await press(page, '1');
    assert.equal(next.pathname + next.search, '/console/cases/2?done=1');
    assert.equal((await press(page, 'z')).pathname, '/console/cases/1');
    assert.equal(await state(page), 'Waiting again');
    assert.equal((await press(page, 'j')).pathname, '/console/cases/2');
    await page.keyboard.press('1');
    assert.equal(await state(page), 'New', 'confirming is locked until the evidence was opened');
    assert.equal((await press(page, '3')).pathname, '/console/cases/3');
    assert.equal((await press(page, '?')).pathname, '/console/keys');
    await page.keyboard.press('g');
    assert.equal((await press(page, 'q')).pathname, '/console');
    // Several at once: two rows chosen, looked at before, decided, taken back.
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    assert.equal((await press(page, 'b')).pathname, '/console/bulk');
    assert.match(await page.$eval('h1', (e) => e.textContent), /^2 cases become/u);
    assert.equal((await press(page, 's')).pathname, '/console/bulk/1');
    assert.match(await page.$eval('h1', (e) => e.textContent), /^2 cases decided/u);
    await press(page, 'z');
    assert.deepEqual(await page.$$eval('tbody td:last-child', (all) => all.map((e) => e.textContent)), ['Taken back', 'Taken back']);
  });

  test(`${name}: the console without script`, { timeout: 300_000 }, async (t) => {
    const { endpoint, page } = await world(t, name, 2);
    // Firefox's driver cannot switch scripts off; there the console itself does: with single keys off it sends none.
    if (name === 'chromium') await page.setJavaScriptEnabled(false);
    await page.reload();
    await logIn(page, endpoint);
    if (name === 'firefox') {
      await page.goto(`${endpoint.origin}/console/keys`);
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('form[action="/console/keys"] button')]);
      assert.equal(await page.$$eval('script', (all) => all.length), 0);
      await page.goto(`${endpoint.origin}/console`);
    }
    const tabTo = async (words) => {
      for (let n = 0; n < 60; n += 1) {
        await page.keyboard.press('Tab');
        const here = await page.evaluate(() => document.activeElement?.textContent ?? '');
        if (here.startsWith(words)) return;
      }
      assert.fail(`Tab does not reach "${words}"`);
    };
    await tabTo('Synthetic ivory carving 1');
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1');
    await tabTo('Open the evidence');
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1/evidence');
    await tabTo('Confirmed');
    const next = await press(page, 'Enter');
    assert.equal(next.pathname + next.search, '/console/cases/2?done=1');
    await tabTo('Undo');
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1');
    assert.equal(await state(page), 'Waiting again');
  });
}

test('the console in light and dark, wide and narrow: axe finds nothing, nothing scrolls sideways', { timeout: 400_000 }, async (t) => {
  const { endpoint, page } = await world(t, 'chromium', 30);
  const look = async (place, { tall = false } = {}) => {
    await page.goto(endpoint.origin + place);
    for (const width of [1280, 400]) {
      for (const scheme of ['light', 'dark']) {
        await page.setViewport({ width, height: 800 });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        const size = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - innerWidth, high: document.documentElement.scrollHeight - innerHeight }));
        assert.ok(size.wide <= 0, `${place} ${width} ${scheme}: ${size.wide} px too wide`);
        if (width === 1280 && !tall) assert.ok(size.high <= 0, `${place} ${scheme}: ${size.high} px too high for one screen`);
        // Each width and each scheme once.
        if (!WHOLE && (width === 1280) !== (scheme === 'light')) continue;
        await page.evaluate(AXE);
        const found = await page.evaluate(async () => (await globalThis.axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html}`));
        assert.deepEqual(found, [], `${place} ${width} ${scheme}`);
      }
    }
    await page.setViewport({ width: 1280, height: 800 });
  };
  await look('/console/login');
  for (const place of ['/before-you-buy?lang=de', '/before-you-buy/GB', '/before-you-buy/CH', '/quality', '/quality?lang=ar', '/yearly', '/answer']) await look(place, { tall: true });
  await page.goto(`${endpoint.origin}/console/login`);
  await logIn(page, endpoint);
  assert.equal(await page.$$eval('table.queue tbody tr', (rows) => rows.length), 25);
  for (const place of ['/console', '/console/cases/1', '/console/cases/1/evidence', '/console/keys', '/join']) await look(place);

  // Several at once: the preview and what became of each.
  await look('/console?all=1');
  const axe = async (what) => {
    await page.evaluate(AXE);
    assert.deepEqual(await page.evaluate(async () => (await globalThis.axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html}`)), [], what);
  };
  await press(page, 'b');
  await axe('the preview of several');
  const decided = await press(page, 's');
  await look(decided.pathname, { tall: true });
  assert.equal(await page.$$eval('tbody tr', (rows) => rows.length), 25);
  await press(page, 'z');

  // From a case to a notice that can still be taken back, by keys.
  const submit = (form) => Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(form)]);
  const fill = async (form, fields) => {
    for (const [field, value] of Object.entries(fields)) await page.type(`${form} [name=${field}]`, value);
  };
  await page.goto(`${endpoint.origin}/console/companies`);
  await fill('form[action="/console/companies"]', { name: 'Market Example', contact: 'trust@market.example', hosts: 'market.example' });
  await submit('form[action="/console/companies"] button.primary');
  const company = new URL(page.url()).pathname;
  await fill('form[action$="/clauses"]', { title: 'Animal products', read_on: '2026-11-20', address: 'https://market.example/rules' });
  await submit('form[action$="/clauses"] button');
  // Its evidence was opened above.
  await page.goto(`${endpoint.origin}/console/cases/1`);
  await press(page, '1');
  await page.goto(`${endpoint.origin}/console/cases/1`);
  assert.equal(await state(page), 'Confirmed');
  assert.equal((await press(page, 's')).pathname, '/console/cases/1/notice');
  await submit('button.primary');
  assert.match(await page.$eval('.letter', (e) => e.textContent), /Animal products/u);
  await axe('the preview');
  assert.equal((await press(page, 's')).pathname, '/console/cases/1');
  assert.equal(await state(page), 'Notice pending');
  for (const place of ['/console/cases/1', '/console/notices', '/console/checks', '/console/contacts', '/console/people', '/console/second', '/console/search?q=ivory+1']) await look(place);
  // Filters in use are unfolded, and an invitation's page is for somebody without a session.
  await look('/console?level=likely&country=DE');
  await page.goto(`${endpoint.origin}/console/people`);
  await submit('form[action="/console/people/invite"] button');
  const welcome = /\/console\/welcome\/\S+/u.exec(await page.$eval('.letter', (e) => e.textContent))[0];
  await look(welcome);
  for (const place of ['/console/companies', company, '/console/notices/1', '/console/cases/2/notice', '/console/trends', '/console/trends/plan', '/console/trends/article22', '/console/trends/years']) await look(place, { tall: true });
  await page.goto(`${endpoint.origin}/console/cases/1`);
  assert.equal((await press(page, 'z')).pathname, '/console/cases/1');
  assert.equal(await state(page), 'Confirmed');

  // A referral: written by one, approved by two others, handed over and answered, by keys.
  await look('/console/referrals');
  await page.goto(`${endpoint.origin}/console/cases/1`);
  await page.$$eval('details.more', (all) => { for (const e of all) e.open = true; });
  await axe('a case with its forms unfolded');
  await fill('form[action$="/referral"]', { agency: 'Example Agency', facts: 'An ivory carving was offered. Seen twice.' });
  await submit('form[action$="/referral"] button');
  const referral = new URL(page.url()).pathname;
  assert.equal(referral, '/console/referrals/1');
  await look(referral, { tall: true });
  for (const name of ['Reviewer Two', 'Reviewer Three']) {
    endpoint.run(['reviewer', 'add', '--data', endpoint.data, '--name', name, '--role', 'reviewer', '--password-stdin'], `${endpoint.reviewer.password}\n`);
    const context = await page.browser().createBrowserContext();
    const other = await context.newPage();
    await other.goto(`${endpoint.origin}/console/login`);
    await logIn(other, { reviewer: { name, password: endpoint.reviewer.password } });
    await other.goto(endpoint.origin + referral);
    assert.equal((await press(other, 's')).pathname, referral);
    await context.close();
  }
  await look(referral, { tall: true });
  assert.match(await page.$eval('h2', (e) => e.textContent), /can be handed over/u);
  await page.type('input[name=words]', "the agency's portal");
  assert.equal((await press(page, 'Enter')).pathname, referral);
  await look(referral, { tall: true });
  await press(page, '1');
  await press(page, '2');
  assert.match(await page.$eval('h2', (e) => e.textContent), /^Concluded/u);
  for (const place of ['/console/referrals', '/console/cases/1']) await look(place);

  // A survey from its first text to its results: what is wrong is said by field, then a draft, then it runs.
  const protocol = (change) => page.$eval('textarea[name=protocol]', (area, [from, to]) => { area.value = area.value.replace(from, to); }, change);
  await look('/console/surveys', { tall: true });
  await protocol(['"title": "Ivory on two marketplaces"', '"title": ""']);
  await submit('form[action="/console/surveys"] button.primary');
  assert.match(await page.$eval('[role=alert]', (e) => e.textContent), /\/title must be/u);
  await axe('a protocol that was not kept');
  await protocol(['"title": ""', '"title": "Ivory on one marketplace"']);
  await protocol(['"double_coded_percent": 20', '"double_coded_percent": 0']);
  await submit('form[action="/console/surveys"] button.primary');
  assert.equal(new URL(page.url()).pathname, '/console/surveys/my-survey');
  await look('/console/surveys/my-survey', { tall: true });
  await page.click('input[name=coder]');
  await submit('form[action$="/start"] button.primary');
  assert.match(await page.$eval('dl.facts', (e) => e.textContent), /running/u);
  for (const place of ['', '/results', '/adjudicate']) await look(`/console/surveys/my-survey${place}`, { tall: true });
});
