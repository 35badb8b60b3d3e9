// The training beside the real background and its detector, as shipped.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { firstRunPage } from '../e2e/support/browser.mjs';
import { WHOLE } from '../part.mjs';
import { axe, BROWSERS, DIST, focused, launch, open, overflow, ROOT, says, shot } from './support.mjs';

const read = (file) => JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/training', file), 'utf8'));
const LISTINGS = read('listings.json');
const ITEMS = [...LISTINGS, ...read('questions.json')];

/** Asks the real background. */
const ask = (page, message) => page.evaluate((m) => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage(m), message);
/** To a screen, by its name. */
const tab = (page, name) => page.evaluate((wanted) => [...document.querySelectorAll('.tab')].find((b) => b.textContent === wanted).click(), name);
/** Tabs on until the focus is where `wanted` says. */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (wanted(await focused(page))) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('the keyboard does not get there');
}
const waitFocus = (page, id) => page.waitForFunction((want) => document.activeElement?.id === want, { timeout: 10_000, polling: 20 }, id);

/** What the detector says of the practice listings, as the page asks it. */
async function detected(page) {
  const listings = LISTINGS.map(({ id, title, text, price, lang }) => ({ id, title, description: text, price, lang, url: `https://practice.invalid/item/${id}` }));
  const { type, marks } = await ask(page, { type: 'practise', listings });
  assert.equal(type, 'practised');
  const level = new Map(marks.map((m) => [LISTINGS[m.index].id, m.reportable === 'no' ? 'listed' : m.level]));
  const of = (answer) => LISTINGS.filter((l) => l.answer === answer);
  const count = (list, ...levels) => list.filter((l) => levels.includes(level.get(l.id))).length;
  return {
    report: of('report').length, flagged: count(of('report'), 'likely', 'possible'), missed: of('report').filter((l) => !level.has(l.id)).map((l) => l.id),
    lookalikes: of('lookalike').length, alarms: count(of('lookalike'), 'likely', 'possible'), falseAlarms: of('lookalike').filter((l) => level.has(l.id)).map((l) => l.id),
    listed: of('listed').length, listedFound: of('listed').filter((l) => level.has(l.id)).length,
  };
}

