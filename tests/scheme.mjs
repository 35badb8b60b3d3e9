// Light and dark: which of them a person prefers, told to a browser as it starts and while its pages are open.

/** Firefox's preference, for its start. */
export const schemePref = (dark) => ({ 'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1 });

/** Firefox's own scope, by browser: asked for once. */
const scopes = new WeakMap();

async function setPref(browser, dark) {
  const send = (method, params) => browser.connection.send(method, params);
  if (!scopes.has(browser)) scopes.set(browser, (await send('browsingContext.getTree', { 'moz:scope': 'chrome' })).result.contexts[0].context);
  const [[name, value]] = Object.entries(schemePref(dark));
  await send('script.evaluate', { expression: `Services.prefs.setIntPref('${name}', ${value})`, target: { context: scopes.get(browser) }, awaitPromise: true });
}

/**
 * Shows a page in a scheme: in Chromium this one, in Firefox (started with `--remote-allow-system-access`) all of them.
 * @param {'chromium'|'firefox'} which
 * @param {import('puppeteer-core').MediaFeature[]} [beside] Chromium only: what else is emulated and must stay
 */
export async function setScheme(which, page, dark, beside = []) {
  if (which === 'chromium') await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }, ...beside]);
  else await setPref(page.browser(), dark);
  await page.waitForFunction((want) => matchMedia('(prefers-color-scheme: dark)').matches === want, { polling: 20 }, dark);
}
