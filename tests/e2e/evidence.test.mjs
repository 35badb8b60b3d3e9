// A listing that was deleted after the report: the reviewer still sees its text and its pictures, at least 800 pixels
// wide, however the page offered them. Each kind of page in one browser or the other, with a real endpoint.
import assert from 'node:assert/strict';
import test from 'node:test';
import { part } from '../part.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { BROWSERS, launch } from './support/browser.mjs';
import { equip, go, listed, login, openPanel, report, shot, visit } from './support/journey.mjs';
import { PATIENCE } from './support/world.mjs';
import { startGallery, textOf, titleOf, WAYS } from './gallery/gallery.mjs';

for (const name of BROWSERS) {
  test(`deleted listings in ${name}: text and pictures are kept, however the page offered them`, PATIENCE, async (t) => {
    const gallery = await startGallery();
    t.after(() => gallery.close());
    const endpoint = await startEndpoint();
    t.after(() => endpoint.close());
    const browser = await launch(name);
    t.after(() => browser.close());
    const options = await equip(browser, endpoint, [gallery.origin]);
    const ways = part([...Object.keys(WAYS).entries()], BROWSERS.length, BROWSERS.indexOf(name));
    for (const [n, way] of ways) {
      const { page, tab } = await visit(browser, options, gallery.origin + gallery.pathOf(n));
      const panel = await openPanel(browser, tab);
      const { likely, possible } = await listed(panel);
      assert.ok([...likely, ...possible].includes(titleOf(n)), `${way}: found as ${JSON.stringify({ likely, possible })}`);
      gallery.asked.length = 0;
      await report(panel, titleOf(n));
      const fetched = gallery.asked.filter((a) => a.path.startsWith('/p/'));
      assert.deepEqual(fetched.map((a) => a.path).filter((p) => !p.startsWith(`/p/${n}-`)), [], `${way}: only the listing's own pictures are fetched`);
      assert.ok(fetched.every((a) => a.cookie === '' && a.referer === ''), `${way}: without cookies and referrer`);
      await panel.close();
      await page.close();
    }
    gallery.remove();

    const reviewer = await login(browser, endpoint);
    const cases = await reviewer.$$eval('table.queue tbody tr td.wide a', (links) => links.map((a) => ({ title: a.textContent.trim(), href: a.href })));
    assert.equal(cases.length, ways.length);
    for (const [n, way] of ways) {
      const { href } = cases.find((c) => c.title === titleOf(n));
      await reviewer.goto(href, { waitUntil: 'load' });
      assert.ok((await reviewer.$eval('main', (m) => m.innerText)).includes(textOf(n)), `${way}: the text is there`);
      await go(reviewer, 'section.evidence a.open');
      const addresses = await reviewer.$$eval('section.evidence .pictures a', (links) => [...new Set(links.map((a) => a.href))].filter((h) => h.includes('/console/pictures/')));
      // The pictures are measured as the browser decodes them, wherever the console shows them small.
      const widths = await reviewer.evaluate((all) => Promise.all(all.map(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return image.naturalWidth;
      })), addresses);
      const want = { 'JSON-LD': 2, 'gallery of three': 3 }[way] ?? 1;
      assert.deepEqual(widths, Array.from({ length: want }, () => 1000), `${way}: pictures of full size`);
    }
    await shot(browser, reviewer, 'console-gallery', { fullPage: true });
  });
}
