// What is compared, each in a browser of its own that is started alike: no extension, an extension that does nothing,
// and ours as it is built, granted the site by the same clicks as a person's.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GECKO_ID, launch, until } from '../../e2e/support/browser.mjs';
import { addSite, openOptions } from '../../e2e/support/journey.mjs';
import { mainThread, CATEGORIES } from './trace.mjs';

/** An extension with a content script and a background that do nothing: the price of having one at all. */
function emptyExtension() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-empty-'));
  fs.writeFileSync(path.join(dir, 'manifest.json'), JSON.stringify({
    manifest_version: 3, name: 'Bench empty', version: '1',
    background: { service_worker: 'nothing.js', scripts: ['nothing.js'] },
    content_scripts: [{ matches: ['http://127.0.0.1/*'], js: ['nothing.js'], run_at: 'document_idle' }],
    browser_specific_settings: { gecko: { id: GECKO_ID } },
  }));
  fs.writeFileSync(path.join(dir, 'nothing.js'), '"nothing";\n');
  return dir;
}

/** One subject in a running browser. */
export async function begin(name, browserName, origin, dist) {
  const temporary = name === 'empty' ? emptyExtension() : null;
  const browser = await launch(browserName, { dir: { none: null, empty: temporary, ours: dist }[name], first: name === 'ours' ? 'close' : 'none' });
  const options = name === 'ours' ? await openOptions(browser) : null;
  if (options !== null) {
    await addSite(browser, options, origin);
    await until('the site is registered', () => options.evaluate(async () => (await globalThis.chrome.scripting.getRegisteredContentScripts()).length > 0));
  }
  return {
    name, browser, options,
    pid: () => browser.browser.process().pid,
    /** Switches badges on or off, as the panel does. */
    quiet: (quiet) => options.evaluate((q) => globalThis.chrome.runtime.sendMessage({ type: 'set_quiet', quiet: q }), quiet),
    async close() {
      await browser.close();
      if (temporary !== null) fs.rmSync(temporary, { recursive: true, force: true });
    },
  };
}

/** What our content script says of itself in the tab that shows `url`, once it has read all there is; else null. */
async function ownWord(subject, url, listings) {
  const tab = await until('the tab is known', () => subject.browser.tabOf(subject.options, url));
  return until(`${listings} listings are read`, () => subject.options.evaluate(async (tabId, wanted) => {
    const [{ result }] = await globalThis.chrome.scripting.executeScript({
      target: { tabId },
      func: () => {
        const reader = globalThis[Symbol.for('page-reader')];
        const found = reader?.found() ?? null;
        return found && { read: found.length, ...reader.spent() };
      },
    });
    return result && result.read >= wanted ? result : null;
  }, tab, listings), 60_000);
}

/** Milliseconds that a page is left alone after its end: what was put off must fall into every load alike. */
const REST_MS = 1_500;
const PRESSES = 4;

/**
 * Loads `url` once and says what it cost. `watched`: only until a word is marked.
 * @returns {Promise<{thread?: object, own?: object, shift: number|null, input: number|null, rectangles: string}>}
 */
export async function load(subject, url, listings) {
  const page = await subject.browser.browser.newPage();
  const traced = subject.browser.name === 'chromium';
  try {
    if (traced) await page.tracing.start({ categories: CATEGORIES });
    await page.goto(url, { waitUntil: 'load' });
    // A person who does something while the page is being read.
    for (let n = 0; n < PRESSES; n++) {
      await page.click('#press');
      await pause(120);
    }
    await page.waitForFunction(() => globalThis.notes.done, { timeout: 60_000, polling: 100 });
    await pause(REST_MS);
    const thread = traced ? mainThread(JSON.parse(Buffer.from(await page.tracing.stop()).toString('utf8')).traceEvents, url) : undefined;
    const own = subject.options === null ? undefined : await ownWord(subject, url, listings);
    const { shift, inputs } = await page.evaluate(() => globalThis.notes);
    const supported = await page.evaluate(() => ['layout-shift', 'event'].map((type) => PerformanceObserver.supportedEntryTypes.includes(type)));
    const rectangles = await page.evaluate(() => [...document.querySelectorAll('.card')].map((el) => {
      const r = el.getBoundingClientRect();
      return [r.x + scrollX, r.y + scrollY, r.width, r.height].map((n) => n.toFixed(1)).join(' ');
    }).join('\n'));
    return { thread, own, shift: supported[0] ? shift : null, input: supported[1] ? Math.max(0, ...inputs) : null, rectangles };
  } finally {
    await page.close();
  }
}

/** Milliseconds from the beginning of the load to the first marked word, as the page itself sees it. */
export async function toFirstMark(subject, url) {
  const page = await subject.browser.browser.newPage();
  try {
    await page.goto(url, { waitUntil: 'load' });
    const handle = await page.waitForFunction(() => globalThis.notes.marked, { timeout: 20_000, polling: 50 });
    return await handle.jsonValue();
  } finally {
    await page.close();
  }
}

const TRIPS = 10;
const SERIES = 6;

/**
 * Milliseconds from a batch of sixty listings to its answer, as the content script of a page sees it: over a port of
 * its own, one batch at a time. Means of ten, as Firefox tells whole milliseconds alone; the first ten only warm up.
 */
export async function roundTrips(subject, url) {
  const page = await subject.browser.browser.newPage();
  try {
    await page.goto(url, { waitUntil: 'load' });
    await ownWord(subject, url, 60);
    const tab = await subject.browser.tabOf(subject.options, url);
    const means = await subject.options.evaluate(async (tabId, trips, series) => {
      const [{ result }] = await globalThis.chrome.scripting.executeScript({
        target: { tabId }, args: [trips, series],
        func: async (each, times) => {
          const found = globalThis[Symbol.for('page-reader')].found().slice(0, 60);
          const port = globalThis.chrome.runtime.connect({ name: 'content' });
          let batch = 0;
          const trip = () => new Promise((done) => {
            const number = ++batch;
            const heard = (message) => {
              if (message.type !== 'assessed' || message.batch !== number) return;
              port.onMessage.removeListener(heard);
              done();
            };
            port.onMessage.addListener(heard);
            // No text is the same twice: an answer that was kept would be no answer.
            port.postMessage({ type: 'assess', batch: number, listings: found.map(({ kind, title, price, url: at }, n) => ({
              id: `t${n}`, kind, title: `${title} (${number})`, price, url: at, description: '', category: '', seller: '', location: '', lang: 'en', images: '' })) });
          });
          const measured = [];
          for (let n = 0; n < times; n++) {
            const start = performance.now();
            for (let i = 0; i < each; i++) await trip();
            measured.push((performance.now() - start) / each);
          }
          port.disconnect();
          return measured.slice(1);
        },
      });
      return result;
    }, tab, TRIPS, SERIES);
    return means;
  } finally {
    await page.close();
  }
}

export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
