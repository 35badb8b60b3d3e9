// The finder's bench itself: that what it says is so. Small synthetic pages, real browsers, the built extension.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { measure, readPages } from './bench.mjs';
import { score, total } from './score.mjs';
import { addressOf, served, servePages, withoutStatements } from './site.mjs';

const BROWSERS = ['chromium', 'firefox'];
const HERE = path.dirname(fileURLToPath(import.meta.url));
const PAGES = path.join(HERE, 'pages');
const address = (href) => new URL(href, 'https://market.example/list').href;
const listing = (title, price, href, main = true) => ({ title, price, href, in_main_list: main });
const read = (title, price, url) => ({ title, price, url });

test('a listing is right by its link or by its title, and once alone', () => {
  const truth = { kind: 'search', listings: [listing('Oak table', '20 €', '/a'), listing('Blue bicycle', '30 €', '/b'), listing('Lamp', null, '/c'), listing('Stool', '5 €', '/d', false)] };
  const s = score(truth, [
    read('Oak  table', '20 €', 'https://market.example/a'),
    read('Oak table', '20 €', 'https://market.example/a'),
    read('Blue bicycle', '31 €', 'https://market.example/elsewhere'),
    read('A lamp', '', 'https://market.example/c'),
    read('Stool', '5 €', 'https://market.example/d'),
    read('Subscribe', '1 €', 'https://market.example/news'),
  ], address);
  assert.deepEqual({ expected: s.expected, found: s.found, right: s.right, exact: s.exact_titles, prices: s.prices_right, links: s.link_right }, { expected: 3, found: 5, right: 3, exact: 2, prices: 2, links: 2 });
  assert.equal(s.precision, 3 / 5);
  assert.deepEqual(s.wrong.map((w) => w.title), ['Oak table', 'Subscribe']);
});

test('nothing found is no precision, and listings count the same on every page', () => {
  const none = score({ kind: 'search', listings: [listing('Oak table', '20 €', '/a')] }, [], address);
  assert.deepEqual([none.recall, none.precision, none.missed.length], [0, 0, 1]);
  const all = total([{ expected: 9, found: 9, right: 9, exact_titles: 9, prices_right: 9, link_right: 9 }, { expected: 1, found: 1, right: 0, exact_titles: 0, prices_right: 0, link_right: 0 }]);
  assert.deepEqual([all.recall, all.precision, all.exact_titles], [0.9, 0.9, 1]);
});

test('what a page says to machines is taken out, and nothing else', () => {
  const html = '<meta property="og:title" content="x"><link rel="canonical" href="/a"><script type="application/ld+json">{"a":"<b>"}</script>' +
    '<div class="c" itemscope itemtype="https://schema.org/Product"><b itemprop=\'name\' title="an itemprop">itemprop="name"</b><span itemprop=price data-x="1">5</span></div><script type="application/json">{}</script>';
  assert.equal(withoutStatements(html), '<link rel="canonical" href="/a"><div class="c"><b title="an itemprop">itemprop="name"</b><span data-x="1">5</span></div><script type="application/json">{}</script>');
  assert.equal(served('<META HTTP-EQUIV=refresh content="0"><meta charset="utf-8">'), '<meta charset="utf-8">');
});

test('only known hosts and addresses are answered', async (t) => {
  const site = await servePages([{ url: 'https://market.example/list?q=a%20b', html: 'here' }]);
  t.after(() => site.close());
  const connect = (host) => new Promise((resolve, reject) => {
    http.request({ port: site.port, method: 'CONNECT', path: host }).on('connect', (response, socket) => { socket.destroy(); resolve(response.statusCode); }).on('error', reject).end();
  });
  assert.equal(await connect('market.example:443'), 200);
  assert.equal(await connect('elsewhere.example:443'), 403);
  assert.equal(addressOf('A page', { url: null }), 'https://www.a-page.example/A%20page.html');
  assert.equal(addressOf('x', { url: 'http://market.example/x' }), 'https://market.example/x');
});

