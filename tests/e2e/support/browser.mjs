// The two real browsers with the built extension in them, seen alike.
// Knows nothing of what is tested; processes.mjs owns the processes.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { TargetCloseError } from 'puppeteer-core';
import { dist, root } from './paths.mjs';
import { take } from './processes.mjs';

export const BROWSERS = ['chromium', 'firefox'];
export const GECKO_ID = 'spotter@wildlife-spotter.example';
// Fixed, so that extension pages have an address that is known beforehand.
const GECKO_UUID = '5d0c7a52-6a55-4c0b-9b0e-6f3b8f1c2d3e';

const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  // Room for the side panel beside a page: what it takes of the window is missing from a screenshot of a page whose size is emulated.
  '--window-size=1300,1000'];

/** Match patterns of where the marketplace of a host keeps its pictures: asked for together with the host. */
function picturesOf(host) {
  const lines = fs.readFileSync(path.join(root, 'extension/pages/src/picture-hosts.txt'), 'utf8').split('\n');
  const [, pictures] = lines.map((line) => line.split(' | ')).find(([hosts]) => hosts.split(' ').some((of) => of !== '' && (host === of || host.endsWith(`.${of}`)))) ?? [];
  return pictures?.split(' ').map((name) => `https://*.${name}/*`) ?? [];
}

/** What the driver switches off in Chromium although people have it: the back/forward cache. */
const KEPT_ON = ['--disable-back-forward-cache'];

/** Nothing leaves the machine: Firefox's own services are pointed nowhere. */
const FIREFOX_PREFS = {
  'extensions.webextensions.uuids': JSON.stringify({ [GECKO_ID]: GECKO_UUID }),
  'network.proxy.type': 1,
  'network.proxy.socks': '127.0.0.1',
  'network.proxy.socks_port': 9,
  'network.proxy.no_proxies_on': 'localhost, 127.0.0.1',
  'browser.shell.checkDefaultBrowser': false,
  // A permission asked for by a real click is given without a doorhanger, which no driver can press.
  'extensions.webextOptionalPermissionPrompts': false,
};

/**
 * Starts a browser with the extension from `dist/`, or from `dir`; with none where that is null.
 * @param {'chromium'|'firefox'} name
 * @param {{dir?: string|null, headless?: boolean, asInLife?: boolean, prefs?: Record<string, unknown>, through?: {port: number, spki: string}, trusts?: string, profile?: string, first?: 'close'|'keep'|'none'}} [options]
 *   `asInLife`: with the back/forward cache that drivers switch off; `prefs`: Firefox's own; `through`: a proxy
 *   on loopback that stands for the whole web, and the one key that this browser takes for any host's; `trusts`: such
 *   a key without the proxy (Firefox then takes any); `profile`: a folder of the caller's that outlives the browser;
 *   `first`: what becomes of the first-run page, which opens by itself; `none` where it was agreed to before
 */
