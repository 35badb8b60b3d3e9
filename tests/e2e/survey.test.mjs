// A survey in the extension, from the search to the endpoint: a coder's hour by keyboard alone, and whatever is killed while
// coding, each coding is kept once. `SPOTTER_KILL_POINTS=100` kills at more points.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { WHOLE } from '../part.mjs';
import { BROWSERS, until } from './support/browser.mjs';
import { checkFrames, coderWorld } from './support/coder.mjs';
import { shot, textOf, words } from './support/journey.mjs';
import { dice } from './support/lost.mjs';

const POINTS = Number(process.env.SPOTTER_KILL_POINTS ?? (WHOLE ? 100 : 4));
const SEED = Number(process.env.SPOTTER_KILL_SEED ?? 20261127);
/** One kill in so many takes the whole browser. */
const BROWSER_EVERY = 4;
/** Advertisements in a coder's hour; some of them here. */
const CODED = WHOLE ? 40 : 12;
const ONE_IN = 2;
const PATIENCE = { timeout: 300_000 + POINTS * 15_000 };

/** Waits until another form is open, or none. */
const moved = (w, from) => until(`the form after "${from}"`, async () => await w.shown() !== from, 20_000);

/** Codes the open advertisement by keys. Gives what the endpoint has to have. */
async function code(w, n) {
  const title = await w.shown();
  const place = w.all.indexOf(title);
  const claims = place % 3 === 1;
  const included = ['yes', 'no', 'cannot_tell'][n % 5 === 3 ? 1 : n % 7 === 6 ? 2 : 0];
  assert.match(await w.focus(), /^included-/u);
  await w.press({ yes: '1', no: '2', cannot_tell: '0' }[included]);
  const want = { title, included, place };
  if (n % 4 === 1) {
    await w.to('count-0');
    await w.type('3');
    want.count = 3;
  }
  if (n % 4 === 2) {
    await w.to('live-');
    await w.press('0');
    want.live = 'cannot_tell';
  }
  if (n % 8 === 4) {
    await w.to('seller-');
    await w.press('ArrowUp');
    want.seller_type = 'auction';
    await w.to('survey-note');
    await w.type('Seen twice.');
    want.note = 'Seen twice.';
  }
  await w.press('Enter');
  if (claims && included === 'yes') {
    // What the words propose is confirmed by a person.
    await until('the proposal is shown', async () => (await textOf(w.panel, '#survey-form')).includes(words('survey_confirm')));
    assert.match(await w.focus(), /^(?:legality|age)-yes$/u);
    await w.press('Enter');
    Object.assign(want, { legality_claim: 'yes', age_claim: 'yes' });
  }
  await moved(w, title);
  return want;
}

