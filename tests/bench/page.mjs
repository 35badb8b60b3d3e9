// The page, the listing and the text that are measured with. All of it is synthetic.

const IVORY = {
  id: '0',
  kind: 'listing',
  title: 'Antique carved elephant ivory netsuke, signed',
  description: 'Genuine elephant ivory, hand carved, Schreger lines visible. 4 cm, 38 g. PM me for more pictures.',
  price: '£420',
  category: 'Collectables',
  seller: '',
  location: '',
  url: 'http://127.0.0.1/item/1',
  lang: 'en',
  images: '',
};

export const MESSAGE = { type: 'assess', batch: 1, listings: [IVORY] };

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const product = {
  '@context': 'https://schema.org',
  '@type': 'Product',
  name: IVORY.title,
  description: IVORY.description,
  offers: { '@type': 'Offer', price: '420', priceCurrency: 'GBP' },
};

export const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(IVORY.title)}</title>
<meta property="og:type" content="product"><meta property="og:title" content="${escape(IVORY.title)}">
<script type="application/ld+json">${JSON.stringify(product)}</script></head>
<body><main><article><h1>${escape(IVORY.title)}</h1><p class="price">${IVORY.price}</p>
<p>${escape(IVORY.description)}</p></article></main></body></html>`;

// About 1 MB in JSON lines: a third of the sentences in other scripts, one listing in eight with a find.
const SENTENCES = [
  'Solid oak dining table with six chairs, collected from a smoke-free home.',
  'Verkaufe gebrauchtes Fahrrad, 28 Zoll, Gänge schalten gut, kleine Kratzer am Rahmen.',
  'Vélo pliant en très bon état, révisé cette année, facture disponible.',
  '九成新的书桌和椅子,自取,价格可以商量,非诚勿扰。',
  'Meja tulis kayu jati, masih elok, ambil sendiri di rumah.',
  'Детская коляска в хорошем состоянии, самовывоз, торг уместен.',
  'كرسي خشبي بحالة جيدة مع وسادة جديدة',
  'Box of assorted kitchen pans, lids included, light wear.',
];
const FINDS = [
  'Elephant ivory bangle, old, hand carved.',
  'Krokodilleder Handtasche, Vintage.',
  '象牙雕刻摆件,老货。',
];

export function corpus(bytes = 1_000_000) {
  const lines = [];
  let size = 0;
  let seed = 7;
  const next = (below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) % below;
  };
  for (let n = 0; size < bytes; n++) {
    const words = Array.from({ length: 3 + next(6) }, () => SENTENCES[next(SENTENCES.length)]);
    if (n % 8 === 0) words.splice(next(words.length), 0, FINDS[next(FINDS.length)]);
    const line = JSON.stringify({ id: String(n), title: words[0], description: words.slice(1).join(' ') });
    lines.push(line);
    size += Buffer.byteLength(line) + 1;
  }
  return lines.join('\n');
}
