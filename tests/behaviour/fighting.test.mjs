// Pages that take our marks away. Once or twice may be an honest re-render; without end it is a fight, which we
// leave, and the panel says so.
import assert from 'node:assert/strict';
import test from 'node:test';
import { words } from '../e2e/support/journey.mjs';
import { BROWSERS, cards, MARKED, NO_TRACE, page, PATIENCE, serve, shot, spotter, traces, until } from './spotter.mjs';

const OTHERS = "'html > :not(head, body)'";
const pages = {
  '/calm': page(cards(12)),
  '/removes': page(cards(12), { extra: `<script>new MutationObserver(() => { for (const el of document.querySelectorAll(${OTHERS})) { el.remove(); globalThis.n = (globalThis.n ?? 0) + 1; } }).observe(document.documentElement, { childList: true });</script>` }),
  '/moves': page(cards(12), { extra: `<script>setInterval(() => { for (const el of document.querySelectorAll(${OTHERS})) { document.getElementById('list').append(el); globalThis.n = (globalThis.n ?? 0) + 1; } }, 10);</script>` }),
};

for (const name of BROWSERS) {
  for (const at of ['/removes', '/moves']) {
    test(`${name}: a page that ${at.slice(1)} our element without end is left alone`, PATIENCE, async (t) => {
      const site = await serve(t, pages);
      const s = await spotter(t, name, site);
      await s.quiet(false);
      const web = await s.open(site.origin + at);
      const before = await s.read(web, 12);
      await until('we give up', async () => (await s.findings(web)).marks_gave_up);
      assert.deepEqual(await traces(web), NO_TRACE);
      const fights = await web.evaluate(() => globalThis.n);
      assert.ok(fights >= 2 && fights <= 10, `${fights} fights`);
      await new Promise((done) => { setTimeout(done, 300); });
      assert.equal(await web.evaluate(() => globalThis.n), fights, 'and stay away');
      const now = await s.findings(web);
      assert.deepEqual(now.findings.map((f) => f.key), before.findings.map((f) => f.key), 'the findings are in the panel as before');
      assert.equal(now.gave_up, false, 'reading goes on');
      const tab = await s.browser.tabOf(s.options, web.url());
      const panel = await s.browser.openExtensionPage(`pages/panel.html?tab=${tab}`, 'h2#findings');
      assert.ok((await panel.evaluate(() => document.body.innerText)).includes(words('panel_marks_gave_up')));
      await shot(s.browser, panel, `panel-fight${at.replace('/', '-')}`);
    });
  }

  test(`${name}: a page that clears its document, its sheets and its highlights once gets the marks back`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    await s.quiet(false);
    const web = await s.open(`${site.origin}/calm`);
    await s.read(web, 12);
    await until('the page is marked', async () => (await traces(web)).hosts === 1);
    await web.evaluate(() => {
      CSS.highlights.clear();
      document.adoptedStyleSheets = [];
      document.documentElement.replaceChildren(...[...document.documentElement.children].filter((el) => /^(?:head|body)$/u.test(el.localName)));
      document.getElementById('list').insertAdjacentHTML('beforeend', document.querySelector('.card').outerHTML.replaceAll('700000', '700099').replaceAll('no. 0', 'no. 99'));
    });
    await s.read(web, 13);
    await until('the marks are back', async () => { const now = await traces(web); return JSON.stringify(now) === JSON.stringify(MARKED); });
    assert.equal((await s.findings(web)).marks_gave_up, false);
  });
}