for (const which of BROWSERS) {
  for (const dark of WHOLE ? [false, true] : [which === 'firefox']) {
    describe(`training in ${which}, ${dark ? 'dark' : 'light'}`, () => {
      let session;
      let page;
      before(async () => {
        session = await launch(which, { extension: path.join(DIST, which === 'chromium' ? 'chrome' : 'firefox'), geckoId: 'spotter@wildlife-spotter.example', dark });
        await (await firstRunPage(session.browser)).close();
        page = await open(session, 'training.html', { width: dark ? 760 : 320, height: 900 });
      });
      after(async () => { await session?.stop(); });

      /** A screen that stands: nothing wrong in it, nothing wider than its window, a picture of it kept. */
      async function stands(name) {
        assert.deepEqual(await axe(page), []);
        assert.ok(await overflow(page) <= 0, `${name} is wider than its window`);
        await shot(session, page, `training-${name}`);
      }

      test('the rules come first, and every screen says that it is practice', async () => {
        await says(page, 'Never contact a seller.');
        await says(page, 'Nothing here is real');
        assert.equal(await page.$('.trouble'), null);
        await stands('start');
      });

      test('cards: forty at least, chosen by group, with drawings that are there', async () => {
        await tab(page, 'Cards');
        await page.waitForSelector('.card-open');
        assert.ok((await page.$$('.card-open')).length >= 40);
        await page.waitForFunction(() => [...document.images].every((i) => i.complete), { polling: 50 });
        assert.deepEqual(await page.$$eval('img', (images) => images.filter((i) => i.naturalWidth === 0).map((i) => i.src)), []);
        await page.select('#group', 'elephant');
        await says(page, 'Mammoth ivory');
        await stands('cards');
        await page.click('.card-open');
        await says(page, 'no expert has signed');
        assert.equal(await focused(page), 'title');
        // The register as it ships, asked for a country.
        await page.waitForSelector('#country');
        await page.select('#country', 'GB');
        await says(page, 'Ivory Act 2018');
        await stands('card');
      });

      test('the marketplace is read by the real detector and marked, and a report stays in the sandbox', async (t) => {
        await tab(page, 'Marketplace');
        await page.waitForSelector('.found .level');
        await page.select('#lang', 'en');
        await page.waitForFunction(() => document.querySelectorAll('.result').length === 12, { polling: 20 });
        const found = await detected(page);
        t.diagnostic(JSON.stringify(found));
        assert.ok(found.flagged >= found.report * 0.75, `${found.flagged} of ${found.report} are flagged`);
        assert.ok(found.alarms <= found.lookalikes * 0.1, `${found.alarms} of ${found.lookalikes} look-alikes are flagged`);
        const [id] = await page.$$eval('[id^="report-"]', (buttons) => buttons.map((b) => b.id.slice('report-'.length)));
        const item = LISTINGS.find((l) => l.id === id);
        await page.click(`#report-${id}`);
        await waitFocus(page, `verdict-${id}`);
        await says(page, item.why);
        await says(page, 'of 1 judged rightly');
        const state = await ask(page, { type: 'state' });
        assert.deepEqual([state.outbox, state.training], [[], null]);
        const stored = await ask(page, { type: 'stored', pictures: false });
        assert.deepEqual([stored.reports, stored.drafts], [0, 0]);
        assert.ok(!stored.text.includes(item.title), 'nothing of a practice listing is kept');
        await stands('market');
      });

      test('the quiz by keyboard alone, to a pass that the background keeps', async () => {
        await tab(page, 'Quiz');
        await waitFocus(page, 'title');
        await stands('quiz');
        await tabTo(page, (id) => id === 'begin-0');
        await page.keyboard.press('Enter');
        for (let number = 1; number <= 12; number += 1) {
          await page.waitForFunction((n) => document.getElementById('title')?.textContent === `${n} of 12` && document.getElementById('report'), { polling: 20 }, number);
          const title = await page.$eval('#question', (h) => h.textContent);
          const item = ITEMS.find((i) => i.title === title);
          if (number === 1) await stands('question');
          await tabTo(page, (id) => id === item.answer);
          await page.keyboard.press('Enter');
          await waitFocus(page, 'next');
          if (number === 1) await stands('answer');
          await page.keyboard.press('Enter');
        }
        await says(page, 'Passed: 80 % were asked for.');
        await says(page, 'Kept on this device');
        await stands('results');
        const { training } = await ask(page, { type: 'state' });
        assert.deepEqual([training.score, training.deck, training.round], [100, 'For volunteers', '']);
        await tabTo(page, (id) => id === 'paper');
        await page.keyboard.press('Enter');
        await says(page, 'It does not make anybody an expert.');
        await stands('certificate');
        assert.deepEqual(training.told, { is: 'nobody' }, 'no round asked for it');
        const refused = await ask(page, { type: 'trained', test: { score: 79, deck: 'x', deck_sha256: '', marks: [], attempts: 1, took_ms: 0 }, told: false });
        assert.deepEqual([refused.type, refused.message, refused.args], ['refused', 'bg_training_below', ['80']]);
      });

      test('a deck with three faults is refused line by line, a right one is taken and shown to a class', async () => {
        await tab(page, 'Decks');
        await page.waitForSelector('#deck-file');
        const rows = ['a,bear,en,Dried gall,maybe,Why', 'b,yeti,en,A foot,report,Why', 'c,pangolin,en,Scales,report,'];
        const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-deck-')), 'mine.csv');
        const bring = async (lines) => {
          fs.writeFileSync(file, ['id,group,lang,title,answer,why', ...lines, ''].join('\n'));
          await (await page.$('#deck-file')).uploadFile(file);
        };
        await bring(rows);
        await waitFocus(page, 'problems');
        const told = await page.$$eval('#problems li', (items) => items.map((i) => i.textContent));
        assert.deepEqual(told, ['Line 2: the answer is "maybe"; allowed are report, listed, lookalike, cannot-tell.', 'Line 3: there is no group "yeti".',
          'Line 4: why is missing or empty.']);
        await stands('faults');
        await bring(rows.map((row) => row.replace('maybe', 'report').replace('yeti', 'bear').replace(/,$/, ',Why')));
        await says(page, '"mine" was taken, with 3 items.');
        await stands('decks');
        await page.click('#present-1');
        await waitFocus(page, 'forward');
        await page.setViewport({ width: dark ? 1280 : 320, height: 800 });
        for (const shows of ['.offer h2', '.offer p', '.found', '.verdict', '.slide-card']) {
          await page.waitForSelector(`.slide ${shows}`);
          await page.keyboard.press(' ');
        }
        await page.waitForFunction(() => document.querySelector('.slide-head .muted').textContent.startsWith('2 of'), { polling: 20 });
        await page.click('#backward');
        await page.waitForSelector('.slide .verdict');
        await stands('presenter');
      });
    });
  }
}
