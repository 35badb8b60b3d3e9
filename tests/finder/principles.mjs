// Synthetic pages, one for each principle of the general finder: shapes that lists and item pages of the web at large
// take. Every name, title and price here is invented; no page is made after a saved one. None of them says anything to
// machines about itself, and none has a stylesheet.

const HOST = 'https://www.market.example';
export const GOODS = [
  'Oak side table with drawer', 'Blue city bicycle', 'Set of six wine glasses', 'Lamp', 'Box of vinyl records, mostly jazz',
  'Walking boots size 42', 'Garden bench', 'Wool blanket 140 x 200 cm',
];
export const IMG = '<img src="p.jpg" alt="">';

const frame = (body, { lang = 'en', head = '', title = 'Synthetic market', h1 = '<h1>Results</h1>' } = {}) => `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>${title}</title>${head}</head><body>
<header><a href="/">Market</a> <a href="/sell">Sell</a> <a href="/help/contact-us">Help</a></header>
<nav><ul><li><a href="/c/house-and-home">House and home</a></li><li><a href="/c/books-and-music">Books and music</a></li><li><a href="/c/sports-and-leisure">Sports</a></li></ul></nav>
${h1}${body}<footer><ul><li><a href="/imprint">Imprint</a></li><li><a href="/privacy-and-cookies">Privacy</a></li></ul></footer></body></html>`;

/** A list of cards: `card` gives `{ html, title, price, href }` for the n-th of `goods`. */
export function list(name, card, { goods = GOODS, open = '<ul>', close = '</ul>', wrap = (html) => html, at = '', ...more } = {}) {
  const cards = goods.map((title, n) => ({ title, href: `/item/${4410070 + n}`, ...card(title, n) }));
  return {
    name, url: `${HOST}/search/${name}${at}`, html: frame(open + cards.map((c, n) => wrap(c.html, n)).join('\n') + close, more),
    truth: { kind: 'search', listings: cards.map(({ title, price, href }) => ({ title, price: price ?? null, href, in_main_list: true })) },
  };
}

/** An item page with its one listing. */
export function item(name, body, title, price, { path = `/${name}-5566778`, more = [], ...rest } = {}) {
  return {
    name, url: HOST + path, html: frame(body, { h1: '', head: `<link rel="canonical" href="${HOST}${path}">`, ...rest }),
    truth: { kind: 'item', listings: [{ title, price, href: HOST + path, in_main_list: true }, ...more] },
  };
}

export const euro = (n) => `${20 + n * 7},50 €`;

