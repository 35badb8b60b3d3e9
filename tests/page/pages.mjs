// Synthetic pages for the page's tests: marketplaces that exist nowhere.

const WORDS = ['carved ivory figure', 'garden chair', 'tortoise with tank', 'oak table', 'walrus tusk, museum replica', 'blue bicycle'];
const PICTURE = 'data:image/svg+xml,' + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="160" height="120"><rect width="160" height="120" fill="#9ab"/></svg>');

export const title = (n) => `Synthetic ${WORDS[n % WORDS.length]} no. ${n}`;
export const card = (n, text = title(n)) =>
  `<li class="card"><a class="pic" href="/item/${100000 + n}?utm_source=x"><img alt="${text}" width="160" height="120" src="${PICTURE}"></a>` +
  `<h3><a href="/item/${100000 + n}?utm_source=x#top">${text}</a></h3><p class="price">EUR ${10 + n},50</p><p class="location">Testville</p></li>`;

const STYLE = `
body { font: 16px/1.4 system-ui, sans-serif; margin: 16px; background: Canvas; color: CanvasText; color-scheme: light dark; }
ul.list { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 16px; padding: 0; list-style: none; }
.card { border: 1px solid color-mix(in srgb, CanvasText 25%, transparent); border-radius: 8px; padding: 8px; }
.card img { inline-size: 100%; block-size: 120px; object-fit: cover; }
h3 { font-size: 15px; margin: 8px 0 4px; } p { margin: 2px 0; } .price { font-weight: 700; }`;

/** A page of results. */
export const results = (count, { extra = '', cards, lang = 'en', dir = 'ltr', styled = true } = {}) => `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Synthetic market</title>${styled ? `<style>${STYLE}</style>` : ''}</head><body>
<nav><a href="/">Home</a> <a href="/help">Help</a> <a href="/sell">Sell</a></nav><h1>Synthetic results</h1>
<main><ul class="list" id="list">${cards ?? Array.from({ length: count }, (_, n) => card(n)).join('')}</ul></main>${extra}
<footer><a href="/imprint">Imprint</a></footer></body></html>`;

/** An item page with what a page can say about itself. */
export const item = (extra = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Synthetic item</title>
<link rel="canonical" href="/item/123456789?ref=list">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"name":"Home"},{"@type":"ListItem","position":2,"name":"Antiques"}]},
{"@type":"Product","name":"Synthetic old ivory letter opener","description":"A synthetic text about ivory that only tests read.","offers":{"@type":"Offer","price":"80.00","priceCurrency":"EUR","seller":{"@type":"Person","name":"synthetic-seller"},"availableAtOrFrom":{"address":{"addressLocality":"Testville"}}}}]}</script></head><body>
<header><a href="/">Home</a> <a href="/account">Hello, Visitor</a></header>
<main><h1>Synthetic old ivory letter opener <span class="sr-only">opens in a new tab</span></h1><img alt="Letter opener from the side" width="300" height="200" src="${PICTURE}">
<p class="price"><s>EUR 95,00</s> EUR 80,00</p><p>12 x EUR 6,90</p><div class="description"><p>A synthetic text about <b>ivo</b>ry that only tests read.</p></div></main>${extra}</body></html>`;
