// The two browsers, seen alike: start, install, end a background. Owns nothing of what is measured.
//
// Chromium: a debugger that attaches to a service worker delays its start, so nothing may attach to one here:
// auto-attach leaves workers out, and a worker is ended through the browser's own target list.
import puppeteer from 'puppeteer-core';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function chromium() {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    pipe: true,
    enableExtensions: true,
    userDataDir: profile,
    args: CHROMIUM_FLAGS,
    targetFilter: (target) => target.type() !== 'service_worker',
  });
  const connection = browser.connection ?? browser._connection;
  if (!connection?.send) throw new Error('puppeteer hides its connection: adapt tests/bench/browsers.mjs');
  await connection.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: 'page', exclude: true }, { type: 'service_worker', exclude: true }, {}],
  });
  const workers = async (id) => {
    const { targetInfos } = await connection.send('Target.getTargets', { filter: [{ type: 'service_worker' }] });
    return targetInfos.filter((t) => t.url.startsWith(`chrome-extension://${id}/`));
  };
  return {
    name: 'chromium',
    version: await browser.version(),
    browser,
    install: (dir) => browser.installExtension(dir),
    async kill(id) {
      const found = await workers(id);
      for (const worker of found) {
        if (worker.attached) throw new Error('something is attached to the background: its start would be delayed');
        await connection.send('Target.closeTarget', { targetId: worker.targetId });
      }
      const end = Date.now() + 10_000;
      while ((await workers(id)).length > 0) {
        if (Date.now() > end) throw new Error(`the background of ${id} did not end`);
      }
      return found.length > 0;
    },
    async close() {
      await browser.close();
      fs.rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function firefox() {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: {
      // performance.now in whole milliseconds is too coarse here.
      'privacy.reduceTimerPrecision': false,
      // Backgrounds end when the bench says so, not by themselves.
      'extensions.background.idle.timeout': 600_000,
    },
  });
  const send = (method, params) => browser.connection.send(method, params);
  const tree = await send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  const context = tree.result.contexts[0].context;
  const chromeEval = async (expression) => {
    const { result } = await send('script.evaluate', { expression, target: { context }, awaitPromise: true });
    if (result.type !== 'success') throw new Error(JSON.stringify(result.exceptionDetails?.text ?? result));
    return result.result.value;
  };
  return {
    name: 'firefox',
    version: await browser.version(),
    browser,
    install: (dir) => browser.installExtension(dir),
    kill: (id) =>
      chromeEval(`(async () => {
        const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(id)});
        const running = () => extension.backgroundState === 'running';
        const was = running();
        await extension.terminateBackground({ ignoreDevToolsAttached: true });
        if (running()) throw new Error('the background did not end');
        return was;
      })()`),
    close: () => browser.close(),
  };
}

export const browsers = { chromium, firefox };