export const PRINCIPLES = [
  // The whole card is one link; price, title and place stand in it without headings or telling names.
  list('one-link-price-first', (t, n) => ({
    price: `$${120 + n}`, href: `/item/${4410070 + n}/`,
    html: `<div><div><div><a href="/item/${4410070 + n}/?ref=browse"><div><div>${IMG}</div></div><div><span><span>$${120 + n}</span></span></div><div><span>${t}</span></div><div><span>Upper Testville, Sample County</span></div></a></div></div></div>`,
  }), { open: '<div>', close: '</div>' }),
  // The seller comes first, with a link of their own; title, price, description and state are mere paragraphs.
  list('seller-first', (t, n) => ({
    price: `S$${30 + n}`, href: `/p/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-88001${n}/`,
    html: `<div><div><a href="/u/sample.seller${n}/"><div><img src="a.jpg" alt=""></div><div><p>sample.seller${n}</p><div><p>2 days ago</p></div></div></a><a href="/p/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-88001${n}/?t-id=x"><div>${IMG}</div><p>${t}</p><div><p>S$${30 + n}</p></div><p>Hardly used</p></a><div><button><span>${n + 3}</span></button></div></div></div>`,
  }), { open: '<div>', close: '</div>' }),
  // An empty link lies over the card; the words are outside of it, its name for screen readers says more.
  list('overlay-link', (t, n) => ({
    price: euro(n),
    html: `<li><article><a href="/item/${4410070 + n}" aria-label="See the offer: ${t}"></a><div>${IMG}<span>3</span></div><div><p>${t}</p><p><span aria-hidden="true">${euro(n)}</span></p><p>Delivery possible</p><p>Testville 1234${n}</p></div></article></li>`,
  })),
  // The same beside a seller's link with many words, at an address that says nothing.
  list('overlay-and-seller', (t, n) => ({
    price: euro(n), href: `/${4410070 + n}`,
    html: `<li><div><a href="/${4410070 + n}" aria-label="${t}"></a>${IMG}</div><div><p>${t}</p><p>${euro(n)}</p><a href="/sample-trading-${n}">Sample trading company of Testville</a></div></li>`,
  })),
  // Badges before the title, some inside its heading, and words for screen readers alone.
  list('badges', (t, n) => ({
    price: `$${10 + n}.00`,
    html: `<li><div class="listing-card"><a href="/item/${4410070 + n}"><div>${IMG}<span class="badge">Bestseller</span></div><h3 class="listing-card__title"><span class="visually-hidden">New listing: </span>${n % 2 ? '<span class="label label--new">New</span> ' : ''}${t}</h3></a>` +
      `<p class="ad-label"><span>Ad by a shop</span></p><div><span class="screen-reader-text">Sale Price $${10 + n}.00</span><span class="currency-symbol">$</span><span class="currency-value">${10 + n}.00</span> <s>$${20 + n}.00</s> <span>(50% off)</span></div><p>Free shipping</p></div></li>`,
  })),
  // The price twice: whole for screen readers, in pieces for the eye; stars and sponsored labels around.
  list('price-in-pieces', (t, n) => ({
    price: `$${12 + n}.99`,
    html: `<div role="listitem"><div><a href="/Some-words/dp/B0TEST000${n}">${IMG}</a></div><div><span>Sponsored</span></div><div><a href="/Some-words/dp/B0TEST000${n}"><h2><span>${t}</span></h2></a></div>` +
      `<div><a href="/Some-words/dp/B0TEST000${n}#reviews"><span>4.5 out of 5 stars</span></a> <a href="/Some-words/dp/B0TEST000${n}#reviews"><span>1,204</span></a></div>` +
      `<div><a href="/Some-words/dp/B0TEST000${n}"><span class="price"><span class="offscreen">$${12 + n}.99</span><span aria-hidden="true"><span class="sym">$</span><span class="whole">${12 + n}<span>.</span></span><span class="fraction">99</span></span></span> <span>List: </span><span class="price was-price"><span class="offscreen">$49.00</span><span aria-hidden="true">$49.00</span></span></a></div><div>Get it <b>Mon, Jun 3</b></div></div>`,
    href: `/Some-words/dp/B0TEST000${n}`,
  }), { open: '<div>', close: '</div>' }),
  // A table: a row is a listing, its cells hold number, title, seller, price and date; the head is none.
  list('table-rows', (t, n) => ({
    price: euro(n), href: `/show.php?id=${7100 + n}`,
    html: `<tr><td>${n + 1}.</td><td><a href="/show.php?id=${7100 + n}">${t}</a><br>In good order, to be fetched.</td><td><a href="/user.php?id=${n}">somebody${n}</a></td><td align="right">${euro(n)}</td><td>12.03.</td></tr>`,
  }), { open: '<table><thead><tr><th><a href="?sort=title">Title</a></th><th><a href="?sort=seller">Seller</a></th><th><a href="?sort=price">Price</a></th></tr></thead><tbody>', close: '</tbody></table>' }),
  // Rows of four; each cell is a card.
  list('rows-of-cards', (t, n) => ({
    price: `£${40 + n}`,
    html: `<div class="cell"><a href="/item/${4410070 + n}">${IMG}</a><div><a href="/item/${4410070 + n}"><b>${t}</b></a></div><div>£${40 + n}</div></div>`,
  }), { open: '<div>', close: '</div>', wrap: (html, n) => (n % 4 === 0 ? `<div class="row">${html}` : n % 4 === 3 ? `${html}</div>` : html) }),
  // The price stands on the picture, before the title; the title is a paragraph outside of the link.
  list('price-on-picture', (t, n) => ({
    price: `¥${(1 + n)},800`,
    html: `<li><a href="/item/${4410070 + n}"><figure>${IMG}<figcaption><span>¥</span><span>${1 + n},800</span></figcaption></figure></a><p>${t}</p></li>`,
  })),
  // A number alone is a price where the page calls it one.
  list('bare-number', (t, n) => ({
    price: `${250 + n * 10}`,
    html: `<li><a href="/item/${4410070 + n}">${IMG}<span class="product-title">${t}</span></a><div class="product-price"><span class="price-value">${250 + n * 10}</span><svg></svg></div></li>`,
  })),
  // Some cards have no price: sold, on request, or nothing at all.
  list('some-without-price', (t, n) => ({
    price: n % 4 === 1 ? 'Price on request' : n % 4 === 3 ? null : euro(n),
    html: `<article><a href="/item/${4410070 + n}">${IMG}<h2>${t}</h2></a>${n % 4 === 3 ? '' : `<p class="price">${n % 4 === 1 ? 'Price on request' : euro(n)}</p>`}<p>Testville</p></article>`,
  }), { open: '<main><div>', close: '</div></main>' }),
  // Auctions: the current bid is the price, the estimate is not; time left and lot number are not the title.
  list('auction-lots', (t, n) => ({
    price: `$${100 + n * 5}`,
    html: `<div class="lot"><a href="/lots/${99100 + n}_lot">${IMG}</a><div><span>Lot ${n + 1}</span></div><div><a href="/lots/${99100 + n}_lot">${t}</a></div><div><span>Current bid</span> <span>$${100 + n * 5}</span></div><div>3 bids</div><div>2d 4h left</div></div>`,
    href: `/lots/${99100 + n}_lot`,
  }), { open: '<section>', close: '</section>' }),
  // Each card has a heart, a menu and several pictures with links, and every second one belongs to another group of classes.
  list('many-links', (t, n) => ({
    price: euro(n),
    html: `<li class="x${n % 2}"><div><a href="/item/${4410070 + n}">${IMG}</a><a href="/item/${4410070 + n}">${IMG}</a></div><ul><li><a href="/item/${4410070 + n}?variant=1">Red</a></li><li><a href="/item/${4410070 + n}?variant=2">Blue</a></li></ul><h3><a href="/item/${4410070 + n}">${t}</a></h3><a href="/shop/sample-shop-${n}">Sample shop ${n}</a><p>${euro(n)}</p><p>${3 + n},90 € shipping</p><a href="/item/${4410070 + n}#offer">Make an offer</a><button>Save</button></li>`,
  })),
  // The title is cut on the card; the picture's text is the shop's, not the title.
  list('picture-text-is-no-title', (t, n) => ({
    price: euro(n),
    html: `<li><a href="/item/${4410070 + n}"><img src="p.jpg" alt="Picture of the offer"><span>${t}</span></a><strong>${euro(n)}</strong></li>`,
  })),
  // Prices in a language where the sign comes last, and titles without spaces.
  list('japanese', (t, n) => ({
    price: `${1 + n},980円`,
    html: `<div class="result"><div><a href="/shop-${n}/${100200 + n}/">${IMG}</a></div><div><h2><a href="/shop-${n}/${100200 + n}/" title="${t}">${t}</a></h2></div><div><span>${1 + n},980<span>円</span></span></div><div><span>送料無料</span></div><div>${9 + n}ポイント(1倍)</div><div><a href="/shop-${n}/">見本店${n}</a></div></div>`,
    href: `/shop-${n}/${100200 + n}/`,
  }), { lang: 'ja', goods: ['木製サイドテーブル 引き出し付き', '自転車 28インチ 青', 'ワイングラス 6個セット', 'ランプ', 'レコード まとめ売り', '登山靴 26cm'], open: '<div>', close: '</div>' }),
  // Beside the list: filters with amounts, categories with pictures, articles, an app's advertisement.
  list('with-company', (t, n) => ({
    price: euro(n),
    html: `<li><a href="/item/${4410070 + n}">${IMG}<h3>${t}</h3><span>${euro(n)}</span></a></li>`,
  }), {
    open: `<aside><h2>Price</h2><ul><li><a href="/search/with-company?price=-20">Up to 20 € <span>(31)</span></a></li><li><a href="/search/with-company?price=20-50">20 € - 50 € <span>(12)</span></a></li><li><a href="/search/with-company?price=50-">from 50 € <span>(9)</span></a></li></ul></aside>
<section><h2>Browse</h2><div>${['Chairs and benches', 'Lamps and candles', 'Boots and shoes', 'Glasses and cups'].map((c) => `<a href="/c/${c.toLowerCase().replace(/ /g, '-')}-all">${IMG}<span>${c}</span></a>`).join('')}</div></section><ul>`,
    close: `</ul><section><h2>From our journal</h2>${['How to oil an old bench', 'Five lamps for dark evenings', 'What a used bicycle should cost'].map((c, n) => `<article><a href="/journal/2024/${n}/${c.toLowerCase().replace(/ /g, '-')}">${IMG}<h3>${c}</h3></a><p>A few words that invite to read on, as journals have them, and then some more.</p></article>`).join('')}</section>`,
  }),
  // Every card is a custom element's light content, the list an aria list of generic boxes.
  list('aria-list', (t, n) => ({
    price: `${90 + n} €`,
    html: `<div role="listitem"><x-card><a href="/item/${4410070 + n}"><x-picture>${IMG}</x-picture><div role="heading" aria-level="3">${t}</div></a><x-price>${90 + n} €</x-price></x-card></div>`,
  }), { open: '<div role="list">', close: '</div>' }),
  // Brand and size stand before or beside the title; many cards share them.
  list('brand-first', (t, n) => ({
    price: `£${8 + n}.00`,
    html: `<li><a href="/products/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-x${n}1180">${IMG}</a><div><p>${['Sample & Sons', 'Testmade'][n % 2]}</p><p>${t}</p><p>Size M</p><p>£${8 + n}.00</p></div></li>`,
    href: `/products/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-x${n}1180`,
  })),
  // No title but the picture's text.
  list('title-in-picture', (t, n) => ({
    price: `$${8 + n}`,
    html: `<li><a href="/item/${4410070 + n}"><img src="p.jpg" alt="${t}"></a><div><span>$${8 + n}</span> <span>Size M</span></div></li>`,
  })),
  // Names of sellers and stars in text beside long descriptions, in an old page without classes.
  list('old-page', (t, n) => ({
    price: `${70 + n} EUR`, href: `/cgi-bin/show?ad=${30500 + n}`,
    html: `<div><a href="/cgi-bin/show?ad=${30500 + n}"><b>${t}</b></a> - ${70 + n} EUR<br>Has been in the family for years and is only given away as we are moving. Please collect it yourself, with help for the stairs.<br><small>12.3., by <a href="/cgi-bin/user?no=${n}">someone from Testville</a></small><hr></div>`,
  }), { open: '<div>', close: '</div>' }),
  // Two lists of one page: paid cards with a label first, then the results; another tag for each.
  list('paid-and-free', (t, n) => ({
    price: euro(n),
    html: n < 2 ? `<div class="promoted"><span>Promoted</span><a href="/item/${4410070 + n}?promo=1">${IMG}<h4>${t}</h4></a><p>${euro(n)}</p></div>` : `<article><a href="/item/${4410070 + n}">${IMG}<h4>${t}</h4></a><p>${euro(n)}</p></article>`,
    href: n < 2 ? `/item/${4410070 + n}?promo=1` : `/item/${4410070 + n}`,
  }), { open: '<div>', close: '</div>' }),
  // Between the cards stand an advertisement and a box that asks for a search alert.
  list('interrupted', (t, n) => ({
    price: euro(n),
    html: `${n === 3 ? `<li><a href="https://ads.elsewhere.example/click?to=1"><img src="p.jpg" alt=""><h3>Insure your bicycle</h3></a><span>from 3,90 €</span></li><li><h3>Never miss an offer</h3><a href="/alerts/new-search-alert-for-you">Save this search</a></li>` : ''}<li><a href="/item/${4410070 + n}">${IMG}<h3>${t}</h3></a><span>${euro(n)}</span></li>`,
  })),
  // Rows with a former price, a discount, and a price per unit.
  list('former-price', (t, n) => ({
    price: `${30 + n},00 €`,
    html: `<li><a href="/item/${4410070 + n}">${IMG}<p>${t}</p></a><div class="old-price">${60 + n},00 €</div><div>-${40 + n}%</div><div class="new-price">${30 + n},00 €</div><small>(${3 + n},00 € / kg)</small></li>`,
  })),
  // An item page whose price stands in another column, above the heading, with similar offers below.
  item('item-price-first', `<main><div><div>${IMG}</div><div><div><p>Price: <span>$25.00</span></p></div><div><h1>Wool blanket, 140 x 200 cm</h1></div><p><a href="/shop/sample">Sample shop</a></p><button>Add to basket</button></div></div>
<div><h2>Details</h2><p>Washed once. No holes. Comes from a house without smokers.</p></div></main>
<section><h2>You may also like</h2><ul>${GOODS.slice(0, 6).map((t, n) => `<li><a href="/other-${n}-44100${n}0">${IMG}<h3>${t}</h3></a><span>$${5 + n}.00</span></li>`).join('')}</ul></section>`,
  'Wool blanket, 140 x 200 cm', '$25.00', { more: GOODS.slice(0, 6).map((t, n) => ({ title: t, price: `$${5 + n}.00`, href: `/other-${n}-44100${n}0`, in_main_list: false })) }),
  // No id in the address; the price lies far from the heading in the tree.
  item('item-deep', `<div id="app"><div><div><div><div><div><h1>Box of vinyl records<span class="sr-only"> - offer</span></h1></div></div></div></div></div><div><div><div>${IMG}</div></div><div><div><div><div><strong>85 €</strong><div>negotiable</div></div></div></div></div></div><div><p>About eighty, mostly jazz, a few without sleeves. Prefer to give them away together.</p></div></div>`,
    'Box of vinyl records', '85 €', { path: '/offers/box-of-vinyl-records' }),
  // A part payment and a struck price stand before the real one.
  item('item-instalments', `<main><h1>Blue city bicycle</h1><div><span>or 12 x 20,00 €</span></div><div><del>299,00 €</del> <span>240,00 €</span></div><p>Shipping: 19,90 €</p></main>`, 'Blue city bicycle', '240,00 €'),
  // Two headings of the first level: the site's name and the listing's.
  item('item-two-headings', `<div><h1><a href="/">Synthetic market</a></h1></div><main><h1>Garden bench, weathered</h1><p>120 €</p><p>Seats three.</p></main>`, 'Garden bench, weathered', '120 €'),
  // The heading of the listing is no h1: it is the words that the page's title begins with.
  item('item-no-h1', `<main><div><h2>Reading lamp, brass, 1970s</h2><div>45 €</div></div><p>A scratch on the foot.</p></main>`, 'Reading lamp, brass, 1970s', '45 €',
    { title: 'Reading lamp, brass, 1970s | Synthetic market' }),
  // The price stands in a column far away, and many similar offers surround it; address and title tell.
  item('item-among-offers', `<div><section><div><div><div><div><div><h1>Set of six wine glasses</h1></div></div></div></div></div><div><div><div><div><span>18,00 €</span></div></div></div></div></section></div>
<div>${GOODS.map((t, n) => `<div><a href="/ad/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-and-more-${n}">${IMG}<p>${t}</p></a><p>${3 + n},00 €</p></div>`).join('')}</div>`,
  'Set of six wine glasses', '18,00 €', { path: '/ad/set-of-six-wine-glasses', title: 'Buy: Set of six wine glasses - Testville - Synthetic market', more: GOODS.map((t, n) => ({ title: t, price: `${3 + n},00 €`, href: `/ad/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-and-more-${n}`, in_main_list: false })) }),
  // The same, and all of it in one column, the offers behind.
  item('item-before-offers', `<main><div><div><div><div><div><h1>Walking boots, worn twice</h1></div></div></div></div></div><div><div>${IMG}</div></div><div><p>35,00 €</p></div>
<div>${GOODS.map((t, n) => `<div><a href="/ad/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-and-more-${n}">${IMG}<p>${t}</p></a><p>${3 + n},00 €</p></div>`).join('')}</div></main>`,
  'Walking boots, worn twice', '35,00 €', { path: '/ad/walking-boots-worn-twice', title: 'Walking boots, worn twice | Synthetic market', more: GOODS.map((t, n) => ({ title: t, price: `${3 + n},00 €`, href: `/ad/${t.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-and-more-${n}`, in_main_list: false })) }),
  // Two headings, and the listing's block has siblings that look like it: links, a picture, a price.
  item('item-among-blocks', `<div><h1><a href="/">Synthetic market</a></h1></div><div><div><a href="/picture/1">${IMG}</a><h1>Wool blanket, hardly used</h1><p>30 €</p><a href="/shop/sample">Sample shop</a></div><div><a href="/ad/other-wool-blanket-770011">${IMG}<b>Another wool blanket</b></a><p>25 €</p></div></div>`,
    'Wool blanket, hardly used', '30 €', { more: [{ title: 'Another wool blanket', price: '25 €', href: '/ad/other-wool-blanket-770011', in_main_list: false }] }),
  // Given away: a word stands in the price's place.
  item('item-free', `<main><div><h1>Garden bench, weathered</h1><p>Free</p></div><p>To be fetched this week. Postage is not possible.</p></main>`, 'Garden bench, weathered', 'Free', { title: 'Garden bench, weathered | Synthetic market' }),
  // A title in a script without spaces.
  item('item-japanese', `<main><h1>木製サイドテーブル</h1><div>${IMG}</div><div><div><span>3,980円</span></div></div><p>引き出しが一つあります。</p></main>`, '木製サイドテーブル', '3,980円', { lang: 'ja' }),
  // A category of its own page: heading, filters with amounts and a list, and nothing that the page is about.
  list('category', (t, n) => ({ price: euro(n), html: `<li><a href="/item/${4410070 + n}">${IMG}<h3>${t}</h3><span>${euro(n)}</span></a></li>` }),
    { title: 'Tables and chairs | Synthetic market', h1: '<main><h1>Tables and chairs</h1><div><label>20 € - 50 €</label></div>', close: '</ul></main>' }),
  // An application of one page: every view has an address behind the sign alone, navigation and sorting too.
  list('routes', (t, n) => ({
    price: euro(n), href: `#/item/${4410070 + n}`,
    html: `<li><a href="#/item/${4410070 + n}">${IMG}</a><h3><a href="#/item/${4410070 + n}">${t}</a></h3><span>${euro(n)}</span></li>`,
  }), { open: '<div><a href="#/search?sort=price">Cheapest first, from 1 €</a><a href="#/search?sort=new">Newest first, up to 99 €</a></div><ul>', at: '#/search' }),
  // Cards that a script opens: nothing on the page leads to them.
  list('without-links', (t, n) => ({
    price: euro(n), href: '#',
    html: `<div class="tile" role="button" tabindex="0"><div>${IMG}</div><div><div>${t}</div><div>${euro(n)}</div><div>Testville</div></div></div>`,
  }), { open: '<div>', close: '</div>' }),
];
