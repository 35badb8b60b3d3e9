// A small extension around the real content script, for tests: its background answers by fixed words, so that
// every page has a known outcome. What is tested is the script as it ships.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundle, GECKO_ID, ROOT, start } from './browsers.mjs';

/** Words that the test's background knows; not the detector. */
const BACKGROUND = `
const WORDS = [['ivory', 'likely'], ['tortoise', 'possible'], ['walrus', 'fine']];
const ports = new Map();
globalThis.log = { batches: [], counts: [], reports: [], events: 0, largest: 0 };
globalThis.mute = 0;
globalThis.quiet = true;
globalThis.drop = () => { for (const p of ports.values()) p.disconnect(); ports.clear(); };
const spansIn = (l) => {
  const spans = [];
  for (const field of ['title', 'description'])
    for (const [word] of WORDS) for (let at = l[field].toLowerCase().indexOf(word); at !== -1; at = l[field].toLowerCase().indexOf(word, at + 1))
      spans.push({ field, start: at, end: at + word.length, strong: field === 'title' });
  return spans;
};
chrome.runtime.onConnect.addListener((port) => {
  ports.set(port.sender.tab.id, port);
  if (!quiet) chrome.tabs.sendMessage(port.sender.tab.id, { type: 'set_quiet', quiet: false }).catch(() => {});
  port.onMessage.addListener((m) => {
    if (m.type === 'counts') return void log.counts.push(m);
    if (m.type === 'open_report') return void log.reports.push(m.key);
    log.batches.push(m.listings);
    log.largest = Math.max(log.largest, m.listings.length);
    if (mute > 0) { mute--; return void port.disconnect(); }
    const marks = [];
    m.listings.forEach((l, index) => {
      const found = WORDS.find(([word]) => (l.title + ' ' + l.description).toLowerCase().includes(word));
      if (!found) return;
      const spans = spansIn(l);
      marks.push({
        index, level: found[1] === 'fine' ? 'likely' : found[1], reportable: found[1] === 'fine' ? 'no' : 'check', score: 0.9,
        what: { groups: [found[0] === 'ivory' ? 'elephant' : 'turtles'], commodities: [found[0] === 'ivory' ? 'IVC' : 'LIV'], scientific_names: ['Loxodonta africana'], appendices: ['I', 'II'] },
        reasons: [
          { kind: 'name', concept: 'test', label: 'a test word', quote: l.title.slice(0, 80), against: false },
          ...[1, 2, 3, 4].map((n) => ({ kind: 'trade', concept: 'test' + n, label: 'test cue ' + n, quote: 'offer ' + n, against: false })),
          { kind: 'lookalike', concept: 'resin', label: 'often a look-alike', quote: 'resin', against: true },
        ],
        sentences: [
          { role: 'for', key: 'why_name', args: [{ is: 'quote', value: l.title.slice(0, 80) }, { is: 'term', value: 'group_elephant' }] },
          ...[1, 2, 3, 4].map((n) => ({ role: 'for', key: 'why_trade', args: [{ is: 'quote', value: 'offer ' + n }] })),
          { role: 'against', key: 'against_material', args: [{ is: 'quote', value: 'resin' }] },
          { role: 'listed', key: 'listed_one', args: [{ is: 'name', value: 'I' }, { is: 'latin', value: ['Loxodonta africana'] }] },
          { role: 'rule', key: 'rule_against', args: [{ is: 'name', value: 'Market' }, { is: 'day', value: '2024-05-06' }] },
        ],
        spans,
      });
    });
    port.postMessage({ type: 'assessed', batch: m.batch, marks });
  });
});
chrome.runtime.onMessage.addListener((m, sender, reply) => {
  if (m.type === 'findings_changed') { log.events++; return false; }
  if (m.eval) { Promise.resolve((0, eval)(m.eval)).then((v) => reply(v ?? null)); return true; }
  if (m.test === 'log') { reply(log); return false; }
  if (m.test === 'set') { Object.assign(globalThis, m.values); reply(true); return false; }
  if (m.test === 'drop') { drop(); reply(true); return false; }
  if (m.test === 'clear') { log = { batches: [], counts: [], reports: [], events: 0, largest: 0 }; reply(true); return false; }
  return false;
});
`.replace(/^ {2}if \(m\.eval\).*\n/m, '');

