// Pages composed by seed: what surrounds a list or a listing on the web (filters with counts, tiles, carousels, paid
// rows, clouds of links), and how elements are named (not at all, by utility, by hash, by role). The shapes of the cards
// stand in `worlds.mjs`. Everything is invented; no page is made after a saved one.

const HOST = 'https://www.market.example';
export const IMG = '<img src="p.jpg" alt="" width="200" height="150">';

/** A small generator of numbers that gives the same row for the same seed. */
export function numbers(seed) {
  let a = seed >>> 0;
  return (most) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % most;
  };
}

const UTILITY = ['flex flex-col gap-2', 'relative w-full', 'mt-1 text-sm', 'text-base leading-6', 'p-2 rounded-md', 'items-center justify-between', 'overflow-hidden truncate', 'grow shrink-0 basis-0'];

/** How a page names its elements: gives the class attribute for a role. */
function naming(kind, next) {
  if (kind === 'none') return () => '';
  if (kind === 'utility') return (role) => ` class="${UTILITY[role.length % UTILITY.length]}"`;
  if (kind === 'hashed') {
    const known = new Map();
    return (role) => {
      if (!known.has(role)) known.set(role, `css-${(next(0x7fffffff)).toString(36)} _${next(0xfffff).toString(16)}`);
      return ` class="${known.get(role)}"`;
    };
  }
  return (role) => ` class="listing-card__${role}"`;
}

const WORDS = {
  en: { all: 'See all', also: 'You may also like', seen: 'Recently viewed', ad: 'Sponsored', filter: 'Filter', brand: 'Brand', price: 'Price', more: 'Show more', page: 'Page', news: 'Never miss an offer', searches: 'Popular searches' },
  de: { all: 'Alle ansehen', also: 'Das könnte auch gefallen', seen: 'Zuletzt angesehen', ad: 'Anzeige', filter: 'Filter', brand: 'Marke', price: 'Preis', more: 'Mehr anzeigen', page: 'Seite', news: 'Kein Angebot verpassen', searches: 'Beliebte Suchen' },
  ja: { all: 'すべて見る', also: 'おすすめの商品', seen: '最近チェックした商品', ad: '広告', filter: '絞り込み', brand: 'ブランド', price: '価格', more: 'もっと見る', page: 'ページ', news: '新着通知', searches: '人気の検索' },
};
const say = (lang, key) => (WORDS[lang] ?? WORDS.en)[key];

