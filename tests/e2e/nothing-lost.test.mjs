// The fault table: whatever strikes between the click and the receipt, each report that was made is stored once.
// Real browsers, a real endpoint, a real line between them. `cargo xtask soak kill-client` takes more kill points.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { WHOLE } from '../part.mjs';
import { BROWSERS, until } from './support/browser.mjs';
import { closeSheet, openPanel, pressReport, textOf, words } from './support/journey.mjs';
import { FAULTS } from './support/line.mjs';
import { checkPackage } from './support/package.mjs';
import { alarm, ask, dice, lostWorld, ring, smallDisk } from './support/lost.mjs';

const POINTS = Number(process.env.SPOTTER_KILL_POINTS ?? (WHOLE ? 200 : 6));
const SEED = Number(process.env.SPOTTER_KILL_SEED ?? 20261126);
const PATIENCE = { timeout: 240_000 + POINTS * 6_000 };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Where the background dies: a while after the press, or at a step of the report on the line. */
const STAGES = ['pressed', 'asked', 'stored', 'answered'];

for (const name of BROWSERS) {
  test(`${name}: background killed at ${POINTS} points between click and receipt`, PATIENCE, async (t) => {
    const w = await lostWorld(t, name, { count: POINTS });
    const roll = dice(SEED);
    const panel = await openPanel(w.browser, w.tab);
    const struck = {};
    let pressedAgain = 0;
    for (let n = 0; n < POINTS; n++) {
      // Half of the points lie anywhere in the undo and the first moments of the try, half at a step of it.
      const stage = STAGES[n % 2 === 0 ? 0 : 1 + Math.floor(roll() * 3)];
      const after = stage === 'pressed' ? roll() * 450 : roll() * 15;
      struck[stage] = (struck[stage] ?? 0) + 1;
      let strike;
      const killed = new Promise((done, failed) => {
        strike = () => setTimeout(() => w.browser.killBackground().then(done, failed), after);
      });
      // The answer is held back until the background is dead: it died in the middle of this step.
      if (stage !== 'pressed') w.line.watch(async (step) => { if (step === stage) { w.line.watch(null); strike(); if (step !== 'answered') await killed; } });
      await pressReport(panel, w.titles[n]);
      if (stage === 'pressed') strike();
      await killed;
      w.line.watch(null);
      w.line.cut();
      // Whatever the panel says now is what the person has to go by.
      await until(`point ${n}, ${stage} + ${Math.round(after)} ms: the sheet says how it went`, async () => {
        const said = await textOf(panel, '#sheet-title');
        if (said.includes(words('report_sent_title'))) return true;
        // The panel does not know whether it was queued, or knows that it was not: the person is told, and presses again.
        if (await panel.$('#send')) {
          assert.ok((await textOf(panel, 'section.sheet')).includes(words('error_no_answer')));
          pressedAgain++;
          await panel.click('#send');
        } else if (said.includes(words('report_failed_title'))) {
          pressedAgain++;
          await closeSheet(panel);
          await pressReport(panel, w.titles[n]);
        }
        return false;
      });
      await closeSheet(panel);
    }
    const ids = (await w.outbox()).map((item) => item.report_id);
    assert.equal(ids.length, POINTS);
    t.diagnostic(`${w.sum(ids)}; ${JSON.stringify(struck)}; pressed again ${pressedAgain}; seed ${SEED}`);
  });

  test(`${name}: answers that are not the endpoint's, halves of answers, and lines that break`, PATIENCE, async (t) => {
    const w = await lostWorld(t, name, { count: 1 });
    for (const fault of [...FAULTS, ...name === 'chromium' ? ['other_certificate'] : []]) {
      w.line.fails(fault);
      const { id } = await w.queue(0);
      const item = await until(`${fault} was met`, async () => { const i = await w.entry(id); return i.tries > 0 ? i : null; });
      assert.equal(item.state, 'waiting', `${fault}: ${item.trouble}`);
      assert.ok(await alarm(w.options), `${fault}: a background that dies now is woken`);
      const wait = item.next_try_ms - Date.now();
      if (fault === 'busy') assert.ok(wait > 1.9 * HOUR && wait <= 2 * HOUR, `Retry-After is kept: ${wait} ms`);
      else assert.ok(wait < 7_000, `${fault}: ${wait} ms`);
      w.line.fails(null);
      await ask(w.options, { type: 'retry', report_id: id });
      await w.sent(id);
    }
    t.diagnostic(w.sum());
  });

  test(`${name}: dead in the middle of a try that an alarm began: an alarm is set again`, PATIENCE, async (t) => {
    const w = await lostWorld(t, name, { count: 1 });
    w.line.fails('failing');
    const { id } = await w.queue(0);
    await until('it waits', async () => (await w.entry(id)).tries > 0);
    w.line.fails(null);
    await w.browser.setClock(w.options, HOUR);
    let [asked, died] = [];
    const held = new Promise((done) => { asked = done; });
    const dead = new Promise((done) => { died = done; });
    w.line.watch(async (step) => { if (step === 'asked') { asked(); await dead; } });
    await ring(w.options);
    await held;
    await w.browser.killBackground();
    died();
    w.line.watch(null);
    w.line.cut();
    assert.ok(await alarm(w.options), 'nothing of ours runs, and nothing will wake it');
    await ring(w.options);
    await w.sent(id);
    t.diagnostic(w.sum());
  });

  test(`${name}: a week without the endpoint, a clock a day off either way`, PATIENCE, async (t) => {
    const w = await lostWorld(t, name, { count: 4 });
    await w.endpoint.kill();
    const { id } = await w.queue(0);
    await until('it waits', async () => (await w.entry(id)).tries > 0);
    // Seven days in steps of eight hours: at each the alarm rings and one try is made.
    for (let passed = 8 * HOUR, n = 2; passed <= 7 * DAY; passed += 8 * HOUR, n++) {
      await w.browser.setClock(w.options, passed);
      await ring(w.options);
      await until(`try ${n}`, async () => (await w.entry(id)).tries >= n);
      const item = await w.entry(id);
      assert.equal(item.state, 'waiting');
      assert.ok(item.next_try_ms - (Date.now() + passed) < 20 * 60_000, 'the endpoint is asked every quarter of an hour at the latest');
    }
    // Whoever does not want to wait takes it as a file, which holds by itself.
    const exported = await ask(w.options, { type: 'export', report_id: id });
    assert.deepEqual(checkPackage(Buffer.from(exported.bytes, 'base64')), { report: id, files: ['report.json', 'signature.json'], absent: ['receipt.json'] });
    await w.endpoint.start();
    await w.browser.setClock(w.options, 7 * DAY + HOUR);
    await ring(w.options);
    await w.sent(id);
    // Clocks that are off: reports are taken, and what became of them is answered.
    let n = 1;
    for (const off of [DAY, -DAY]) {
      await w.browser.setClock(w.options, off);
      const { id: report } = await w.queue(n++);
      await w.sent(report);
      await ask(w.options, { type: 'refresh_status' });
      assert.equal((await w.entry(report)).status, 'received');
    }
    // Set back by five hours while a report waits: it does not wait for five hours.
    await w.browser.setClock(w.options, 0);
    w.line.fails('failing');
    const { id: last } = await w.queue(n);
    await until('it waits', async () => (await w.entry(last)).tries > 0);
    w.line.fails(null);
    await w.browser.setClock(w.options, -5 * HOUR);
    await ring(w.options);
    await w.sent(last);
    t.diagnostic(w.sum());
  });

  test(`${name}: the disk is full`, PATIENCE, async (t) => {
    const disk = smallDisk();
    if (disk === null) return t.skip('only who may mount a file system can fill one');
    const w = await lostWorld(t, name, { count: 2, profile: disk.folder });
    t.after(() => disk.close());
    w.line.fails('failing');
    const { id } = await w.queue(0);
    await until('it waits', async () => (await w.entry(id)).tries > 0);
    disk.fill();
    w.line.fails(null);
    // Nothing can be kept, so nothing is said to be kept.
    for (let i = 0; i < 3; i++) {
      const refused = await w.queue(1);
      assert.deepEqual([refused.id, refused.queued.message], [null, 'bg_storage']);
    }
    // What was kept before goes out all the same; that it arrived is noted down when there is room.
    await w.browser.setClock(w.options, HOUR);
    await until('the endpoint has it', async () => { await ring(w.options); return w.line.stored()[id] === 1; });
    disk.free();
    await w.browser.setClock(w.options, 2 * HOUR);
    await until('its receipt is kept', async () => { await ring(w.options); return (await w.entry(id))?.state === 'sent'; });
    const { id: next } = await w.queue(1);
    await w.sent(next);
    t.diagnostic(w.sum());
    return undefined;
  });

  test(`${name}: browser killed in the middle of a try, started again with its profile`, PATIENCE, async (t) => {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), `spotter-kept-${name}-`));
    const w = await lostWorld(t, name, { count: 2, profile });
    t.after(() => fs.rmSync(profile, { recursive: true, force: true }));
    for (const [n, stage] of ['asked', 'stored'].entries()) {
      if (n > 0) await w.look();
      const dead = new Promise((done, failed) => {
        w.line.watch(async (step) => { if (step === stage) { w.line.watch(null); await w.restart().then(done, failed); } });
      });
      await w.queue(n);
      await dead;
      // Nothing of ours is opened: the browser's start is what wakes the background.
      await until('it is stored', () => Object.keys(w.line.stored()).length === w.made.length, 40_000);
      await w.openOptions();
      await w.sent(w.made.at(-1));
    }
    t.diagnostic(w.sum());
  });
}
