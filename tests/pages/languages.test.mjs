// Languages in the real pages: nothing is cut, nothing overflows, the document says its language and its direction.
// Long words, right to left and letters without spaces are always among them; what has no room at all shows in pseudo.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axe, launch, open, overflow, play, serve, shot, tabOf } from './support.mjs';
import { WHOLE } from '../part.mjs';
import { askedAgain, draft, illustrated, rounds, scene, survey, surveyTask } from './scenes.mjs';

/** In one turn of the page: one that is drawn anew meanwhile has no place to be clicked at. */
const press = (el) => el.click();

/** Options, panel and sheet in one language. */
async function walk(session, server, lang) {
  const stands = async (page, name) => {
    assert.ok(await overflow(page) <= 0, `${name} is wider than its window`);
    assert.deepEqual(await axe(page), []);
    await shot(session, page, `${name}-${lang}`);
  };
  const options = await open(session, 'options.html', { width: 320 });
  await play(options, scene());
  await options.waitForSelector('#h-sites');
  const html = await options.$eval('html', (h) => ({ lang: h.lang, dir: h.dir }));
  assert.deepEqual(html, { lang: lang.replace('_', '-'), dir: lang === 'ar' ? 'rtl' : 'ltr' });
  await stands(options, 'options');
  const training = await open(session, 'training.html', { width: 320 });
  await training.waitForSelector('.tabs');
  await training.evaluate(() => document.querySelectorAll('.tab')[2].click());
  await training.waitForSelector('.card-open');
  const spoken = await training.$$eval('.card-words [lang]', (titles) => [...new Set(titles.map((t) => t.lang))]);
  assert.deepEqual(spoken, [lang.replace('_', '-')], 'every card is in the language that is read');
  await training.$eval('.card-open', press);
  await training.waitForSelector('.one-card');
  await stands(training, 'training-card');
  const market = await session.browser.newPage();
  await market.goto(`http://127.0.0.1:${server.port}/read?${lang}`);
  const tab = await tabOf(options, market.url());
  await play(options, scene({ state: { outbox: askedAgain, rounds } }));
  const panel = await open(session, `panel.html?tab=${tab}`, { width: 320 });
  await panel.waitForSelector('#report-a1');
  for (const fold of await panel.$$('summary')) await fold.evaluate((s) => s.click());
  await stands(panel, 'findings');
  await play(options, scene({ draft: { ...(lang === 'ar' ? illustrated : draft), confirm: true } }));
  await panel.$eval('#report-a1', press);
  await panel.waitForSelector('#send');
  await stands(panel, 'sheet');
  await play(options, scene({ state: { surveys: [survey] }, surveyTask }));
  const coder = await open(session, `panel.html?tab=${tab}`, { width: 320 });
  await coder.waitForSelector('#survey-ivory > summary');
  await coder.$eval('#survey-ivory > summary', press);
  await stands(coder, 'survey-searches');
  await coder.$eval('#work-t1', press);
  await coder.waitForSelector(`#code-${'2'.repeat(32)}`);
  await coder.$eval(`#code-${'2'.repeat(32)}`, press);
  await coder.waitForSelector('#survey-save');
  await stands(coder, 'survey-form');
  for (const page of [options, training, market, panel, coder]) await page.close();
}

describe('languages in 320 px', () => {
  let session;
  let server;
  before(async () => { [session, server] = [await launch('chromium', { lang: 'de' }), await serve()]; });
  after(async () => { await session?.stop(); await server?.stop(); });

  for (const lang of ['de', 'ar', 'th', ...WHOLE ? ['es', 'fr', 'id', 'ms', 'pt', 'vi', 'zh_CN', 'zh_TW'] : []]) {
    test(lang, async () => walk(lang === 'de' ? session : await session.inLanguage(lang), server, lang));
  }
});

test('right to left in Firefox, dark', async () => {
  const [session, server] = [await launch('firefox', { lang: 'ar', dark: true }), await serve()];
  try {
    await walk(session, server, 'ar');
  } finally {
    await session.stop();
    await server.stop();
  }
});
