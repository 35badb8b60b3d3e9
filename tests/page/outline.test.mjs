// What is taken down of an element from its markup is what the walk through the tree finds, and a card that is read
// without its nodes says what it says with them: on every synthetic page of the finder, and on variations of each.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { PRINCIPLES } from '../finder/principles.mjs';
import { SHAPES } from '../finder/shapes.mjs';
import { served } from '../finder/site.mjs';
import { WORLDS } from '../finder/worlds.mjs';
import { BROWSERS, bundle, ROOT, serve, start } from './browsers.mjs';

const saved = (dir) => fs.readdirSync(path.join(ROOT, 'tests/finder', dir)).filter((file) => file.endsWith('.html'))
  .map((file) => ({ name: file, url: `https://www.market.example/${file}`, html: served(fs.readFileSync(path.join(ROOT, 'tests/finder', dir, file), 'utf8')) }));
const PAGES = [...PRINCIPLES, ...SHAPES, ...WORLDS, ...saved('pages'), ...saved('feeds')];

let seed = 11;
const below = (n) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 16) % n;
};
const now = (one, other) => (below(4) === 0 ? one : other);

/** What cards of one list may differ in, and what markup may hold that looks like something else. */
const VARIATIONS = {
  'as it is': (html) => html,
  'missing prices': (html) => html.replace(/(?:€|EUR|\$|£)\s?\d+/g, (price) => now('', price)),
  'badges more': (html) => html.replace(/<\/(?:h3|p|a)>/g, (end) => now(` <span class="badge">New</span>${end}`, end)),
  'another order': (html) => html.replace(/(<p[^>]*>[^<]*<\/p>)\s*(<p[^>]*>[^<]*<\/p>)/g, (both, one, other) => now(other + one, both)),
  'nested links': (html) => html.replace(/<\/(?:li|article|td)>/g, (end) => now(`<div><a href="/u/somebody">somebody</a> <a href="#x">more</a></div>${end}`, end)),
  'struck, hidden, named': (html) => html.replace(/<(span|p|div)>/g, (tag, name) => now(
    [`<${name} class="price">`, `<${name} hidden>`, `<${name} style="display:none">`, `<${name} style="text-decoration:line-through">`, `<${name} class="sr-only">`, `<${name} role="heading">`, `<${name} itemprop="price">`, `<${name} contenteditable>`][below(8)], tag)),
  'other matter': (html) => html.replace(/<\/(?:li|p|a|td)>/g, (end) => now(
    ['<script>var a = "<b>$5</b>";</script>', '<style>a > b { color: red }</style>', '<svg role="img" aria-label="Star"><title>No title</title><svg><g></g></svg><path d="M0"/></svg>', '<template><p>5 EUR</p><template></template></template>',
      '<noscript><img src="x" alt="y"></noscript>', '<textarea>12 EUR</textarea>', '<!-- a > b <p>5 EUR</p> -->', '<br><wbr><hr>', '<input value="a&gt;b" title=\'say "5 EUR" > 4\'>', 'a &amp; b&nbsp;&lt;c&gt; &quot;d&quot;',
      '<math><mi>x</mi></math>', '<dialog>5 EUR</dialog>', '<select><option>1 EUR</option></select>', '<x-y a.b="1">z</x-y>', '<video title="&amp;lt;"></video>'][below(15)] + end, end)),
};

for (const which of BROWSERS) {
  test(`outlines from markup: ${which}`, { timeout: 240_000 }, async (t) => {
    const server = await serve((at) => (at === '/' ? { body: '<!doctype html><title>Synthetic</title><body></body>', headers: { 'content-security-policy': "default-src 'none'" } } : undefined));
    const { browser, stop } = await start(which);
    t.after(async () => { await stop(); await server.stop(); });
    const page = await browser.newPage();
    await page.goto(server.origin);
    await page.evaluate(await bundle('test-entry.ts'));
    let listings = 0;
    for (const [name, vary] of Object.entries(VARIATIONS)) {
      const pages = PAGES.map(({ url, html, name: of }) => ({ of, url, html: vary(html) }));
      const seen = await page.evaluate((all) => all.map(({ of, url, html }) => {
        document.documentElement.innerHTML = html;
        // Scripts often leave texts beside each other.
        for (const p of document.querySelectorAll('p')) if (p.firstChild?.nodeType === 3 && p.firstChild.data.length > 4) p.firstChild.splitText(3);
        const outlines = globalThis.readOutlines();
        const [full, quick] = [globalThis.readPage(url), globalThis.readPage(url, true)];
        return { of, ...outlines, listings: full.length, differ: full.flatMap((one, n) => (JSON.stringify(one) === JSON.stringify(quick[n]) ? [] : [one, quick[n]])), as: full.length === quick.length };
      }), pages);
      for (const one of seen) {
        assert.deepEqual(one.other, [], `${name}, ${one.of}: an outline by markup and by the tree`);
        assert.deepEqual(one.differ, [], `${name}, ${one.of}: a card without and with its nodes`);
        assert.ok(one.as, `${name}, ${one.of}: as many listings`);
        listings += one.listings;
      }
      const same = seen.reduce((sum, one) => sum + one.same, 0);
      const unsaid = seen.reduce((sum, one) => sum + one.unsaid, 0);
      assert.ok(same > 8 * unsaid, `${name}: markup says it all for ${same} elements, and not for ${unsaid}`);
    }
    assert.ok(listings > 3_000, `${listings} listings`);
  });
}
