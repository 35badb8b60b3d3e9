// The pictures for the stores, made from the extension as built and from synthetic listings: five in a language, 1280 x 800, under
// target/screenshots/store. English; others with SPOTTER_STORE=de,fr, all twelve with SPOTTER_STORE=all.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { inOneLanguage, ROOT } from '../pages/support.mjs';
import { startMarket } from './market/market.mjs';
import { launch, until } from './support/browser.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { equip, ITEMS, listed, openPanel, pressReport, visit } from './support/journey.mjs';
import { screenshots } from './support/paths.mjs';
import { cardsPage, PATIENCE } from './support/world.mjs';

const ALL = ['en', 'ar', 'de', 'es', 'fr', 'id', 'ms', 'pt', 'th', 'vi', 'zh_CN', 'zh_TW'];
const WANTED = process.env.SPOTTER_STORE ?? 'en';
const LANGUAGES = WANTED === 'all' ? ALL : WANTED.split(',').map((lang) => ALL.find((known) => known === lang) ?? assert.fail(`${lang}: no such language`));
const [WIDTH, HEIGHT, PANEL] = [1280, 800, 360];

/** Listings as they are written in a language's marketplaces; English where the practice has none in it. */
function titles(lang) {
  const tag = { zh_CN: 'zh-Hans', zh_TW: 'zh-Hant' }[lang] ?? lang;
  const listings = ITEMS.filter((item) => item.price);
  const own = listings.filter((item) => item.lang === tag);
  return (own.length > 0 ? own : listings.filter((item) => item.lang === 'en')).slice(0, 12).map((item) => item.title);
}

/** A picture of a page in a window of this size, as base64. */
async function picture(page, width, height) {
  await page.bringToFront();
  await page.setViewport({ width, height });
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  return page.screenshot({ encoding: 'base64' });
}

/** Page and panel side by side, as a browser shows them; from right to left the panel stands left. */
async function beside(browser, rtl, page, panel) {
  const [left, right] = [await picture(page, WIDTH - PANEL - 1, HEIGHT), await picture(panel, PANEL, HEIGHT)];
  const both = await browser.newPage();
  await both.setViewport({ width: WIDTH, height: HEIGHT });
  await both.setContent(`<!doctype html><html dir="${rtl ? 'rtl' : 'ltr'}"><style>body{margin:0;display:flex;background:#888;gap:1px}img{display:block}</style>
<img src="data:image/png;base64,${left}"><img src="data:image/png;base64,${right}">`);
  await both.evaluate(() => Promise.all([...document.images].map((i) => i.decode())));
  const made = await both.screenshot({ encoding: 'base64' });
  await both.close();
  return made;
}

for (const lang of LANGUAGES) {
  test(`pictures for the stores: ${lang}`, PATIENCE, async (t) => {
    const dir = inOneLanguage('chromium', lang);
    t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
    const messages = JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/_locales', lang, 'messages.json'), 'utf8'));
    const say = (key) => messages[key].message;
    const tag = say('locale_tag');
    const market = await startMarket({ extra: { '/shop': cardsPage(titles(lang)) } });
    t.after(() => market.close());
    const endpoint = await startEndpoint({ confirmFirst: 1 });
    t.after(() => endpoint.close());
    const browser = await launch('chromium', { dir });
    t.after(() => browser.close());

    const folder = path.join(screenshots, 'store', tag);
    fs.mkdirSync(folder, { recursive: true });
    const keep = (name, base64) => {
      const bytes = Buffer.from(base64, 'base64');
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [WIDTH, HEIGHT], name);
      fs.writeFileSync(path.join(folder, `${name}.png`), bytes);
    };

    const options = await equip(browser, endpoint, [market.origin]);
    await options.evaluate(() => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage({ type: 'set_quiet', quiet: false }));
    const { page, tab } = await visit(browser, options, `${market.origin}/shop`);
    await page.bringToFront();
    await until('words are highlighted', () => page.evaluate(() => CSS.highlights.size > 0));
    const panel = await openPanel(browser, tab);
    const [first] = (await listed(panel)).likely;
    assert.deepEqual(await panel.$eval('html', (h) => [h.lang, h.dir]), [tag, lang === 'ar' ? 'rtl' : 'ltr']);
    keep('1-page', await beside(browser.browser, lang === 'ar', page, panel));
    await pressReport(panel, first);
    await panel.waitForSelector('#send');
    await panel.evaluate(() => document.querySelector('#sheet-title').scrollIntoView());
    keep('2-report', await beside(browser.browser, lang === 'ar', page, panel));

    const training = await browser.openExtensionPage('pages/training.html', '#begin');
    const shown = (key) => training.evaluate((wanted) => [...document.querySelectorAll('.tab')].find((b) => b.textContent === wanted).click(), say(key));
    await shown('train_market');
    await training.waitForSelector('.found .level');
    const own = await training.$$eval('#lang option', (all, wanted) => all.map((o) => o.value).find((v) => v === wanted), { zh_CN: 'zh-Hans', zh_TW: 'zh-Hant' }[lang] ?? lang);
    if (own) await training.select('#lang', own);
    keep('3-training', await picture(training, WIDTH, HEIGHT));
    await shown('train_cards');
    await (await training.waitForSelector('.card-open')).evaluate((b) => b.click());
    await training.waitForSelector('.one-card img');
    await training.evaluate(() => Promise.all([...document.images].map((i) => i.decode())));
    keep('4-card', await picture(training, WIDTH, HEIGHT));
    await shown('train_quiz');
    await (await training.waitForSelector('#begin-0')).evaluate((b) => b.click());
    const asked = await (await training.waitForSelector('#question')).evaluate((h) => h.textContent);
    // What is asked is chosen by what is known already; in another language its title is another.
    const right = ITEMS.find((item) => item.title === asked)?.answer ?? 'cannot-tell';
    await (await training.waitForSelector(`#${right}`)).evaluate((b) => b.click());
    await training.waitForSelector('.verdict');
    keep('5-quiz', await picture(training, WIDTH, HEIGHT));
    const sizes = fs.readdirSync(folder).map((file) => Math.round(fs.statSync(path.join(folder, file)).size / 1024));
    t.diagnostic(`${tag}: ${sizes.length} pictures of ${WIDTH} x ${HEIGHT}, ${sizes.join(', ')} KiB`);
  });
}
