// Every language says the same things, and every sentence that the code asks for exists.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDER = path.join(ROOT, 'extension/_locales');
const languages = fs.readdirSync(FOLDER).sort();
const read = (language) => JSON.parse(fs.readFileSync(path.join(FOLDER, language, 'messages.json'), 'utf8'));
const english = read('en');

/** Placeholders as a map from name to number, and as used in the sentence. */
const declared = (entry) => Object.fromEntries(Object.entries(entry.placeholders ?? {}).map(([name, { content }]) => [name, content]));
const used = (entry) => [...new Set([...entry.message.matchAll(/\$([a-z_]+)\$/gi)].map(([, name]) => name.toLowerCase()))].sort();

function* filesBelow(folder, endings) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(full, endings);
    else if (endings.some((ending) => entry.name.endsWith(ending))) yield full;
  }
}

test('the twelve languages are there', () => {
  assert.deepEqual(languages, ['ar', 'de', 'en', 'es', 'fr', 'id', 'ms', 'pt', 'th', 'vi', 'zh_CN', 'zh_TW']);
});

test('English tells translators what each sentence is for', () => {
  for (const [key, entry] of Object.entries(english)) assert.ok(entry.description, `${key} has no description`);
});

/** Sentences that count: these have forms for one and for many, and in Arabic three more. */
const counted = Object.keys(english).filter((key) => key.endsWith('_many') && english[key.replace(/many$/, 'one')]).map((key) => key.replace(/_many$/, ''));
const ARABIC_FORMS = ['two', 'few', 'other'];
const wanted = (language) => [...Object.keys(english), ...(language === 'ar' ? counted.flatMap((key) => ARABIC_FORMS.map((form) => `${key}_${form}`)) : [])];
/** The English sentence of a key; of a form that English has not, the one for many. */
const source = (key) => english[key] ?? english[key.replace(/_(two|few|other)$/, '_many')];

for (const language of languages) {
  const messages = read(language);

  test(`${language}: the same keys as English`, () => {
    assert.deepEqual(Object.keys(messages).sort(), wanted(language).sort());
  });

  test(`${language}: the same placeholders, each used, none undeclared, none empty`, () => {
    for (const [key, entry] of Object.entries(messages)) {
      assert.ok(entry.message.trim() || key === 'list_comma', `${key} is empty`);
      // "One" and "two" are words in Arabic.
      if (source(key) && !(key.endsWith('_two') && used(entry).length === 0)) assert.deepEqual(declared(entry), declared(source(key)), key);
      assert.deepEqual(used(entry), Object.keys(declared(entry)).map((name) => name.toLowerCase()).sort(), key);
      assert.ok(Object.keys(declared(entry)).length <= 9, `${key}: the browsers know nine placeholders`);
      assert.ok(!/\$\d/.test(entry.message), `${key}: placeholders have names`);
    }
  });

  test(`${language}: says what the browser needs to know, and never what it must not`, () => {
    assert.equal(messages.locale_tag.message, language.replace('_', '-'));
    assert.ok(messages.extension_description.message.length <= 132, 'the stores allow 132 characters');
    for (const [key, { message }] of Object.entries(messages)) {
      assert.ok(!/illegal|illégal|ilegal|criminal|kriminell|haram|非法|犯罪|违法|違法|ผิดกฎหมาย|อาชญากร|bất hợp pháp|tội phạm|غير قانوني|غير مشروع|مجرم|جريمة/i.test(message), `${key}: "${message}"`);
      assert.ok(!message.includes('!') && !message.includes('！'), `${key}: no exclamation marks`);
    }
  });

  test(`${language}: a badge's name holds the word that is seen on it`, () => {
    for (const level of ['likely', 'possible', 'reported']) {
      const [word, name] = [messages[`level_${level}`].message, messages[`page_badge_${level}`].message];
      assert.ok(name.toLowerCase().includes(word.toLowerCase()), `${name} does not say ${word}`);
    }
  });

  test(`${language}: keys differ in more than case`, () => {
    const seen = new Set();
    for (const key of Object.keys(messages)) {
      assert.match(key, /^[A-Za-z0-9_]+$/);
      assert.ok(!seen.has(key.toLowerCase()), key);
      seen.add(key.toLowerCase());
    }
  });
}

// Keys in the code are whole string literals with a known beginning.
const PREFIXES = ['panel', 'empty', 'grant', 'join', 'card', 'report', 'outbox', 'status', 'options', 'error', 'cue', 'group', 'term', 'what', 'cites', 'reason',
  'level', 'menu', 'bg', 'page', 'welcome', 'round', 'care', 'train', 'survey'];
const NOT_KEYS = new Set(['report_id', 'page_url', 'status_back', 'group_by']);
const literal = new RegExp(`["'\`]((?:${PREFIXES.join('|')})_[a-z0-9_]+)["'\`]`, 'g');

test('every sentence that the code asks for exists', () => {
  let found = 0;
  for (const folder of ['extension/pages/src', 'extension/background/src', 'extension/content/src', 'crates/model/src']) {
    for (const file of filesBelow(path.join(ROOT, folder), ['.rs', '.ts'])) {
      if (/tests?\.rs$/.test(file)) continue;
      for (const [, key] of fs.readFileSync(file, 'utf8').matchAll(literal)) {
        if (NOT_KEYS.has(key) || key === 'bg_from_the_future') continue;
        const forms = [key, `${key}_one`, `${key}_many`].filter((form) => english[form]);
        assert.ok(forms.length > 0, `${path.relative(ROOT, file)} asks for ${key}, which no language has`);
        found += 1;
      }
    }
  }
  assert.ok(found > 150, `only ${found} keys were found: the search is broken`);
});