/** Parts that stand around a list. Each gives html, and the listings in it that are none of the main list. */
const AROUND = {
  menu: ({ c }) => ({ top: `<div${c('menu')}>${['House and garden', 'Books and music', 'Clothes and shoes', 'Tools and parts'].map((w, n) => `<div${c('tile')}><a href="/c/${n + 11}-${w.toLowerCase().replaceAll(' ', '-')}"><img src="t.png" alt="${w}"><span>${w}</span></a></div>`).join('')}</div>` }),
  crumbs: ({ lang }) => ({ top: `<ol aria-label="Breadcrumb"><li><a href="/">Market</a></li><li><a href="/c/3-home-and-living-things">Home</a></li><li>${say(lang, 'page')} 2</li></ol>` }),
  filters: ({ lang, c, money }) => ({ side: `<div${c('filters')}><h2>${say(lang, 'filter')}</h2><h3>${say(lang, 'brand')}</h3><ul>${['Sample', 'Testmade', 'Nonesuch', 'Invented & Sons', 'Placeholder'].map((b, n) => `<li><a href="/s/brand-${b.toLowerCase().replace(/\W+/g, '-')}">${b}</a> <span>(${n * 37 + 12})</span></li>`).join('')}</ul><h3>${say(lang, 'price')}</h3><ul>${[1, 2, 3, 4].map((n) => `<li><a href="/s/price-${n}-to-${n + 1}-hundred">${money(n * 100)} - ${money(n * 100 + 100)}</a> <span>(${n * 7})</span></li>`).join('')}</ul></div>` }),
  labels: ({ lang, c, money }) => ({ side: `<form${c('filters')}><fieldset><legend>${say(lang, 'price')}</legend>${[1, 2, 3].map((n) => `<label><input type="checkbox" name="p${n}">${money(n * 50)} – ${money(n * 50 + 50)} <span>(${n * 9})</span></label>`).join('')}</fieldset></form>` }),
  seen: ({ lang, c, money, other }) => ({ end: `<section${c('carousel')}><h2>${say(lang, 'seen')}</h2><div style="display:flex;overflow-x:auto">${other.map((t, n) => `<div${c('slide')}><a href="/item/99100${n}">${IMG}<div>${t}</div><div>${money(n * 3 + 5)}</div></a></div>`).join('')}</div></section>`, others: other.map((title, n) => ({ title, price: money(n * 3 + 5), href: `/item/99100${n}` })) }),
  also: ({ lang, c, money, other }) => ({ top: `<section${c('carousel')}><h2>${say(lang, 'also')}</h2><button aria-label="Previous">‹</button><ul>${other.map((t, n) => `<li${c('slide')}><a href="/item/99200${n}">${IMG}</a><a href="/item/99200${n}">${t}</a><span>${money(n * 4 + 6)}</span></li>`).join('')}</ul><button aria-label="Next">›</button></section>`, others: other.map((title, n) => ({ title, price: money(n * 4 + 6), href: `/item/99200${n}` })) }),
  ads: ({ lang, c, money }) => ({ end: `<div${c('ads')}><small>${say(lang, 'ad')}</small>${['insurance', 'loans', 'travel'].map((w, n) => `<a href="https://ads.elsewhere.example/click?to=${w}&n=99${n}1234"><img src="a.jpg" alt=""><b>Compare ${w} now and save</b><span>${money(n + 3)}</span></a>`).join('')}</div>` }),
  cloud: ({ lang, c }) => ({ end: `<section${c('cloud')}><h3>${say(lang, 'searches')}</h3><ul>${['oak table', 'wool blanket', 'garden bench', 'brass lamp', 'jazz records', 'walking boots'].map((w) => `<li><a href="/q/${w.replace(' ', '-')}-second-hand">${w}</a></li>`).join('')}</ul></section>` }),
  pages: ({ lang, c }) => ({ end: `<div${c('pages')}>${[1, 2, 3, 4, 5].map((n) => `<a href="?page=${n}" aria-label="${say(lang, 'page')} ${n}">${n}</a>`).join('')}<button>${say(lang, 'more')}</button></div>` }),
  news: ({ lang, c }) => ({ end: `<div${c('news')}><img src="n.png" alt=""><h3>${say(lang, 'news')}</h3><a href="/alerts/new">OK</a></div>` }),
  guides: ({ c }) => ({ end: `<section${c('guides')}>${['How to care for old oak furniture', 'What makes a good walking boot today', 'Ten lamps that everybody should know'].map((t) => `<article><a href="/magazine/${t.toLowerCase().replaceAll(' ', '-')}"><img src="g.jpg" alt=""><h3>${t}</h3><p>Words from our magazine, with pictures, for long evenings.</p></a></article>`).join('')}</section>` }),
  apps: ({ c }) => ({ end: `<div${c('apps')}><a href="https://apps.one.example/app/id123456789"><img src="s1.png" alt="Get it on One"></a><a href="https://apps.two.example/app/id987654321"><img src="s2.png" alt="Get it on Two"></a></div>` }),
  skeletons: ({ c }) => ({ end: `<div${c('skeleton')}>${'<div><div></div><div>&nbsp;</div></div>'.repeat(4)}</div>` }),
};

