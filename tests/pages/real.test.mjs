// The pages beside the real background, as shipped: they understand each other.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { firstRunPage } from '../e2e/support/browser.mjs';
import { axe, BROWSERS, DIST, focused, launch, open, says } from './support.mjs';

/** A port of this machine on which nobody listens. */
async function closedPort() {
  const server = http.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

for (const which of BROWSERS) {
  describe(`pages of the packed extension in ${which}`, () => {
    let session;
    before(async () => {
      session = await launch(which, { extension: path.join(DIST, which === 'chromium' ? 'chrome' : 'firefox'), geckoId: 'spotter@wildlife-spotter.example' });
      await (await firstRunPage(session.browser)).close();
    });
    after(async () => { await session?.stop(); });

    test('options: the state arrives, a choice is kept', async () => {
      const page = await open(session, 'options.html', { width: 760 });
      await page.waitForSelector('#quiet');
      assert.equal(await page.$eval('#quiet', (r) => r.checked), true, 'quiet is the default');
      await page.click('#badges');
      await says(page, 'Saved.');
      await page.close();
      const again = await open(session, 'options.html', { width: 760 });
      await again.waitForSelector('#badges');
      assert.equal(await again.$eval('#badges', (r) => r.checked), true);
      await again.click('#quiet');
      await says(again, 'Saved.');
      assert.deepEqual(await axe(again), []);
      await again.close();
    });

    test('options: an endpoint that does not answer is said, the link is kept', async () => {
      const link = `http://127.0.0.1:${await closedPort()}/join#${'A'.repeat(43)}.CODE-1234`;
      const page = await open(session, 'options.html', { width: 760 });
      await page.waitForSelector('#agree-first');
      await page.evaluate(() => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage({ type: 'agree', adult: true, rules: true }));
      await page.waitForSelector('#join-link');
      await page.type('#join-link', link);
      await page.keyboard.press('Enter');
      await says(page, 'does not answer. Nothing was changed.');
      assert.equal(await focused(page), 'join-link');
      assert.equal(await page.$eval('#join-link', (f) => f.value), link);
      await page.close();
    });

    test('options: the keys that the browser really gave', async () => {
      const page = await open(session, 'options.html', { width: 760 });
      await page.waitForSelector('kbd');
      const given = await page.evaluate(async () => (await (globalThis.browser ?? globalThis.chrome).commands.getAll()).map((c) => [c.name, c.shortcut]));
      const keys = Object.fromEntries(given);
      const shown = await page.$$eval('tbody td', (cells) => cells.map((c) => c.textContent));
      assert.deepEqual(shown, ['next', 'previous', 'report', 'panel', 'mask'].map((name) => keys[name] || 'not set'));
      await page.close();
    });

    test('panel: not joined, and a page that may not be read', async () => {
      const page = await open(session, 'panel.html');
      await says(page, 'Not joined yet');
      await says(page, 'This page cannot be read');
      assert.deepEqual(await axe(page), []);
      await page.close();
    });
  });
}
