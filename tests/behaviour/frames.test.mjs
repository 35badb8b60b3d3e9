// Frames of the page's own origin are read, marked and scrolled to like the page itself; those of others never.
// Open shadow roots in any number, nested, and attached later.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, card, cards, MARKED, NO_TRACE, page, painted, PATIENCE, serve, shot, spotter, titleOf, traces, until } from './spotter.mjs';

const list = (from, count) => page(cards(count, from));
const attribute = (html) => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const frame = (id, rest) => `<iframe id="${id}" width="700" height="420" ${rest}></iframe>`;
/** A frame whose document is written by the page's script, and one inside a root. */
const WRITTEN = `<script>
  const doc = document.getElementById('blank').contentDocument;
  doc.open(); doc.write(${JSON.stringify(`<ul>${cards(3, 40)}</ul>`).replaceAll('</', '<\\/')}); doc.close();
  document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML = ${JSON.stringify(frame('rooted', 'src="/in-root"'))};
</script>`;
const pages = {
  '/outer': (request) => page(cards(4), { extra: [
    frame('plain', 'src="/plain"'), frame('srcdoc', `srcdoc="${attribute(`<ul>${cards(3, 30)}</ul>`)}"`), frame('blank', ''), '<div id="host"></div>',
    frame('nest', 'src="/nest"'), frame('open', 'src="/open" sandbox="allow-same-origin"'), frame('sandboxed', 'src="/secret" sandbox'), frame('private', 'src="/inbox/1"'),
    frame('foreign', `src="http://127.0.0.1:${request.headers.host.split(':')[1]}/secret"`), frame('hidden', 'src="/secret" style="display:none"'), WRITTEN,
  ].join('') }),
  '/plain': list(20, 4), '/in-root': list(50, 3), '/nest': page('', { extra: frame('nested', 'src="/nested"') }), '/nested': list(60, 3), '/open': list(70, 3), '/later': list(80, 3),
  '/framed-item': page('', { extra: frame('item', 'src="/offer/778899"') }),
  '/offer/778899': `<!doctype html><title>${titleOf(4)}</title><h1>${titleOf(4)}</h1><p class="price">EUR 40,00</p><p>One owner, kept in a box. Picked up in Testville, and paid there.</p>`,
  '/secret': list(900, 3), '/inbox/1': list(910, 3),
  '/many': page(cards(4), { extra: Array.from({ length: 30 }, (_, n) => frame(`f${n}`, `src="/one?n=${n}"`)).join('') }),
  '/one': (request) => { const n = Number(new URL(request.url, 'http://x').searchParams.get('n')); return list(100 + n * 4, 2); },
  '/loop': (request) => { const n = Number(new URL(request.url, 'http://x').searchParams.get('n') ?? 0); return page(cards(2, 300 + n * 2), { extra: n > 6 ? '' : frame('on', `src="/loop?n=${n + 1}"`) }); },
};
/** What a frame can tell of us, as the page's own world sees it: nothing, badges or not. */
const tracesIn = (web, id) => web.evaluate((name) => {
  const found = document.getElementById(name) ?? document.getElementById('host').shadowRoot.getElementById(name);
  const { contentDocument: doc, contentWindow: view } = found;
  return { highlights: view.CSS.highlights.size, sheets: doc.adoptedStyleSheets.length, html: doc.documentElement.outerHTML.length };
}, id);
const NUMBER = /no\. (\d+)/u;

