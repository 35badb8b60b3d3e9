// The content script as it ships, in real browsers: what it reads, sends, resends, refuses and forgets.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, serve } from './browsers.mjs';
import { startWithExtension, until } from './extension.mjs';
import { card, item, results, title } from './pages.mjs';

const STRICT = { 'content-security-policy': "default-src 'none'; img-src data:" };
const hostile = [
  ['markup', '&lt;img src=x onerror=alert(1)&gt; ivory &lt;/li&gt;'],
  ['right to left', 'ivory \u202Egnivrac\u202C \u2066box\u2069'],
  ['zero width', 'i\u200Bv\u200Co\u200Dr\uFEFFy ivory box'],
  ['huge', 'ivory ' + 'word '.repeat(20_000)],
  ['lone surrogates', 'ivory \uFFFD box'],
];

const PAGES = {
  '/search': () => ({ body: results(24) }),
  '/big': () => ({ body: results(200) }),
  '/strict': () => ({ body: results(12, { styled: false }), headers: STRICT }),
  '/item/123456789': () => ({ body: item() }),
  '/hostile': () => ({ body: results(0, { cards: hostile.map(([, text], n) => card(n, text)).join('') + card(7) + card(9) }) }),
  '/ahead': () => ({ body: results(3, { extra: '<script type="speculationrules">{ "prerender": [{ "source": "list", "urls": ["/next"], "eagerness": "immediate" }] }</script>' }) }),
  // It tells when it is shown, if it was loaded ahead.
  '/next': () => ({ body: results(9, { extra: '<script>document.addEventListener("prerenderingchange", () => fetch("/shown"))</script>' }) }),
  '/account/settings': () => ({ body: results(24) }),
  '/shadow': () => ({ body: results(0, { cards: '', extra: `<div id="host"></div><script>
    const root = document.getElementById('host').attachShadow({ mode: 'open' });
    root.innerHTML = ${JSON.stringify(`<ul>${[0, 1, 2, 3].map((n) => card(n)).join('')}</ul>`)};
    const shut = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'closed' });
    shut.innerHTML = ${JSON.stringify(`<ul>${[20, 21, 22].map((n) => card(n, `secret ivory ${n}`)).join('')}</ul>`)};
  </script>` }) }),
  '/deep': () => ({ body: results(4, { extra: `<script>
    let at = document.body;
    for (let i = 0; i < 500; i++) at = at.appendChild(document.createElement('div'));
    at.innerHTML = '<ul><li><a href="/item/900001">ivory too deep to be honest</a> EUR 1</li><li><a href="/item/900002">ivory too deep too</a> EUR 2</li></ul>';
    const many = document.body.appendChild(document.createElement('p'));
    for (let i = 0; i < 9000; i++) { const a = many.appendChild(document.createElement('a')); a.href = '/x' + i; a.textContent = 'x'; }
    const bomb = document.head.appendChild(document.createElement('script'));
    bomb.type = 'application/ld+json'; bomb.textContent = '['.repeat(100000);
  </script>` }) }),
  '/ticking': () => ({ body: results(0, { cards: [0, 1, 2].map((n) => card(n).replace('</li>', '<p class="description">Ends in <b class="clock">59</b> seconds, so be quick about this ivory</p></li>')).join(''),
    extra: '<script>let n = 59; setInterval(() => { for (const b of document.querySelectorAll(".clock")) b.textContent = 10 + (n++ % 80); }, 40);</script>' }) }),
  '/forms': () => ({ body: results(6, { extra: `<ul class="list">${[0, 1, 2].map((n) => `<li class="card"><a href="/item/20000${n}"><h3>Oak shelf ${n}</h3></a><p class="price">EUR 3</p>
    <input value="typed ivory"><textarea>typed ivory</textarea><div contenteditable>typed ivory</div></li>`).join('')}</ul>` }) }),
};

