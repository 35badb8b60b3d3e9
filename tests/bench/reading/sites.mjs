// The fixed pages on which reading is measured. All of them are synthetic, and each is the same on every load: what
// a page does by itself is done by its own script in fixed steps, so that one load can be compared with the next.
import http from 'node:http';

const PICTURE = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="160" height="120"><rect width="160" height="120" fill="#9ab"/></svg>')}`;
const GOODS = ['Garden chair, oiled oak', 'Blue bicycle, 28 inch', 'Box of records, 1970s', 'Reading lamp, brass', 'Set of kitchen knives', 'Wool blanket, hand woven'];
const FINDS = ['Antique carved elephant ivory netsuke', 'African grey parrot, hand reared, with cage', 'Tortoiseshell hair comb, Victorian'];

/** One card in twenty is a find, as on a page that a person looks through for them. */
const title = (n) => `${n % 20 === 7 ? FINDS[(n / 20 | 0) % FINDS.length] : GOODS[n % GOODS.length]} no. ${n}`;
const card = (n) => `<li class="card"><a class="pic" href="/item/${100_000 + n}?utm_source=x"><img alt="" width="160" height="120" src="${PICTURE}"></a>
<h3><a href="/item/${100_000 + n}">${title(n)}</a></h3><p class="price"><span>EUR</span> <span>${10 + n},50</span></p><p class="where">Testville, ${n % 40} km</p><p class="note">Picked up only</p></li>`;
const cards = (from, to) => Array.from({ length: to - from }, (_, n) => card(from + n)).join('');

/** What every page notes about itself, for whoever measures: shifts of its layout, waits after input, and its end. */
const NOTES = `
globalThis.notes = { shift: 0, inputs: [], done: false, marked: null };
const observe = (type, take, more) => {
  if (PerformanceObserver.supportedEntryTypes.includes(type)) new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
};
observe('layout-shift', (e) => { notes.shift += e.value; });
observe('event', (e) => { if (e.interactionId) notes.inputs.push(e.duration); }, { durationThreshold: 16 });
addEventListener('DOMContentLoaded', () => {
  document.getElementById('press').addEventListener('click', () => {
    const log = document.getElementById('log');
    log.textContent = 'pressed ' + (Number(log.dataset.n = Number(log.dataset.n ?? 0) + 1));
    const end = performance.now() + 5;
    while (performance.now() < end);
  });
});`;

/** Looks once a frame whether words of the page are marked; only for the page that is loaded for this. */
const WATCH = `const look = () => { if (CSS.highlights.size > 0) notes.marked ??= performance.now(); else requestAnimationFrame(look); }; requestAnimationFrame(look);`;

const END = 'addEventListener("load", () => { notes.done = true; });';

/** A page that goes on filling itself, as one does while somebody scrolls: forty cards every 100 ms up to 2,000. */
const SCROLL = `addEventListener('load', () => {
  const list = document.getElementById('list');
  const more = document.getElementById('more').content;
  const step = () => {
    for (let n = 0; n < 40 && more.firstElementChild; n++) list.append(more.firstElementChild);
    if (more.firstElementChild) setTimeout(step, 100); else notes.done = true;
  };
  setTimeout(step, 100);
});`;

/** A page that never rests: for two seconds, sixty changes a frame in prices, classes and whole elements. */
const STORM = `addEventListener('load', () => {
  const all = [...document.querySelectorAll('.card')];
  const end = performance.now() + 2000;
  let n = 0;
  const step = () => {
    for (let i = 0; i < 20; i++) {
      const at = all[n++ % all.length];
      at.querySelector('.where').textContent = 'Testville, ' + (n % 40) + ' km';
      at.classList.toggle('seen');
      at.querySelector('.note').replaceWith(Object.assign(document.createElement('p'), { className: 'note', textContent: 'Picked up only' }));
    }
    if (performance.now() < end) requestAnimationFrame(step); else notes.done = true;
  };
  requestAnimationFrame(step);
});`;

const STYLE = `body { font: 16px/1.4 system-ui, sans-serif; margin: 16px; }
.list { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 16px; padding: 0; list-style: none; }
.card { border: 1px solid #ccc; border-radius: 8px; padding: 8px; } .card img { inline-size: 100%; block-size: 120px; object-fit: cover; }
h3 { font-size: 15px; margin: 8px 0 4px; } p { margin: 2px 0; } .price { font-weight: 700; } #press { position: fixed; inset: 0 0 auto auto; }`;

const page = (body, script = END) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Synthetic market</title><style>${STYLE}</style><script>${NOTES}${script}</script></head><body>
<nav><a href="/">Home</a> <a href="/help">Help</a> <a href="/sell">Sell</a></nav><button id="press">Press</button> <output id="log"></output>
<h1>Synthetic results</h1><main>${body}</main><footer><a href="/imprint">Imprint</a></footer></body></html>`;
const list = (count) => `<ul class="list" id="list">${cards(0, count)}</ul>`;

/** 65,000 nodes: twenty cards under a very long text, in which every word is an element. */
const article = () => `${list(20)}<article>${Array.from({ length: 650 }, (_, p) => `<p>${Array.from({ length: 49 }, (__, w) => `<span>word${(p * 7 + w) % 997}</span> `).join('')}</p>`).join('')}</article>`;

/** The pages by name: how many listings are on each in the end. */
export const SITES = {
  '60 cards': { listings: 60, html: () => page(list(60)) },
  '200 cards': { listings: 200, html: () => page(list(200)) },
  '500 cards': { listings: 500, html: () => page(list(500)) },
  '65,000 nodes': { listings: 20, html: () => page(article()) },
  'scroll to 2,000': { listings: 2_000, html: () => page(`${list(40)}<template id="more">${cards(40, 2_000)}</template>`, SCROLL) },
  'storm, 200 cards': { listings: 200, html: () => page(list(200), STORM) },
};

const pathOf = (name) => `/${name.toLowerCase().replace(/[^a-z0-9]+/gu, '-')}`;

/** Serves them on loopback. `url(name)` is where; `watched` adds the look for marks. */
export async function serveSites() {
  const bodies = new Map();
  for (const [name, { html }] of Object.entries(SITES)) {
    bodies.set(pathOf(name), html());
    bodies.set(`${pathOf(name)}/watched`, html().replace('</head>', `<script>${WATCH}</script></head>`));
  }
  const server = http.createServer((request, response) => {
    const body = bodies.get(request.url);
    if (body === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    return void response.end(body);
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    url: (name, watched = false) => `${origin}${pathOf(name)}${watched ? '/watched' : ''}`,
    close: () => { server.closeAllConnections(); server.close(); },
  };
}