for (const name of BROWSERS) {
  test(`known pages are read as they are in ${name}, and a wrong truth shows`, { timeout: 300_000 }, async () => {
    const pages = readPages(PAGES);
    const grid = pages.find((p) => p.name === 'grid-search-1');
    const wrong = structuredClone({ ...grid, name: 'wrong', url: 'https://wrong.example/search' });
    wrong.truth.listings[0] = { ...wrong.truth.listings[0], title: 'Something else', href: '/somewhere/else' };
    const general = readPages(PAGES, { general: true }).find((p) => p.name === 'declared-item-1');
    const measured = await measure([...pages, wrong, { ...general, name: 'general', url: 'https://general.example/garden-bench-778899' }], name);
    const by = Object.fromEntries(measured.map((p) => [p.name, p]));
    for (const { name: page, truth } of pages) {
      const n = truth.listings.filter((l) => l.in_main_list).length;
      const { expected, found, right, exact_titles, prices_right } = by[page];
      assert.deepEqual({ page, expected, found, right, exact_titles, prices_right }, { page, expected: n, found: n, right: n, exact_titles: n, prices_right: n });
      assert.ok(by[page].added_ms > 0);
    }
    assert.deepEqual([by.wrong.expected, by.wrong.found, by.wrong.right], [6, 6, 5]);
    assert.deepEqual(by.wrong.missed.map((m) => m.title), ['Something else']);
    assert.equal(by.wrong.wrong.length, 1);
    // Without its declaration that page has no price, and so no listing.
    assert.deepEqual([by.general.expected, by.general.found], [1, 0]);
  });
}

test('the command prints one object with --json', { timeout: 240_000 }, () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-finder-'));
  try {
    for (const ending of ['html', 'json']) fs.copyFileSync(path.join(PAGES, `lamp-item-1.${ending}`), path.join(dir, `lamp-item-1.${ending}`));
    const run = spawnSync(process.execPath, [path.join(HERE, 'bench.mjs'), dir, '--general', '--json'], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    const { pages: [page], ...all } = JSON.parse(run.stdout);
    assert.deepEqual(all, { recall: 1, precision: 1, exact_titles: 1 });
    const { name, expected, found, right, recall, precision, exact_titles, prices_right } = page;
    assert.deepEqual({ name, expected, found, right, recall, precision, exact_titles, prices_right }, { name: 'lamp-item-1', expected: 1, found: 1, right: 1, recall: 1, precision: 1, exact_titles: 1, prices_right: 1 });
    fs.rmSync(path.join(dir, 'lamp-item-1.json'));
    const without = spawnSync(process.execPath, [path.join(HERE, 'bench.mjs'), dir], { encoding: 'utf8' });
    assert.equal(without.status, 1);
    assert.match(without.stderr, /lamp-item-1\.html has no lamp-item-1\.json/u);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
});

test('a description is used, and --general leaves it out', { timeout: 240_000 }, async () => {
  const goods = ['Oak side table', 'Blue city bicycle', 'Garden bench', 'Reading lamp'];
  const page = {
    name: 'described', url: 'https://testville.craigslist.org/search/hsh',
    html: `<!doctype html><meta charset="utf-8"><title>Synthetic</title><ul>${goods.map((t, n) => `<li class="cl-static-search-result"><a href="/hsh/d/x/79364150${n}0.html"><h3>Offer ${n}: ${t}</h3><div class="title">${t}</div><div class="price">$${n + 5}</div></a></li>`).join('')}</ul>`,
    truth: { kind: 'search', listings: goods.map((t, n) => listing(t, `$${n + 5}`, `/hsh/d/x/79364150${n}0.html`)) },
  };
  const [whole] = await measure([page], 'chromium');
  const [general] = await measure([page], 'chromium', { general: true });
  assert.deepEqual([whole.right, whole.exact_titles, general.right, general.exact_titles], [4, 4, 4, 0]);
});
