// The background's module in two: the half that a background wakes up with assesses whatever a page can send by itself, and says
// what both halves together say.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SHIPPED = path.join(ROOT, 'dist/chrome/background');
// What wasm-bindgen wrote, before it became a part of `background.js`.
const GLUE = path.join(ROOT, 'target/xtask/spotter_background/spotter_background.js');
const read = (name) => fs.readFileSync(path.join(SHIPPED, `spotter_background_${name}`));

/** Every listing of the corpus, and what is hostile. */
function listings() {
  const files = fs.readdirSync(path.join(ROOT, 'tests/corpus'), { recursive: true }).filter((name) => name.endsWith('.jsonl'));
  const lines = files.flatMap((name) => fs.readFileSync(path.join(ROOT, 'tests/corpus', name), 'utf8').split('\n'));
  const texts = ['', '\u0000', '\u{1F418}'.repeat(500), 'ivory '.repeat(4000), 'i v o r y  t u s k', 'ïvóry', '\uD800', 'العاج', '象牙', 'งาช้าง', '상아', 'हाथीदाँत', '1'.repeat(2000), '١٢٣'];
  const odd = texts.flatMap((text) => [{ title: text }, { title: 'Elephant ivory', description: text, price: text, category: text, seller: text, location: text, url: text, lang: text }]);
  const shapes = [null, 7, 'ivory', [], {}, { title: 7, description: {}, price: [], id: null, kind: 'post' }, { title: 'ivory tusk', url: 'https://www.etsy.com/listing/1', lang: 'de' }];
  return [...lines.filter(Boolean).map((line) => JSON.parse(line)), ...odd, ...shapes];
}

function fill(memory, image) {
  const count = image.readUInt32LE(0);
  let at = 4 + 8 * count;
  for (let run = 0; run < count; run += 1) {
    const [place, length] = [image.readUInt32LE(4 + 8 * run), image.readUInt32LE(8 + 8 * run)];
    new Uint8Array(memory.buffer, place, length).set(image.subarray(at, at + length));
    at += length;
  }
  assert.equal(at, image.length);
}

test('the half that wakes up assesses by itself, and as both do', async () => {
  const { default: init, ...rust } = await import(pathToFileURL(GLUE).href);
  const first = await init({ module_or_path: read('bg.wasm') });
  fill(first.memory, read('memory.bin'));
  const all = listings();
  assert.ok(all.length > 400);
  const batches = Array.from({ length: Math.ceil(all.length / 40) }, (_, at) => ({ type: 'assess', batch: at, listings: all.slice(40 * at, 40 * at + 40) }));
  batches.push({}, { listings: 'none' }, { batch: 'x', listings: Array(1000).fill({}) });
  const alone = batches.map((batch) => rust.assess(batch));
  assert.ok(alone.flatMap((answer) => answer.marks ?? []).length > 100);
  assert.equal(alone.at(-1).type, 'refused');
  // What the other half does is not there yet.
  assert.throws(() => rust.alarm('outbox'), WebAssembly.RuntimeError);
  await WebAssembly.instantiate(read('rest.wasm'), { first });
  assert.deepEqual(batches.map((batch) => rust.assess(batch)), alone);
});
