// What a screen reader is told: the browser's own accessibility tree of a page, as a list of roles and names.
import { until } from '../e2e/support/browser.mjs';

/** Roles of Firefox's own tree, by the names that the web has for them. */
const ROLES = { 'push button': 'button', pushbutton: 'button', radiobutton: 'radio', 'radio button': 'radio', checkbutton: 'checkbox', 'check button': 'checkbox', entry: 'textbox', 'combo box': 'combobox', combobox: 'combobox', graphic: 'image', img: 'image', progressbar: 'progressbar', 'progress bar': 'progressbar' };

/** Evaluates in Firefox's own scope. */
async function inFirefox(browser, expression) {
  const send = (method, params) => browser.connection.send(method, params);
  const { context } = (await send('browsingContext.getTree', { 'moz:scope': 'chrome' })).result.contexts[0];
  const { result } = await send('script.evaluate', { expression, target: { context }, awaitPromise: true });
  if (result.type !== 'success') throw new Error(result.exceptionDetails?.text ?? JSON.stringify(result));
  return result.result.value;
}

async function firefoxTree(session, page) {
  await page.bringToFront();
  const url = await page.evaluate(() => location.href);
  const read = () => inFirefox(session.browser, `(() => {
    const service = Cc['@mozilla.org/accessibilityService;1'].getService(Ci.nsIAccessibilityService);
    const window = [...Services.wm.getEnumerator('navigator:browser')].find((w) => w.gBrowser.selectedBrowser.currentURI.spec === ${JSON.stringify(url)});
    const outer = window && service.getAccessibleFor(window.gBrowser.selectedBrowser);
    if (!outer || outer.childCount === 0) return '[]';
    const out = [];
    const walk = (node) => {
      out.push({ role: service.getStringRole(node.role), name: node.name ?? '' });
      for (let i = 0; i < node.childCount; i++) walk(node.getChildAt(i));
    };
    walk(outer.getChildAt(0));
    return JSON.stringify(out);
  })()`);
  // The tree is built beside the page and arrives when it is whole: the same twice.
  let last = '';
  const text = await until('the tree stands', async () => {
    const now = await read();
    const stands = now === last && now !== '[]' && JSON.parse(now).length > 5;
    last = now;
    return stands ? now : null;
  });
  return JSON.parse(text).map(({ role, name }) => ({ role: ROLES[role] ?? role, name: name.trim() }));
}

async function chromiumTree(page) {
  const out = [];
  const walk = (node) => { out.push({ role: node.role, name: (node.name ?? '').trim() }); for (const kid of node.children ?? []) walk(kid); };
  walk(await page.accessibility.snapshot({ interestingOnly: false }));
  return out;
}

/** The tree as a flat list in the order of reading. */
export const tree = (session, page) => (session.which === 'firefox' ? firefoxTree(session, page) : chromiumTree(page));

/** What a person can do something with. */
export const CONTROLS = ['button', 'link', 'radio', 'checkbox', 'switch', 'textbox', 'combobox', 'progressbar'];
