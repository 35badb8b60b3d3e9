// The page goes elsewhere without loading, comes back, is looked at again; the browser ends our background,
// updates the extension, opens more windows. The marks follow, are never doubled, and nothing is read unasked.
import assert from 'node:assert/strict';
import test from 'node:test';
import { words } from '../e2e/support/journey.mjs';
import { BROWSERS, card, cards, MARKED, NO_TRACE, page, PATIENCE, serve, spotter, titleOf, traces, until } from './spotter.mjs';

const ROUTER = `<script>
  const show = (from) => { document.getElementById('list').innerHTML = ${JSON.stringify(cards(12, 1000))}.replaceAll('no. 10', 'no. ' + from); };
  addEventListener('popstate', (e) => show(e.state?.from ?? 10));
  globalThis.go = (from, how = 'pushState') => { history[how]({ from }, '', '/list?from=' + from); show(from); };
  addEventListener('hashchange', () => show(location.hash.slice(1)));
</script>`;
const WATCH = `<script>globalThis.shown = []; addEventListener('pageshow', (e) => shown.push(e.persisted));</script>`;
const pages = {
  '/list': page(cards(12), { head: WATCH, extra: ROUTER }),
  '/other': page(cards(8, 200)),
  '/item/1': page(card(1)),
};
const numbers = (f) => f.findings.map((x) => /no\. (\d+)/u.exec(x.title)[1].slice(0, 2));
const marked = (s, web) => until('the page is marked', async () => { const now = await traces(web); return now.hosts === 1 && now.highlights === 2 ? now : null; });
const unmarked = (web) => until('the marks are gone', async () => { const now = await traces(web); return now.hosts + now.highlights + now.sheets === 0; });
/** How many words are underlined. */
const underlined = (web) => web.evaluate(() => [...CSS.highlights.values()].reduce((n, h) => n + [...h].filter((r) => r.startContainer.isConnected).length, 0));

