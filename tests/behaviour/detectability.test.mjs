// What can a page learn about the extension? Every known means, in quiet mode (nothing) and with badges (one
// element, one highlight registry and its sheet). The same page in a browser without us tells what is usual.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dist } from '../e2e/support/paths.mjs';
import { addSite } from '../e2e/support/journey.mjs';
import { beyond, PROBES, watchful } from './probes.mjs';
import { BROWSERS, cards, page, PATIENCE, serve, spotter } from './spotter.mjs';

const HEAD = `<script>(${watchful})()</script>`;
const pages = () => ({
  '/plain': page(cards(12), { head: HEAD }),
  // Types are trusted only from the page's own script; a violation of either policy would be reported to the page.
  '/strict': { body: page(cards(12), { head: HEAD }), headers: {
    'content-security-policy': "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'",
  } },
});

/** The marks that badge mode shows a page, by probe. Everything else learns nothing. */
const BADGES = {
  attributes: ['differs (11 characters)'],
  sheets: ['1 style sheets, 1 adopted'],
  elements: ['1 more'],
  children: ['1 more'],
  highlights: ['m1,m2'],
  mutations: ['DIV added to HTML'],
};

const learned = (with_, without) => Object.fromEntries(Object.keys(PROBES).map((probe) => [probe, beyond(with_[probe] ?? [], without[probe] ?? [])]).filter(([, lines]) => lines.length > 0));
const look = (at, bases) => at.evaluate((b) => globalThis.report(b), bases);
/** What a page hears without us. Our files are never ordinary: they could be had before the site is granted. */
const ordinary = async (at, bases) => ({ ...await look(at, bases), resources: [] });
const sayIt = (lines) => (lines === undefined ? 'nothing' : [...new Set(lines)].join('; '));
const rest = () => new Promise((done) => { setTimeout(done, 400); });

for (const name of BROWSERS) {
  test(`${name}: what each probe learns`, PATIENCE, async (t) => {
    const site = await serve(t, pages());
    const s = await spotter(t, name);
    // The same browser, before the site is granted: nothing of ours runs there.
    const bases = [s.browser.base];
    const usual = {};
    for (const at of ['/plain', '/strict']) {
      const bare = await s.open(site.origin + at);
      await rest();
      usual[at] = await ordinary(bare, bases);
      await rest();
      usual[at].again = await ordinary(bare, bases);
      await bare.close();
    }
    await addSite(s.browser, s.options, site.origin);
    site.requests.length = 0;
    const found = {};
    for (const at of ['/plain', '/strict']) {
      const url = site.origin + at;
      const web = await s.open(url);
      const { findings } = await s.read(web, 12);
      assert.ok(findings.length >= 3, 'there is something to hide');
      await s.tell(web, { type: 'collect', key: findings[1].key });
      await rest();
      found[at] = { quiet: learned(await look(web, bases), usual[at]) };
      // What a person does in the panel: the page scrolls, as it does by any other means.
      await s.tell(web, { type: 'step', forward: true });
      await s.tell(web, { type: 'show', key: findings[0].key });
      await rest();
      found[at].stepped = learned(await look(web, bases), usual[at].again);
      await s.quiet(false);
      await rest();
      found[at].badges = learned(await look(web, bases), usual[at].again);
      const root = await web.evaluate(() => { const host = document.documentElement.lastElementChild; return { open: host.shadowRoot, names: host.getAttributeNames(), inside: host.childNodes.length }; });
      assert.deepEqual(root, { open: null, names: [], inside: 0 }, 'one bare element, its root closed');
      await s.quiet(true);
      await rest();
      found[at].quietAgain = await web.evaluate(() => ({ children: document.documentElement.childElementCount, highlights: CSS.highlights.size, sheets: document.adoptedStyleSheets.length }));
      await web.close();
    }
    assert.deepEqual(site.requests, ['GET /plain', 'GET /strict'].concat(site.requests.filter((r) => r.includes('favicon'))), 'the server saw one request a page');

    console.log(`\n${name}: what each probe learned (page with inline scripts; under a strict policy the same)`);
    for (const probe of Object.keys(PROBES)) console.log(`  ${PROBES[probe].padEnd(72)} quiet: ${sayIt(found['/plain'].quiet[probe]).padEnd(9)} badges: ${sayIt(found['/plain'].badges[probe])}`);
    for (const at of ['/plain', '/strict']) {
      assert.deepEqual(found[at].quiet, {}, `${at}: quiet mode teaches a page nothing`);
      const { hits, ...others } = found[at].badges;
      assert.deepEqual(others, BADGES, `${at}: badges are one element, one registry and its sheet`);
      assert.match(hits[0], /^(?:DIV,?)+ instead$/u);
      assert.deepEqual(Object.keys(found[at].stepped).filter((k) => k !== 'events'), [], `${at}: going to a listing only scrolls`);
      assert.deepEqual([...new Set(found[at].stepped.events ?? [])].filter((e) => !/^scroll(?:end|snapchanging|snapchange)?$/u.test(e)), []);
      assert.deepEqual(found[at].quietAgain, { children: 2, highlights: 0, sheets: 0 }, `${at}: switched off, nothing stays`);
    }
  });

  test(`${name}: an extension that is not quiet is noticed`, PATIENCE, async (t) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-loud-'));
    t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
    fs.cpSync(dist(name), dir, { recursive: true });
    const manifest = JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json'), 'utf8'));
    manifest.web_accessible_resources = [{ resources: ['icons/16.png'], matches: ['<all_urls>'] }];
    fs.writeFileSync(path.join(dir, 'manifest.json'), JSON.stringify(manifest));
    fs.appendFileSync(path.join(dir, 'content.js'), `
      document.body.setAttribute('data-x', '1');
      window.postMessage('x', '*');
      localStorage.setItem('x', '1');
      document.querySelector('h1').style.setProperty('color', 'red');
      document.body.dispatchEvent(new Event('scroll', { bubbles: true }));
      performance.mark('x');
      const img = document.body.appendChild(document.createElement('img'));
      img.src = chrome.runtime.getURL('icons/16.png');
    `);
    const site = await serve(t, pages());
    const s = await spotter(t, name, undefined, { dir });
    const url = `${site.origin}/plain`;
    const bare = await s.open(url);
    await rest();
    const usual = await ordinary(bare, [s.browser.base]);
    await bare.close();
    await addSite(s.browser, s.options, site.origin);
    const web = await s.open(url);
    await s.read(web, 12);
    await rest();
    const found = learned(await look(web, [s.browser.base]), usual);
    for (const probe of ['attributes', 'styles', 'elements', 'mutations', 'messages', 'storage', 'events', 'entries', 'resources']) {
      assert.ok(found[probe]?.length > 0, `the probe of ${PROBES[probe]} hears it: ${JSON.stringify(found)}`);
    }
  });
}