for (const which of BROWSERS) {
  test(`reading: ${which}`, { timeout: 240_000 }, async (t) => {
    let aheadOf = () => {};
    let shownAfter = () => {};
    const server = await serve((at, url, request) => {
      if (at === '/next') aheadOf(request.headers['sec-purpose']);
      if (at === '/shown') shownAfter();
      return PAGES[at]?.();
    });
    const ext = await startWithExtension(which);
    t.after(async () => { await ext.stop(); await server.stop(); });
    const page = await ext.browser.newPage();

    const open = async (at) => {
      await ext.clear();
      const url = server.origin + at;
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      return url;
    };
    const findings = (url) => ext.send(url, { type: 'findings' });
    const settled = (url, read) => until(() => findings(url), (f) => f.read === read && f.waiting === 0, `${read} listings read on ${url}`);

    await t.test('a results page: listings in batches, findings in page order', async () => {
      const url = await open('/search');
      const f = await settled(url, 24);
      assert.equal(f.url, url);
      assert.deepEqual(f.findings.map((x) => x.title), Array.from({ length: 24 }, (_, n) => title(n)).filter((x) => /ivory|tortoise|walrus/.test(x)));
      assert.deepEqual(f.findings.slice(0, 3).map((x) => [x.level, x.reportable, x.price]), [['likely', 'check', 'EUR 10,50'], ['possible', 'check', 'EUR 12,50'], ['likely', 'no', 'EUR 14,50']]);
      assert.equal(f.findings[0].url, `${server.origin}/item/100000`, 'address without tracking and fragment');
      const log = await ext.log();
      assert.equal(log.batches.flat().length, 24, 'each listing is sent once');
      const sent = log.batches.flat().find((l) => l.title === title(0));
      assert.deepEqual({ ...sent, id: '' }, { id: '', kind: 'listing', title: title(0), description: '', price: 'EUR 10,50', category: '', seller: '', location: 'Testville', url: `${server.origin}/item/100000`, lang: 'en', images: '' });
      await until(() => ext.log(), (l) => { const c = l.counts.at(-1); return c?.read === 24 && c.likely === 4 && c.possible === 4; }, 'counts');
    });

    await t.test('200 cards: no batch above 60, those on screen first', async () => {
      const url = await open('/big');
      await settled(url, 200);
      const log = await ext.log();
      assert.ok(log.largest <= 60, `largest batch ${log.largest}`);
      assert.equal(log.batches.flat().length, 200);
      assert.equal(log.batches[0][0].title, title(0));
    });

    await t.test('a strict policy and no stylesheet change nothing', async () => {
      const f = await settled(await open('/strict'), 12);
      assert.equal(f.findings.length, 6);
    });

    await t.test('an item page: everything it says about itself', async () => {
      const url = await open('/item/123456789');
      const f = await settled(url, 1);
      const [sent] = (await ext.log()).batches.flat();
      assert.deepEqual({ ...sent, id: '' }, {
        id: '', kind: 'listing', title: 'Synthetic old ivory letter opener', description: 'A synthetic text about ivory that only tests read.', price: 'EUR 80,00',
        category: 'Home > Antiques', seller: 'synthetic-seller', location: 'Testville', url: `${server.origin}/item/123456789`, lang: 'en', images: 'Letter opener from the side',
      });
      const c = await ext.send(url, { type: 'collect', key: f.findings[0].key });
      assert.equal(c.type, 'listing');
      assert.equal(c.card_only, false);
      assert.deepEqual(c.place, { marketplace: new URL(url).host, listing_id: '123456789', url_canonical: url, url_at_match: url, url_observed: url });
      assert.match(c.matched_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.ok(c.viewport_box[2] > 0 && c.pixel_ratio >= 1);
    });

    await t.test('hostile titles are read as text and bounded', async () => {
      const url = await open('/hostile');
      const f = await settled(url, 7);
      assert.equal(await page.evaluate(() => document.querySelectorAll('img[src="x"]').length), 0);
      const sent = (await ext.log()).batches.flat();
      for (const l of sent) {
        assert.ok(Buffer.byteLength(l.title) <= 2048, `title of ${Buffer.byteLength(l.title)} bytes`);
        assert.ok(Buffer.byteLength(l.description) <= 8192 && Buffer.byteLength(l.images) <= 512);
      }
      assert.ok(sent.some((l) => l.title === '<img src=x onerror=alert(1)> ivory </li>'));
      assert.ok(sent.some((l) => l.title.includes('i\u200Bv\u200Co\u200Dr\uFEFFy')), 'the detector sees zero-width signs');
      assert.equal(f.findings.length, 5);
    });

    await t.test('pages that are the visitor\'s own are never read', async () => {
      const url = await open('/account/settings');
      // The port opens (the background hears counts), yet nothing is read.
      await until(() => ext.log(), (l) => l.counts.length > 0, 'first counts');
      const f = await findings(url);
      assert.deepEqual([f.read, f.waiting], [0, 0]);
      assert.equal((await ext.log()).batches.length, 0);
    });

    await t.test('open shadow roots are read, closed ones never', async () => {
      const f = await settled(await open('/shadow'), 4);
      assert.deepEqual(f.findings.map((x) => x.title), [title(0), title(2)]);
    });

    await t.test('what a person types is never read', async () => {
      await settled(await open('/forms'), 9);
      assert.ok(!JSON.stringify((await ext.log()).batches).includes('typed'));
    });

    await t.test('infinite scroll: only what is new is sent', async () => {
      const url = await open('/search');
      await settled(url, 24);
      await ext.clear();
      for (let round = 0; round < 3; round++) {
        await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), Array.from({ length: 20 }, (_, i) => card(24 + round * 20 + i)).join(''));
        await settled(url, 24 + (round + 1) * 20);
      }
      const sent = (await ext.log()).batches.flat().map((l) => l.title);
      assert.equal(sent.length, 60);
      assert.equal(new Set(sent).size, 60);
    });

    await t.test('a re-render with the same text sends nothing and keeps keys', async () => {
      const url = await open('/search');
      const before = await settled(url, 24);
      await ext.clear();
      await page.evaluate(() => {
        // New text nodes first, as frameworks do; then whole new elements.
        for (const a of document.querySelectorAll('h3 a')) a.replaceChildren(document.createTextNode(a.textContent));
        const list = document.getElementById('list');
        const html = list.innerHTML;
        list.innerHTML = '';
        list.innerHTML = html;
      });
      await until(() => findings(url), (f) => JSON.stringify(f.findings) === JSON.stringify(before.findings), 'the same findings');
      assert.equal((await ext.log()).batches.length, 0);
      const c = await ext.send(url, { type: 'collect', key: before.findings[0].key });
      assert.equal(c.type, 'listing');
    });

    await t.test('changed text is sent again, once; a report of the old text is refused', async () => {
      const url = await open('/search');
      const f = await settled(url, 24);
      await ext.clear();
      await page.evaluate(() => { document.querySelector('h3 a').firstChild.data = 'Synthetic ivory bangle, new text'; });
      const refused = await ext.send(url, { type: 'collect', key: f.findings[0].key });
      if (refused.type !== 'gone') assert.equal(refused.listing?.title, 'Synthetic ivory bangle, new text', 'either refused or read anew');
      await until(() => findings(url), (x) => x.waiting === 0 && x.findings[0].title === 'Synthetic ivory bangle, new text', 'the new text');
      assert.deepEqual((await ext.log()).batches.flat().map((l) => l.title), ['Synthetic ivory bangle, new text']);
      await page.evaluate(() => document.querySelector('.card').remove());
      assert.deepEqual(await ext.send(url, { type: 'collect', key: f.findings[0].key }), { type: 'gone' });
    });

    await t.test('a burst of 1,500 mutations ends in one full look', async () => {
      const url = await open('/search');
      await settled(url, 24);
      await ext.clear();
      await page.evaluate((html) => {
        const box = document.body.appendChild(document.createElement('div'));
        for (let i = 0; i < 1500; i++) box.appendChild(document.createElement('i')).textContent = String(i);
        document.getElementById('list').insertAdjacentHTML('beforeend', html);
      }, card(99));
      await settled(url, 25);
      assert.equal((await ext.log()).batches.flat().length, 1);
    });

    await t.test('in-page navigation between match and report refuses', async () => {
      const url = await open('/search');
      const f = await settled(url, 24);
      const key = f.findings[0].key;
      await page.evaluate(() => history.pushState({}, '', '/search?page=2'));
      const moved = await ext.send(`${url}?page=2`, { type: 'collect', key });
      assert.deepEqual(moved, { type: 'moved_on', url_at_match: url, url_now: `${url}?page=2` });
      // The new page state is read afresh, under new keys, and can be reported.
      const again = await settled(`${url}?page=2`, 24);
      assert.ok(again.findings.every((x) => !f.findings.some((y) => y.key === x.key)));
      const c = await ext.send(`${url}?page=2`, { type: 'collect', key: again.findings[0].key });
      assert.equal(c.place.url_at_match, `${url}?page=2`);
      // A fragment is no navigation.
      await page.evaluate(() => { location.hash = 'x'; });
      const same = await ext.send(`${url}?page=2#x`, { type: 'collect', key: again.findings[0].key });
      assert.equal(same.type, 'listing');
    });

    await t.test('the background dies with a batch under way: it is sent again, nothing is lost', async () => {
      await ext.set({ mute: 2 });
      const url = await open('/big');
      const f = await settled(url, 200);
      assert.equal(f.findings.length, 100);
      await ext.drop();
      await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), card(300));
      await settled(url, 201);
    });

    await t.test('pointer: the card under it, flagged or not; elsewhere the whole page', async () => {
      const url = await open('/search');
      await settled(url, 24);
      const right = async (selector) => {
        await page.evaluate((s) => document.querySelector(s).dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, composed: true, cancelable: true })), selector);
        return ext.send(url, { type: 'collect_at_pointer' });
      };
      assert.deepEqual(await ext.send(url, { type: 'collect_at_pointer' }), { type: 'nothing' });
      const plain = await right('.card:nth-child(2) .price');
      assert.deepEqual([plain.listing.title, plain.flagged, plain.card_only], [title(1), false, true]);
      const flagged = await right('.card:nth-child(1) img');
      assert.deepEqual([flagged.listing.title, flagged.flagged], [title(0), true]);
      const whole = await right('h1');
      assert.deepEqual([whole.listing.title, whole.card_only, whole.listing.url], ['Synthetic results', false, url]);
      const again = await ext.send(url, { type: 'collect', key: whole.key });
      assert.equal(again.listing?.title, 'Synthetic results');
    });

    await t.test('steps through findings and collects the current one', async () => {
      const url = await open('/search');
      const f = await settled(url, 24);
      assert.equal((await ext.send(url, { type: 'collect_current' })).key, f.findings[0].key);
      await ext.send(url, { type: 'step', forward: true });
      await ext.send(url, { type: 'step', forward: true });
      assert.equal((await ext.send(url, { type: 'collect_current' })).key, f.findings[1].key);
      await ext.send(url, { type: 'step', forward: false });
      await ext.send(url, { type: 'step', forward: false });
      assert.equal((await ext.send(url, { type: 'collect_current' })).key, f.findings.at(-1).key);
      await ext.send(url, { type: 'show', key: f.findings[3].key });
      assert.equal((await ext.send(url, { type: 'collect_current' })).key, f.findings[3].key);
      await page.focus('.card:nth-child(2) a');
      const focused = await ext.send(url, { type: 'collect_current' });
      assert.deepEqual([focused.listing.title, focused.flagged], [title(1), false], 'the listing in focus, although nothing marks it');
      await ext.send(url, { type: 'reported', key: f.findings[3].key, reported: true });
      assert.equal((await findings(url)).findings[3].reported, true);
      await ext.send(url, { type: 'reported', key: f.findings[3].key, reported: false });
      assert.equal((await findings(url)).findings[3].reported, false);
    });

    await t.test('a page built to hurt is read within bounds', async () => {
      const f = await settled(await open('/deep'), 4);
      assert.equal(f.gave_up, false);
      assert.deepEqual(f.findings.map((x) => x.title), [title(0), title(2)]);
    });

    await t.test('a ticking clock in a card floods nobody and hinders no report', async () => {
      const url = await open('/ticking');
      const f = await until(() => findings(url), (x) => x.findings.length === 3, 'three findings');
      await page.evaluate(() => new Promise((done) => { let n = 0; new MutationObserver(() => { if (++n === 60) done(); }).observe(document.querySelector('.clock'), { childList: true }); }));
      const c = await ext.send(url, { type: 'collect', key: f.findings[0].key });
      assert.equal(c.type, 'listing', JSON.stringify(c));
      assert.ok((await ext.log()).batches.flat().length <= 3 * 21, 'each is sent a bounded number of times');
    });

    // Firefox loads no page ahead: there is nothing to be read too early.
    if (which === 'chromium') await t.test('a page that is loaded ahead is read when it is shown', async () => {
      const asked = new Promise((done) => { aheadOf = done; });
      const shown = new Promise((done) => { shownAfter = done; });
      await ext.clear();
      // In a tab of its own: the driver loses sight of one whose page was loaded ahead.
      const tab = await ext.browser.newPage();
      await tab.goto(`${server.origin}/ahead`, { waitUntil: 'load' });
      await settled(`${server.origin}/ahead`, 3);
      assert.match(await asked, /prerender/u, 'the browser loads the next page ahead');
      await tab.evaluate(() => new Promise((done) => { setTimeout(done, 1_500); }));
      assert.equal((await ext.log()).batches.flat().length, 3, 'nothing of it is read');
      await tab.evaluate(() => { const a = document.body.appendChild(document.createElement('a')); a.href = '/next'; a.click(); });
      await shown;
      await settled(`${server.origin}/next`, 9);
      assert.equal((await ext.log()).batches.flat().length, 3 + 9);
      await page.bringToFront();
    });

    await t.test('running twice in one page doubles nothing', async () => {
      const url = await open('/search');
      await settled(url, 24);
      await ext.inject(url);
      await ext.inject(url);
      await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), card(50));
      await settled(url, 25);
      const sent = (await ext.log()).batches.flat();
      assert.equal(sent.length, 25);
    });

    await t.test('a page that changes its cards without end is given up, and says so', async () => {
      const url = await open('/big');
      await settled(url, 200);
      await page.evaluate(() => {
        let n = 0;
        globalThis.storm = setInterval(() => { n++; for (const a of document.querySelectorAll('h3 a')) a.textContent = `Fight ${n} ${Math.random()}`; }, 50);
      });
      await until(() => findings(url), (f) => f.gave_up, 'giving up', 60_000);
      await page.evaluate(() => clearInterval(globalThis.storm));
    });
  });
}
