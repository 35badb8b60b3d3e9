// Ten item pages that offer their pictures in ten ways, on loopback, and the pictures themselves. All synthetic.
// Owns the pages and a log of what was asked for; `remove()` takes everything away as a seller does.
import http from 'node:http';
import zlib from 'node:zlib';

/** A real PNG of one colour with a band that tells pictures apart. */
export function png(width, height, seed) {
  const row = Buffer.alloc(1 + width * 3);
  const rows = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) row.set([(seed * 53) % 256, (y >> 2) % 256, x < 40 ? 255 : (seed * 31) % 256], 1 + x * 3);
    rows.push(Buffer.from(row));
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(zlib.crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]);
}

const small = (n, i = 1) => `/p/${n}-${i}-s240.png`;
const large = (n, i = 1) => `/p/${n}-${i}-s1000.png`;
const img = (n, more, i = 1) => `<img src="${small(n, i)}" width="240" height="180" alt="" ${more}>`;
const json = (data) => `<script type="application/ld+json">${JSON.stringify({ '@context': 'https://schema.org', '@type': 'Product', ...data })}</script>`;

/** How each page offers its pictures; `n` is the page's number. */
export const WAYS = {
  'srcset by width': (n) => img(n, `srcset="${small(n)} 240w, ${large(n)} 1000w" sizes="240px"`),
  'srcset by density': (n) => img(n, `srcset="${small(n)} 1x, ${large(n)} 4x"`),
  'picture with sources': (n) => `<picture><source srcset="${large(n)} 1000w, ${small(n)} 240w" sizes="240px">${img(n, '')}</picture>`,
  'zoom attribute': (n) => img(n, `data-zoom-image="${large(n)}"`),
  'lazy srcset': (n) => img(n, `data-srcset="${small(n)} 240w, ${large(n)} 1000w"`),
  'sizes as JSON': (n) => img(n, `data-a-dynamic-image='${JSON.stringify({ [small(n)]: [240, 180], [large(n)]: [1000, 750] })}'`),
  'thumbnail with link': (n) => `<a href="${large(n)}">${img(n, '')}</a>`,
  'large picture itself': (n) => `<img src="${large(n)}" width="240" height="180" alt="">`,
  'JSON-LD': (n, title) => img(n, '') + json({ name: title, image: [large(n), { '@type': 'ImageObject', contentUrl: large(n, 2), width: 1000 }], offers: { '@type': 'Offer', price: '90', priceCurrency: 'EUR' } }),
  'gallery of three': (n) => [1, 2, 3].map((i) => img(n, `data-large="${large(n, i)}"`, i)).join(''),
};
const NAMES = Object.keys(WAYS);
export const titleOf = (n) => `Carved elephant ivory figure, piece ${n + 1}`;
export const textOf = (n) => `Old carved elephant ivory, solid and heavy, made-up description number ${n + 1}.`;

const page = (n) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${titleOf(n)} - Demo Market</title></head>
<body><header><a href="/">Demo Market</a><img src="/p/logo-s240.png" class="logo" width="120" height="40" alt="Demo Market"></header>
<main><article><div class="gallery">${Object.values(WAYS)[n](n, titleOf(n))}</div><div><h1>${titleOf(n)}</h1><p class="price">€ 90</p>
<h2>Description</h2><p class="description">${textOf(n)}</p><p class="seller">Seller: <img class="avatar" src="/p/avatar-s240.png" width="120" height="120" alt=""> synthetic-seller</p></div></article>
<section><h2>Similar</h2><ul>${[1, 2, 3, 4, 5].map((i) => `<li class="card"><a href="/item/90000000${i}"><img src="/p/other-${i}-s240.png" width="200" height="150" alt=""></a><h3><a href="/item/90000000${i}">Blue enamel pot ${i}</a></h3><p class="price">€ ${i}0</p></li>`).join('')}</ul></section>
</main><footer><img src="/p/footer-s240.png" width="240" height="40" alt=""></footer></body></html>`;

/** Starts the pages. At `127.0.0.1` the same pictures stand under an address that is not granted with them. */
export async function startGallery() {
  let gone = false;
  const asked = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push({ path: url.pathname, extension: request.headers['sec-fetch-mode'] === 'cors', cookie: request.headers.cookie ?? '', referer: request.headers.referer ?? '' });
    if (gone) return response.writeHead(410).end('Gone');
    const [, room, name = ''] = url.pathname.split('/');
    if (room === 'item') {
      const n = Number(name.slice(-2)) - 10;
      const elsewhere = url.searchParams.has('elsewhere') ? `http://127.0.0.1:${server.address().port}/p/` : '/p/';
      if (n in NAMES) return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'visitor=1', 'cache-control': 'no-store' }).end(page(n).replaceAll('/p/', elsewhere));
    }
    const width = Number(/-s(\d+)\.png$/.exec(name)?.[1]);
    if (room === 'p' && width > 0 && width <= 2_000) {
      const seed = [...name.replace(/-s\d+/, '')].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, 7);
      return response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'no-store' }).end(png(width, width * 3 / 4, seed));
    }
    return response.writeHead(404).end('Not found');
  });
  await new Promise((resolve) => server.listen(0, resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    asked,
    pathOf: (n) => `/item/5550000${10 + n}`,
    /** A page whose pictures stand at another host. */
    elsewhere: (n) => `http://localhost:${server.address().port}/item/6660000${10 + n}?elsewhere=1`,
    remove: () => { gone = true; },
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
