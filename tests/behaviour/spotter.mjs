// A browser with the built extension, a loopback site that it may read, and pages of synthetic cards.
// Owns their start and end; what happens in between is the test's.
import http from 'node:http';
import { launch, until } from '../e2e/support/browser.mjs';
import { addSite, openOptions } from '../e2e/support/journey.mjs';

export { BROWSERS, until } from '../e2e/support/browser.mjs';
export { shot } from '../e2e/support/journey.mjs';

export const PATIENCE = { timeout: 240_000 };

const PICTURE = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="160" height="120"><rect width="160" height="120" fill="#9ab"/></svg>')}`;
const STYLE = `body { font: 16px/1.4 system-ui, sans-serif; margin: 16px; background: Canvas; color: CanvasText; color-scheme: light dark; }
ul.list { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 16px; padding: 0; list-style: none; }
.card { border: 1px solid #8888; border-radius: 8px; padding: 8px; } .card img { inline-size: 100%; block-size: 120px; object-fit: cover; }
h3 { font-size: 15px; margin: 8px 0 4px; } p { margin: 2px 0; } .price { font-weight: 700; }`;

/** Synthetic goods; the first, fifth and ninth are what the detector looks for. */
const GOODS = ['Carved elephant ivory netsuke', 'Garden chair', 'Oak table', 'Blue bicycle', 'Genuine elephant ivory tusk', 'Reading lamp', 'Wool rug', 'Bookshelf'];
export const titleOf = (n) => `${GOODS[n % GOODS.length]}, made-up no. ${n}`;

export const card = (n, title = titleOf(n), more = '') => `<li class="card"><a href="/item/${700000 + n}"><img alt="" width="160" height="120" src="${PICTURE}"></a>
<h3><a href="/item/${700000 + n}">${title}</a></h3><p class="price">EUR ${10 + n},50</p>${more}</li>`;
export const cards = (count, from = 0) => Array.from({ length: count }, (_, i) => card(from + i)).join('');

/** A page of results. `head` comes first in the head, `extra` last in the body. */
export const page = (list, { head = '', extra = '', html = ' lang="en"' } = {}) => `<!doctype html><html${html}><head><meta charset="utf-8">${head}
<meta name="viewport" content="width=device-width"><title>Synthetic market</title><style>${STYLE}</style></head><body>
<h1>Synthetic results</h1><main><ul class="list" id="list">${list}</ul></main>${extra}</body></html>`;

/** Serves `pages`: path to body, to `{ body, headers }`, or to a function that gives one of them. Keeps what was asked for. */
export async function serve(t, pages) {
  const requests = [];
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requests.push(`${request.method} ${request.url}`);
    const entry = pages[pathname] ?? (pathname.startsWith('/item/') ? page(card(1)) : undefined);
    const found = typeof entry === 'function' ? entry(request) : entry;
    if (found === undefined) return void response.writeHead(404).end();
    const { body, headers } = typeof found === 'string' ? { body: found } : found;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
    return void response.end(body);
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  t.after(() => new Promise((done) => { server.closeAllConnections(); server.close(done); }));
  const { port } = server.address();
  return { origin: `http://localhost:${port}`, port, requests };
}

/** Starts a browser with the built extension, which may read `site` where one is given. */
export async function spotter(t, name, site, launching = {}) {
  const browser = await launch(name, launching);
  t.after(() => browser.close());
  const options = await openOptions(browser);
  if (site !== undefined) await addSite(browser, options, site.origin);
  return watching(browser, options);
}

/** What a test does with a browser, an extension page of which is at hand. */
function watching(browser, options) {
  /** Asks the background, as the panel does. */
  const ask = (message) => options.evaluate((m) => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage(m), message);
  /** Tells the content script of a page. */
  const tell = (at, message) => options.evaluate(async (url, m) => {
    const api = globalThis.browser ?? globalThis.chrome;
    const tab = (await api.tabs.query({})).find((x) => x.url === url);
    return tab === undefined ? 'no tab' : api.tabs.sendMessage(tab.id, m, { frameId: 0 });
  }, typeof at === 'string' ? at : at.url(), message);
  const findings = async (at) => {
    try {
      const got = await tell(at, { type: 'findings' });
      return typeof got === 'object' ? got : null;
    } catch {
      return null;
    }
  };
  return {
    browser, ask, tell, findings,
    /** The browser's id of the tab that shows an address. */
    tab: (url) => browser.tabOf(options, url),
    get options() { return options; },
    /** The extension is updated while everything stays open. */
    async update() {
      await browser.update();
      options = await openOptions(browser);
    },
    disable: () => browser.disable(),
    allow: (origin) => addSite(browser, options, origin),
    /** Waits until `count` listings were read and answered. */
    read: (at, count, ms) => until(`${count} listings of ${typeof at === 'string' ? at : at.url()} were read`, async () => {
      const got = await findings(at);
      return got !== null && got.read === count && got.waiting === 0 ? got : null;
    }, ms),
    quiet: (quiet) => ask({ type: 'set_quiet', quiet }),
    mask: (masked) => ask({ type: 'set_mask', masked }),
    async open(url, before = async () => {}) {
      const at = await browser.browser.newPage();
      await before(at);
      await at.goto(url, { waitUntil: 'load' });
      return at;
    },
  };
}

/** Two frames later: what was asked for is painted. */
export const painted = (at) => at.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));

/** Our marks as the page's own world can see them; all zero where there are none. */
export const traces = (at) => at.evaluate(() => ({
  hosts: document.querySelectorAll('html > :not(head, body, frameset)').length,
  highlights: CSS.highlights.size,
  sheets: document.adoptedStyleSheets.length,
}));
export const NO_TRACE = { hosts: 0, highlights: 0, sheets: 0 };
export const MARKED = { hosts: 1, highlights: 2, sheets: 1 };