const OTHER = { en: ['Small stool, painted', 'Plant pot of clay', 'Picture frame, oval', 'Box of old postcards'], de: ['Kleiner Hocker', 'Blumentopf aus Ton', 'Bilderrahmen, oval', 'Alte Postkarten'], ja: ['小さな木のスツール', '素焼きの植木鉢です', '楕円の額縁セット', '古い絵はがき一箱'] };

/** The whole page around its content. */
function frame({ body, lang, title, h1, head = '', dir = 'ltr', top = '', side = '', end = '', c }) {
  return `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>${title}</title>${head}</head><body><div id="root"><header${c('header')}><a href="/"><img src="logo.svg" alt="Market"></a><form role="search"><input name="q"></form><a href="/sell/new-offer-start">Sell</a><a href="/help/how-it-works-here">Help</a></header>
${top}<div${c('layout')}>${side === '' ? '' : `<aside>${side}</aside>`}<main>${h1}${body}</main></div>${end}
<footer><div><h4>About</h4><ul><li><a href="/about-us-and-our-team">About us</a></li><li><a href="/jobs-at-the-market">Jobs</a></li></ul></div><div><h4>Help</h4><ul><li><a href="/help/buying-safely-here">Buying</a></li><li><a href="/help/selling-in-three-steps">Selling</a></li></ul></div></footer></div></body></html>`;
}

function surround(names, context) {
  const parts = { top: '', side: '', end: '', others: [] };
  for (const name of names) {
    const part = AROUND[name](context);
    for (const at of ['top', 'side', 'end']) parts[at] += part[at] ?? '';
    parts.others.push(...part.others ?? []);
  }
  return parts;
}
const ALL = Object.keys(AROUND);

/** What every page of a shape shares, made from its seed. */
function context(seed, { lang = 'en', money, named }) {
  const next = numbers(seed);
  const kind = named ?? ['none', 'utility', 'hashed', 'role'][next(4)];
  const names = ALL.filter(() => next(5) < 2);
  return { next, lang, money, c: naming(kind, next), other: OTHER[lang] ?? OTHER.en, names };
}

/**
 * A page of results. `card(title, n, context)` gives `{ html, price, href?, title? }`, `main: false` for what stands in the
 * list without being of it.
 */
export function results(name, seed, { goods, card, open = '<div>', close = '</div>', h1 = '<h1>Results</h1>', title = 'Results - Synthetic market', dir, head, around, ...more }) {
  const its = context(seed, more);
  const cards = goods.map((t, n) => ({ title: t, href: `/item/${5510070 + n}`, main: true, ...card(t, n, its) }));
  const { others, ...parts } = surround(around ?? its.names, its);
  const body = (typeof open === 'function' ? open(its.c) : open) + cards.map((x) => x.html).join('\n') + close;
  return {
    name, url: `${HOST}/find/${name}`, html: frame({ body, lang: its.lang, title, h1, dir, head, c: its.c, ...parts }),
    truth: { kind: 'search', listings: [...cards.filter((x) => x.none !== true).map(({ title: t, price, href, main }) => ({ title: t, price: price ?? null, href, in_main_list: main })), ...others.map((o) => ({ ...o, in_main_list: false }))] },
  };
}

/** A page of one listing; `body(context)` gives its html, `others` what is offered beside it, `says` and `seller` what else must be read. */
export function single(name, seed, { body, of, price, path = `/item/${name}-88001${seed}`, title = `${of} | Synthetic market`, h1 = '', others = [], around, head = '', dir, says = '', seller = '', ...more }) {
  const its = context(seed, more);
  const { others: also, ...parts } = surround(around ?? its.names, its);
  return {
    name, url: HOST + path, html: frame({ body: body(its), lang: its.lang, title, h1, dir, c: its.c, head: `<link rel="canonical" href="${HOST}${path}">${head}`, ...parts }),
    says, seller,
    truth: { kind: 'item', listings: [{ title: of, price, href: HOST + path, in_main_list: true }, ...[...others, ...also].map((o) => ({ ...o, in_main_list: false }))] },
  };
}