export async function launch(name, { dir = dist(name), headless = true, through, trusts = through?.spki, profile: kept, first = 'close', asInLife = false, prefs: more = {} } = {}) {
  if (dir !== null && !fs.existsSync(path.join(dir, 'manifest.json'))) throw new Error(`${dir} is not built: cargo xtask dist`);
  const chromium = name === 'chromium';
  const flags = [...through ? [`--proxy-server=http://127.0.0.1:${through.port}`] : [], ...trusts ? [`--ignore-certificate-errors-spki-list=${trusts}`] : []];
  const prefs = through ? { 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': through.port, 'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': through.port } : {};
  const window = { headless, defaultViewport: headless ? { width: 1280, height: 800 } : null };
  const options = chromium
    ? { ...window, executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', pipe: true, enableExtensions: true,
        args: [...CHROMIUM_FLAGS, ...flags], ignoreDefaultArgs: asInLife ? KEPT_ON : [] }
    : { ...window, browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', acceptInsecureCerts: trusts !== undefined,
        args: ['--remote-allow-system-access'], extraPrefsFirefox: { ...FIREFOX_PREFS, ...prefs, ...more } };
  const plain = headless && !through && trusts === undefined && !asInLife;
  const { browser, giveBack, keep } = await take(name, options, { kept, plain, setUp: chromium && headless ? complains : undefined });
  let chromeContext = null;
  /** Firefox only: evaluates in the browser's own scope. */
  const chromeEval = async (expression) => {
    const send = (method, params) => browser.connection.send(method, params);
    chromeContext ??= (await send('browsingContext.getTree', { 'moz:scope': 'chrome' })).result.contexts[0].context;
    const { result } = await send('script.evaluate', { expression, target: { context: chromeContext }, awaitPromise: true, userActivation: true });
    if (result.type !== 'success') throw new Error(result.exceptionDetails?.text ?? JSON.stringify(result));
    return result.result.value;
  };

  // Firefox forgets the address when an extension is removed: it may have been another test's browser before.
  if (!chromium) await chromeEval(`Services.prefs.setStringPref('extensions.webextensions.uuids', ${JSON.stringify(FIREFOX_PREFS['extensions.webextensions.uuids'])})`);
  const id = dir === null ? null : await browser.installExtension(dir);
  const base = chromium ? `chrome-extension://${id}/` : `moz-extension://${GECKO_UUID}/`;

  if (dir !== null && first === 'close') await (await firstRunPage(browser)).close();

  /** Chromium only: runs `step` with the extension's id where extensions are managed. */
  const onExtensionsPage = async (step) => {
    const page = await browser.newPage();
    await page.goto('chrome://extensions');
    await page.evaluate(step, id);
    await page.close();
  };

  /** Firefox only: the same. */
  const addonManager = (step) => chromeEval(`(async () => {
    const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
    const addon = await AddonManager.getAddonByID(${JSON.stringify(GECKO_ID)});
    ${step};
  })()`);

  /** Firefox only: the window in which `page` is the one that is looked at, as an expression. */
  const windowOf = (page) => `[...Services.wm.getEnumerator('navigator:browser')].find((w) => w.gBrowser.selectedBrowser.currentURI.spec === ${JSON.stringify(page.url())})`;

  return {
    name,
    browser,
    id,
    base,
    chromeEval,
    firstRunPage: () => firstRunPage(browser),

    /** Opens one of the extension's own pages, in a tab or in a window of its own. */
    async openExtensionPage(file, ready, how = { type: 'tab' }) {
      const page = await browser.newPage(how);
      // Firefox never reports the load of an extension page: the caller names what must be there.
      await page.goto(base + file, chromium ? { waitUntil: 'load' } : { waitUntil: [] });
      await page.waitForSelector(ready);
      return page;
    },

    /** Opens a page of the web. */
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url, { waitUntil: 'load' });
      return page;
    },

    /** The browser's id of the tab that shows `url`, asked through an extension page (the site must be granted). */
    tabOf: (extensionPage, url) => extensionPage.evaluate(async (wanted) => {
      const api = globalThis.browser ?? globalThis.chrome;
      const tabs = await api.tabs.query({});
      return tabs.find((tab) => tab.url === wanted)?.id ?? null;
    }, url),

    /**
     * Lets a later `permissions.request` for the origin, and where its marketplace keeps pictures, succeed without a
     * prompt that no test can press.
     * Firefox under automation grants on a real click by itself.
     */
    async allowPrompt(origin) {
      if (!chromium) return;
      const page = await browser.newPage();
      await page.goto('chrome://extensions');
      const { protocol, hostname } = new URL(origin);
      // A match pattern has no port.
      for (const pattern of [`${protocol}//${hostname}/*`, ...picturesOf(hostname)]) {
        await page.evaluate((extension, host) => new Promise((resolve, reject) => {
          globalThis.chrome.developerPrivate.addHostPermission(extension, host, () => {
            const error = globalThis.chrome.runtime.lastError;
            if (error) reject(new Error(error.message)); else resolve();
          });
        }), id, pattern);
      }
      await page.close();
    },

    /** A click on the extension's button in the toolbar while `page` is looked at: a real one, with the rights it gives. */
    async clickAction(page) {
      if (chromium) {
        await page.triggerExtensionAction((await browser.extensions()).get(id));
        return;
      }
      await chromeEval(`(async () => {
        const { ExtensionParent } = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
        const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(GECKO_ID)});
        await ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(${windowOf(page)});
      })()`);
    },

    /**
     * An entry of the context menu is chosen on `page` where `words` are selected. No driver reaches the menu itself: the
     * event is what the browser makes of it.
     */
    async chooseMenu(page, entry, words) {
      const info = JSON.stringify({ menuItemId: entry, selectionText: words, pageUrl: page.url(), editable: false, modifiers: [] });
      if (chromium) {
        const target = await browser.waitForTarget((t) => t.type() === 'service_worker' && t.url().startsWith(base));
        await (await target.worker()).evaluate(`(async () => {
          const tab = (await chrome.tabs.query({})).find((t) => t.url === ${JSON.stringify(page.url())});
          chrome.contextMenus.onClicked.dispatch(${info}, tab);
        })()`);
        return;
      }
      await chromeEval(`(() => {
        WebExtensionPolicy.getByID(${JSON.stringify(GECKO_ID)}).extension.emit('webext-menu-menuitem-click', ${info}, ${windowOf(page)}.gBrowser.selectedTab);
      })()`);
    },

    /** Ends the background as the browser does when it is idle; the next event wakes it. */
    async killBackground() {
      if (chromium) {
        const target = await browser.waitForTarget((t) => t.type() === 'service_worker' && t.url().startsWith(base), { timeout: 5000 });
        // The driver lets go first. Whoever ends it while still attached may find the next one begun by then: it waits for the
        // driver before its first line, and the driver lets go of that one without a word. It then starts for ever.
        let targetId;
        try {
          const { client } = await target.worker();
          ({ targetInfo: { targetId } } = await client.send('Target.getTargetInfo'));
          await client.detach();
        } catch (error) {
          // The browser ended it meanwhile. Whether it did is asked: a session that was lost in another way would leave it alive.
          if (!(error instanceof TargetCloseError) && !/Session already detached|No session with given id/u.test(error.message)) throw error;
          await until(`the background that was let go of (${error.message}) is gone`, () => !browser.targets().includes(target));
          return;
        }
        const whole = await browser.target().createCDPSession();
        try {
          await whole.send('Target.closeTarget', { targetId });
        } catch (error) {
          // It ended by itself between the two.
          if (!/No target with given id/u.test(error.message)) throw error;
        } finally {
          await whole.detach();
        }
        return;
      }
      await chromeEval(`WebExtensionPolicy.getByID(${JSON.stringify(GECKO_ID)}).extension.terminateBackground({ ignoreDevToolsAttached: true })`);
    },

    /**
     * The background's clock is off by this much, until the background ends.
     * @param {import('puppeteer-core').Page} extensionPage one of the extension's own pages
     */
    async setClock(extensionPage, offset) {
      const shift = (scope, by) => {
        scope.trueNow ??= scope.Date.now;
        scope.Date.now = () => scope.trueNow.call(scope.Date) + by;
      };
      if (!chromium) {
        await extensionPage.evaluate(`(async () => { (${shift})(await browser.runtime.getBackgroundPage(), ${offset}); })()`);
        return;
      }
      // The browser is asked which background runs. The driver's own list was once waited for in vain after an update.
      const whole = await browser.target().createCDPSession();
      try {
        const targetId = await until('a background runs', async () => {
          const { targetInfos } = await whole.send('Target.getTargets', { filter: [{ type: 'service_worker' }] });
          return targetInfos.find((t) => t.url.startsWith(base))?.targetId;
        });
        const { sessionId } = await whole.send('Target.attachToTarget', { targetId, flatten: true });
        const session = await until('the driver has its session', () => whole.connection().session(sessionId));
        const { exceptionDetails } = await session.send('Runtime.evaluate', { expression: `(${shift})(globalThis, ${offset})` });
        if (exceptionDetails) throw new Error(`the clock was not set: ${exceptionDetails.text}`);
      } finally {
        // The background's session ends with the one that asked for it.
        await whole.detach();
      }
    },

    /** Opens a page in a private window. */
    async openPrivately(url) {
      if (chromium) {
        const page = await (await browser.createBrowserContext()).newPage();
        await page.goto(url, { waitUntil: 'load' });
        return page;
      }
      // Its window would be where the next test's pages open.
      keep();
      const isPrivate = await chromeEval(`(async () => {
        const { BrowserWindowTracker } = ChromeUtils.importESModule('resource:///modules/BrowserWindowTracker.sys.mjs');
        const { PrivateBrowsingUtils } = ChromeUtils.importESModule('resource://gre/modules/PrivateBrowsingUtils.sys.mjs');
        const window = await BrowserWindowTracker.promiseOpenWindow({ private: true });
        window.gBrowser.selectedBrowser.fixupAndLoadURIString(${JSON.stringify(url)}, { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });
        return PrivateBrowsingUtils.isWindowPrivate(window);
      })()`);
      if (!isPrivate) throw new Error('the window is not private');
      return until('the driver sees the private page', async () => (await browser.pages()).find((page) => page.url() === url) ?? null);
    },

    /** The extension is loaded anew, as after an update; its own pages are closed by that. */
    async update() {
      // Only when asked for errors does Chromium answer after the extension is there again, and not before it has gone.
      const whole = (extension) => globalThis.chrome.developerPrivate.reload(extension, { failQuietly: true, populateErrorForUnpacked: true });
      if (chromium) await onExtensionsPage(whole);
      else await addonManager('await addon.reload()');
    },

    /** The extension is switched off, as a person does. */
    async disable() {
      if (chromium) await onExtensionsPage((extension) => globalThis.chrome.management.setEnabled(extension, false));
      else await addonManager('await addon.disable()');
    },

    /** What the browser itself complains about in the installed extension; empty when all is well. */
    async complaints() {
      if (!chromium) {
        return JSON.parse(await chromeEval(`(async () => {
          const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(GECKO_ID)});
          const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
          const addon = await AddonManager.getAddonByID(${JSON.stringify(GECKO_ID)});
          return JSON.stringify([...extension.warnings ?? [], ...extension.errors ?? [], ...(addon.isActive ? [] : ['not active'])]);
        })()`));
      }
      const page = await browser.newPage();
      await page.goto('chrome://extensions');
      const info = await page.evaluate((extension) => new Promise((resolve) => { globalThis.chrome.developerPrivate.getExtensionInfo(extension, resolve); }), id);
      await page.close();
      return [...info.manifestErrors, ...info.runtimeErrors, ...(info.installWarnings ?? [])].map((e) => e.message ?? e);
    },

    /** The browser's processes die at once, as when the machine loses power. The profile stays. */
    async die() {
      const { pid } = browser.process();
      const gone = new Promise((done) => { browser.process().once('exit', done); });
      // The driver starts a browser as the leader of a group of its own.
      process.kill(-pid, 'SIGKILL');
      await gone;
      // Firefox's driver then puts back the settings that it found in a kept profile, and says nothing when it has.
      if (kept) await until('the settings are put back', () => !fs.readdirSync(kept).some((file) => file.endsWith('.js.puppeteer')));
    },

    close: () => giveBack(id),
  };
}

