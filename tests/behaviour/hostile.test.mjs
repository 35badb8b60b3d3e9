// Pages that are broken, enormous or built to hurt: each stays responsive, nothing is thrown, and what can be found
// is found.
import assert from 'node:assert/strict';
import test from 'node:test';
import { slowness } from '../bench/slowness.mjs';
import { BROWSERS, card, cards, page, serve, spotter, titleOf, until } from './spotter.mjs';

/** Counts the longest time for which the page had no turn. */
const TICKER = `<script>(() => { let last = performance.now(); globalThis.longest = 0; globalThis.arm = () => { last = performance.now(); globalThis.longest = 0; };
  setInterval(() => { const now = performance.now(); globalThis.longest = Math.max(globalThis.longest, now - last); last = now; }, 5); })();</script>`;
const script = (text) => `<script>${text}</script>`;
const data = (text) => `<script type="application/ld+json">${text}</script>`;
const swamp = (n) => `<div>${'<p><b>x</b> <i>y</i></p>'.repeat(n / 3)}</div>`;
const MOVING = `const list = document.getElementById('list'); setInterval(() => { for (let i = 0; i < 6; i++) list.append(list.children[Math.floor(Math.random() * list.children.length)]); }, 3);`;
const STORM = `const box = document.body.appendChild(document.createElement('div'));
  globalThis.storm = setInterval(() => { box.replaceChildren(...Array.from({ length: 3000 }, (_, i) => Object.assign(document.createElement('i'), { textContent: i }))); box.replaceChildren(); }, 0);`;
const TAMPER = `Object.defineProperty(Object.prototype, 'type', { get() { throw new Error('trap'); }, set() { throw new Error('trap'); } });
  Array.prototype[Symbol.iterator] = function () { throw new Error('trap'); }; Array.prototype.map = null; JSON.parse = JSON.stringify = () => { throw new Error('trap'); };
  Promise.prototype.then = () => { throw new Error('trap'); }; Node.prototype.appendChild = null; Element.prototype.querySelectorAll = () => [];
  document.querySelector = () => null; String.prototype.slice = null; Map.prototype.get = () => undefined;`;
const NAMED = ['parentNode', 'localName', 'getAttribute', 'children', 'textContent', 'querySelector', 'querySelectorAll', 'nodeType', 'firstChild', 'matches', 'closest', 'hasAttribute', 'shadowRoot', 'checkVisibility', 'contains', 'attributes', 'isConnected', 'nextSibling', 'getBoundingClientRect',
  'parentElement', 'nextElementSibling', 'outerHTML', 'ownerDocument', 'compareDocumentPosition', 'getRootNode', 'getElementsByTagName', 'scrollIntoView', 'childNodes', 'namespaceURI', 'childElementCount', 'firstElementChild']
  .map((n) => `<input type="hidden" name="${n}">`).join('');
const FORMS = `<form>${NAMED}</form><ul class="list" id="formed">${[20, 24, 28].map((n) => `<li class="card"><form action="/buy">${NAMED}<a href="/item/${700000 + n}">${titleOf(n)}</a><p class="price">EUR 3,00</p></form></li>`).join('')}</ul>
<img name="body" alt=""><form name="documentElement"></form><img name="head" alt=""><img id="chrome" alt=""><form id="location"></form><a id="CSS"></a><img name="querySelectorAll" alt=""><img name="createTreeWalker" alt=""><embed name="title">`;
const XHTML = (inside) => `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Synthetic</title></head>${inside}</html>`;
const tidy = (html) => html.replace(/(<img [^>]*[^/])>/gu, '$1/>').replaceAll('alt=""', 'alt="x"');

/**
 * Page, listings read (none given: at least those found), and how many are findings.
 */