for (const name of BROWSERS) {
  test(`${name}: frames of the page's own origin`, PATIENCE, async (t) => {
    const site = await serve(t, pages);
    const s = await spotter(t, name, site);
    const web = await s.open(`${site.origin}/outer`);
    const read = 4 + 4 + 3 + 3 + 3 + 3 + 3;
    const { findings } = await s.read(web, read);
    const numbers = findings.map((f) => Number(NUMBER.exec(f.title)[1]));
    assert.deepEqual(numbers, [0, 20, 32, 40, 52, 60, 72], 'in the order of the page, none of another origin, of the inbox or hidden');

    const before = await tracesIn(web, 'plain');
    assert.deepEqual([before.highlights, before.sheets], [0, 0]);
    await s.quiet(false);
    await until('the page is marked', async () => JSON.stringify(await traces(web)) === JSON.stringify(MARKED));

    // The panel scrolls to a listing in a frame, and its badge sits on it.
    await web.bringToFront();
    for (const n of [60, 20]) {
      await s.tell(web, { type: 'show', key: findings[numbers.indexOf(n)].key });
      await painted(web);
      const seen = await web.evaluate((id, inner, wanted) => {
        const outer = document.getElementById(id);
        const within = inner === null ? outer : outer.contentDocument.getElementById(inner);
        const at = [...within.contentDocument.querySelectorAll('.card img')].find((img) => img.closest('.card').textContent.includes(`no. ${wanted}`)).getBoundingClientRect();
        const [a, b] = [outer.getBoundingClientRect(), within === outer ? { left: 0, top: 0 } : within.getBoundingClientRect()];
        const extra = within === outer ? 0 : within.clientTop;
        const [x, y] = [a.left + outer.clientLeft + b.left + extra + at.left, a.top + outer.clientTop + b.top + extra + at.top];
        return { y, on: document.elementFromPoint(x + 12, y + 12)?.localName, top: document.elementFromPoint(x + 12, y + 12) === document.documentElement.lastElementChild };
      }, n === 60 ? 'nest' : 'plain', n === 60 ? 'nested' : null, n);
      assert.ok(seen.y >= 0 && seen.y < 800, `no. ${n} is on screen: ${seen.y}`);
      assert.ok(seen.top, `the badge of no. ${n} is on its picture, not ${seen.on}`);
    }
    await shot(s.browser, web, 'frames');

    // A click with the other button in a frame means the card under it.
    const plain = web.frames().find((f) => f.url().endsWith('/plain'));
    await plain.evaluate(() => document.querySelector('.card:nth-child(2) .price').dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, composed: true })));
    const pointed = await s.tell(web, { type: 'collect_at_pointer' });
    assert.deepEqual([pointed.listing.title, pointed.card_only, pointed.place.url_observed], [titleOf(21), true, `${site.origin}/outer`]);

    assert.deepEqual(await tracesIn(web, 'plain'), before, 'a frame cannot tell that its cards have badges');

    // A frame goes elsewhere, one comes, one leaves, one grows; with badges on them.
    await web.evaluate(() => { document.getElementById('plain').src = '/later'; });
    const gone = await until('the frame is followed', async () => { const f = await s.read(web, read - 1); return f.findings.some((x) => x.title.includes('no. 80')) ? f : null; });
    assert.ok(!gone.findings.some((f) => f.title.includes('no. 20')));
    assert.equal((await s.tell(web, { type: 'collect', key: findings[1].key })).type, 'gone');
    await web.evaluate(() => { document.getElementById('plain').remove(); });
    await s.read(web, read - 4);
    await web.evaluate((src) => { const added = document.createElement('iframe'); added.src = src; document.body.append(added); }, '/plain');
    await s.read(web, read);
    await web.evaluate((html) => document.getElementById('nest').contentDocument.getElementById('nested').contentDocument.getElementById('list').insertAdjacentHTML('beforeend', html), cards(5, 64));
    await s.read(web, read + 5);
    await s.tell(web, { type: 'show', key: (await s.findings(web)).findings.find((f) => f.title.includes('no. 20')).key });
    await painted(web);
    const added = await web.evaluate(() => {
      const r = document.querySelector('body > iframe:last-child').getBoundingClientRect();
      const at = [...Array.from({ length: 12 }, (_, i) => i * 12 + 8)].find((y) => [...Array.from({ length: 20 }, (_, i) => i * 8)].some((x) => document.elementFromPoint(r.left + x, r.top + y) === document.documentElement.lastElementChild));
      return { at, height: r.height };
    });
    assert.ok(added.at !== undefined, 'the badge of a card that a small frame cuts off stands where it can be seen');
    await shot(s.browser, web, 'frames-later');
    await s.quiet(true);
    await until('the marks are gone', async () => JSON.stringify(await traces(web)) === JSON.stringify(NO_TRACE));
    await web.close();

    // The page's only matter stands in a frame.
    const framed = await s.open(`${site.origin}/framed-item`);
    const [own] = (await s.read(framed, 1)).findings;
    assert.deepEqual([own.title, own.price, own.url], [titleOf(4), 'EUR 40,00', `${site.origin}/offer/778899`]);
    const whole = await s.tell(framed, { type: 'collect', key: own.key });
    assert.deepEqual([whole.listing.title, whole.card_only], [titleOf(4), false]);
    await framed.close();

    // Bounds: no more than so many, and not endlessly into each other.
    const many = await s.open(`${site.origin}/many`);
    await s.read(many, 4 + 20 * 2);
    await many.close();
    const loop = await s.open(`${site.origin}/loop`);
    const deep = await s.read(loop, 2 * 4);
    assert.equal(deep.gave_up, false);
    await loop.close();
  });
}

