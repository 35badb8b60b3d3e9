// The demo marketplace: synthetic listings as a results page and item pages, under a CSP that allows no script.
// Owns the pages that the demo and the end-to-end tests read; never serves anything from outside this folder.
import fs from 'node:fs';
import http from 'node:http';

const { listings } = JSON.parse(fs.readFileSync(new URL('./listings.json', import.meta.url), 'utf8'));
export { listings };

/** The strictest policy a marketplace could send; WebAssembly in a page is refused under it. */
export const STRICT_CSP = "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'";

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const frame = (title, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><link rel="stylesheet" href="/market.css"></head>
<body><header><a href="/">Demo Market</a><p class="synthetic">Practice pages. Every listing here is synthetic; nothing is for sale.</p></header>
<main>${body}</main></body></html>`;

const card = (l) => `<li class="card"><a class="picture" href="/item/${l.id}"><img src="/art/${l.art}.svg" width="200" height="150" alt=""></a>
<h2><a href="/item/${l.id}">${escape(l.title)}</a></h2><p class="price">${escape(l.price)}</p><p class="place">${escape(l.location)}</p></li>`;

const results = (found, query) => frame('Search results - Demo Market', `<h1>${found.length} results</h1>
<form action="/" role="search"><label>Search <input name="q" value="${escape(query)}"></label> <button>Find</button></form>
<ul class="results">${found.map(card).join('\n')}</ul>`);

/** JSON-LD as marketplaces write it; `<` is escaped so that no title can end the element. */
const structured = (l) => `<script type="application/ld+json">${JSON.stringify({
  '@context': 'https://schema.org', '@type': 'Product', name: l.title, description: l.description, category: l.category,
  offers: { '@type': 'Offer', price: l.price.replace(/[^\d.]/g, '') || undefined, seller: { '@type': 'Person', name: l.seller } },
}).replaceAll('<', '\\u003c')}</script>`;

const item = (l) => frame(`${l.title} - Demo Market`, `<article class="item"><img src="/art/${l.art}.svg" width="400" height="300" alt="">
<div><h1>${escape(l.title)}</h1><p class="price">${escape(l.price)}</p><p class="place">${escape(l.location)} · ${escape(l.category)}</p>
<h2>Description</h2><p class="description">${escape(l.description)}</p><p class="seller">Seller: <a href="/seller/${encodeURIComponent(l.seller)}">${escape(l.seller)}</a></p></div></article>${structured(l)}`);

/** A plain drawn shape per kind of thing: a picture is needed, its likeness is not. */
const SHAPES = {
  tusk: 'M40 120C70 120 150 100 165 35C140 80 90 95 40 100Z', horn: 'M60 125Q70 60 150 25Q125 80 120 125Z', bird: 'M50 90Q90 30 130 70L165 60L140 90Q110 130 70 110Z',
  skin: 'M40 40L80 55L120 55L160 40L145 75L160 110L120 100L80 100L40 110L55 75Z', scales: 'M50 50Q80 20 100 50Q120 20 150 50V100Q100 140 50 100Z', comb: 'M45 45H155V70H145V115H135V70H125V115H115V70H105V115H95V70H85V115H75V70H65V115H55V70H45Z',
  turtle: 'M50 100Q60 40 110 45Q155 50 155 95L165 100L150 110H60Z', bag: 'M55 65H145L155 120H45ZM75 65Q100 15 125 65', fin: 'M45 120Q70 40 150 30Q125 75 150 120Z', coral: 'M95 130V85L65 60M95 95L130 60M95 85V35M65 60V35M130 60V40',
  bottle: 'M85 30H115V55Q130 65 130 80V125H70V80Q70 65 85 55Z', chair: 'M65 30V125M65 80H130V125M65 80V30', box: 'M50 50H150V120H50ZM50 50L70 30H170L150 50', book: 'M50 40Q75 30 100 45Q125 30 150 40V115Q125 105 100 120Q75 105 50 115Z',
  coat: 'M75 35L100 50L125 35L150 60L135 75V125H65V75L50 60Z', toy: 'M100 30A25 25 0 1 1 99 30ZM70 85H130V125H70Z', shoe: 'M45 100L60 70L95 85Q150 90 155 110H45Z', tool: 'M120 25L130 35L80 105L60 125H50V110Z',
};
const art = (name) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 150"><rect width="200" height="150" fill="#e9ece6"/><path d="${SHAPES[name]}" fill="#9aa58f" stroke="#55614b" stroke-width="3" stroke-linejoin="round"/></svg>`;

const CSS = `body{font:16px/1.4 system-ui,sans-serif;margin:0;color:#1c1f1a;background:#fff}header{display:flex;gap:16px;align-items:baseline;padding:12px 24px;border-bottom:1px solid #ccd}
header a{font-weight:700;font-size:20px;color:inherit;text-decoration:none}.synthetic{margin:0;font-size:12px;color:#555}main{max-width:1080px;margin:0 auto;padding:16px 24px}
.results{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:20px}.card img{width:100%;height:auto;border-radius:6px;display:block}.card h2{font-size:16px;margin:8px 0 4px;font-weight:500}
.card a{color:inherit}.price{font-weight:700;margin:0}.place{margin:0;color:#555;font-size:14px}.item{display:grid;grid-template-columns:minmax(0,400px) 1fr;gap:24px}.item img{max-width:100%;height:auto}@media(max-width:700px){.item{grid-template-columns:1fr}}`;

/**
 * Starts the marketplace on loopback.
 * @param {{csp?: string, extra?: Record<string, string>}} [options] policy header, and further pages by path (HTML).
 * @returns {Promise<{origin: string, close(): Promise<void>}>}
 */
export async function startMarket({ csp = STRICT_CSP, extra = {} } = {}) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const send = (status, type, body) => response.writeHead(status, { 'content-type': type, 'content-security-policy': csp, 'cache-control': 'no-store' }).end(body);
    const html = (body, status = 200) => send(status, 'text/html; charset=utf-8', body);
    const [, room, id = ''] = url.pathname.split('/');
    if (Object.hasOwn(extra, url.pathname)) return html(extra[url.pathname]);
    if (url.pathname === '/') {
      const query = (url.searchParams.get('q') ?? '').slice(0, 100);
      return html(results(listings.filter((l) => l.title.toLowerCase().includes(query.toLowerCase())), query));
    }
    if (url.pathname === '/market.css') return send(200, 'text/css; charset=utf-8', CSS);
    if (room === 'art' && Object.hasOwn(SHAPES, id.replace(/\.svg$/, ''))) return send(200, 'image/svg+xml', art(id.replace(/\.svg$/, '')));
    const listing = room === 'item' && listings.find((l) => l.id === id);
    if (listing) return html(item(listing));
    return html(frame('Not found', '<h1>There is no such page.</h1>'), 404);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

// Started by itself it serves until it is ended: `node tests/e2e/market/market.mjs`.
if (process.argv[1] === new URL(import.meta.url).pathname) console.log((await startMarket()).origin);