const CASES = {
  '65,000 nodes': { body: page(cards(12), { extra: swamp(65_000), head: TICKER }), found: 3 },
  '10 MB of text': { body: page(cards(12), { extra: `<p>${'ivory chair and table '.repeat(480_000)}</p><article><h2><a href="/item/1">Long</a></h2>EUR 1 ${'word '.repeat(400_000)}</article>`, head: TICKER }), found: 3 },
  'a title of a million characters': { body: page(cards(12) + card(90, `Elephant ivory tusk ${'very old '.repeat(111_000)}`), { head: TICKER }), read: 13, found: 4 },
  'a mutation storm': { body: page(cards(12), { extra: script(STORM), head: TICKER }), read: 12, found: 3 },
  'cards that move while they are read': { body: page(cards(60), { extra: script(MOVING), head: TICKER }), read: 60, found: 15 },
  'prototypes tampered with': { body: page(cards(12), { head: script(TAMPER) }), read: 12, found: 3 },
  // Chromium shows the fields of a form to every script as the form's own properties.
  'elements named like methods': { body: page(cards(12), { extra: FORMS }), read: 15, found: 6 },
  'malformed data about itself': { body: page(cards(12), { head: [data('{"@type":"Product","name":'), data('['.repeat(50_000)), data('{"@graph":[null,1,{"@type":["Product"],"name":{"a":[]},"offers":[[[]]],"__proto__":{"x":1}}]}'), data('{"@type":"ItemList","itemListElement":"x"}'), data('"'), data('\u0000'),
    '<meta property="og:title"><meta property="og:type" content="product"><link rel="canonical" href="http://[bad"><base href="javascript:1">'].join(''),
    extra: '<div itemscope itemtype="https://schema.org/Product" itemref="me" id="me"><span itemprop="name"></span><div itemprop="offers" itemscope itemref="me"></div></div>' }), found: 3 },
  'quirks mode': { body: page(cards(12)).replace('<!doctype html>', ''), read: 12, found: 3 },
  XHTML: { body: XHTML(tidy(`<body><h1>Synthetic</h1><ul>${cards(12)}</ul></body>`)), headers: { 'content-type': 'application/xhtml+xml; charset=utf-8' }, read: 12, found: 3 },
  'no body': { body: XHTML(tidy(`<div id="list"><ul>${cards(12)}</ul></div>`)), headers: { 'content-type': 'application/xhtml+xml; charset=utf-8' }, read: 12, found: 3 },
  'a set of frames': { body: '<!doctype html><html><head><title>Frames</title></head><frameset cols="50%,50%"><frame src="/empty"><frame src="/empty"></frameset></html>', read: 0, found: 0 },
  'a body that is taken away and comes back': { body: page(cards(12), { extra: script(`const body = document.body; setTimeout(() => { body.remove(); setTimeout(() => document.documentElement.append(body), 300); }, 300);`) }), read: 12, found: 3 },
  'a document written anew': { body: page(cards(8, 100), { extra: script(`setTimeout(() => { document.open(); document.write(${JSON.stringify(page(cards(12)))}); document.close(); }, 600);`.replaceAll('</', '<\\/')) }), read: 12, found: 3 },
};
const pathOf = (name) => `/${name.replace(/\W+/gu, '-')}`;

/** Everything that our scripts threw, as the browser itself keeps it. */
async function thrown(s, heard) {
  if (s.browser.name === 'chromium') return heard;
  // A warning that a script was ended, or an answer that came too late, belongs to the tab that was closed before.
  const text = await s.browser.chromeEval(`JSON.stringify(Services.console.getMessageArray().map((m) => String(m.message ?? m)).filter((m) => m.includes(${JSON.stringify(s.browser.base)}) && m.startsWith('[JavaScript Error') && !m.includes('after context unloaded')))`);
  await s.browser.chromeEval('Services.console.reset()');
  return JSON.parse(text);
}

for (const name of BROWSERS) {
  test(`${name}: hostile and broken pages`, { timeout: 600_000 }, async (t) => {
    const site = await serve(t, { '/empty': page(''), ...Object.fromEntries(Object.entries(CASES).map(([k, { body, headers }]) => [pathOf(k), { body, headers }])) });
    const s = await spotter(t, name, site);
    await s.quiet(false);
    for (const [what, { read, found }] of Object.entries(CASES)) {
      await t.test(what, async () => {
        const heard = [];
        const web = await s.open(site.origin + pathOf(what), async (at) => {
          if (name !== 'chromium') return;
          const session = await at.createCDPSession();
          session.on('Runtime.exceptionThrown', (e) => heard.push(`${e.exceptionDetails.text} ${e.exceptionDetails.exception?.description ?? ''}`));
          await session.send('Runtime.enable');
        });
        await web.evaluate(() => globalThis.arm?.());
        const got = await until(`${read ?? 'some'} are read, ${found} found`, async () => {
          const f = await s.findings(web.url());
          return f !== null && f.waiting === 0 && (read === undefined ? f.read >= found : f.read === read) && f.findings.length === found ? f : null;
        }, 40_000).catch(async (error) => assert.fail(`${error.message}: ${JSON.stringify(await s.findings(web.url())).slice(0, 600)}; ${(await thrown(s, heard)).join('; ')}`));
        for (const f of got.findings) assert.ok(new TextEncoder().encode(f.title).length <= 2048);
        const longest = await web.evaluate(() => globalThis.longest ?? null);
        if (longest !== null) {
          const allowed = 500 * slowness();
          t.diagnostic(`${name}, ${what}: the page waited ${Math.round(longest)} ms at the longest, ${Math.round(allowed)} allowed`);
          assert.ok(longest < allowed, `the page stood still for ${longest} ms of ${allowed}`);
        }
        // Still there, and still following.
        await s.tell(web.url(), { type: 'step', forward: true });
        assert.deepEqual(await thrown(s, heard), [], 'nothing is thrown');
        await web.evaluate(() => clearInterval(globalThis.storm));
        await web.close();
      });
    }
  });
}
