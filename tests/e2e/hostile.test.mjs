// Titles that try to be more than text: markup, direction controls, great length, invisible letters.
// They are read, found, reported and reviewed as text, and nothing of them runs or breaks a screen.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS } from './support/browser.mjs';
import { decide, listed, queue, report, shot } from './support/journey.mjs';
import { cardsPage, PATIENCE, world } from './support/world.mjs';

const TITLES = {
  markup: 'Elephant ivory netsuke <img src=x onerror="window.hit=1"><script>window.hit=1</script> {{7*7}} &lt;b&gt;',
  direction: 'Elephant ivory carving \u202Egnivrac yrovi\u202C \u2066signed\u2069',
  invisible: 'Ele\u200Bphant iv\u200Dory tu\uFEFFsk, genu\u00ADine',
  long: `Genuine elephant ivory tusk ${'very old and heavy '.repeat(5_500)}`,
};

for (const name of BROWSERS) {
  test(`${name}: hostile titles`, PATIENCE, async (t) => {
    assert.ok(TITLES.long.length > 100_000);
    const w = await world(t, name, { extra: { '/hostile': cardsPage(Object.values(TITLES)) } });
    const { page, tab, found } = await w.visit('/hostile', { read: 4 });
    assert.equal(found.read, 4);
    assert.equal(found.findings.length, 4, 'each is found in spite of its dress');
    for (const f of found.findings) assert.ok(new TextEncoder().encode(f.title).length <= 2048, 'titles are bounded');
    const panel = await w.openPanel(tab);
    const lists = await listed(panel);
    const titles = [...lists.likely, ...lists.possible];
    assert.equal(titles.length, 4);
    for (const [at, where] of [[panel, 'panel'], [page, 'page']]) {
      const traces = await at.evaluate(() => ({ hit: 'hit' in window, img: document.querySelectorAll('img[src="x"]').length }));
      assert.deepEqual(traces, { hit: false, img: 0 }, `nothing of a title became an element in the ${where}`);
    }
    const wide = await panel.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `no title makes the panel scroll sideways (${wide} px)`);
    await shot(w.browser, panel, 'panel-hostile');
    for (const title of titles) await report(panel, title);
    const console_ = await w.console();
    const cases = await queue(console_);
    assert.equal(cases.length, 4);
    for (const title of cases) {
      await decide(await w.console(), title, 'cannot_tell', async (at) => {
        const traces = await at.evaluate(() => ({ hit: 'hit' in window, img: document.querySelectorAll('img[src="x"]').length }));
        assert.deepEqual(traces, { hit: false, img: 0 }, 'nothing of a title became an element in the console');
        if (title.includes('script')) await shot(w.browser, at, 'console-hostile');
      });
    }
    assert.deepEqual(await w.cases(), []);
  });
}
