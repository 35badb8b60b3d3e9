// A newer version is put over an older one while five reports wait: five are sent, by the same key, with the same settings.
// The older one is today's code under a lower number, or the folder that SPOTTER_PREVIOUS_CHROME, SPOTTER_PREVIOUS_FIREFOX name.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { BROWSERS, until } from './support/browser.mjs';
import { ask, lostWorld, ring } from './support/lost.mjs';
import { dist } from './support/paths.mjs';
import { PATIENCE } from './support/world.mjs';

const HOUR = 3_600_000;
const WAITING = 5;

/** What a person chose and who they are to the endpoint, as the settings page says it. */
async function kept(options) {
  const { quiet, masked, reminder, enrolled, sites, agreed } = await ask(options, { type: 'state' });
  const { kept: { identity }, settings } = JSON.parse((await ask(options, { type: 'stored', pictures: false })).text);
  // The key cannot be read out: what it signs shows whose it is.
  const signed = await options.evaluate(async () => {
    const db = await new Promise((done, failed) => { const open = indexedDB.open('spotter'); open.onsuccess = () => done(open.result); open.onerror = failed; });
    const { key } = await new Promise((done) => { db.transaction('meta').objectStore('meta').get('identity').onsuccess = (e) => done(e.target.result); });
    db.close();
    return [...new Uint8Array(await crypto.subtle.sign('Ed25519', key, new Uint8Array([7])))].join(' ');
  });
  return { quiet, masked, reminder, enrolled, sites, agreed, identity, settings, signed };
}

const version = (options) => options.evaluate(() => (globalThis.browser ?? globalThis.chrome).runtime.getManifest().version);

for (const name of BROWSERS) {
  test(`${name}: five reports wait, a newer version is installed over this one, five are sent`, PATIENCE, async (t) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), `spotter-upgrade-${name}-`));
    t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
    const older = process.env[`SPOTTER_PREVIOUS_${name === 'chromium' ? 'CHROME' : 'FIREFOX'}`];
    fs.cpSync(older ?? dist(name), dir, { recursive: true });
    if (!older) {
      const file = path.join(dir, 'manifest.json');
      fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), version: '0.0.9' }));
    }

    const w = await lostWorld(t, name, { count: WAITING, dir });
    for (const choice of [{ type: 'set_quiet', quiet: false }, { type: 'set_mask', masked: true }, { type: 'remind', minutes: 45 }]) {
      assert.equal((await ask(w.options, choice)).type, 'state');
    }
    await w.endpoint.kill();
    for (let n = 0; n < WAITING; n++) assert.equal((await w.queue(n)).queued.type, 'queued');
    // Only one of them asks an endpoint that is away; the others wait with it.
    const waiting = (items) => items.length === WAITING && items.every((item) => ['undoable', 'waiting'].includes(item.state));
    await until('one was tried in vain', async () => (await w.outbox()).some((item) => item.tries > 0));
    assert.ok(waiting(await w.outbox()));
    const [before, was] = [await kept(w.options), await version(w.options)];

    fs.rmSync(dir, { recursive: true });
    fs.cpSync(dist(name), dir, { recursive: true });
    await w.browser.update();
    await w.openOptions();
    assert.deepEqual(await w.browser.complaints(), []);
    const is = await version(w.options);
    if (!older) assert.notEqual(is, was);
    assert.deepEqual(await kept(w.options), before);
    assert.ok(waiting(await w.outbox()));

    await w.endpoint.start();
    await w.browser.setClock(w.options, HOUR);
    await ring(w.options);
    for (const id of w.made) await w.sent(id);
    assert.deepEqual((await w.outbox()).map((item) => item.report_id).sort(), [...w.made].sort());
    assert.deepEqual(await kept(w.options), before);
    t.diagnostic(`${was} to ${is}: ${w.sum()}`);
  });
}
