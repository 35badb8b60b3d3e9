// Marks on the page: quiet mode leaves no trace; badge mode shows what it should and goes without a trace.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { BROWSERS, ROOT, serve } from './browsers.mjs';
import { startWithExtension, until } from './extension.mjs';
import { card, item, results } from './pages.mjs';

const SHOTS = path.join(ROOT, 'target/page-screenshots');
const STRICT = { 'content-security-policy': "default-src 'none'; img-src data:; style-src 'unsafe-inline'" };
const PAGES = {
  '/search': () => ({ body: results(24), headers: STRICT }),
  '/empty': () => ({ body: results(24, { cards: '' }), headers: STRICT }),
  '/rtl': () => ({ body: results(24, { dir: 'rtl', lang: 'ar' }), headers: STRICT }),
  '/hostilecss': () => ({ body: results(24).replace('</style>', 'html > div, div { display: none !important; position: fixed !important; } * { font-size: 40px; }</style>') }),
  '/item/123456789': () => ({ body: item() }),
};

/** Everything that a page can see of itself, from its own world. */
const traces = () => ({
  html: document.documentElement.outerHTML,
  highlights: CSS.highlights.size,
  sheets: document.adoptedStyleSheets.length,
  keys: Object.getOwnPropertyNames(globalThis).sort().join(),
  documentKeys: Object.getOwnPropertyNames(document).sort().join(),
  resources: performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('extension')).join(),
  active: document.activeElement?.localName,
});

/** Badge boxes as the accessibility tree shows them, and by pixels through hit testing. */
const hostBox = () => {
  const host = document.documentElement.lastElementChild;
  return host.localName === 'div' ? { attributes: host.getAttributeNames(), children: host.childNodes.length, root: host.shadowRoot } : null;
};

