// A coordinator's words: made into a signed pack by the command line as offline, and packs that must not be believed.
// Owns the keys and files of one test; what a device makes of them is the test's to see.
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';

/** Five invented words in four languages, each with the meaning that a reviewer gives it. */
export const WORDS = [
  ['en', 'brimbelwick', 'commodity.ivory-netsuke'],
  ['en', 'snorvelhide', 'name.pangolin'],
  ['de', 'Quastelbrumm', 'commodity.ivory-netsuke'],
  ['fr', 'zoubignole', 'commodity.ivory-object'],
  ['id', 'gempluring', 'name.pangolin'],
];
/** Twenty synthetic listings that say nothing but one of them. */
export const TITLES = WORDS.flatMap(([, word]) => [`old ${word}, no. 1`, `${word} for sale`, `two ${word} available`, `${word} 5 cm, offers`]);

function spotter(...args) {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');
  const done = spawnSync(path.join(target, 'debug/spotter'), args, { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`spotter ${args.join(' ')}: ${done.stderr}${done.error ?? ''}`);
}

/** A folder with two coordinators' keys; `other` is nobody's whom the spotters know. */
export function workshop() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-words-'));
  const at = (name) => path.join(folder, name);
  for (const key of ['own', 'other']) spotter('lexicon', 'keygen', at(key));
  return {
    key: at('own.pub'),
    at,
    /** Compiles a folder of words into a pack that nobody signed yet. */
    compile(words) {
      const file = at('plain.pack');
      fs.rmSync(file, { force: true });
      spotter('lexicon', 'overlay', words, '--base', 'lexicon', '-o', file);
      return fs.readFileSync(file);
    },
    /** Signs a pack; gives the signed bytes. */
    sign(pack, serial, key = 'own') {
      fs.writeFileSync(at('to-sign.pack'), pack);
      const signed = at(`${key}-${serial}-${crypto.randomUUID()}.pack`);
      spotter('lexicon', 'sign', at('to-sign.pack'), '--key', at(key), '--serial', String(serial), '-o', signed);
      return fs.readFileSync(signed);
    },
    close: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** A folder with so many invented words, no two alike, as `spotter-server terms` writes accepted ones. */
export function manyWords(folder, count) {
  const word = (n) => [...crypto.createHash('sha256').update(`word ${n}`).digest().subarray(0, 5)]
    .map((byte) => 'bdfgklmnprstvwxz'[byte & 15] + 'aeiou'[(byte >> 4) % 5]).join('');
  const meanings = [...new Set(WORDS.map(([, , meaning]) => meaning))];
  const lines = meanings.map((meaning, at) => `"${meaning}" = ${JSON.stringify(Array.from({ length: count }, (_, n) => n).filter((n) => n % meanings.length === at).map(word))}`);
  fs.mkdirSync(path.join(folder, 'words'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'pack.toml'), `version = "2026.11.27"\nexpires = "${new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)}"\n`);
  fs.writeFileSync(path.join(folder, 'sources.toml'), '[[source]]\nid = "programme-reviewers"\ntitle = "Invented"\nyear = 2026\nlicence = "own wording"\n');
  fs.writeFileSync(path.join(folder, 'words/en.toml'), `language = "en"\nsource = "programme-reviewers"\nattested = "observed"\nreviewed = true\n[words]\n${lines.join('\n')}\n`);
  return folder;
}

/** The same pack with another last day (docs/lexicon-format.md: expiry at byte 20, checksum at 56). */
export function expiring(pack, day) {
  const bytes = Buffer.from(pack);
  bytes.writeUInt32LE(Number(day.replaceAll('-', '')), 20);
  crypto.createHash('sha256').update(bytes.subarray(0, 56)).update(bytes.subarray(216)).digest().copy(bytes, 56);
  return bytes;
}

/** The same signed pack after somebody changed what is in it and made the checksum fit again. */
export const tampered = (pack) => {
  const bytes = Buffer.from(pack);
  bytes[bytes.length - 40] ^= 1;
  return expiring(bytes, String(bytes.readUInt32LE(20)));
};
