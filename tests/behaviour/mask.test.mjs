// The demo mask: one switch covers sellers, places and pictures on a live page, for showing it to others.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, card, NO_TRACE, page, painted, PATIENCE, serve, shot, spotter, traces, until } from './spotter.mjs';

const PHOTO = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="160" height="120"><rect width="160" height="120" fill="#f0f"/></svg>')}`;
const of = (n, title) => card(n, title, `<p class="seller">Seller: <b>synthetic_seller_${n}</b></p><p class="location">Testville-${n}</p><p class="text">Kept in a dry place</p>`).replace(/src="[^"]*"/u, `src="${PHOTO}"`);
const list = (from, count) => Array.from({ length: count }, (_, i) => of(from + i)).join('');
const EXTRA = `<style>.avatar { width: 48px; height: 48px; background: #ddd url("${PHOTO}"); } .drawn { width: 60px; height: 60px; }</style>
<section><p id="free">Meet synthetic_seller_1 near Testville-2 today</p><p id="other">An ordinary sentence about a chair</p><p><a id="profile" href="/user/anna">Anna of the synthetic</a></p>
<div class="avatar" id="avatar"></div><canvas class="drawn" id="drawn"></canvas><div id="shadow"></div></section>
<script>document.getElementById('drawn').getContext('2d').fillStyle = '#f0f'; document.getElementById('drawn').getContext('2d').fillRect(0, 0, 400, 400);
document.getElementById('shadow').attachShadow({ mode: 'open' }).innerHTML = '<p class="seller-name">shady_synthetic</p><img width="60" height="60" src="' + ${JSON.stringify(PHOTO)} + '">';</script>`;
const pages = { '/list': page(list(0, 8), { extra: EXTRA }) };

/** The texts that the mask covers, as the page could see them. */
const covered = (web) => web.evaluate(() => [...CSS.highlights.get('m3') ?? []].filter((r) => r.startContainer.isConnected).map((r) => r.startContainer.data.slice(r.startOffset, r.endOffset).trim()));
/** Pixels of a colour that only pictures have, as a share of the screen. */
async function magenta(web) {
  const png = await web.screenshot({ encoding: 'base64', fullPage: true });
  const probe = await web.browser().newPage();
  try {
    return await probe.evaluate(async (data) => {
      const img = new Image();
      img.src = `data:image/png;base64,${data}`;
      await img.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: img.width, height: img.height });
      const at = canvas.getContext('2d');
      at.drawImage(img, 0, 0);
      const { data: px } = at.getImageData(0, 0, img.width, img.height);
      let n = 0;
      for (let i = 0; i < px.length; i += 4) if (px[i] > 200 && px[i + 1] < 60 && px[i + 2] > 200) n++;
      return n / (px.length / 4);
    }, png);
  } finally {
    await probe.close();
    await web.bringToFront();
  }
}
const names = (from, count) => Array.from({ length: count }, (_, i) => [`synthetic_seller_${from + i}`, `Testville-${from + i}`]).flat();
const holds = (texts, wanted) => wanted.every((w) => texts.some((x) => x.includes(w)));

for (const name of BROWSERS) {
  test(`${name}: sellers, places and pictures are covered, and shown again`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    const web = await s.open(`${site.origin}/list`);
    await s.read(web, 8);
    const markup = await web.evaluate(() => document.documentElement.outerHTML);
    const boxes = () => web.evaluate(() => [...document.querySelectorAll('body *')].map((el) => { const r = el.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join(); }).join(';'));
    const laidOut = await boxes();
    assert.ok(await magenta(web) > 0.02, 'there are pictures to cover');
    await shot(s.browser, web, 'mask-off');

    await s.mask(true);
    const texts = await until('names are covered', async () => { const x = await covered(web); return holds(x, names(0, 8)) ? x : null; });
    assert.ok(holds(texts, ['Meet synthetic_seller_1 near', 'Anna of the synthetic', 'shady_synthetic']), 'in running text, in links to sellers, in shadow roots');
    assert.ok(!texts.some((x) => /ordinary|Oak table|EUR|dry place|Synthetic results/u.test(x)), `nothing else is: ${texts}`);
    await painted(web);
    assert.equal(await magenta(web), 0, 'no picture is left');
    await shot(s.browser, web, 'mask-on');
    assert.equal(await web.evaluate(() => document.documentElement.outerHTML), markup, 'no node of the page changes');
    assert.equal(await boxes(), laidOut, 'and nothing moves');

    // Infinite scroll, a re-render, a name that is typed in anew: covered before they are painted.
    const before = await web.evaluate((html, again) => new Promise((done) => {
      document.getElementById('list').insertAdjacentHTML('beforeend', html);
      document.querySelector('.card').outerHTML = again;
      document.getElementById('profile').firstChild.data = 'Berta of the synthetic';
      requestAnimationFrame(() => done([...CSS.highlights.get('m3')].filter((r) => r.startContainer.isConnected).map((r) => r.startContainer.data)));
    }), list(8, 8), of(40));
    assert.ok(holds(before, [...names(8, 8), ...names(40, 1), 'Berta of the synthetic']), 'in the frame in which they come');
    await s.read(web, 16);
    assert.ok(holds(await covered(web), [...names(1, 15), ...names(40, 1)]));
    assert.equal(await magenta(web), 0);

    // With badges as well, one after the other.
    await s.quiet(false);
    await until('both are there', async () => (await traces(web)).highlights === 3);
    await s.quiet(true);
    await s.mask(false);
    await until('nothing stays', async () => JSON.stringify(await traces(web)) === JSON.stringify(NO_TRACE));
    assert.equal(await web.evaluate(() => document.getElementById('shadow').shadowRoot.adoptedStyleSheets.length), 0);
    assert.ok(await magenta(web) > 0.02, 'the pictures are back');

    // It is kept for pages that are opened later.
    await s.mask(true);
    await web.reload({ waitUntil: 'load' });
    await until('the page is covered again', async () => holds(await covered(web), names(0, 8)));
  });
}