for (const name of BROWSERS) {
  test(`${name}: a coder's hour by keyboard alone`, PATIENCE, async (t) => {
    const w = await coderWorld(t, name, { count: 66, oneIn: ONE_IN });
    await w.look();
    await w.panel.waitForSelector('[id^="survey-"] > summary');
    await shot(w.browser, w.panel, 'survey-before');
    const begun = performance.now();
    await w.work();
    await until('the page is taken', async () => (await textOf(w.panel, '#survey-far')).startsWith('66 '));
    await w.to('code-');
    await w.press('Enter');
    await w.panel.waitForSelector('#survey-form');
    const wanted = [];
    for (let n = 0; n < CODED; n += 1) wanted.push(await code(w, n));
    const seconds = (performance.now() - begun) / 1000;
    const { keys } = w;
    await w.settled();
    const framed = await checkFrames(w, ONE_IN);
    const codings = w.line.records('codings').map((record) => record.body);
    assert.equal(codings.length, CODED);
    for (const [i, want] of wanted.entries()) {
      const got = codings[i];
      assert.deepEqual([got.title, got.included, got.listing], [want.title, want.included, framed[want.place].listing]);
      assert.deepEqual(got.asking, { kind: 'stated', amount: `${100 + want.place}.50`, currency: 'EUR' });
      assert.equal(got.specimens[0].count, want.count ?? null);
      for (const field of ['live', 'seller_type', 'note', 'legality_claim', 'age_claim']) if (want[field]) assert.equal(got[field], want[field], `${field} of ${want.title}`);
      assert.equal(got.url, `${w.market.origin}/item/${88000000 + want.place}`);
      assert.equal(got.replaces ?? null, null);
    }
    const seen = new Set(codings.map((c) => c.listing));
    assert.equal(seen.size, CODED, 'none twice');
    assert.deepEqual(await w.held(), { frames: w.line.records('frames').length, codings: CODED });
    t.diagnostic(`${CODED} advertisements: ${keys} keys, ${seconds.toFixed(1)} s`);

    // One is corrected: a record of its own that names the one before.
    await w.panel.bringToFront();
    await w.panel.evaluate(() => document.querySelector('section.sheet button.back').focus());
    await w.press('Enter');
    await w.panel.waitForSelector('#survey-far');
    await w.panel.evaluate((id) => document.getElementById(id).focus(), `code-${codings[0].listing}`);
    await w.press('Enter');
    await until('it is open', async () => await w.shown() === codings[0].title);
    assert.ok((await textOf(w.panel, '#survey-form')).includes(words('survey_correcting')));
    await w.press('2');
    await w.press('Enter');
    await moved(w, codings[0].title);
    await until('the correction is there', () => w.line.records('codings').length === CODED + 1);
    const corrected = w.line.records('codings').at(-1).body;
    assert.deepEqual([corrected.replaces, corrected.included, corrected.listing], [codings[0].id, 'no', codings[0].listing]);

    // One key from the coding to the report.
    const title = await w.shown();
    await w.press('1');
    await w.panel.keyboard.down('Shift');
    await w.press('Enter');
    await w.panel.keyboard.up('Shift');
    if (w.all.indexOf(title) % 3 === 1) {
      await until('the proposal is shown', async () => (await textOf(w.panel, '#survey-form')).includes(words('survey_confirm')));
      await w.panel.keyboard.down('Shift');
      await w.press('Enter');
      await w.panel.keyboard.up('Shift');
    }
    await until('the report is sent', async () => (await textOf(w.panel, '#sheet-title')).includes(words('report_sent_title')), 30_000);
    assert.equal(Object.keys(w.line.stored()).length, 1);
    await w.to('done');
    await w.press('Enter');
    await until('the next form is there', async () => await w.shown() !== null && await w.shown() !== title);
    await shot(w.browser, w.panel, 'survey-form');
    assert.deepEqual(w.line.rewritten(), []);
  });

  test(`${name}: background and browser killed at ${POINTS} points while coding`, PATIENCE, async (t) => {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), `spotter-coder-${name}-`));
    const w = await coderWorld(t, name, { count: Math.ceil(POINTS * 1.6) + 6, oneIn: ONE_IN, profile });
    t.after(() => fs.rmSync(profile, { recursive: true, force: true }));
    const roll = dice(SEED);
    const coded = [];
    const struck = { background: 0, browser: 0 };
    /** To the form of the first advertisement that is not coded, wherever the panel stands. */
    const open = async () => {
      await w.work();
      await until('the page is taken', async () => (await textOf(w.panel, '#survey-far')).startsWith(`${w.all.length} `));
      const { items } = await w.stands();
      const next = items.find((item) => item.codings.length === 0);
      await w.panel.focus(`#code-${next.listing}`);
      await w.press('Enter');
      await w.panel.waitForSelector('#survey-form');
    };
    await w.look();
    await open();
    for (let n = 0; n < POINTS; n += 1) {
      const title = await w.shown();
      const note = `Note ${n} of ${title}`;
      const whole = n % BROWSER_EVERY === BROWSER_EVERY - 1;
      const after = roll() * 450;
      const strike = async () => {
        await new Promise((done) => { setTimeout(done, after); });
        if (!whole) return w.browser.killBackground();
        return w.restart();
      };
      struck[whole ? 'browser' : 'background'] += 1;
      // The blow falls while keys go down: in the note, at the save, or between.
      const dead = strike();
      try {
        await w.press('1');
        await w.to('survey-note');
        await w.type(note);
        await w.press('Enter');
        await w.press('Enter');
      } catch (error) {
        if (!whole) throw error;
      }
      await dead;
      w.line.cut();
      if (whole) {
        await w.look();
        const { items } = await w.stands();
        const item = items.find((i) => i.title === title);
        if (item.codings.length === 0 && item.draft) assert.ok(note.startsWith(item.draft.note), `a draft is what was typed: ${item.draft.note}`);
        await open();
      }
      // A person finishes what is open, whatever became of the first try. In one turn of the page: the form may be another by the next.
      await until(`point ${n} (${whole ? 'browser' : 'background'} + ${Math.round(after)} ms): "${title}" is coded`, () => w.panel.evaluate((wanted, text) => {
        if (document.querySelector('#survey-form .about-title')?.textContent !== wanted) return true;
        const [save, yes, field] = ['survey-save', 'included-yes', 'survey-note'].map((id) => document.getElementById(id));
        if (save.getAttribute('aria-disabled') === 'true') return false;
        if (!yes.checked) yes.click();
        if (field.value !== text) {
          field.value = text;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }
        save.click();
        return false;
      }, title, note), 40_000);
      coded.push([title, note]);
    }
    await w.settled();
    await checkFrames(w, ONE_IN);
    const records = w.line.records('codings');
    assert.ok(records.every((r) => r.times === 1));
    assert.deepEqual(w.line.rewritten(), [], 'the same bytes at every try');
    const got = records.map(({ body }) => [body.title, body.note]).sort();
    assert.deepEqual(got, coded.sort(), 'each once, as it was typed');
    assert.deepEqual(await w.held(), { frames: w.line.records('frames').length, codings: POINTS });
    t.diagnostic(`${POINTS} kills ${JSON.stringify(struck)}: ${coded.length} coded, ${records.length} stored, 0 lost, 0 double; seed ${SEED}`);
  });
}
