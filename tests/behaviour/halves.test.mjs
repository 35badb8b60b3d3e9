// The background's module in two. The half that a background wakes up with says what both halves together say, or traps; and after a
// trap a new instance of both says it. Whatever it does, an assessment touches nothing but its message.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { batches, fill, HOSTILE, listings } from '../../xtask/js/listings.mjs';
import { BUILT, starved } from '../e2e/support/halves.mjs';
import { dist, root } from '../e2e/support/paths.mjs';

const shipped = (name) => fs.readFileSync(path.join(dist('chromium'), 'background', name));
// What wasm-bindgen wrote, before it became a part of `background.js`.
const GLUE = path.join(BUILT, 'spotter_background.js');
const IMAGE = shipped('spotter_background_memory.bin');
const OTHERS = shipped('spotter_background_others.bin');
const ALL = [...batches(), ...HOSTILE];

const fillAll = ({ memory }) => [IMAGE, OTHERS].forEach((image) => fill(memory, image));

/** The background's exports with a first half and its memory: an instance of its own. */
async function woken(half, filled = fillAll) {
  const { default: init, ...rust } = await import(`${pathToFileURL(GLUE).href}?${woken.count = (woken.count ?? 0) + 1}`);
  const first = await init({ module_or_path: half });
  filled(first);
  return { ...rust, first };
}

const join = (first, rest) => new WebAssembly.Instance(new WebAssembly.Module(rest), { first });

/** Makes whatever an assessment must not reach throw when it is so much as looked at; gives what was looked at. */
function forbid(t) {
  const touched = [];
  for (const name of ['indexedDB', 'chrome', 'browser', 'fetch', 'localStorage', 'caches', 'crypto', 'setTimeout', 'queueMicrotask']) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); throw new Error(`an assessment reached ${name}`); } });
    t.after(() => { delete globalThis[name]; if (before) Object.defineProperty(globalThis, name, before); });
  }
  return touched;
}

// Both halves, joined before anything ran, are the module that the build divided.
const reference = await woken(shipped('spotter_background_bg.wasm'));
join(reference.first, shipped('spotter_background_rest.wasm'));
const WANT = ALL.map((batch) => reference.assess(batch));

test('the half that wakes up assesses by itself, and as both do', async (t) => {
  const rust = await woken(shipped('spotter_background_bg.wasm'));
  const touched = forbid(t);
  assert.ok(WANT.flatMap((answer) => answer.marks ?? []).length > 3000);
  assert.ok(HOSTILE.length >= 4 && WANT.at(-2).type === 'refused');
  assert.deepEqual(ALL.map((batch) => rust.assess(batch)), WANT);
  assert.deepEqual(touched, []);
  // What the other half does is not there yet.
  assert.throws(() => rust.alarm('outbox'), WebAssembly.RuntimeError);
  join(rust.first, shipped('spotter_background_rest.wasm'));
  assert.deepEqual(ALL.map((batch) => rust.assess(batch)), WANT);
});

test('a half that lacks what an assessment needs traps, and a new instance says the same', async (t) => {
  const { first, rest } = starved('chromium');
  const rust = await woken(first);
  const touched = forbid(t);
  let [trapped, at] = [0, 0];
  for (const batch of ALL) {
    // Again and again from what the trap left behind, as only the first of a background's life would be.
    try {
      assert.deepEqual(rust.assess(batch), WANT[at]);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      trapped += 1;
      rust.__wbg_reset_state();
      const again = rust.initSync();
      fillAll(again);
      // Every eighth with both halves; the others go on with a first half that may trap once more.
      if (trapped % 8 === 1) {
        join(again, rest);
        for (const [other, want] of [[batch, WANT[at]], [ALL[0], WANT[0]], [ALL.at(-1), WANT.at(-1)]]) assert.deepEqual(rust.assess(other), want);
        rust.__wbg_reset_state();
        fillAll(rust.initSync());
      }
    }
    at += 1;
  }
  assert.ok(trapped > 100, `${trapped} batches trapped`);
  assert.deepEqual(touched, [], 'half an assessment touches nothing either');
});

test('before the words of other scripts are there it says the same, or traps; both files and both halves say it then', async (t) => {
  const early = ({ memory }) => fill(memory, IMAGE);
  const rust = await woken(shipped('spotter_background_bg.wasm'), early);
  // So does `background.js` see it coming.
  const [, letters] = /^const OTHER = \/(.+)\/u;$/mu.exec(fs.readFileSync(path.join(root, 'extension/background/background.js'), 'utf8'));
  const other = new RegExp(letters, 'u');
  const some = batches(listings().filter((_, at) => at % 5 === 0), 1);
  let [trapped, unforeseen, alike] = [0, 0, 0];
  for (const batch of some) {
    const want = reference.assess(batch);
    try {
      assert.deepEqual(rust.assess(batch), want);
      alike += 1;
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      trapped += 1;
      unforeseen += other.test(JSON.stringify(batch)) ? 0 : 1;
      rust.__wbg_reset_state();
      if (trapped % 16 === 1) {
        const again = rust.initSync();
        fillAll(again);
        join(again, shipped('spotter_background_rest.wasm'));
        assert.deepEqual(rust.assess(batch), want);
        rust.__wbg_reset_state();
      }
      early(rust.initSync());
    }
  }
  t.diagnostic(`${some.length} listings: ${alike} without other scripts, ${trapped} trapped, ${unforeseen} of these unforeseen`);
  assert.ok(trapped > 300 && alike > 1000);
  assert.ok(unforeseen * 100 < some.length, `${unforeseen} listings of ${some.length} would be read twice`);
});
