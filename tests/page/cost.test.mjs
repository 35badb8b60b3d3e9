// What the content script costs a results page of 200 cards, in Chromium: its own slices, and the whole main
// thread with and without it. Prints figures; the time limit itself is proved with an injected clock.
import assert from 'node:assert/strict';
import test from 'node:test';
import { median } from '../bench/median.mjs';
import { serve, start } from './browsers.mjs';
import { startWithExtension, until } from './extension.mjs';
import { results } from './pages.mjs';

const ROUNDS = 7;

test('cost on a page of 200 cards: chromium', { timeout: 180_000 }, async (t) => {
  const server = await serve((at) => (at === '/big' ? { body: results(200) } : undefined));
  const ext = await startWithExtension('chromium');
  const bare = await start('chromium');
  t.after(async () => { await ext.stop(); await bare.stop(); await server.stop(); });
  const url = `${server.origin}/big`;

  const load = async (browser, wait) => {
    const page = await browser.newPage();
    const cdp = await page.createCDPSession();
    const worlds = [];
    cdp.on('Runtime.executionContextCreated', ({ context }) => { if (context.auxData.type === 'isolated' && context.name === 'page test') worlds.push(context.id); });
    await cdp.send('Runtime.enable');
    // Processor time, not the wall's: other work on the machine does not count.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.evaluateOnNewDocument(() => {
      globalThis.moved = 0;
      new PerformanceObserver((list) => { for (const e of list.getEntries()) globalThis.moved += e.value; }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(url, { waitUntil: 'load' });
    await wait();
    // The same life for both, so that only what the script does differs: frames and pictures cost as well.
    await page.waitForFunction(() => performance.now() > 2_500, { polling: 250 });
    const { metrics } = await cdp.send('Performance.getMetrics');
    const get = (name) => metrics.find((m) => m.name === name).value * 1000;
    const spent = worlds.length === 0 ? null
      : (await cdp.send('Runtime.evaluate', { contextId: worlds.at(-1), expression: 'JSON.stringify(globalThis[Symbol.for("page-reader")].spent())', returnByValue: true })).result.value;
    const moved = await page.evaluate(() => globalThis.moved);
    await page.close();
    return { task: get('TaskDuration'), script: get('ScriptDuration'), style: get('RecalcStyleDuration'), layout: get('LayoutDuration'), moved, spent: spent === null ? null : JSON.parse(spent) };
  };
  // Asks the background, never the page: answering would cost the page time that nobody spends in life.
  const read = () => until(() => ext.log(), (l) => l.batches.flat().length === 200 && l.counts.at(-1)?.likely > 0 && l.counts.at(-1).read === 200, '200 listings');
  const without = [];
  const having = [];
  for (let i = 0; i < ROUNDS; i++) {
    without.push(await load(bare.browser, async () => {}));
    await ext.clear();
    having.push(await load(ext.browser, read));
  }
  const own = having.map((x) => x.spent);
  console.log(`chromium 200 cards, ${ROUNDS} loads, medians: slices ${median(own.map((s) => s.total)).toFixed(1)} ms in ${median(own.map((s) => s.slices))} slices, longest ${median(own.map((s) => s.longest)).toFixed(1)} ms; ` +
    `main thread (processor time) ${median(without.map((x) => x.task)).toFixed(1)} -> ${median(having.map((x) => x.task)).toFixed(1)} ms, scripts ${median(without.map((x) => x.script)).toFixed(1)} -> ${median(having.map((x) => x.script)).toFixed(1)} ms, style ${median(without.map((x) => x.style)).toFixed(1)} -> ${median(having.map((x) => x.style)).toFixed(1)} ms, layout ${median(without.map((x) => x.layout)).toFixed(1)} -> ${median(having.map((x) => x.layout)).toFixed(1)} ms; layout shift ${Math.max(...having.map((x) => x.moved))}`);
  assert.ok(own.every((s) => s !== null && s.slices > 1), 'the work is cut into slices');
  assert.equal(Math.max(...having.map((x) => x.moved)), Math.max(...without.map((x) => x.moved)), 'no layout shift is added');
});
