// Options, first run and training for everybody: what screen readers are told, colours of the person's own, less motion, 400 % zoom.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { firstRunPage } from '../e2e/support/browser.mjs';
import { axe, BROWSERS, DIST, launch, open, play, ROOT, shot } from './support.mjs';
import { cut } from './pseudo.mjs';
import { outbox, rounds, scene } from './scenes.mjs';
import { CONTROLS, tree } from './tree.mjs';

const ENGLISH = JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/_locales/en/messages.json'), 'utf8'));
const say = (key) => ENGLISH[key].message;
const CARDS = JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/training/cards.en.json'), 'utf8'));
const press = async (page, selector) => (await page.waitForSelector(selector)).evaluate((b) => b.click());
const tab = (page, key) => page.evaluate((wanted) => [...document.querySelectorAll('.tab')].find((b) => b.textContent === wanted).click(), say(key));
const real = (which) => ({ extension: path.join(DIST, which === 'chromium' ? 'chrome' : 'firefox'), geckoId: 'spotter@wildlife-spotter.example' });

/** The screens of the training, each brought up from the one before: name, and how. */
const SCREENS = [
  ['start', (page) => page.waitForSelector('#begin')],
  ['market', async (page) => {
    await tab(page, 'train_market');
    await page.waitForSelector('.found .level');
    await press(page, '[id^="report-"]');
    await page.waitForSelector('[id^="verdict-"]');
  }],
  ['cards', async (page) => { await tab(page, 'train_cards'); await page.waitForSelector('.card-open'); }],
  ['card', async (page) => { await press(page, '.card-open'); await page.waitForSelector('.one-card'); }],
  ['question', async (page) => { await tab(page, 'train_quiz'); await press(page, '#begin-0'); await page.waitForSelector('#cannot-tell'); }],
  ['answer', async (page) => { await press(page, '#cannot-tell'); await page.waitForSelector('#next'); }],
  ['decks', async (page) => { await tab(page, 'train_decks'); await page.waitForSelector('#deck-file'); }],
  ['presenter', async (page) => {
    await press(page, '#present-1');
    for (const shows of ['.offer p', '.found', '.verdict']) { await press(page, '#forward'); await page.waitForSelector(`.slide ${shows}`); }
  }],
];

/** Opens the training as shipped and looks at each screen. */
async function throughTraining(which, how, size, look) {
  const session = await launch(which, { ...real(which), ...how });
  try {
    await (await firstRunPage(session.browser)).close();
    const page = await open(session, 'training.html', size);
    for (const [name, bring] of SCREENS) {
      await bring(page);
      await look(session, page, `training-${name}`);
    }
  } finally {
    await session.stop();
  }
}

/** Opens options and first run in scenes and looks at each. */
async function throughOptions(which, how, size, look) {
  const session = await launch(which, how);
  try {
    for (const [name, file, scenery, ready] of [
      ['options', 'options.html', scene({ state: { outbox, rounds } }), '#h-sites'], ['options-joining', 'options.html', scene({ state: { enrolled: null } }), '#join-link'],
      ['welcome', 'welcome.html', scene({ state: { enrolled: null, agreed: false } }), '#adult'],
    ]) {
      const page = await open(session, file, size);
      await play(page, scenery);
      await page.waitForSelector(ready);
      await look(session, page, name);
      await page.close();
    }
  } finally {
    await session.stop();
  }
}
const PAGES = [['options', throughOptions], ['training', throughTraining]];

