// Every screen of the extension's own pages in a language that nobody speaks: what is shown untranslated is found, and what has no
// room for longer words. In 320 px, where room is least.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { firstRunPage } from '../e2e/support/browser.mjs';
import { axe, BROWSERS, inOneLanguage, launch, open, play, ROOT, serve, shot, tabOf } from './support.mjs';
import { cut, pseudo, untranslated } from './pseudo.mjs';
import { askedAgain, draft, findings, illustrated, outbox, picture, rounds, scene } from './scenes.mjs';

const ENGLISH = JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/_locales/en/messages.json'), 'utf8'));
const say = (key) => pseudo(ENGLISH[key].message);
const ITEMS = ['listings', 'questions'].flatMap((name) => JSON.parse(fs.readFileSync(path.join(ROOT, `extension/training/${name}.json`), 'utf8')));
/** Names, titles and addresses of these scenes that stand within sentences. */
const NAMES = [...findings.findings.map((f) => f.title), ...askedAgain.map((i) => i.title), ...rounds.now.flatMap((r) => [r.name, ...r.terms.map((t) => t.text)]), 'Parrots',
  'Example Wildlife Network', 'quiet-heron-27', 'www.market.example', ...askedAgain.map((i) => i.number ?? i.title), 'https://reports.example.org', 'reports.example.org', 'https://market.example/search?q=figurine', 'https://market.example/item/9', 'market.example', 'localhost'];

/** A button's words and its longer name have brackets of their own here, so that the one no longer holds the other. */
const BRACKETS = ['label-content-name-mismatch'];
/** What is wrong with the screens of one test: told at its end, all together. */
const faults = [];
let screens = 0;
const nothingWrong = (t) => {
  t.diagnostic(`${screens} screens so far`);
  assert.deepEqual(faults.splice(0), []);
};

async function look(session, page, name) {
  screens += 1;
  for (const [what, list] of [['not translated', await untranslated(page, NAMES)], ['no room', await cut(page)], ['axe', await axe(page, BRACKETS)]]) {
    faults.push(...list.map((fault) => `${name}: ${what}: ${fault}`));
  }
  await shot(session, page, `pseudo-${name}`);
}

const clickAll = async (page, selector) => { for (const fold of await page.$$(selector)) await fold.evaluate((s) => s.click()); };
const press = async (page, selector) => { const button = await page.waitForSelector(selector); await button.evaluate((b) => b.click()); };

test('the language that nobody speaks: placeholders stay, every letter is changed, two fifths longer', () => {
  const sentence = pseudo('$COUNT$ of your reports wait at $ORIGIN$.');
  assert.match(sentence, /^⟦\$COUNT\$ .* \$ORIGIN\$\..*⟧$/u);
  assert.doesNotMatch(sentence.replaceAll(/\$[A-Z]+\$/gu, ''), /[a-z]/iu);
  assert.ok(sentence.length > 'COUNT of your reports wait at ORIGIN.'.length * 1.3);
});

