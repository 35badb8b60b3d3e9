// Starts the real browsers with the built pages beside a test double of the background, serves loopback
// pages, checks with axe, keeps screenshots under target/.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { whole } from '../axe.mjs';
import { schemePref, setScheme } from '../scheme.mjs';
import { pseudo, pseudoMessages, TAG } from './pseudo.mjs';

export { axe } from '../axe.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Where the unpacked extension was built: `chrome/` and `firefox/`. */
export const DIST = process.env.SPOTTER_DIST ?? path.join(ROOT, 'dist');
export const BROWSERS = ['chromium', 'firefox'];
const SHOTS = path.join(ROOT, 'target/screenshots/pages');
const UUID = 'c3f1c7d0-5a7e-4a3f-9a52-2f5b7a1a0060';
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--force-color-profile=srgb', '--lang=en'];

/** A language's messages, as built; `xa` is the language that nobody speaks (`pseudo.mjs`). */
function messagesInto(dir, built, lang) {
  if (lang !== 'xa') {
    fs.cpSync(path.join(built, '_locales', lang), path.join(dir, '_locales', lang), { recursive: true });
    return lang;
  }
  const english = JSON.parse(fs.readFileSync(path.join(built, '_locales/en/messages.json'), 'utf8'));
  fs.mkdirSync(path.join(dir, '_locales/en'), { recursive: true });
  fs.writeFileSync(path.join(dir, '_locales/en/messages.json'), JSON.stringify(pseudoMessages(english)));
  // What only pages say stands beside them, in the order of its keys.
  const said = JSON.parse(fs.readFileSync(path.join(built, 'pages/words/en.json'), 'utf8'));
  fs.writeFileSync(path.join(dir, 'pages/words', `${TAG}.json`), JSON.stringify(said.map((sentence) => (sentence === '' ? '' : pseudo(sentence)))));
  return 'en';
}

/** The whole extension as built, but in one language alone; gives its folder, which is the caller's to remove. */
export function inOneLanguage(which, lang) {
  const built = path.join(DIST, which === 'chromium' ? 'chrome' : 'firefox');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-language-'));
  fs.cpSync(built, dir, { recursive: true });
  fs.rmSync(path.join(dir, '_locales'), { recursive: true });
  const file = path.join(dir, 'manifest.json');
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), default_locale: messagesInto(dir, built, lang) }));
  return dir;
}

/** The pages as built, in an extension of their own with the double; `lang` shows them in that language alone. */
function assemble(which, lang) {
  const built = path.join(DIST, which === 'chromium' ? 'chrome' : 'firefox');
  if (!fs.existsSync(path.join(built, 'pages/spotter_pages_bg.wasm'))) throw new Error(`the extension is not built in ${built}: run cargo xtask dist`);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-pages-'));
  for (const part of ['pages', 'icons', 'training']) fs.cpSync(path.join(built, part), path.join(dir, part), { recursive: true });
  const folder = messagesInto(dir, built, lang);
  const double = path.join(ROOT, 'tests/pages/double');
  const manifest = JSON.parse(fs.readFileSync(path.join(double, 'manifest.json'), 'utf8'));
  manifest.default_locale = folder;
  manifest.content_security_policy = JSON.parse(fs.readFileSync(path.join(built, 'manifest.json'), 'utf8')).content_security_policy;
  if (which === 'chromium') {
    delete manifest.background.scripts;
    delete manifest.browser_specific_settings;
  } else {
    delete manifest.background.service_worker;
  }
  fs.writeFileSync(path.join(dir, 'manifest.json'), JSON.stringify(manifest));
  for (const file of ['double.js', 'double-content.js']) fs.copyFileSync(path.join(double, file), path.join(dir, file));
  return dir;
}