for (const which of BROWSERS) {
  describe(`for everybody in ${which}`, () => {
    for (const [pages, through] of PAGES) {
      test(`${pages}: in the tree of screen readers every control and picture has a name, and says what is seen; at 400 % zoom nothing is cut and nothing scrolls sideways`, async (t) => {
        const seen = {};
        await through(which, {}, { width: 760, height: 900 }, async (session, page, name) => {
          const nodes = await tree(session, page);
          const nameless = nodes.filter((n) => [...CONTROLS, 'heading'].includes(n.role) && n.name === '');
          assert.deepEqual(nameless, [], name);
          // Every button of the document is in the tree, by the words on it or by more that hold them.
          const labels = await page.$$eval('button', (all) => all.filter((b) => b.checkVisibility()).map((b) => b.getAttribute('aria-label') ?? b.innerText.replace(/\s+/gu, ' ').trim()));
          const buttons = nodes.filter((n) => n.role === 'button').map((n) => n.name.replace(/\s+/gu, ' '));
          for (const label of labels) assert.ok(buttons.some((b) => b === label || b.startsWith(label)), `${name}: no button "${label}" in ${buttons}`);
          seen[name] = nodes;
          const size = page.viewport();
          await page.setViewport({ width: 320, height: 256 });
          assert.deepEqual(await cut(page), [], name);
          // What stays in place while the page scrolls leaves room for the page.
          const held = await page.$$eval('body *', (all) => all.filter((el) => ['fixed', 'sticky'].includes(getComputedStyle(el).position)).reduce((sum, el) => sum + el.offsetHeight, 0));
          assert.ok(held <= 128, `${name}: ${held} px of 256 do not scroll`);
          await page.setViewport(size);
        });
        const named = (screen, role) => seen[screen].filter((n) => n.role === role).map((n) => n.name);
        if (pages === 'options') {
          assert.ok(named('options', 'textbox').includes(say('options_site_add_label')), `${named('options', 'textbox')}`);
          assert.ok(named('options-joining', 'textbox').includes(say('join_label')), `${named('options-joining', 'textbox')}`);
          assert.ok(named('options', 'button').some((n) => n.includes('www.market.example')), 'a button to remove a site says which');
          assert.equal(named('welcome', 'checkbox').length, 2);
        } else {
          const answers = named('training-question', 'button').slice(-4);
          assert.deepEqual(answers, ['train_right_report', 'train_right_listed', 'train_right_lookalike', 'train_right_cannot_tell'].map(say));
          assert.equal(named('training-question', 'radio').length, 3);
          assert.ok(named('training-card', 'image').includes(CARDS['elephant-ivory'].alt), 'the drawing is told in words');
          assert.deepEqual(named('training-cards', 'combobox'), [say('train_group')]);
        }
        t.diagnostic(`${which} ${pages}: ${Object.values(seen).flat().length} nodes, ${Object.values(seen).flat().filter((n) => CONTROLS.includes(n.role)).length} controls, 0 without a name`);
      });

      test(`${pages}: colours of the person's own keep edges, words and signs; where less motion is asked for nothing moves`, async () => {
        await through(which, { forced: true, calm: true }, { width: 360, height: 760 }, async (session, page, name) => {
          assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
          const faint = await page.$$eval('button, input[type="text"], textarea, select', (all) => all.filter((el) => el.checkVisibility() && !el.matches('.quiet, .tab, .card-open')).filter((el) => {
            const s = getComputedStyle(el);
            return s.borderTopStyle === 'none' || parseFloat(s.borderTopWidth) < 1 || s.borderTopColor === s.backgroundColor;
          }).map((el) => el.id || el.textContent));
          assert.deepEqual(faint, [], `${name}: no edge`);
          assert.equal(await page.$$eval('.level', (all) => all.every((l) => l.textContent.trim() !== '' && l.querySelector('svg') !== null)), true, `${name}: a level is a word and a sign`);
          assert.deepEqual(await axe(page, ['color-contrast']), [], name);
          await shot(session, page, `forced-${name}`);
          assert.ok(await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches));
          const moving = await page.$$eval('body, body *', (all) => all.filter((el) => {
            const s = getComputedStyle(el);
            return s.animationName !== 'none' || s.transitionDuration.split(', ').some((d) => parseFloat(d) > 0) && s.transitionProperty !== 'none' || s.scrollBehavior === 'smooth';
          }).map((el) => el.className));
          assert.deepEqual(moving, [], name);
        });
      });
    }
  });
}
