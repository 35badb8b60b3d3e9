// The finder's own bench, started by `cargo xtask pages`:
//   node tests/finder/bench.mjs DIR [--browser chromium|firefox] [--general] [--json]
// Opens every saved page at its own address in a real browser with the built extension, and compares what the
// extension read with what is written beside the page. Measures only; docs/finder-bench.md is for its users.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { launch, until } from '../e2e/support/browser.mjs';
import { addSite, openOptions } from '../e2e/support/journey.mjs';
import { dist, root } from '../e2e/support/paths.mjs';
import { addressOf, served, servePages, withoutStatements } from './site.mjs';
import { score, total } from './score.mjs';

/** Every saved page of a folder with its truth, checked as far as comparing needs. */
export function readPages(dir, { general = false } = {}) {
  const names = fs.readdirSync(dir).filter((file) => file.endsWith('.html')).map((file) => file.slice(0, -5)).sort();
  if (names.length === 0) throw new Error(`${dir} holds no saved page (NAME.html with NAME.json beside it)`);
  return names.map((name) => {
    const file = path.join(dir, `${name}.json`);
    if (!fs.existsSync(file)) throw new Error(`${name}.html has no ${name}.json beside it that says what is on the page`);
    const truth = JSON.parse(fs.readFileSync(file, 'utf8'));
    if (!Array.isArray(truth.listings)) throw new Error(`${name}.json has no list "listings"`);
    for (const l of truth.listings) {
      if (typeof l.title !== 'string' || typeof l.href !== 'string' || typeof l.in_main_list !== 'boolean') {
        throw new Error(`${name}.json: every listing needs "title", "href" and "in_main_list"; this one does not: ${JSON.stringify(l)}`);
      }
    }
    const html = served(fs.readFileSync(path.join(dir, `${name}.html`), 'utf8'));
    return { name, truth, url: addressOf(name, truth), html: general ? withoutStatements(html) : html };
  });
}

