// Lists that grow while somebody scrolls: each new card is read once, and what only looks like one is not.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, serve } from './browsers.mjs';
import { startWithExtension, until } from './extension.mjs';
import { card, results, title } from './pages.mjs';

for (const which of BROWSERS) {
  test(`a list that grows: ${which}`, { timeout: 240_000 }, async (t) => {
    const server = await serve((at) => (at === '/growing' ? { body: results(40) } : at === '/tiles' ? { body: results(0) } : undefined));
    const ext = await startWithExtension(which);
    t.after(async () => { await ext.stop(); await server.stop(); });
    const page = await ext.browser.newPage();
    await page.goto(`${server.origin}/growing`, { waitUntil: 'load' });
    const sent = () => ext.log().then((l) => l.batches.flat().map((listing) => listing.title));
    await until(sent, (titles) => titles.length === 40, 'the first forty');

    const more = Array.from({ length: 25 }, (_, n) => card(40 + n));
    await page.evaluate((cards) => {
      const list = document.getElementById('list');
      list.insertAdjacentHTML('beforeend', cards.join(''));
      // The same shape, but another site's: an advertisement.
      list.insertAdjacentHTML('beforeend', cards[0].replaceAll('/item/', 'https://elsewhere.example/item/').replaceAll('Synthetic', 'Sponsored'));
      // The same shape, but nothing of its own to say.
      list.insertAdjacentHTML('beforeend', '<li class="card"><a href="/item/1"></a></li>');
    }, more);
    const all = await until(sent, (titles) => titles.length >= 65, 'the next twenty-five');
    assert.equal(new Set(all).size, all.length, 'each is sent once');

    await page.evaluate(() => { document.getElementById('list').insertAdjacentHTML('beforeend', document.querySelector('.card').outerHTML.replaceAll('no. 0', 'no. 999')); });
    const last = await until(sent, (titles) => titles.some((title) => title.endsWith('no. 999')), 'one more');
    assert.equal(last.length, 66);
    assert.deepEqual(last.filter((title) => title.startsWith('Sponsored')), [], 'an advertisement among them is none of them');

    // Cards that a script opens, on a page that begins empty.
    await ext.clear();
    await page.goto(`${server.origin}/tiles`, { waitUntil: 'load' });
    const tile = (n) => `<li role="button" tabindex="0"><img alt="" width="160" height="120"><div>${title(n)}</div><div>EUR ${10 + n},50</div></li>`;
    const add = (from, to) => page.evaluate((html) => { document.getElementById('list').insertAdjacentHTML('beforeend', html); }, Array.from({ length: to - from }, (_, n) => tile(from + n)).join(''));
    for (const [from, to] of [[0, 4], [4, 9]]) {
      await add(from, to);
      assert.deepEqual(await until(sent, (titles) => titles.length >= to, `${to} tiles`), Array.from({ length: to }, (_, n) => title(n)));
    }
  });
}