export async function launch(which, { extension, geckoId = 'pages-test@example.org', lang = 'en', dark = false, calm = false, forced = false } = {}) {
  const dir = extension ?? assemble(which, lang);
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-profile-'));
  const browser = which === 'chromium'
    ? await puppeteer.launch({ executablePath: '/usr/bin/chromium', headless: true, pipe: true, enableExtensions: true, userDataDir: profile, args: flags,
      env: { ...process.env, LANGUAGE: 'en' } })
    : await puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true, args: ['--remote-allow-system-access'],
      extraPrefsFirefox: {
        'extensions.webextensions.uuids': JSON.stringify({ [geckoId]: UUID }), ...schemePref(dark),
        'ui.prefersReducedMotion': calm ? 1 : 0,
        // Colours that the person has chosen for all pages.
        ...forced ? { 'browser.display.document_color_use': 2 } : {},
        // A permission asked for by a real click is given without a question that no driver can answer.
        'extensions.webextOptionalPermissionPrompts': false, 'browser.shell.checkDefaultBrowser': false,
      } });
  const id = await browser.installExtension(dir);
  const base = which === 'chromium' ? `chrome-extension://${id}` : `moz-extension://${UUID}`;
  const more = [];
  return {
    which, browser, base, id, dark, calm, forced,
    /** Chromium only: the same pages in another language, in the same browser. */
    async inLanguage(lang) {
      more.push(assemble(which, lang));
      const another = await browser.installExtension(more.at(-1));
      return { ...this, id: another, base: `chrome-extension://${another}` };
    },
    async stop() {
      await browser.close();
      for (const made of [profile, ...more]) fs.rmSync(made, { recursive: true, force: true });
      if (!extension) fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Whether whoever looks wants nothing to move, for Chromium. */
const motion = (session) => ({ name: 'prefers-reduced-motion', value: session.calm ? 'reduce' : 'no-preference' });

/** Opens a page of the extension and waits until it shows something. */
export async function open(session, file, { width = 360, height = 760 } = {}) {
  const page = await session.browser.newPage();
  await page.setViewport({ width, height });
  if (session.which === 'chromium') {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: session.dark ? 'dark' : 'light' }, motion(session)]);
  }
  if (session.forced && session.which === 'chromium') {
    await (await page.createCDPSession()).send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }] });
  }
  await page.goto(`${session.base}/pages/${file}`, session.which === 'firefox' ? { waitUntil: [] } : {});
  await page.waitForSelector('#app > main');
  return page;
}

/** Shows open pages in the dark scheme, or in the light one again: what a person does while something is open. */
export async function darken(session, page, dark) {
  session.dark = dark;
  await setScheme(session.which, page, dark, [motion(session)]);
}

/** Puts a scene into the double, from one of the extension's pages, and forgets what was asked before. */
export async function play(page, scene) {
  await page.evaluate((s) => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage({ type: 'set_scene', scene: s }), scene);
}

/** What the double was asked, in order. */
export async function asked(page, type) {
  const list = await page.evaluate(async () => (await (globalThis.browser ?? globalThis.chrome).storage.local.get('asked')).asked);
  return list.filter((ask) => ask.type === type);
}

/** The tab of a page, for `panel.html?tab=`. */
export async function tabOf(helper, url) {
  return await helper.evaluate(async (wanted) => (await (globalThis.browser ?? globalThis.chrome).tabs.query({})).find((t) => t.url === wanted).id, url);
}

/** Serves two plain pages: `/read` has a content script (the double's), `/other` has none. */
export async function serve() {
  const server = http.createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><title>${request.url}</title><p>A page.`);
  });
  await new Promise((done) => server.listen(0, done));
  return { port: server.address().port, stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

/** Keeps a picture. */
export async function shot(session, page, name) {
  fs.mkdirSync(SHOTS, { recursive: true });
  const { width, height } = page.viewport();
  await whole(page);
  const file = path.join(SHOTS, `${session.which}-${name}-${width}${session.dark ? '-dark' : ''}.png`);
  await page.screenshot({ path: file });
  await page.setViewport({ width, height });
}

/** Pixels by which the page is wider than its window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Waits until the text of the page holds `text`, also in the background, where nothing is painted and frames do not count time. */
export const says = (page, text) => page.waitForFunction((t) => document.body.innerText.includes(t), { timeout: 10_000, polling: 50 }, text);

/** Id of the focused element. */
export const focused = (page) => page.evaluate(() => document.activeElement?.id);
