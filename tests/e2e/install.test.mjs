// The built folders load in the real browsers without a word of complaint.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { BROWSERS, launch } from './support/browser.mjs';
import { openOptions } from './support/journey.mjs';
import { dist } from './support/paths.mjs';
import { PATIENCE } from './support/world.mjs';

for (const name of BROWSERS) {
  test(`${name}: loads without a warning, and its background runs`, PATIENCE, async (t) => {
    const browser = await launch(name);
    t.after(() => browser.close());
    assert.deepEqual(await browser.complaints(), []);
    const options = await openOptions(browser);
    // The background answered: the page shows the form that only its answer brings.
    await options.waitForSelector('#join-link');
    // A browser drops a suggested key that it uses itself, without a word.
    const keyless = await options.evaluate(async () => {
      const api = globalThis.browser ?? globalThis.chrome;
      const wanted = api.runtime.getManifest().commands;
      return (await api.commands.getAll()).filter((c) => wanted[c.name]?.suggested_key && !c.shortcut).map((c) => c.name);
    });
    assert.deepEqual(keyless, []);
    assert.deepEqual(await browser.complaints(), []);
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