for (const name of BROWSERS) {
  test(`${name}: in-page navigation, history, fragments`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    await s.quiet(false);
    const web = await s.open(`${site.origin}/list`);
    const first = await s.read(web, 12);
    await marked(s, web);
    const words = await until('words are underlined', () => underlined(web));
    for (const [how, from] of [['pushState', 20], ['pushState', 30], ['replaceState', 40]]) {
      await web.evaluate((f, h) => globalThis.go(f, h), from, how);
      const f = await until(`the page ${from} is read`, async () => { const got = await s.read(web, 12); return numbers(got).every((n) => n === String(from)) && got.findings.length === first.findings.length ? got : null; });
      assert.equal(f.url, `${site.origin}/list?from=${from}`);
      assert.ok(f.findings.every((x) => !first.findings.some((y) => y.key === x.key)), 'new keys');
    }
    await web.evaluate(() => history.back());
    await until('history back is followed', async () => { const got = await s.findings(web); return got !== null && got.url.endsWith('from=20') && got.read === 12 && numbers(got).length > 0 && numbers(got).every((n) => n === '20'); });
    await web.evaluate(() => { location.hash = '50'; });
    await until('a new fragment is followed', async () => { const got = await s.findings(`${site.origin}/list?from=20#50`); return got !== null && got.read === 12 && numbers(got).length > 0 && numbers(got).every((n) => n === '50'); });
    assert.deepEqual(await traces(web), MARKED, 'marks are not doubled');
    await until('as many words are underlined as before', async () => await underlined(web) === words);
  });

  test(`${name}: back out of the browser's memory`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site, { asInLife: true });
    // The driver loses sight of a tab when its page comes out of the cache: the page goes by itself.
    const [list, other] = [`${site.origin}/list`, `${site.origin}/other`];
    const web = await s.open(list);
    const before = await s.read(list, 12);
    await web.evaluate((url) => { location.href = url; }, other);
    await s.read(other, 8);
    // Switched on while the first page sleeps.
    await s.quiet(false);
    await web.evaluate(() => history.back());
    await until('the first page is back', () => web.evaluate(() => location.pathname === '/list').catch(() => false));
    assert.deepEqual(await web.evaluate(() => globalThis.shown), [false, true], 'the extension does not keep the page out of the cache');
    const after = await s.read(list, 12);
    assert.deepEqual(after.findings.map((f) => f.key), before.findings.map((f) => f.key), 'nothing is read again');
    await marked(s, web);
    await web.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), cards(4, 300));
    await s.read(list, 16);
    // And off while it sleeps, with marks on it.
    await web.evaluate((url) => { location.href = url; }, other);
    await s.read(other, 8);
    await s.quiet(true);
    await web.evaluate(() => history.back());
    await until('it is back again', () => web.evaluate(() => location.pathname === '/list' && globalThis.shown.length === 3).catch(() => false));
    await unmarked(web);
    if (name === 'chromium') {
      const reasons = await web.evaluate(() => JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons ?? null));
      assert.equal(reasons, 'null', 'and it gives the page no reason to wonder');
    }
  });

  test(`${name}: a page behind another tab is read when it is looked at`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    await s.options.bringToFront();
    await s.options.evaluate((url) => (globalThis.browser ?? globalThis.chrome).tabs.create({ url, active: false }), `${site.origin}/list`);
    const got = await until('its script answers', () => s.findings(`${site.origin}/list`));
    assert.equal(got.read, 0);
    await new Promise((done) => { setTimeout(done, 800); });
    assert.equal((await s.findings(`${site.origin}/list`)).read, 0, 'behind another tab nothing is read');
    await s.options.evaluate(async (url) => {
      const api = globalThis.browser ?? globalThis.chrome;
      await api.tabs.update((await api.tabs.query({})).find((x) => x.url === url).id, { active: true });
    }, `${site.origin}/list`);
    await s.read(`${site.origin}/list`, 12);
  });

  test(`${name}: the background dies, and new cards are marked all the same`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    await s.quiet(false);
    const web = await s.open(`${site.origin}/list`);
    const before = await s.read(web, 12);
    await marked(s, web);
    for (let round = 1; round <= 2; round++) {
      await s.browser.killBackground();
      await web.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), cards(4, 400 + round * 4));
      const now = await s.read(web, 12 + round * 4);
      assert.equal(now.findings.length, before.findings.length + round);
      assert.deepEqual(await traces(web), MARKED);
    }
  });

  test(`${name}: the extension is updated, then switched off, while a page is open`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    await s.quiet(false);
    await s.mask(true);
    const web = await s.open(`${site.origin}/list`);
    await s.read(web, 12);
    await until('all is on', async () => { const x = await traces(web); return x.hosts === 1 && x.highlights === 3 && x.sheets === 2; });
    await s.update();
    await web.bringToFront();
    await until('the new one answers', () => s.findings(web));
    await s.read(web, 12);
    await until('marks are there once', async () => { const x = await traces(web); return x.hosts === 1 && x.highlights === 3 && x.sheets === 2; });
    await web.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), cards(4, 500));
    await s.read(web, 16);
    await new Promise((done) => { setTimeout(done, 500); });
    assert.deepEqual(await traces(web), { hosts: 1, highlights: 3, sheets: 2 }, 'the old one has retired');
    await s.disable();
    // Firefox ends scripts without a word; there the page must be loaded anew.
    if (name === 'firefox') await web.reload({ waitUntil: 'load' });
    await until('nothing of it stays', async () => { const x = await traces(web); return x.hosts + x.highlights + x.sheets === 0; });
    assert.deepEqual(await traces(web), NO_TRACE);
  });

  test(`${name}: several windows`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    const urls = [`${site.origin}/list`, `${site.origin}/other`];
    for (const url of urls) await s.options.evaluate((u) => (globalThis.browser ?? globalThis.chrome).windows.create({ url: u }), url);
    await s.read(urls[0], 12);
    await s.read(urls[1], 8);
    const webs = [];
    for (const at of await s.browser.browser.pages()) if (urls.includes(at.url())) webs.push(at);
    assert.equal(webs.length, 2);
    await s.quiet(false);
    for (const web of webs) await marked(s, web);
    const titles = (await s.findings(urls[1])).findings.map((f) => f.title);
    assert.deepEqual(titles, [200, 204].map(titleOf), 'each window has its own findings');
    await s.quiet(true);
    for (const web of webs) await unmarked(web);
  });

  test(`${name}: private windows, where nothing of ours runs by itself`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    await s.quiet(false);
    const url = `${site.origin}/list`;
    const web = await s.browser.openPrivately(url);
    await until('the page is there', () => web.evaluate(() => document.querySelectorAll('.card').length === 12).catch(() => false));
    await new Promise((done) => { setTimeout(done, 1_500); });
    assert.deepEqual(await traces(web), NO_TRACE);
    assert.equal(await s.tell(url, { type: 'findings' }), 'no tab', 'the extension does not see such a tab');
    // The same page in an ordinary window is read.
    await s.options.evaluate((u) => (globalThis.browser ?? globalThis.chrome).tabs.create({ url: u }), url);
    await s.read(url, 12);
    assert.deepEqual(await traces(web), NO_TRACE);
    assert.ok((await s.options.evaluate(() => document.body.innerText)).includes(words('options_private_text')), 'the options say so');
  });
}