/** Only in developer mode does Chromium keep what it has to complain about. */
async function complains(browser) {
  const page = await browser.newPage();
  await page.goto('chrome://extensions');
  await page.evaluate(() => globalThis.chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true }));
  await page.close();
}

/** How long a page that the browser shows may be unknown to its driver before the driver is given it. */
const UNKNOWN_MS = 3000;

/**
 * The first-run page, which opens by itself. Firefox's driver does not know what a page shows: the page is asked. Once in some
 * hundred times that driver never learns of a page that an extension opens, where the page changes its process on the way: the
 * browser itself has it, and the driver keeps one that is gone. Such a page is opened again by the driver.
 */
export async function firstRunPage(browser) {
  const isIt = (address) => address.endsWith('/pages/welcome.html');
  let since = null;
  return until('the first-run page opens', async () => {
    for (const page of await browser.pages()) if (isIt(await page.evaluate(() => globalThis.location.href).catch(() => ''))) return page;
    if (!browser.connection) return null;
    const it = (await browser.connection.send('browsingContext.getTree', {})).result.contexts.find((context) => isIt(context.url));
    since = it ? since ?? performance.now() : null;
    if (since === null || performance.now() - since < UNKNOWN_MS) return null;
    const page = await browser.newPage();
    await page.goto(it.url, { waitUntil: [] });
    await browser.connection.send('browsingContext.close', { context: it.context });
    since = null;
    return null;
  }, 30_000);
}

/**
 * Waits until `probe` gives something truthy and returns it; throws with `what` after `ms`.
 * Polls because the two drivers share no event for what happens inside an extension.
 */
export async function until(what, probe, ms = 15_000) {
  const end = performance.now() + ms;
  for (;;) {
    const got = await probe();
    if (got) return got;
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
}
