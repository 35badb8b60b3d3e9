// What the fault table needs: a spotter whose line to the endpoint can fail, reports made by the hundred, and the sum.
// Owns the arithmetic "sent = stored = 1"; which fault strikes when is the test's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launch, until } from './browser.mjs';
import { startMarket } from '../market/market.mjs';
import { startEndpoint } from './endpoint.mjs';
import { addSite, join, openOptions, visit } from './journey.mjs';
import { startLine } from './line.mjs';
import { cardsPage } from './world.mjs';

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function dice(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Asks the background what our pages ask it; that wakes it, as opening the panel does. */
export const ask = (page, message) => page.evaluate((m) => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage(m), message);

/** The alarm by which a dead background is woken, or nothing. */
export const alarm = (page) => page.evaluate(() => (globalThis.browser ?? globalThis.chrome).alarms.get('outbox'));

/** The alarm rings now: nobody waits for the minutes that it was set to. */
export const ring = (page) => page.evaluate(() => (globalThis.browser ?? globalThis.chrome).alarms.create('outbox', { when: Date.now() }));

/** A disk of its own for a profile, which can be filled; `null` where this process may not mount one. */
export function smallDisk() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-disk-'));
  const close = () => { spawnSync('umount', ['-l', folder]); fs.rmdirSync(folder); };
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'spotter-test', folder]).status !== 0) {
    fs.rmdirSync(folder);
    return null;
  }
  const filler = path.join(folder, 'filler');
  return {
    folder,
    close,
    fill() {
      const to = fs.openSync(filler, 'w');
      try {
        for (const block of [Buffer.alloc(1 << 20), Buffer.alloc(512)]) for (;;) if (!wrote(to, block)) break;
      } finally {
        fs.closeSync(to);
      }
    },
    free: () => fs.rmSync(filler),
  };
}

/** Whether the block went in whole. */
function wrote(to, block) {
  try {
    return fs.writeSync(to, block) === block.length;
  } catch (error) {
    if (error.code === 'ENOSPC') return false;
    throw error;
  }
}

/**
 * A spotter who joined over a line that fails, with `count` findings on a page.
 * @param {import('node:test').TestContext} t
 * @param {'chromium'|'firefox'} name
 */
export async function lostWorld(t, name, { count = 12, undoMs = 200, profile, prefs, dir } = {}) {
  const titles = Array.from({ length: count }, (_, i) => `Genuine elephant ivory tusk, made-up no. ${i}`);
  const market = await startMarket({ extra: { '/many': cardsPage(titles) } });
  t.after(() => market.close());
  const endpoint = await startEndpoint({ undoMs });
  t.after(() => endpoint.close());
  const line = await startLine(endpoint);
  t.after(() => line.close());
  const start = (first) => launch(name, { trusts: line.spki, profile, prefs, dir, first });
  let browser = await start();
  t.after(() => browser.close());
  let options = await openOptions(browser);
  await join(options, endpoint.invite().replace(/^https?:\/\/[^/]+/u, line.origin));
  await addSite(browser, options, market.origin);
  let tab;
  let found;
  const look = async () => {
    ({ tab, found } = await visit(browser, options, `${market.origin}/many`, { read: count }));
    assert.equal(found.findings.length, count);
  };
  await look();
  const made = [];

  const entry = async (id) => (await ask(options, { type: 'state' })).outbox.find((item) => item.report_id === id);
  return {
    name, endpoint, line, titles, made, look,
    get tab() { return tab; },
    /** What was found when it was last looked at. */
    get found() { return found; },
    get browser() { return browser; },
    get options() { return options; },
    entry,
    outbox: async () => (await ask(options, { type: 'state' })).outbox,
    /** The browser dies and is started again with the same profile. */
    async restart() {
      await browser.die();
      browser = await start('none');
      options = null;
    },
    async openOptions() {
      options = await openOptions(browser);
      // What a driver grants ends with its browser.
      if ((await ask(options, { type: 'state' })).sites.length === 0) await addSite(browser, options, market.origin);
    },
    /** A report of the n-th finding is queued, by the two questions that the panel asks. Gives its id. */
    async queue(n) {
      const { key } = found.findings[n];
      const draft = await ask(options, { type: 'prepare', tab_id: tab, key });
      if (draft.type !== 'draft') return { id: null, queued: draft };
      const id = draft.report.report_id;
      const queued = await ask(options, { type: 'queue', report_id: id, choices: { note: '', with_screenshot: true, with_description: true, with_seller: true } });
      if (queued.type === 'queued') made.push(id);
      return { id, queued };
    },
    /** Waits until the endpoint's receipt for it is kept. */
    sent: (id, ms = 30_000) => until(`report ${id} is sent`, async () => (await entry(id))?.state === 'sent', ms),
    /** Each report that was made was stored once; none twice, none lost, none that nobody made. */
    sum(ids = made) {
      assert.deepEqual(line.stored(), Object.fromEntries(ids.map((id) => [id, 1])), 'sent = stored = 1');
      assert.deepEqual(line.rewritten(), [], 'the same bytes at every try');
      return `${ids.length} made, ${Object.keys(line.stored()).length} stored, 0 lost, 0 double`;
    },
  };
}
