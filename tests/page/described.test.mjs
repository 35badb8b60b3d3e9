// Marketplace descriptions in both browsers: that every selector is one, that a description is believed where it finds
// what is there, and never where it finds less than the general finder. All pages are synthetic.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { BROWSERS, bundle, ROOT, serve, start } from './browsers.mjs';

const LIST = JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/content/src/marketplaces.json'), 'utf8'));
const ADDRESS = 'https://www.sample.example/search?q=lamp';
const GOODS = ['Oak side table', 'Blue city bicycle', 'Six wine glasses', 'Reading lamp', 'Garden bench', 'Wool blanket'];

const card = (title, n, name = 'card') => `<li class="${name}"><a href="/item/${44100700 + n}"><img src="p.jpg" alt=""><h3>${title}</h3><b class="short">${title.split(' ').at(-1)}</b></a><p>${20 + n},50 €</p><p class="who">seller ${n}</p></li>`;
const page = (cards) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sample</title></head><body><h1>Results</h1><ul>${cards}</ul>
<section><h2>Seen by others</h2><div>${GOODS.slice(0, 4).map((t, n) => `<div><a href="/item/${55100700 + n}"><img src="p.jpg" alt=""><h3>Other ${t}</h3></a><p>${5 + n} €</p></div>`).join('')}</div></section></body></html>`;
const results = page(GOODS.map((t, n) => card(t, n)).join('') + `<li class="card advert"><a href="/item/1000000"><img src="p.jpg" alt=""><h3>Sell here</h3></a><p>1 €</p></li>`);
const group = (said, post) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Group</title></head><body><div><span>${said}</span></div><div role="feed"><div role="article"><span>${post}</span></div></div></body></html>`;
const PAGES = { '/results': results, '/open': group('Public group · 1,200 members', 'Hello'), '/closed': group('Private group · 1,200 members', 'Public group, they say') };

const described = (search) => ({ name: 'Sample', hosts: ['sample.example'], search });

for (const which of BROWSERS) {
  test(`marketplace descriptions: ${which}`, { timeout: 240_000 }, async (t) => {
    const script = await bundle('test-entry.ts');
    const server = await serve((at) => (PAGES[at] === undefined ? undefined : { body: PAGES[at] }));
    const { browser, stop } = await start(which);
    t.after(async () => { await stop(); await server.stop(); });
    const tab = await browser.newPage();
    let version = LIST.version;
    const open = async (at, marketplaces) => {
      await tab.goto(server.origin + at, { waitUntil: 'domcontentloaded' });
      await tab.evaluate(script);
      if (marketplaces) assert.ok(await tab.evaluate((list) => globalThis.useMarketplaces(list), { version: ++version, marketplaces }));
    };
    const read = async (search) => {
      await open('/results', search ? [described(search)] : []);
      return tab.evaluate((address) => globalThis.readPage(address), ADDRESS);
    };
    const titles = (found) => found.map((f) => f.title);
    const others = GOODS.slice(0, 4).map((g) => `Other ${g}`);

    await t.test('every selector that ships is one', async () => {
      await open('/results');
      const bad = await tab.evaluate((list) => list.flatMap((m) => [m.search, m.item].flatMap((part) => Object.values(part ?? {}))).filter((selector) => {
        try { document.querySelector(selector); return false; } catch { return true; }
      }), LIST.marketplaces);
      assert.deepEqual(bad, []);
    });
    const general = await read(null);
    await t.test('without a description the general finder reads', () => {
      assert.deepEqual(titles(general), [...GOODS, 'Sell here', ...others]);
    });
    await t.test('a description decides in its list, and leaves the rest of the page alone', async () => {
      const found = await read({ card: 'li.card', ignore: '.advert', title: '.short', seller: '.who' });
      assert.deepEqual(titles(found), ['table', 'bicycle', 'glasses', 'lamp', 'bench', 'blanket', ...others]);
      assert.deepEqual(found.slice(0, 6).map((f) => [f.price, f.href]), general.slice(0, 6).map((f) => [f.price, f.href]));
    });
    await t.test('a description that finds nothing changes nothing', async () => {
      assert.deepEqual(await read({ card: 'li.gone', title: '.short' }), general);
      assert.deepEqual(await read({ card: 'li.card', title: '.gone', price: '.gone', link: '.gone' }), general);
    });
    await t.test('a description that finds clearly less changes nothing', async () => {
      assert.deepEqual(await read({ card: 'li.card:nth-child(-n+3)', title: '.short' }), general);
      assert.deepEqual(await read({ card: 'li.card h3' }), general);
      assert.deepEqual(await read({ card: 'li.card > a' }), general);
    });
    await t.test('a group is read only where the page says that it is open', async () => {
      const network = [{ name: 'Sample', hosts: ['sample.example'], closed: { paths: ['/groups/*'], open: ['Public group'] } }];
      const closed = (address) => tab.evaluate((a) => globalThis.isClosed(a), address);
      await open('/open', network);
      assert.equal(await closed('https://sample.example/groups/12'), false);
      await open('/closed', network);
      assert.equal(await closed('https://sample.example/groups/12'), true);
      assert.equal(await closed('https://sample.example/groups'), false);
      assert.equal(await closed('https://elsewhere.example/groups/12'), false);
    });
  });
}
