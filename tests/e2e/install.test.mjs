// The built folders load in the real browsers without a word of complaint.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { BROWSERS, launch } from './support/browser.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { openOptions, untilText } from './support/journey.mjs';
import { dist } from './support/paths.mjs';
import { PATIENCE } from './support/world.mjs';

for (const name of BROWSERS) {
  test(`${name}: loads without a warning, and its background runs`, PATIENCE, async (t) => {
    const browser = await launch(name);
    t.after(() => browser.close());
    assert.deepEqual(await browser.complaints(), []);
    const options = await openOptions(browser);
    // The background answered: the page shows the form that only its answer brings.
    await options.waitForSelector('#agree-first');
    // A browser drops a suggested key that it uses itself, without a word.
    const keyless = await options.evaluate(async () => {
      const api = globalThis.browser ?? globalThis.chrome;
      const wanted = api.runtime.getManifest().commands;
      return (await api.commands.getAll()).filter((c) => wanted[c.name]?.suggested_key && !c.shortcut).map((c) => c.name);
    });
    assert.deepEqual(keyless, []);
    assert.deepEqual(await browser.complaints(), []);
  });

  test(`${name}: the first-run page opens by itself; agreed, joined, everything seen, saved, erased`, PATIENCE, async (t) => {
    const endpoint = await startEndpoint();
    t.after(() => endpoint.close());
    const browser = await launch(name, { first: 'keep' });
    t.after(() => browser.close());
    const page = await browser.firstRunPage();
    await page.bringToFront();
    await page.waitForSelector('#adult');
    // Whoever has not agreed joins by no way.
    const link = endpoint.invite();
    const refused = await page.evaluate((l) => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage({ type: 'enrol', link: l }), link);
    assert.equal(refused.message, 'bg_agree_first');
    const half = await page.evaluate(() => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage({ type: 'agree', adult: true, rules: false }));
    assert.equal(half.message, 'bg_agree_first');
    await page.click('#adult');
    await page.click('#rules');
    await page.click('#agree button');
    await (await page.waitForSelector('#join-link')).click();
    await page.keyboard.type(link);
    await page.click('form.join button[type=submit]');
    await untilText(page, '.notice', 'Demo Coalition');
    const options = await openOptions(browser);
    await options.bringToFront();
    await (await options.waitForSelector('#data-show')).click();
    const all = JSON.parse(await (await options.waitForSelector('#data-all')).evaluate((pre) => pre.textContent));
    assert.equal(all.kept.identity.enrolled.origin, endpoint.origin);
    assert.ok(!JSON.stringify(all).includes('privateKey'));
    await options.click('#data-erase');
    await options.click('#data-erase-yes');
    await options.waitForSelector('#agree-first');
    const left = await options.evaluate(async () => {
      const api = globalThis.browser ?? globalThis.chrome;
      const databases = await new Promise((done) => {
        const open = indexedDB.open('spotter');
        open.onsuccess = () => {
          const stores = [...open.result.objectStoreNames];
          const counts = stores.map((name) => new Promise((counted) => { open.result.transaction(name).objectStore(name).count().onsuccess = (e) => counted(e.target.result); }));
          Promise.all(counts).then(done);
        };
      });
      return { databases, settings: Object.keys(await api.storage.local.get()), alarms: await api.alarms.getAll() };
    });
    assert.deepEqual(left, { databases: [0, 0, 0, 0], settings: [], alarms: [] });
  });

  test(`${name}: a warning would be seen`, PATIENCE, async (t) => {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-warned-'));
    t.after(() => fs.rmSync(copy, { recursive: true, force: true }));
    fs.cpSync(dist(name), copy, { recursive: true });
    const file = path.join(copy, 'manifest.json');
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
    manifest.permissions.push('no-such-permission');
    manifest.no_such_key = true;
    fs.writeFileSync(file, JSON.stringify(manifest));
    const browser = await launch(name, { dir: copy });
    t.after(() => browser.close());
    assert.notDeepEqual(await browser.complaints(), []);
  });
}
