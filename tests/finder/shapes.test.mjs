// The finder on every shape of page: posts, results of search engines, and what stands for pages in the wild. Small
// synthetic pages, real browsers, the built extension.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { part } from '../part.mjs';
import { measure, readPages } from './bench.mjs';
import { PRINCIPLES } from './principles.mjs';
import { SHAPES } from './shapes.mjs';
import { WORLDS } from './worlds.mjs';

const BROWSERS = ['chromium', 'firefox'];
const FEEDS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'feeds');
const KINDS = { 'text-results-1': ['result'], 'tiles-and-results-1': ['result'], 'film-grid-1': ['listing', 'post'] };

for (const name of BROWSERS) {
  test(`posts and results of search engines are read in ${name}, and no conversation`, { timeout: 300_000 }, async (t) => {
    const pages = readPages(FEEDS);
    assert.ok(pages.length >= 8);
    const found = new Map();
    for (const page of await measure(pages, name, { each: (p, read) => found.set(p.name, read) })) {
      await t.test(page.name, () => {
        assert.ok(page.recall >= 0.85, `recall ${page.recall}`);
        assert.ok(page.precision >= 0.95, `precision ${page.precision}: ${JSON.stringify(page.wrong)}`);
        assert.ok(page.exact_titles / page.right >= 0.85, JSON.stringify(page.differing));
        for (const { kind, title } of found.get(page.name)) {
          assert.ok((KINDS[page.name] ?? ['post']).includes(kind), `${kind}: ${title}`);
          assert.doesNotMatch(title, /behind the station|half of the money/);
        }
      });
    }
  });

  test(`the general finder reads every shape of page in ${name}`, { timeout: 300_000 }, async (t) => {
    const found = new Map();
    // Each shape in one browser or the other.
    const pages = part([...PRINCIPLES, ...SHAPES, ...WORLDS], BROWSERS.length, BROWSERS.indexOf(name));
    for (const page of await measure(pages, name, { each: (p, read) => found.set(p.name, read) })) {
      await t.test(page.name, () => {
        // The page's own listing comes with what is said of it, and by whom, and with nobody's review.
        const { says = '', seller = '', truth } = pages.find((p) => p.name === page.name);
        const own = found.get(page.name).find((f) => says !== '' && f.title === truth.listings[0].title);
        if (says !== '') assert.ok(own.description.includes(says) && !own.description.includes('Arrived quickly'), `description: ${own.description}`);
        if (seller !== '') assert.equal(own.seller, seller);
        assert.deepEqual({ missed: page.missed, wrong: page.wrong, differing: page.differing }, { missed: [], wrong: [], differing: [] });
      });
    }
  });
}
