// The finder on saved marketplace pages that stand beside the project, in both browsers: recall, precision,
// and how many titles and prices are exactly those of the page. The pages only measure.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { BROWSERS, bundle, OFFLINE, ROOT, serve, start } from './browsers.mjs';

const SHARED = path.resolve(ROOT, '../shared/pages');
const squash = (text) => (text ?? '').replace(/[\s\u00a0\u202f]+/gu, ' ').trim();
const tight = (text) => (text ?? '').replace(/[\s\u00a0\u202f]+/gu, '');

/** An address as far as it matters for telling listings apart: absolute, without fragment. */
const absolute = (href, base) => { try { const u = new URL(href, base); u.hash = ''; return u.href; } catch { return ''; } };

function compare(truth, found, base) {
  const left = truth.listings.map((l) => ({ ...l, address: absolute(l.href, truth.kind === 'item' && l.in_main_list ? truth.url : base), found: null }));
  const wrong = [];
  for (const card of found) {
    const address = absolute(card.href, base);
    const same = left.filter((l) => !l.found && (card.main ? truth.kind === 'item' && l.in_main_list : l.address === address && !(truth.kind === 'item' && l.in_main_list)));
    const best = same.find((l) => squash(l.title) === squash(card.title)) ?? same[0];
    if (best) best.found = card;
    else wrong.push(card);
  }
  const main = left.filter((l) => l.in_main_list);
  const hit = main.filter((l) => l.found);
  const all = left.filter((l) => l.found);
  return {
    main: main.length, hit: hit.length, found: found.length, wrong,
    missed: main.filter((l) => !l.found),
    title: hit.filter((l) => squash(l.title) === squash(l.found.title)).length,
    price: hit.filter((l) => tight(l.price) === tight(l.found.price)).length,
    off: all.filter((l) => squash(l.title) !== squash(l.found.title) || tight(l.price) !== tight(l.found.price)),
  };
}

const percent = (part, whole) => (whole === 0 ? '  -  ' : (part / whole).toFixed(3));

if (!fs.existsSync(SHARED)) {
  test('finder on saved pages', { skip: process.env.SPOTTER_REQUIRE_SHARED !== '1' }, () => assert.fail(`${SHARED} is missing`));
  if (process.env.SPOTTER_REQUIRE_SHARED !== '1') console.log('SKIPPED finder on saved pages: the folder with saved pages is not beside the project');
} else {
  const script = await bundle('test-entry.ts');
  const names = fs.readdirSync(SHARED).filter((n) => n.endsWith('.html')).map((n) => n.slice(0, -5));
  for (const which of BROWSERS) {
    test(`finder on saved pages: ${which}`, { timeout: 300_000 }, async (t) => {
      const server = await serve((at) => (at.endsWith('.html') && names.includes(at.slice(1, -5)) ? { body: fs.readFileSync(path.join(SHARED, at)), headers: OFFLINE } : undefined));
      const { browser, stop } = await start(which);
      t.after(async () => { await stop(); await server.stop(); });
      const page = await browser.newPage();
      const sum = { main: 0, hit: 0, found: 0, wrong: 0, title: 0, price: 0 };
      const rows = [];
      for (const name of names) {
        const truth = JSON.parse(fs.readFileSync(path.join(SHARED, `${name}.json`), 'utf8'));
        const base = `${server.origin}/${name}.html`;
        await page.goto(base, { waitUntil: 'domcontentloaded' });
        await page.evaluate(script);
        const found = await page.evaluate((address) => globalThis.readPage(address), truth.url);
        const r = compare(truth, found, base);
        rows.push(`${which.padEnd(9)}${name.padEnd(30)} main ${String(r.main).padStart(3)}  recall ${percent(r.hit, r.main)}  precision ${percent(r.found - r.wrong.length, r.found)}  title ${percent(r.title, r.hit)}  price ${percent(r.price, r.hit)}`);
        if (process.env.FINDER_DETAILS) {
          for (const m of r.missed) rows.push(`    missed ${m.title} | ${m.price} | ${m.href.slice(0, 100)}`);
          for (const w of r.wrong) rows.push(`    wrong  ${w.title.slice(0, 80)} | ${w.price} | ${w.href.slice(0, 100)}`);
          for (const o of r.off) rows.push(`    off    "${o.title}" ${o.price}\n      is   "${o.found.title}" ${o.found.price}`);
        }
        sum.main += r.main; sum.hit += r.hit; sum.found += r.found; sum.wrong += r.wrong.length; sum.title += r.title; sum.price += r.price;
      }
      rows.push(`${which.padEnd(9)}${'overall'.padEnd(30)} main ${String(sum.main).padStart(3)}  recall ${percent(sum.hit, sum.main)}  precision ${percent(sum.found - sum.wrong, sum.found)}  title ${percent(sum.title, sum.hit)}  price ${percent(sum.price, sum.hit)}`);
      console.log(rows.join('\n'));
      assert.ok(sum.hit / sum.main >= 0.95, 'recall over main lists');
      assert.ok((sum.found - sum.wrong) / sum.found >= 0.95, 'precision');
      assert.ok(sum.title / sum.hit >= 0.9, 'exact titles');
      assert.ok(sum.price / sum.hit >= 0.9, 'exact prices');
    });
  }
}