/** Starts a browser with that extension; `pace`: its content script waits that much shorter. */
export async function startWithExtension(which, { pace = 1 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-page-ext-'));
  fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({
    manifest_version: 3, name: 'page test', version: '1', default_locale: 'en', permissions: ['scripting', 'tabs'],
    host_permissions: ['http://127.0.0.1/*', 'http://localhost/*'],
    background: { service_worker: 'bg.js', scripts: ['bg.js'] },
    content_scripts: [{ matches: ['http://127.0.0.1/*', 'http://localhost/*'], js: ['content.js'], run_at: 'document_idle' }],
    browser_specific_settings: { gecko: { id: GECKO_ID } },
  }));
  fs.writeFileSync(path.join(folder, 'bg.js'), BACKGROUND);
  fs.writeFileSync(path.join(folder, 'content.js'), await bundle('main.ts', { pace }));
  fs.writeFileSync(path.join(folder, 'control.html'), '<!doctype html><meta charset="utf-8"><title>control</title>');
  fs.cpSync(path.join(ROOT, 'extension/_locales/en'), path.join(folder, '_locales/en'), { recursive: true });
  const { browser, stop } = await start(which);
  const id = await browser.installExtension(folder);
  const control = await browser.newPage();
  if (which === 'chromium') await control.goto(`chrome-extension://${id}/control.html`);
  else {
    await control.goto(`moz-extension://${UUID}/control.html`, { waitUntil: [] });
    await control.waitForFunction(() => document.title === 'control');
  }
  const ask = (message) => control.evaluate((m) => chrome.runtime.sendMessage(m), message);
  return {
    browser, control, which,
    log: () => ask({ test: 'log' }),
    clear: () => ask({ test: 'clear' }),
    set: (values) => ask({ test: 'set', values }),
    drop: () => ask({ test: 'drop' }),
    /** Sends a message to the content script of the page at this address. */
    send: (url, message) => control.evaluate(async (u, m) => {
      const tabs = await chrome.tabs.query({});
      const tab = tabs.find((t) => t.url === u);
      if (!tab) throw new Error(`no tab at ${u}, but ${tabs.map((t) => t.url)}`);
      return chrome.tabs.sendMessage(tab.id, m);
    }, url, message),
    /** What the content script of the page at this address says of the time that it took. */
    spent: (url) => control.evaluate(async (u) => {
      const tab = (await chrome.tabs.query({})).find((t) => t.url === u);
      const [{ result }] = await chrome.scripting.executeScript({ target: { tabId: tab.id }, func: () => globalThis[Symbol.for('page-reader')].spent() });
      return result;
    }, url),
    /** Runs the shipped script once more in that page, as an on-demand injection does. */
    inject: (url) => control.evaluate(async (u) => {
      const tab = (await chrome.tabs.query({})).find((t) => t.url === u);
      await chrome.scripting.executeScript({ target: { tabId: tab.id }, files: ['content.js'] });
    }, url),
    stop: async () => {
      await stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

const UUID = 'c3f1c7d0-5a7e-4a3f-9a52-2f5b7a1a0017';

/** Waits for `ask` to answer with what `good` accepts; fails with the last answer. */
export async function until(ask, good, what, ms = 15_000) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    try { last = await ask(); if (good(last)) return last; } catch (error) { last = String(error); }
    if (Date.now() > end) throw new Error(`waited in vain for ${what}; last: ${JSON.stringify(last)?.slice(0, 2000)}`);
    await new Promise((done) => setTimeout(done, 30));
  }
}
