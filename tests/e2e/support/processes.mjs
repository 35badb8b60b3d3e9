// Browser processes and their profiles. Owns their start, their end, and what one test leaves for the next.
// Starting a browser takes longer than most tests: within one test file a plain browser is lent to one test after the
// other. In between the extension is removed with all that it kept, every page is closed and every cookie deleted.
// Whatever was started in a way of its own, or was killed, is never lent again.
import puppeteer from 'puppeteer-core';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after } from 'node:test';

/**
 * Only where a test runner waits for the end of a file is there somebody to end what waits to be lent. A command that a test
 * starts inherits the runner's mark and is no test itself.
 */
const LENDS = process.env.NODE_TEST_CONTEXT !== undefined && process.argv[1].endsWith('.test.mjs') && process.env.SPOTTER_FRESH !== '1';
/** A browser that does not tidy up within this is ended. */
const TIDY_MS = 15_000;

/** Processes that wait: by how they were started. */
const waiting = new Map();
/** Every process that runs, also one whose test failed before it could end it. */
const running = new Set();

if (LENDS) after(async () => { for (const one of running) await one.end(); });

/**
 * A process of `name`, started anew or lent again.
 * @param {'chromium'|'firefox'} name
 * @param {import('puppeteer-core').LaunchOptions} options without a profile
 * @param {{kept?: string, plain: boolean, setUp?: (browser: import('puppeteer-core').Browser) => Promise<void>}} how
 *   `kept`: a profile of the caller's; `plain`: may be lent again; `setUp`: once after the start
 * @returns {Promise<{browser: import('puppeteer-core').Browser, giveBack: (extension: string|null) => Promise<void>, keep: () => void}>}
 *   `keep`: nobody gets this one any more
 */
export async function take(name, options, { kept, plain, setUp = async () => {} }) {
  const key = JSON.stringify([name, options]);
  let lends = LENDS && plain && !kept;
  // Whoever brings a profile, or starts in a way of their own, never gets what was another's.
  const lent = lends ? (waiting.get(key) ?? []).pop() : undefined;
  const one = lent ?? await start(name, options, kept);
  if (!lent) await setUp(one.browser);
  return {
    browser: one.browser,
    keep() { lends = false; },
    async giveBack(extension) {
      if (!lends || !one.browser.connected || !await tidy(one.browser, extension)) return one.end();
      waiting.set(key, [...waiting.get(key) ?? [], one]);
      return undefined;
    },
  };
}

async function start(name, options, kept) {
  // Firefox's driver makes a profile of its own and removes it.
  const made = name === 'chromium' && !kept ? fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-chromium-')) : null;
  const browser = await puppeteer.launch({ ...options, userDataDir: kept ?? made ?? undefined });
  const one = {
    browser,
    async end() {
      running.delete(one);
      await browser.close();
      if (made) fs.rmSync(made, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  running.add(one);
  return one;
}

/** Whether nothing of the test is left. */
async function tidy(browser, extension) {
  let timer;
  const late = new Promise((done) => { timer = setTimeout(done, TIDY_MS, false); });
  const work = (async () => {
    // The last page of a window closes the window, and the last window may end the browser.
    const blank = await browser.newPage();
    for (const context of browser.browserContexts()) if (context !== browser.defaultBrowserContext()) await context.close();
    // What an extension's page was before it was loaded stays in the driver's list: not all of these are there to be closed.
    for (const page of await browser.pages()) if (page !== blank) await page.close().catch(() => {});
    if (extension !== null) await browser.uninstallExtension(extension);
    const cookies = await browser.cookies();
    if (cookies.length > 0) await browser.deleteCookie(...cookies);
    return await count(browser) === 1;
  })().catch(() => false);
  const clean = await Promise.race([work, late]);
  clearTimeout(timer);
  return clean;
}

/** How many pages there are, private ones too: Firefox is asked itself, as its driver keeps some that are gone. */
async function count(browser) {
  if (!browser.connection) return (await browser.pages()).length;
  return (await browser.connection.send('browsingContext.getTree', {})).result.contexts.length;
}