test('what is planted untranslated, cut or sticking out is found', async () => {
  const session = await launch('chromium', { lang: 'xa' });
  try {
    const page = await open(session, 'options.html', { width: 320 });
    await play(page, scene());
    await page.waitForSelector('#h-sites');
    assert.deepEqual([await untranslated(page, NAMES), await cut(page)], [[], []]);
    await page.evaluate(() => {
      const [heading, button] = [document.querySelector('#h-sites'), document.querySelector('#site-add')];
      heading.append(' forgotten');
      button.setAttribute('aria-label', 'Add');
      button.style.cssText = 'inline-size: 40px; min-inline-size: 0; white-space: nowrap; overflow-wrap: normal';
    });
    const [words, room] = [await untranslated(page, NAMES), await cut(page)];
    assert.equal(words.length, 2, `${words}`);
    assert.match(words.join('\n'), /h2#h-sites: "forgotten"\nbutton#site-add\S* aria-label: "Add"/u);
    assert.ok(room.some((line) => line.includes('site-add')), `${room}`);
  } finally {
    await session.stop();
  }
});

for (const which of BROWSERS) {
  describe(`pages of many words in ${which}`, () => {
    let session, server, helper, tab;
    before(async () => {
      [session, server] = [await launch(which, { lang: 'xa' }), await serve()];
      helper = await open(session, 'options.html');
      await play(helper, scene());
      const market = await session.browser.newPage();
      await market.goto(`http://127.0.0.1:${server.port}/read`);
      tab = await tabOf(helper, market.url());
    });
    after(async () => { await session?.stop(); await server?.stop(); });

    /** Opens a page in a scene, looks at it, and after each of `steps` again. */
    async function walk(file, name, scenery, ready, ...steps) {
      await play(helper, scenery);
      const page = await open(session, file === 'panel' ? `panel.html?tab=${tab}` : `${file}.html`, { width: 320 });
      try {
        await page.waitForSelector(ready);
        await look(session, page, `${file}-${name}`);
        for (const [at, step] of steps.entries()) {
          await step(page);
          await look(session, page, `${file}-${name}-${at + 1}`);
        }
      } finally {
        await page.close();
      }
    }

    test('first run', async (t) => {
      await walk('welcome', 'first', scene({ state: { enrolled: null, agreed: false } }), '#adult', async (page) => {
        await press(page, '#agree button');
        await page.waitForSelector('#agree-error');
      }, async (page) => {
        for (const box of ['#adult', '#rules', '#agree button']) await press(page, box);
        await page.waitForSelector('#join-link');
      });
      nothingWrong(t);
    });

    test('options', async (t) => {
      await walk('options', 'enrolled', scene({ state: { outbox, rounds } }), '#h-sites', async (page) => {
        await press(page, '#leave');
        await press(page, '#data-show');
        await press(page, '#data-erase');
        await page.waitForSelector('#data-erase-yes');
        await page.type('#site', 'http://market.example');
        await page.keyboard.press('Enter');
        await press(page, '#badges');
      });
      await walk('options', 'joining', scene({ state: { enrolled: null } }), '#join-link', async (page) => {
        await page.type('#join-link', 'http://reports.example.org/join#x.y');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#join-error');
      });
      await walk('options', 'agree-first', scene({ state: { enrolled: null, agreed: false } }), '#agree-first');
      nothingWrong(t);
    });

    test('panel: findings, round, care, outbox', async (t) => {
      const standing = { week: { from: '2026-11-23T00:00:00Z', reports: 5, decided: [{ status: 'confirmed', reports: 2 }, { status: 'removed', reports: 1 }] }, accuracy: { confirmed: 8, decided: 9 } };
      const folds = (page) => clickAll(page, 'details:not([open]) > summary');
      await walk('panel', 'findings', scene({ state: { outbox: askedAgain, rounds, standing, best_words: ['ox bone', 3] } }), '#report-a1', folds, async (page) => {
        await press(page, `#delete-${outbox[3].report_id}`);
        await press(page, '#contacted');
        await page.waitForSelector('#contacted-text');
        await press(page, '#contacted-send');
      });
      await walk('panel', 'nothing', scene({ findings: { ...findings, findings: [] } }), '.learn-fold', folds);
      await walk('panel', 'no-listings', scene({ findings: { ...findings, read: 0, findings: [] } }), 'main');
      await walk('panel', 'gave-up', scene({ findings: { ...findings, gave_up: true, marks_gave_up: true } }), '#report-a1');
      await walk('panel', 'not-joined', scene({ state: { enrolled: null } }), '#join-link');
      await walk('panel', 'break', scene({ state: { reminder: { minutes: 45, at_ms: 1 } } }), '#break-off');
      await walk('panel', 'round-next', scene({ state: { rounds: { ...rounds, now: [], next: ['Parrots', '2026-12-01'], trouble: ['bg_programme_signature', []] } } }), '#report-a1');
      nothingWrong(t);
    });

    test('panel: sites that are not read', async (t) => {
      const other = await session.browser.newPage();
      const kept = tab;
      try {
        for (const [name, url] of [['not-granted', `http://localhost:${server.port}/other`], ['no-answer', `http://127.0.0.1:${server.port}/other`], ['restricted', 'about:blank']]) {
          await other.goto(url);
          tab = tab === kept ? await tabOf(helper, other.url()) : tab;
          NAMES.push(`localhost:${server.port}`);
          await walk('panel', name, scene(), 'main section, main p');
        }
      } finally {
        tab = kept;
        await other.close();
      }
      nothingWrong(t);
    });

    test('panel: sheet, ring, receipt, refusals', async (t) => {
      const sheet = (page) => press(page, '#report-a1');
      const quick = { ...illustrated, screenshot: picture, undo_ms: 1000 };
      await walk('panel', 'sheet', scene({ draft: quick }), '#report-a1', async (page) => {
        await sheet(page);
        await page.waitForSelector('#send');
      }, (page) => clickAll(page, 'details:not([open]) > summary'), async (page) => {
        await press(page, '#send');
        await page.waitForSelector('#done');
      });
      await walk('panel', 'ring', scene({ draft: { ...draft, confirm: false } }), '#report-a1', async (page) => {
        await sheet(page);
        await page.waitForSelector('#undo');
      });
      await walk('panel', 'card-only', scene({ draft: { ...draft, report: { ...draft.report, place: { ...draft.report.place, marketplace: '127.0.0.1', listing_id: '', url_canonical: `http://127.0.0.1:${server.port}/read` } } } }), '#report-a1', async (page) => {
        await sheet(page);
        await page.waitForSelector('#open-first');
      });
      await walk('panel', 'refused', scene({ refuse: { prepare: { message: 'bg_page_moved', args: NAMES.slice(2, 4) } } }), '#report-a1', async (page) => {
        await sheet(page);
        await page.waitForSelector('#sheet-title');
      });
      const away = { state: 'waiting', number: null, status: null, next_try_ms: Date.UTC(2026, 10, 23, 23, 30), tries: 1, trouble: ['bg_try_offline', ['https://reports.example.org']] };
      await walk('panel', 'kept', scene({ draft: { ...draft, confirm: false, undo_ms: 300 }, afterUndo: away }), '#report-a1', async (page) => {
        await sheet(page);
        await page.waitForSelector('#done');
      });
      await walk('panel', 'pasted', scene(), '#paste', async (page) => {
        await press(page, '#paste');
        await press(page, '#paste-next');
        await page.waitForSelector('#paste-error');
      });
      nothingWrong(t);
    });
  });

  describe(`the training of many words in ${which}`, () => {
    let session, page, dir;
    before(async () => {
      dir = inOneLanguage(which, 'xa');
      session = await launch(which, { extension: dir, geckoId: 'spotter@wildlife-spotter.example' });
      await (await firstRunPage(session.browser)).close();
      page = await open(session, 'training.html', { width: 320 });
      await page.waitForSelector('#begin');
    });
    after(async () => { await session?.stop(); fs.rmSync(dir, { recursive: true, force: true }); });

    const tab = (key) => page.evaluate((wanted) => [...document.querySelectorAll('.tab')].find((b) => b.textContent === wanted).click(), say(key));

    test('rules, marketplace and verdict, cards and a card', async (t) => {
      await look(session, page, 'training-start');
      await tab('train_market');
      await page.waitForSelector('.found .level');
      await press(page, '[id^="report-"]');
      await page.waitForSelector('[id^="verdict-"]');
      await press(page, '[id^="leave-"]');
      await page.waitForFunction(() => document.querySelectorAll('[id^="verdict-"]').length === 2, { polling: 20 });
      await look(session, page, 'training-market');
      await tab('train_cards');
      await page.waitForSelector('.card-open');
      await look(session, page, 'training-cards');
      await press(page, '.card-open');
      await page.waitForSelector('.one-card');
      await look(session, page, 'training-card');
      nothingWrong(t);
    });

    test('quiz: question, the three kinds of answer, results, certificate', async (t) => {
      await tab('train_quiz');
      await press(page, '#begin-0');
      for (let number = 1; number <= 12; number += 1) {
        await page.waitForFunction((n) => document.getElementById('title')?.textContent.includes(` ${n} `) || document.getElementById('title')?.textContent.startsWith(`⟦${n} `), { polling: 20 }, number);
        const item = ITEMS.find(await page.$eval('#question', (h) => h.textContent).then((title) => (i) => i.title === title));
        if (number === 1) await look(session, page, 'training-question');
        await press(page, `#${number === 2 ? 'cannot-tell' : number === 3 && item.answer !== 'lookalike' ? 'lookalike' : item.answer}`);
        await page.waitForSelector('#next');
        if (number <= 3) await look(session, page, `training-answer-${number}`);
        await press(page, '#next');
      }
      await page.waitForSelector('#paper');
      await look(session, page, 'training-results');
      await press(page, '#paper');
      await page.waitForSelector('.certificate');
      await look(session, page, 'training-certificate');
      nothingWrong(t);
    });

    test('decks, their faults, the presenter', async (t) => {
      await tab('train_decks');
      await page.waitForSelector('#deck-file');
      const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-deck-')), 'mine.csv');
      fs.writeFileSync(file, ['id,group,lang,title,answer,why', 'a,bear,en,Dried gall,maybe,Why', 'b,yeti,en,A foot,report,Why', 'c,pangolin,en,Scales,report,', ''].join('\n'));
      await (await page.$('#deck-file')).uploadFile(file);
      await page.waitForSelector('#problems');
      await look(session, page, 'training-decks');
      await press(page, '#present-1');
      await page.waitForSelector('#forward');
      for (const [at, shows] of ['.offer h2', '.offer p', '.found', '.verdict', '.slide-card'].entries()) {
        await page.waitForSelector(`.slide ${shows}`);
        await look(session, page, `training-presenter-${at + 1}`);
        await press(page, '#forward');
      }
      nothingWrong(t);
    });
  });
}
