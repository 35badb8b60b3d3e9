// Every language in the real pages: nothing is cut, nothing overflows, the document says its language.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { axe, launch, open, overflow, play, serve, shot, tabOf } from './support.mjs';
import { draft, outbox, scene } from './scenes.mjs';

describe('languages', () => {
  for (const lang of ['de', 'es', 'fr', 'id', 'ms', 'zh_CN', 'zh_TW']) {
    test(`${lang} in 320 px`, async () => {
      const server = await serve();
      const session = await launch('chromium', { lang });
      try {
        const options = await open(session, 'options.html', { width: 320 });
        await play(options, scene());
        await options.waitForSelector('#h-sites');
        assert.equal(await options.$eval('html', (h) => h.lang), lang.replace('_', '-'));
        assert.ok(await overflow(options) <= 0);
        assert.deepEqual(await axe(options), []);
        await shot(session, options, `options-${lang}`);
        const market = await session.browser.newPage();
        await market.goto(`http://127.0.0.1:${server.port}/read`);
        const tab = await tabOf(options, market.url());
        await play(options, scene({ state: { outbox } }));
        const panel = await open(session, `panel.html?tab=${tab}`, { width: 320 });
        await panel.waitForSelector('#report-a1');
        for (const fold of await panel.$$('summary')) await fold.evaluate((s) => s.click());
        assert.ok(await overflow(panel) <= 0);
        assert.deepEqual(await axe(panel), []);
        await shot(session, panel, `findings-${lang}`);
        await play(options, scene({ draft: { ...draft, confirm: true } }));
        await panel.click('#report-a1');
        await panel.waitForSelector('#send');
        assert.ok(await overflow(panel) <= 0);
        assert.deepEqual(await axe(panel), []);
        await shot(session, panel, `sheet-${lang}`);
      } finally {
        await session.stop();
        await server.stop();
      }
    });
  }
});
