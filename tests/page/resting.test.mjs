// A page that changes without end and never shows a listing (a chat, a clock, a map) is left alone after a while,
// and looked at again as soon as the person does something.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, serve } from './browsers.mjs';
import { startWithExtension, until } from './extension.mjs';
import { card, results } from './pages.mjs';

const BUSY = '<div id="feed"></div><script>let n = 0; setInterval(() => { const p = document.createElement("p"); p.innerHTML = "<a href=\\"#x\\">word " + n++ + "</a>"; document.getElementById("feed").replaceChildren(p); }, 40);</script>';

for (const which of BROWSERS) {
  test(`nothing is ever found: ${which}`, { timeout: 240_000 }, async (t) => {
    const server = await serve((at) => (at === '/busy' ? { body: results(0, { cards: '', extra: BUSY }) } : undefined));
    const ext = await startWithExtension(which);
    t.after(async () => { await ext.stop(); await server.stop(); });
    const page = await ext.browser.newPage();
    await page.goto(`${server.origin}/busy`, { waitUntil: 'load' });
    await until(() => ext.log(), (l) => l.counts.length > 0, 'the script runs');
    // Looks in vain come at longer and longer intervals: twelve take about 33 seconds.
    await new Promise((done) => { setTimeout(done, 50_000); });
    await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), [0, 1, 2, 3].map((n) => card(n)).join(''));
    await new Promise((done) => { setTimeout(done, 7_000); });
    assert.deepEqual((await ext.log()).batches, [], 'nobody looks any more');
    await page.bringToFront();
    await page.click('h1');
    await until(() => ext.log(), (l) => l.batches.flat().length === 4, 'a click of the person is reason to look');
    await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), card(5));
    await until(() => ext.log(), (l) => l.batches.flat().length === 5, 'and to follow the page from then on');
  });
}
