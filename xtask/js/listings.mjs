// The listings of the corpus as a content script sends them, and a module's memory filled as `background.js` fills it: for the
// build, which must know what an assessment runs, and for the tests of that.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** As many as a content script sends at once (`BATCH`). */
const BATCH = 60;

/** Every listing of the corpus, the files in the order of their names. */
function corpus() {
  const folder = path.join(ROOT, 'tests/corpus');
  const files = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.jsonl')).sort();
  return files.flatMap((name) => fs.readFileSync(path.join(folder, name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)));
}

/** Addresses of every marketplace that is known, and of what is none. */
function addresses() {
  const hosts = JSON.stringify(JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/content/src/marketplaces.json'), 'utf8'))).match(/(?:[a-z0-9-]+\.)+[a-z]{2,}(?=")/gu);
  return [...new Set(hosts)].map((host, at) => `https://www.${host}/item/${at}?a=b#c`)
    .concat('http://127.0.0.1:8080/item/1', 'http://[::1]/', 'https://xn--bcher-kva.example/', 'https://www.example.co.uk/', 'no address', '', 'https://localhost', 'https://a.b.c.example:444/%E8%B1%A1');
}

/** Texts that nobody sells anything with. */
const ODD = ['', ' ', '\u0000', '\u{1F418}'.repeat(500), 'ivory '.repeat(4000), 'i v o r y  t u s k', 'ïvóry', '\uD800', 'العاج', '象牙', 'งาช้าง', '상아', 'हाथीदाँत',
  '1'.repeat(2000), '١٢٣', 'ＩＶＯＲＹ', '1v0ry', 'Іvоrу', 'ivo\u200Bry', 'IVORY!!!', '<b>ivory</b>', 'e\u0301'.repeat(900), '\u202Eyrovi', 'a'.repeat(70_000), 'no ivory, faux ivory, resin', '$1,200.50', '€ 1.200,-', '12 kg'];

/** The fields of a listing whose text is read. */
const FIELDS = ['title', 'description', 'price', 'category', 'seller', 'location', 'url', 'lang', 'images'];

/** The corpus twice, as it stands and with each text in another field, with all that a page adds; then what is odd. */
export function listings() {
  const all = addresses();
  const kinds = ['listing', 'post', 'result', 'other'];
  const plain = corpus();
  const dressed = plain.map((listing, at) => ({ images: '', seller: '', ...listing, kind: kinds[at % kinds.length], url: all[at % all.length] }));
  const turned = plain.map((listing, at) => ({
    ...listing, kind: kinds[at % 3], url: all[(7 * at) % all.length], title: listing.description ?? '', description: listing.title,
    [FIELDS[at % FIELDS.length]]: listing.title, [FIELDS[(at + 4) % FIELDS.length]]: listing.description,
  }));
  const odd = ODD.flatMap((text) => [{ title: text }, Object.fromEntries(FIELDS.map((field) => [field, text])), ...FIELDS.map((field) => ({ title: 'Elephant ivory', [field]: text }))]);
  return [...dressed, ...turned, ...odd];
}

/** `all` as messages. */
export function batches(all = listings(), size = BATCH) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => ({ type: 'assess', batch: at, listings: all.slice(size * at, size * (at + 1)) }));
}

/** What is no batch at all, and what is none of listings. */
export const HOSTILE = [
  {}, { listings: 'none' }, { batch: 'x', listings: Array(1000).fill({}) }, { batch: 1, listings: [null, 7, 'ivory', [], {}, { title: 7, description: {}, price: [], id: null }] },
];

/** Writes an image, as `crates/snapshot` makes it, into a memory. */
export function fill(memory, image) {
  const count = image.readUInt32LE(0);
  let at = 4 + 8 * count;
  for (let run = 0; run < count; run += 1) {
    const [place, length] = [image.readUInt32LE(4 + 8 * run), image.readUInt32LE(8 + 8 * run)];
    new Uint8Array(memory.buffer, place, length).set(image.subarray(at, at + length));
    at += length;
  }
  assert.equal(at, image.length);
}
