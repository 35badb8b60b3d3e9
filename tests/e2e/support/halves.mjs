// The extension with a first half (`docs/architecture.md`) that lacks what an assessment needs: the build leaves one beside what ships.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { until } from './browser.mjs';
import { dist, root } from './paths.mjs';

/** What the build wrote. */
export const BUILT = path.join(process.env.CARGO_TARGET_DIR ? path.resolve(root, process.env.CARGO_TARGET_DIR) : path.join(root, 'target'), 'xtask/spotter_background');

/**
 * Halves of two builds do not join, and a memory fits its own module alone: such a background never wakes up, and whoever waits for
 * it waits in vain. What the build left beside the starved halves must be what lies in the extension.
 */
function ofOneBuild(name) {
  for (const file of ['bg.wasm', 'rest.wasm', 'memory.bin', 'others.bin'].map((kind) => `spotter_background_${kind}`)) {
    const [built, ships] = [BUILT, path.join(dist(name), 'background')].map((dir) => path.join(dir, file));
    const same = fs.existsSync(built) && fs.existsSync(ships) && fs.readFileSync(built).equals(fs.readFileSync(ships));
    assert.ok(same, `the starved halves and the extension are of different builds, as ${built} is not ${ships}: cargo xtask dist makes both`);
  }
}

/** The halves of the module that `name`'s extension has, the first without half of what an assessment runs: what ran later. */
export const starved = (name) => (ofOneBuild(name), { first: fs.readFileSync(path.join(BUILT, 'starved_bg.wasm.before')), rest: fs.readFileSync(path.join(BUILT, 'starved_rest.wasm.before')) });

/** Makes in `dir` the built extension that counts how often it went back, for `wentBack`; `change` may change its background. */
export function countingExtension(name, dir, change = (source) => source) {
  fs.cpSync(dist(name), dir, { recursive: true });
  const script = path.join(dir, 'background.js');
  const [before, after] = [change(fs.readFileSync(script, 'utf8')), 'function __wbg_reset_state() {'];
  assert.equal(before.split(after).length, 2);
  fs.writeFileSync(script, before.replace(after, `${after}\n  globalThis.wentBack = (globalThis.wentBack ?? 0) + 1;`));
}

/** The same with the starved halves; nothing else differs. */
export function starvedExtension(name, dir) {
  const { first, rest } = starved(name);
  countingExtension(name, dir);
  const file = (kind) => path.join(dir, `background/spotter_background_${kind}.wasm`);
  assert.ok(first.length < fs.statSync(file('bg')).size);
  fs.writeFileSync(file('bg'), first);
  fs.writeFileSync(file('rest'), rest);
}

/** How often the background that runs now went back. */
export async function wentBack({ name, browser, base }, extensionPage) {
  if (name === 'firefox') return extensionPage.evaluate(async () => (await globalThis.browser.runtime.getBackgroundPage()).wentBack ?? 0);
  // The one that was ended may still be among the targets.
  return until('the background that runs tells', async () => {
    for (const target of browser.targets().filter((t) => t.type() === 'service_worker' && t.url().startsWith(base))) {
      try {
        return { times: await (await target.worker()).evaluate(() => globalThis.wentBack ?? 0) };
      } catch (error) {
        if (!/detached|closed|No session|not available/u.test(String(error))) throw error;
      }
    }
    return null;
  }).then(({ times }) => times);
}
