// The training beside the real background and its detector, as shipped.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { firstRunPage } from '../e2e/support/browser.mjs';
import { axe, BROWSERS, DIST, focused, launch, open, overflow, says, shot } from './support.mjs';

const tab = async (page, name) => page.evaluate((wanted) => [...document.querySelectorAll('.tab')].find((b) => b.textContent === wanted).click(), name);

for (const which of BROWSERS) {
  for (const dark of [false, true]) {
    describe(`training in ${which}, ${dark ? 'dark' : 'light'}`, () => {
      let session;
      let page;
      before(async () => {
        session = await launch(which, { extension: path.join(DIST, which === 'chromium' ? 'chrome' : 'firefox'), geckoId: 'spotter@wildlife-spotter.example', dark });
        await (await firstRunPage(session.browser)).close();
        page = await open(session, 'training.html', { width: dark ? 760 : 320, height: 900 });
      });
      after(async () => { await session?.stop(); });

      /** A screen that stands: nothing wrong in it, nothing wider than its window, a picture of it kept. */
      async function stands(name) {
        assert.deepEqual(await axe(page), []);
        assert.ok(await overflow(page) <= 0, `${name} is wider than its window`);
        await shot(session, page, `training-${name}`);
      }

      test('the rules come first, and every screen says that it is practice', async () => {
        await says(page, 'Never contact a seller.');
        await says(page, 'Nothing here is real');
        await stands('start');
      });

      test('cards: forty at least, chosen by group, with drawings that are there', async () => {
        await tab(page, 'Cards');
        await page.waitForSelector('.card-open');
        assert.ok((await page.$$('.card-open')).length >= 40);
        await page.waitForFunction(() => [...document.images].every((i) => i.complete), { polling: 50 });
        assert.deepEqual(await page.$$eval('img', (images) => images.filter((i) => i.naturalWidth === 0).map((i) => i.src)), []);
        await page.select('#group', 'elephant');
        await says(page, 'Mammoth ivory');
        await stands('cards');
        await page.click('.card-open');
        await says(page, 'no expert has signed');
        assert.equal(await focused(page), 'title');
        await stands('card');
      });
    });
  }
}