const host = (n, inner) => `<x-card id="c${n}"><template shadowrootmode="open">${inner}</template></x-card>`;
const rooted = (n) => host(n, card(n).replace(/^<li class="card">|<\/li>$/gu, '').replace(/<p class="price">(.*?)<\/p>/u, '<x-price><template shadowrootmode="open"><b>$1</b></template></x-price>'));
const roots = {
  // A card in a root of its own, its price in another inside it: a thousand roots.
  '/hosts': page('', { extra: `<div id="all">${Array.from({ length: 500 }, (_, n) => rooted(n)).join('')}</div>` }),
  // Each root holds the next, and a list.
  '/deep': page('', { extra: Array.from({ length: 8 }).reduce((inner, _, n) => host(n, `<ul>${cards(2, 40 - n * 2)}</ul>${inner}`), '') }),
  // No node changes when an element gets its root, and what is defined later gets it then.
  '/late': page(cards(2), { extra: `<div id="plain"></div><x-late></x-late><script>
    const fill = (el, html) => { el.attachShadow({ mode: 'open' }).innerHTML = html; };
    globalThis.attach = () => fill(document.getElementById('plain'), ${JSON.stringify(`<ul>${cards(3, 10)}</ul>`)});
    globalThis.define = () => customElements.define('x-late', class extends HTMLElement { connectedCallback() { fill(this, ${JSON.stringify(`<ul>${cards(3, 20)}</ul>`)}); } });
    globalThis.append = () => { const li = document.createElement('li'); fill(li.appendChild(document.createElement('article')), ${JSON.stringify(`<ul>${cards(3, 30)}</ul>`)}); document.getElementById('list').append(li); };
  </script>`.replace(/<\/(li|ul|h3|a|p)>/gu, '<\\/$1>') }),
};

for (const name of BROWSERS) {
  test(`${name}: open roots, many, nested and late`, PATIENCE, async (t) => {
    const site = await serve(t, roots);
    const s = await spotter(t, name, site);
    const hosts = await s.open(`${site.origin}/hosts`);
    const { findings } = await s.read(hosts, 500, 40_000);
    const numbers = findings.map((f) => Number(NUMBER.exec(f.title)[1]));
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), 'in the order of the page');
    assert.ok(findings.every((f) => /^EUR \d+,50$/u.test(f.price)), 'with the prices of the inner roots');
    // A text in the innermost root changes.
    await hosts.evaluate(() => { document.getElementById('c4').shadowRoot.querySelector('x-price').shadowRoot.querySelector('b').textContent = 'EUR 99,00'; });
    await until('the new price is read', async () => (await s.findings(hosts)).findings.some((f) => f.price === 'EUR 99,00'));
    await hosts.close();
    const deep = await s.open(`${site.origin}/deep`);
    assert.equal((await s.read(deep, 16)).findings.length, 4);
    await deep.close();
    const late = await s.open(`${site.origin}/late`);
    await s.read(late, 2);
    let read = 2;
    for (const step of ['attach', 'define', 'append']) {
      await late.evaluate((what) => globalThis[what](), step);
      read += 3;
      await s.read(late, read);
    }
    await late.close();
  });
}
