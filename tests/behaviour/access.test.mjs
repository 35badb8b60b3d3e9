// Badges and reasons for everybody: by keyboard, by screen reader, in both colour schemes, with forced colours, at
// 400 % zoom, on pages from right to left. Automatic checks cannot enter a closed root: where they run, the same
// script opens it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { press, words } from '../e2e/support/journey.mjs';
import { inOneLanguage } from '../pages/support.mjs';
import { dist, root } from '../e2e/support/paths.mjs';
import { BROWSERS, cards, page, painted, PATIENCE, serve, shot, spotter, until } from './spotter.mjs';

const AXE = fs.readFileSync(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const pages = { '/list': page(cards(24)), '/rtl': page(cards(24), { html: ' lang="ar" dir="rtl"' }) };

/** The built extension with the badges' root open, in one language alone where one is named, and nothing else changed. */
function opened(t, name, lang) {
  const dir = lang ? inOneLanguage(name, lang) : fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-open-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  if (!lang) fs.cpSync(dist(name), dir, { recursive: true });
  const file = path.join(dir, 'content.js');
  const text = fs.readFileSync(file, 'utf8');
  assert.equal(text.split('mode:"closed"').length, 2);
  fs.writeFileSync(file, text.replace('mode:"closed"', 'mode:"open"'));
  return dir;
}

/** A page with badges, the first one's reasons open. */
async function marked(s, url, before) {
  await s.quiet(false);
  const web = await s.open(url, before);
  await s.read(web, 24);
  await web.bringToFront();
  await until('there is a badge', () => web.evaluate(() => document.querySelector('html > div') !== null));
  await painted(web);
  await s.tell(web, { type: 'step', forward: true });
  await painted(web);
  return web;
}
/** Contrast of each badge's word and of each line of the open reasons. */
const contrasts = (web) => web.evaluate(() => {
  const rgb = (text) => text.match(/[\d.]+/gu).slice(0, 3).map(Number);
  const light = (text) => { const [r, g, b] = rgb(text).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
  const { shadowRoot } = document.querySelector('html > div');
  const why = shadowRoot.querySelector('.why:not([hidden])');
  const ground = getComputedStyle(why).backgroundColor;
  const send = getComputedStyle(why.querySelector('.send'));
  return [
    ...[...shadowRoot.querySelectorAll('.badge')].map((el) => getComputedStyle(el)).map((s) => ({ what: 'badge', ratio: ratio(s.color, s.backgroundColor) })),
    ...[...why.querySelectorAll('p, li, bdi')].map((el) => ({ what: el.className, ratio: ratio(getComputedStyle(el).color, ground) })),
    { what: 'send', ratio: ratio(send.color, send.backgroundColor) },
  ];
});
/** The reasons' box, in the viewport. */
const boxOf = (web) => web.evaluate(() => {
  const all = document.querySelector('html > div').shadowRoot;
  const r = all.querySelector('.why:not([hidden])').getBoundingClientRect();
  return { left: r.left, right: r.right, top: r.top + scrollY, wide: document.documentElement.clientWidth, over: document.documentElement.scrollWidth - document.documentElement.clientWidth };
});

for (const name of BROWSERS) {
  for (const dark of [false, true]) {
    test(`${name}: axe finds nothing in badges and reasons, ${dark ? 'dark' : 'light'}`, PATIENCE, async (t) => {
      const site = await serve(t, pages);
      const s = await spotter(t, name, site, { dir: opened(t, name), prefs: { 'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1 } });
      const web = await marked(s, `${site.origin}/list`, async (at) => {
        if (name === 'chromium') await at.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
      });
      await web.evaluate(AXE);
      const found = await web.evaluate(async () => {
        const { axe } = globalThis;
        const { violations, passes } = await axe.run({ resultTypes: ['violations', 'passes'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } });
        const inside = (r) => r.nodes.some((n) => Array.isArray(n.target[0]));
        // The page around is not what is tested.
        return { violations: violations.map((v) => ({ ...v, nodes: v.nodes.filter((n) => Array.isArray(n.target[0]) || n.target[0] === 'html > div' || n.target[0] === 'div') })).filter((v) => v.nodes.length > 0).map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`), entered: passes.filter(inside).map((p) => p.id) };
      });
      assert.ok(found.entered.includes('button-name') && found.entered.includes('listitem'), `it looked inside: ${found.entered}`);
      assert.deepEqual(found.violations, []);
      // Over a picture axe leaves the contrast open; here it is reckoned.
      for (const { what, ratio } of await contrasts(web)) assert.ok(ratio >= (what === 'badge' ? 7 : 4.5), `contrast of ${what}: ${ratio.toFixed(2)}`);
      await shot(s.browser, web, `access-${dark ? 'dark' : 'light'}`);
    });
  }

  test(`${name}: at 400 % zoom and from right to left the reasons stay on the page`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site, { dir: opened(t, name) });
    for (const [at, view] of [['/list', { width: 320, height: 256, deviceScaleFactor: 4 }], ['/rtl', { width: 320, height: 256, deviceScaleFactor: 4 }], ['/rtl', { width: 1000, height: 700 }]]) {
      const web = await marked(s, site.origin + at, (p) => p.setViewport(view));
      for (let i = 0; i < 3; i++) {
        const box = await boxOf(web);
        assert.ok(box.left >= 0 && box.right <= box.wide && box.top >= 0, `${at} ${view.width}: ${JSON.stringify(box)}`);
        assert.ok(box.over <= 0, `${at} ${view.width}: the page scrolls sideways by ${box.over} px`);
        await s.tell(web, { type: 'step', forward: true });
        await painted(web);
      }
      await shot(s.browser, web, `access${at.replace('/', '-')}-${view.width}`);
      await web.close();
    }
  });

  test(`${name}: in Arabic badges and reasons read from right to left, on a page that does not`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site, { dir: opened(t, name, 'ar') });
    for (const [at, view] of [['/list', { width: 1000, height: 700 }], ['/rtl', { width: 360, height: 700 }]]) {
      const web = await marked(s, site.origin + at, (p) => p.setViewport(view));
      const box = await boxOf(web);
      assert.ok(box.left >= 0 && box.right <= box.wide && box.over <= 0, `${at}: ${JSON.stringify(box)}`);
      const told = await web.evaluate(() => {
        const root = document.querySelector('html > div').shadowRoot.querySelector('.root');
        const why = root.querySelector('.why:not([hidden])');
        const [what, send] = [why.querySelector('.what'), why.querySelector('.send')];
        const [badge, picture] = [root.querySelector('.badge[aria-expanded="true"]'), document.querySelector('.card img')].map((el) => el.getBoundingClientRect());
        const range = document.createRange();
        range.selectNodeContents(what);
        const edges = (el) => el.getBoundingClientRect();
        return { lang: root.lang, dir: root.dir, names: why.querySelector('.names').lang, words: root.querySelector('.badge .word').textContent,
          // With its word as well, the badge stays in its picture's corner.
          corner: Math.round(picture.right - badge.right),
          // A line begins at the right, and so does the button.
          begins: Math.round(edges(what).right - range.getBoundingClientRect().right), button: Math.round(edges(what).right - edges(send).right), away: Math.round(edges(send).left - edges(what).left) };
      });
      assert.deepEqual([told.lang, told.dir, told.names], ['ar', 'rtl', 'la']);
      assert.ok(Math.abs(told.corner - 4) <= 1, JSON.stringify(told));
      assert.match(told.words, /\p{Script=Arabic}/u);
      assert.ok(Math.abs(told.begins) <= 1 && Math.abs(told.button) <= 1 && told.away > 8, JSON.stringify(told));
      await shot(s.browser, web, `access-arabic${at.replace('/', '-')}`);
      await web.close();
    }
  });

  test(`${name}: keyboard and focus`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site, { dir: opened(t, name) });
    const web = await marked(s, `${site.origin}/list`, (p) => p.setViewport({ width: 1000, height: 700 }));
    const state = () => web.evaluate(() => {
      const { shadowRoot } = document.querySelector('html > div');
      const at = shadowRoot.activeElement;
      return { on: at?.className.split(' ')[0] ?? document.activeElement.localName, name: at?.getAttribute('aria-label') ?? at?.textContent, expanded: at?.getAttribute('aria-expanded'), open: shadowRoot.querySelectorAll('.why:not([hidden])').length,
        outline: at === null ? '' : getComputedStyle(at).outlineStyle };
    });
    const first = await state();
    assert.deepEqual([first.on, first.expanded, first.open], ['badge', 'true', 1]);
    assert.match(first.name, /^(?:Likely|Possible) protected wildlife: Carved elephant ivory netsuke/u);
    await web.keyboard.press('Tab');
    assert.deepEqual(Object.values(await state()).slice(0, 2), ['send', words('page_report')]);
    assert.equal((await state()).outline, 'solid', 'focus is seen');
    await web.keyboard.press('Escape');
    const escaped = await state();
    assert.deepEqual([escaped.on, escaped.open], ['badge', 0], 'Escape closes the reasons and stays on the badge');
    await web.keyboard.press('Tab');
    const second = await state();
    assert.ok(second.on === 'badge' && second.open === 1 && second.name !== first.name, 'Tab goes to the next badge');
    await web.keyboard.down('Shift');
    await web.keyboard.press('Tab');
    await web.keyboard.up('Shift');
    assert.equal((await state()).name, first.name, 'and back');
  });

  test(`${name}: the panel scrolls to a listing`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    const web = await s.open(`${site.origin}/list`, (p) => p.setViewport({ width: 420, height: 500 }));
    const { findings } = await s.read(web, 24);
    const tab = await s.browser.tabOf(s.options, web.url());
    const panel = await s.browser.openExtensionPage(`pages/panel.html?tab=${tab}`, 'h2#findings');
    const last = findings.at(-1).title;
    await panel.evaluate((title) => { [...document.querySelectorAll('li.card')].find((li) => li.querySelector('h3').textContent === title).id = 'wanted'; }, last);
    await press(panel, words('card_show'), '#wanted');
    await web.bringToFront();
    await until('the listing is on screen', () => web.evaluate((title) => {
      const r = [...document.querySelectorAll('.card')].find((c) => c.textContent.includes(title)).getBoundingClientRect();
      return r.top >= 0 && r.top < innerHeight;
    }, last));
  });

  test(`${name}: of a listing that is higher than the window, its beginning and badge are scrolled to`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site, { dir: opened(t, name) });
    const web = await marked(s, `${site.origin}/list`, (p) => p.setViewport({ width: 420, height: 500 }));
    for (const picture of [true, false]) {
      await web.evaluate((kept) => {
        for (const card of document.querySelectorAll('.card')) {
          card.style.minHeight = '1700px';
          if (!kept) card.querySelector('img')?.remove();
        }
      }, picture);
      for (const forward of [true, true, false]) {
        await s.tell(web, { type: 'step', forward });
        await painted(web);
        const at = await web.evaluate(() => {
          const r = document.querySelector('html > div').shadowRoot.querySelector('.badge[aria-expanded="true"]').getBoundingClientRect();
          return { top: r.top, bottom: r.bottom, height: innerHeight };
        });
        assert.ok(at.top >= 0 && at.bottom <= at.height / 2, `${picture ? 'with' : 'without'} a picture: ${JSON.stringify(at)}`);
      }
    }
  });
}

/** Firefox's switch for colours that the person has chosen for all pages. */
const FORCED = { 'browser.display.document_color_use': 2 };
const force = (name) => async (at) => {
  if (name !== 'chromium') return;
  const session = await at.createCDPSession();
  await session.send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }] });
};

for (const name of BROWSERS) {
  test(`${name}: forced colours keep sign, word and edge`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site, { dir: opened(t, name), prefs: FORCED });
    const web = await marked(s, `${site.origin}/list`, force(name));
    assert.ok(await web.evaluate(() => matchMedia('(forced-colors: active)').matches));
    for (const { what, ratio } of await contrasts(web)) assert.ok(ratio >= 4.5, `contrast of ${what}: ${ratio.toFixed(2)}`);
    const badges = await web.evaluate(() => [...document.querySelector('html > div').shadowRoot.querySelectorAll('.badge')].map((el) => {
      const [own, sign] = [getComputedStyle(el), el.querySelector('svg').getBoundingClientRect()];
      return { edge: own.borderTopStyle === 'solid' && own.borderTopColor !== own.backgroundColor, sign: sign.width >= 10, word: el.querySelector('.word').textContent };
    }));
    assert.equal(badges.length, 6);
    for (const badge of badges) assert.ok(badge.edge && badge.sign && badge.word !== '', JSON.stringify(badge));
    await shot(s.browser, web, 'access-forced-colours');
  });
}

test('chromium: what a screen reader is told', PATIENCE, async (t) => {
  const site = await serve(t, pages);
  const s = await spotter(t, 'chromium', site);
  const web = await marked(s, `${site.origin}/list`);
  const tree = await web.accessibility.snapshot({ interestingOnly: false });
  const flat = [];
  const walk = (node) => { flat.push(node); for (const kid of node.children ?? []) walk(kid); };
  walk(tree);
  const badges = flat.filter((n) => n.role === 'button' && /protected wildlife: /u.test(n.name));
  assert.equal(badges.length, 6, 'each finding has a button that says what it is and which listing');
  assert.equal(badges.filter((n) => n.expanded === true).length, 1);
  assert.ok(flat.some((n) => n.role === 'group' && n.name === words('page_reasons')), 'the reasons have a name');
});
