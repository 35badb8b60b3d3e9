// Tells which functions of the background an assessment runs, by assessing every listing of the corpus.
//
// Usage: node xtask/js/rehearse.mjs GLUE WATCHED MEMORY OTHERS: what wasm-bindgen wrote, the module that tells which of its functions ran
// (`crates/snapshot`), and what fills its memory. Prints their places as JSON, in the order in which they ran first. The same
// files give the same places: nothing here depends on the day.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { batches, fill, HOSTILE } from './listings.mjs';

const [glue, watched, ...memory] = process.argv.slice(2);
Date.now = () => Date.UTC(2026, 0, 1);
const { default: init, assess } = await import(pathToFileURL(path.resolve(glue)).href);
const exports = await init({ module_or_path: fs.readFileSync(watched) });
for (const image of memory) fill(exports.memory, fs.readFileSync(image));
let found = 0;
for (const batch of [...batches(), ...HOSTILE]) found += assess(batch).marks?.length ?? 0;
assert.ok(found > 1000, `${found} listings of the corpus were found`);
const ran = Object.entries(exports).filter(([name, value]) => name.startsWith('.ran') && value.value > 0);
ran.sort(([, a], [, b]) => a.value - b.value);
console.log(JSON.stringify(ran.map(([name]) => Number(name.slice('.ran'.length)))));