test('how much there is: languages, sentences, cards, practice listings, questions', (t) => {
  const training = (name) => JSON.parse(fs.readFileSync(path.join(ROOT, `extension/training/${name}.json`), 'utf8'));
  const [listings, questions, cards] = ['listings', 'questions', 'cards'].map(training);
  const missing = languages.flatMap((language) => { const there = read(language); return Object.keys(english).filter((key) => !there[key]); });
  const untold = languages.map((language) => language.replace('_', '-')).flatMap((tag) => { const texts = training(`cards.${tag}`); return cards.filter((card) => !texts[card.id]?.title); });
  t.diagnostic(`${languages.length} locales x ${Object.keys(english).length} keys, ${missing.length} missing; ${cards.length} cards x ${languages.length} languages, ${untold.length} missing; `
    + `${listings.length} practice listings in ${new Set(listings.map((l) => l.lang)).size} languages, ${listings.length + questions.length} quiz items`);
  assert.deepEqual([missing, untold], [[], []]);
  assert.ok(listings.length >= 120 && cards.length >= 40 && new Set(listings.map((l) => l.lang)).size >= 8);
});

test('the table of languages says of each whether a native speaker has read it', () => {
  const table = fs.readFileSync(path.join(ROOT, 'docs/translation.md'), 'utf8');
  for (const language of languages) assert.match(table, new RegExp(`^\\| \\x60${language}\\x60 \\|.*\\| reviewed: (true|false) \\|$`, 'm'), language);
});

test('the stores have a text in every language: the name, the summary that the package has, and as many points as English', () => {
  const text = (language) => fs.readFileSync(path.join(ROOT, 'release/store', `${language.replace('_', '-')}.md`), 'utf8');
  const part = (file, heading) => file.split(`\n## ${heading}`)[1]?.split('\n## ')[0].replace(/^[^\n]*\n/u, '').trim() ?? '';
  const shape = (description) => description.split('\n\n').map((paragraph) => paragraph.split('\n').filter((line) => line.startsWith('- ')).length);
  const wanted = shape(part(text('en'), 'Description'));
  for (const language of languages) {
    const [file, messages] = [text(language), read(language)];
    assert.equal(part(file, 'Name'), messages.extension_name.message, language);
    assert.equal(part(file, 'Summary'), messages.extension_description.message, language);
    assert.deepEqual(shape(part(file, 'Description')), wanted, language);
    assert.ok(!/[!！]/u.test(file), `${language}: no exclamation marks`);
    if (language !== 'en') assert.match(file, /^reviewed: (?:true|false)$/mu, language);
  }
});

test('the manifest names only sentences that exist', () => {
  const manifest = fs.readFileSync(path.join(ROOT, 'manifest.json'), 'utf8');
  for (const [, key] of manifest.matchAll(/__MSG_(\w+)__/g)) assert.ok(english[key], key);
});

test('no sentence is left that nothing asks for', () => {
  let code = fs.readFileSync(path.join(ROOT, 'manifest.json'), 'utf8');
  // The detector writes its reasons as keys.
  for (const folder of ['extension/pages', 'extension/background', 'extension/content', 'src/assess', 'crates/model/src']) {
    for (const file of filesBelow(path.join(ROOT, folder), ['.rs', '.ts', '.js'])) code += fs.readFileSync(file, 'utf8');
  }
  for (const key of Object.keys(english)) {
    const base = key.replace(/_(zero|one|many)$/, '');
    // Built from a code at run time: trade terms, levels, months, pairs of group and term, and an endpoint's problems (`NAMES`).
    if (/^(term|what|page_badge|month|problem)_/.test(key)) continue;
    assert.ok(code.includes(key) || code.includes(base), `${key} is asked for by nothing`);
  }
});

test('every problem of the endpoint has words, and no other', () => {
  const names = fs.readFileSync(path.join(ROOT, 'crates/model/src/problem.rs'), 'utf8').match(/NAMES: \[&str; \d+\] = \[([^\]]+)\]/)[1];
  const keys = [...names.matchAll(/"([a-z-]+)"/g)].map(([, name]) => `problem_${name.replaceAll('-', '_')}`).sort();
  assert.deepEqual(Object.keys(english).filter((key) => key.startsWith('problem_')).sort(), keys);
});

test('every group, and every trade term that the lexicon uses, has words', () => {
  for (const group of ['elephant', 'rhino', 'bigcats', 'bear', 'pangolin', 'primates', 'parrots', 'raptors', 'birds', 'crocodilians', 'snakes', 'lizards', 'turtles',
    'tortoiseshell', 'amphibians', 'sharks', 'fish', 'corals_shells', 'marine_mammals', 'ungulates', 'mammals', 'arthropods', 'plants']) {
    assert.ok(english[`group_${group}`], group);
  }
  const terms = new Set();
  for (const file of filesBelow(path.join(ROOT, 'lexicon'), ['.toml'])) {
    for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
      if (/^\s*(commodit|terms?\b|parts?\b)/.test(line)) for (const [, term] of line.matchAll(/"([A-Z]{3})"/g)) terms.add(term);
    }
  }
  for (const term of terms) assert.ok(english[`term_${term.toLowerCase()}`], `trade term ${term} has no words`);
});

test('the content script knows every thing that has a name of its own, and asks for no other', () => {
  const source = fs.readFileSync(path.join(ROOT, 'extension/content/src/sentences.ts'), 'utf8');
  const known = [...source.matchAll(/"(what_[a-z]+_[a-z]{3})"/g)].map(([, key]) => key).sort();
  const named = Object.keys(english).filter((key) => /^what_[a-z_]+_[a-z]{3}$/.test(key) && english[key.replace(/^what_([a-z_]+)_[a-z]{3}$/, 'group_$1')]).sort();
  assert.deepEqual(known, named);
});