/** How the extension itself takes addresses apart. */
async function addresses() {
  const built = await esbuild.build({ entryPoints: [path.join(root, 'extension/content/src/address.ts')], bundle: true, format: 'esm', write: false, logLevel: 'silent' });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].text).toString('base64')}`);
}

/** The same extension in a folder of its own, its content script bundled with an empty list of marketplaces. */
async function withoutDescriptions(built) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-general-'));
  fs.cpSync(built, folder, { recursive: true });
  await esbuild.build({
    entryPoints: [path.join(root, 'extension/content/src/main.ts')], bundle: true, format: 'iife', target: ['chrome140', 'firefox140'],
    charset: 'utf8', legalComments: 'none', logLevel: 'silent', outfile: path.join(folder, 'content.js'), allowOverwrite: true,
    plugins: [{ name: 'no marketplaces', setup: (build) => build.onLoad({ filter: /marketplaces\.json$/ }, () => ({ contents: '{"version":0,"marketplaces":[]}', loader: 'json' })) }],
  });
  return folder;
}

/**
 * Measures every page of `pages`.
 * @param {'chromium'|'firefox'} browserName
 * @param {{dir?: string, general?: boolean, each?: (page: object, found: object[]) => void}} [options] `dir`: another build of the
 *   extension; `general`: without marketplace descriptions
 */
export async function measure(pages, browserName, { dir = dist(browserName), general = false, each = () => {} } = {}) {
  if (!general) return measureWith(dir, pages, browserName, each);
  const folder = await withoutDescriptions(dir);
  try {
    return await measureWith(folder, pages, browserName, each);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function measureWith(dir, pages, browserName, each) {
  const { canonical } = await addresses();
  const site = await servePages(pages);
  const browser = await launch(browserName, { dir, through: site });
  try {
    const options = await openOptions(browser);
    for (const origin of new Set(pages.map(({ url }) => new URL(url).origin))) await allow(browser, options, origin);
    const measured = [];
    for (const { name, truth, url } of pages) {
      const { found, added } = await read(browser, options, url, name);
      // A saved page may link to itself by http and by https.
      const address = (href) => canonical(href, url).replace(/^http:/u, 'https:');
      const page = { name, ...score(truth, found, address), added_ms: Math.round(added * 10) / 10 };
      each(page, found);
      measured.push(page);
    }
    return measured;
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Adds a site on the options page and waits until the browser will run the content script there. */
async function allow(browser, options, origin) {
  const field = await options.waitForSelector('#site');
  await field.evaluate((input) => { input.value = ''; });
  await addSite(browser, options, origin);
  const { hostname } = new URL(origin);
  await until(`${origin} is registered`, () => options.evaluate(async (host) => {
    const registered = await globalThis.chrome.scripting.getRegisteredContentScripts();
    return registered.some((script) => script.matches.some((pattern) => pattern.includes(`/${host}/`) || pattern.includes(`/${host}:`)));
  }, hostname));
}

/** Opens a page and asks the content script, in its own world, for what it read. */
async function read(browser, options, url, name) {
  const page = await browser.open(url);
  try {
    const tab = await until(`the browser knows the tab of ${name}`, () => browser.tabOf(options, page.url()));
    return await until(`${name} is read`, () => options.evaluate(async (tabId) => {
      const [{ result }] = await globalThis.chrome.scripting.executeScript({
        target: { tabId },
        func: () => {
          const reader = globalThis[Symbol.for('page-reader')];
          const found = reader?.found() ?? null;
          return found && { found, added: reader.spent().total };
        },
      });
      return result;
    }, tab), 60_000);
  } finally {
    await page.close();
  }
}

const share = (n) => n.toFixed(3);
const HEAD = `${'page'.padEnd(34)} expected  found  right  recall  precision  titles  prices  links   added ms`;
const line = (p) => `${p.name.slice(0, 34).padEnd(34)} ${String(p.expected).padStart(8)}  ${String(p.found).padStart(5)}  ${String(p.right).padStart(5)}  ${share(p.recall).padStart(6)}  ${share(p.precision).padStart(9)}  ` +
  `${String(p.exact_titles).padStart(6)}  ${String(p.prices_right).padStart(6)}  ${String(p.link_right).padStart(5)}  ${p.added_ms.toFixed(1).padStart(9)}`;

/** What went wrong on a page, one line each, at most `most` of a kind. */
function* details(p, most = 12) {
  for (const m of p.missed.slice(0, most)) yield `    missed  ${m.title} | ${m.price} | ${m.link}`;
  for (const w of p.wrong.slice(0, most)) yield `    wrong   ${w.title} | ${w.price} | ${w.link}`;
  for (const { title, price } of p.differing.slice(0, most)) {
    if (title[0] !== title[1]) yield `    title   is "${title[0]}", read as "${title[1]}"`;
    if (price[0] !== price[1]) yield `    price   is "${price[0]}", read as "${price[1]}"`;
  }
}

/** The figures as one object, for machines. */
export function report(pages) {
  const all = total(pages);
  return {
    recall: all.recall, precision: all.precision, exact_titles: all.exact_titles,
    pages: pages.map(({ name, expected, found, right, recall, precision, exact_titles, prices_right, link_right, added_ms }) =>
      ({ name, expected, found, right, recall, precision, exact_titles, prices_right, link_right, added_ms })),
  };
}

const USAGE = 'cargo xtask pages DIR [--browser chromium|firefox] [--general] [--json]';

function asked(args) {
  const wanted = { dir: null, browser: 'chromium', general: false, json: false };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--general') wanted.general = true;
    else if (args[i] === '--json') wanted.json = true;
    else if (args[i] === '--browser' && ['chromium', 'firefox'].includes(args[i + 1])) wanted.browser = args[++i];
    else if (!args[i].startsWith('-') && wanted.dir === null) wanted.dir = args[i];
    else throw new Error(`not understood: ${args[i]}\n${USAGE}`);
  }
  if (wanted.dir === null) throw new Error(USAGE);
  return wanted;
}

async function main() {
  const wanted = asked(process.argv.slice(2));
  const pages = readPages(wanted.dir, wanted);
  const say = wanted.json ? () => {} : (text) => console.log(text);
  say(`${wanted.browser}, ${wanted.general ? 'general finder alone' : 'whole finder'}, ${pages.length} pages\n${HEAD}`);
  const measured = await measure(pages, wanted.browser, {
    dir: process.env.SPOTTER_DIST,
    general: wanted.general,
    each: (page) => say([line(page), ...details(page)].join('\n')),
  });
  if (wanted.json) {
    console.log(JSON.stringify(report(measured), null, 2));
    return;
  }
  const all = total(measured);
  say(`\nall pages: expected ${all.expected}, found ${all.found}, right ${all.right}; recall ${share(all.recall)}, precision ${share(all.precision)}, ` +
    `exact titles ${share(all.exact_titles)}, prices right ${share(all.prices_right)}, right by link ${share(all.link_right)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(`pages: ${error.message}`);
    process.exitCode = 1;
  });
}
