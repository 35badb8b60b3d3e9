// A page that changes without end and never shows a listing (a chat, a clock, a map) is left alone after a while,
// and looked at again as soon as the person does something. The script's waits are shortened, all by the same factor:
// what takes half a minute in life takes two seconds here.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, serve } from './browsers.mjs';
import { startWithExtension, until } from './extension.mjs';
import { card, results } from './pages.mjs';

const BUSY = '<div id="feed"></div><script>let n = 0; setInterval(() => { const p = document.createElement("p"); p.innerHTML = "<a href=\\"#x\\">word " + n++ + "</a>"; document.getElementById("feed").replaceChildren(p); }, 40);</script>';
const PACE = 20;
/** Looks in vain come at longer and longer intervals, of five seconds at most; this is three of those, in which the page changes twenty times. */
const QUIET_MS = 3 * 5_000 / PACE;
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

for (const which of BROWSERS) {
  test(`nothing is ever found: ${which}`, { timeout: 240_000 }, async (t) => {
    const server = await serve((at) => (at === '/busy' ? { body: results(0, { cards: '', extra: BUSY }) } : undefined));
    const ext = await startWithExtension(which, { pace: PACE });
    t.after(async () => { await ext.stop(); await server.stop(); });
    const page = await ext.browser.newPage();
    const url = `${server.origin}/busy`;
    await page.goto(url, { waitUntil: 'load' });
    await until(() => ext.log(), (l) => l.counts.length > 0, 'the script runs');
    const slices = async () => (await ext.spent(url)).slices;
    const words = () => page.evaluate(() => document.getElementById('feed').textContent);
    /** Whether the page changed, again and again, and nobody looked. */
    const alone = async () => {
      const [before, said] = [await slices(), await words()];
      await pause(QUIET_MS);
      return await words() !== said && await slices() === before;
    };
    const first = await slices();
    await until(slices, (n) => n > first + 2, 'the page is looked at while it changes');
    await until(alone, (is) => is, 'it is left alone', 30_000);
    await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), [0, 1, 2, 3].map((n) => card(n)).join(''));
    assert.ok(await alone(), 'nobody looks any more');
    assert.deepEqual((await ext.log()).batches, []);
    await page.bringToFront();
    await page.click('h1');
    await until(() => ext.log(), (l) => l.batches.flat().length === 4, 'a click of the person is reason to look');
    await page.evaluate((html) => document.getElementById('list').insertAdjacentHTML('beforeend', html), card(5));
    await until(() => ext.log(), (l) => l.batches.flat().length === 5, 'and to follow the page from then on');
  });
}
