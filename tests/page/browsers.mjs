// Starts the real browsers for the page's tests, serves loopback pages, bundles the content script.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import puppeteer from 'puppeteer-core';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BROWSERS = ['chromium', 'firefox'];
export const GECKO_ID = 'page-test@example.org';
const UUID = 'c3f1c7d0-5a7e-4a3f-9a52-2f5b7a1a0017';

const chromiumFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'];

/** Keeps a saved page off the network in every browser. */
export const OFFLINE = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:" };

/** Starts a browser. `stop` ends it and removes its profile. */
export async function start(which) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-page-'));
  const browser = which === 'chromium'
    ? await puppeteer.launch({ executablePath: '/usr/bin/chromium', headless: true, pipe: true, enableExtensions: true, userDataDir: profile, args: chromiumFlags })
    : await puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true, args: ['--remote-allow-system-access'],
      extraPrefsFirefox: {
        'extensions.webextensions.uuids': JSON.stringify({ [GECKO_ID]: UUID }), 'privacy.reduceTimerPrecision': false,
        'browser.shell.checkDefaultBrowser': false,
      } });
  return {
    browser,
    stop: async () => {
      await browser.close();
      fs.rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Serves `answer(path, url, request)`, which gives `{ body, type?, headers? }` or nothing for 404. */
export async function serve(answer) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1');
    const found = answer(decodeURIComponent(url.pathname), url, request);
    if (!found) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': found.type ?? 'text/html; charset=utf-8', 'cache-control': 'no-store', ...found.headers });
    response.end(found.body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

/** In which the one clock of the content script waits: its waits alone are shortened. */
const WAIT = 'setTimeout(then, ms)';
const hurried = (pace) => ({
  name: 'a faster clock',
  setup: (build) => build.onLoad({ filter: /src\/schedule\.ts$/ }, ({ path: file }) => {
    const parts = fs.readFileSync(file, 'utf8').split(WAIT);
    if (parts.length !== 2) throw new Error(`the clock no longer waits by one ${WAIT}`);
    return { contents: parts.join(`setTimeout(then, ms / ${pace})`), loader: 'ts' };
  }),
});

/** Bundles an entry of the content script exactly as the build does, to text; `pace`: with waits that much shorter. */
export async function bundle(entry, { pace = 1 } = {}) {
  const built = await esbuild.build({
    entryPoints: [path.join(ROOT, 'extension/content/src', entry)], bundle: true, format: 'iife', target: ['chrome140', 'firefox140'],
    charset: 'utf8', write: false, logLevel: 'silent', plugins: pace === 1 ? [] : [hurried(pace)],
  });
  return built.outputFiles[0].text;
}