for (const which of BROWSERS) {
  test(`marking: ${which}`, { timeout: 240_000 }, async (t) => {
    fs.mkdirSync(SHOTS, { recursive: true });
    const server = await serve((at) => PAGES[at]?.());
    const ext = await startWithExtension(which);
    t.after(async () => { await ext.stop(); await server.stop(); });
    const page = await ext.browser.newPage();
    await page.setViewport({ width: 1100, height: 800 });
    const messages = [];
    page.on('console', (m) => messages.push(m.text()));
    const findings = (url) => ext.send(url, { type: 'findings' });
    const settled = (url, read) => until(() => findings(url), (f) => f.read === read && f.waiting === 0, `${read} listings read on ${url}`);
    const open = async (at) => {
      await page.goto(server.origin + at, { waitUntil: 'load' });
      return server.origin + at;
    };
    const frames = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    /** Whether a badge is hit at this point of the card: the host answers for everything in its closed root. */
    const hit = (selector, dx, dy) => page.evaluate((s, x, y) => {
      const r = document.querySelector(s).getBoundingClientRect();
      return document.elementFromPoint(r.left + x, r.top + y) === document.documentElement.lastElementChild;
    }, selector, dx, dy);

    await t.test('quiet mode, the default, leaves no trace', async () => {
      messages.length = 0;
      const url = server.origin + '/search';
      // The same page without the extension's knowledge of it: what it looks like before anything runs.
      await page.evaluateOnNewDocument(() => { globalThis.seen = []; });
      await page.goto(url, { waitUntil: 'load' });
      await page.evaluate(() => {
        new MutationObserver((records) => globalThis.seen.push(...records.map((r) => r.type))).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      });
      const before = await page.evaluate(traces);
      await settled(url, 24);
      await ext.send(url, { type: 'show', key: (await findings(url)).findings[2].key });
      await ext.send(url, { type: 'step', forward: true });
      await ext.send(url, { type: 'collect_current' });
      await frames();
      assert.deepEqual(await page.evaluate(traces), before);
      assert.deepEqual(await page.evaluate(() => globalThis.seen), []);
      assert.deepEqual(messages, []);
      const served = await page.evaluate((source) => new DOMParser().parseFromString(source, 'text/html').documentElement.outerHTML, results(24));
      assert.equal(before.html, served, 'the document is what was served');
      assert.equal(before.highlights, 0);
    });

    await t.test('badge mode shows badges and highlights, and goes without a trace', async () => {
      const url = await open('/search');
      await settled(url, 24);
      const before = await page.evaluate(traces);
      await ext.send(url, { type: 'set_quiet', quiet: false });
      await until(() => hit('.card:nth-child(1) img', 12, 12), (x) => x === true, 'the first badge');
      const box = await page.evaluate(hostBox);
      assert.deepEqual(box, { attributes: [], children: 0, root: null }, 'one bare element, its root closed');
      assert.equal(await hit('.card:nth-child(2) img', 12, 12), false, 'nothing on what was not flagged');
      assert.equal(await hit('.card:nth-child(3) img', 12, 12), true, 'possible ones have a sign');
      assert.equal(await hit('.card:nth-child(3) img', 60, 12), false, 'but no word');
      assert.equal(await hit('.card:nth-child(5) img', 12, 12), false, 'usually fine ones are for the panel alone');
      assert.equal(await hit('.card:nth-child(1) img', 12, 30), false, 'at most 24 px high');
      const names = await page.evaluate(() => [...CSS.highlights.keys()]);
      assert.ok(names.every((n) => /^m\d$/.test(n)), `neutral names, not ${names}`);
      const words = await page.evaluate(() => [...CSS.highlights.values()].flatMap((h) => [...h].map((r) => { const x = document.createRange(); x.setStart(r.startContainer, r.startOffset); x.setEnd(r.endContainer, r.endOffset); return x.toString(); })));
      assert.deepEqual([...new Set(words)].sort(), ['ivory', 'tortoise']);
      assert.equal(words.length, 8);
      const after = await page.evaluate(traces);
      assert.equal(after.keys, before.keys);
      assert.equal(await page.evaluate(() => document.body.outerHTML), before.html.match(/<body[^]*<\/body>/)[0], 'no node of the page changes');
      await ext.send(url, { type: 'set_quiet', quiet: true });
      await frames();
      assert.deepEqual(await page.evaluate(traces), before);
    });

    await t.test('keyboard: step focuses a badge, its reasons open, Report is one key further', async () => {
      const url = await open('/search');
      await settled(url, 24);
      await ext.clear();
      await ext.send(url, { type: 'set_quiet', quiet: false });
      await page.bringToFront();
      await ext.send(url, { type: 'step', forward: true });
      await frames();
      assert.equal(await page.evaluate(() => document.activeElement === document.documentElement.lastElementChild), true);
      await page.screenshot({ path: path.join(SHOTS, `${which}-reasons.png`) });
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const log = await until(() => ext.log(), (l) => l.reports.length > 0, 'a report wish');
      assert.equal(log.reports[0], (await findings(url)).findings[0].key);
      await ext.send(url, { type: 'reported', key: log.reports[0], reported: true });
      await frames();
      await page.keyboard.press('Escape');
      await frames();
      await page.screenshot({ path: path.join(SHOTS, `${which}-reported.png`) });
    });

    await t.test('badges follow their cards: scroll, resize, new cards, removed cards', async () => {
      const url = await open('/search');
      await settled(url, 24);
      await ext.send(url, { type: 'set_quiet', quiet: false });
      await until(() => hit('.card:nth-child(1) img', 12, 12), (x) => x, 'the first badge');
      await page.evaluate(() => document.querySelector('h1').style.setProperty('margin-top', '90px'));
      await until(() => hit('.card:nth-child(1) img', 12, 12), (x) => x, 'the badge after a shift');
      await page.setViewport({ width: 420, height: 800 });
      await until(() => hit('.card:nth-child(1) img', 12, 12), (x) => x, 'the badge after a resize');
      await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('afterbegin', html), card(60));
      await settled(url, 25);
      await until(() => hit('.card:nth-child(1) img', 12, 12), (x) => x, 'a badge on a new card');
      await until(() => hit('.card:nth-child(2) img', 12, 12), (x) => x, 'the old one moved along');
      await page.evaluate(() => document.querySelectorAll('.card').forEach((c) => c.remove()));
      await until(() => findings(url), (f) => f.read === 0, 'no card');
      await page.setViewport({ width: 1100, height: 800 });
    });

    await t.test('the page cannot hide the badges by rules for all elements, nor press Report', async () => {
      const url = await open('/hostilecss');
      await settled(url, 24);
      await ext.clear();
      await ext.send(url, { type: 'set_quiet', quiet: false });
      await until(() => page.evaluate(() => getComputedStyle(document.documentElement.lastElementChild).position), (p) => p === 'absolute' || p === 'fixed', 'the host');
      await page.evaluate(() => { const host = document.documentElement.lastElementChild; host.click(); host.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })); });
      await frames();
      assert.deepEqual((await ext.log()).reports, []);
    });

    await t.test('pictures to look at', async () => {
      for (const [name, at, width, scheme] of [['wide-light', '/search', 1100, 'light'], ['wide-dark', '/search', 1100, 'dark'], ['narrow-light', '/search', 390, 'light'], ['narrow-dark', '/search', 390, 'dark'], ['rtl', '/rtl', 800, 'light'], ['item', '/item/123456789', 800, 'light']]) {
        await page.setViewport({ width, height: 800 });
        if (which === 'chromium') await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        else if (scheme === 'dark') continue;
        const url = await open(at);
        await until(() => findings(url), (f) => f.read > 0 && f.waiting === 0, 'a reading');
        await ext.send(url, { type: 'set_quiet', quiet: false });
        await page.bringToFront();
        await ext.send(url, { type: 'step', forward: true });
        await frames();
        await page.screenshot({ path: path.join(SHOTS, `${which}-${name}.png`) });
      }
    });
  });
}
