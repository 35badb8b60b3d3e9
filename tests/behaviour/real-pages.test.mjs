// Badges and reasons on real saved pages, where they lie beside the project, as pictures to look at. Their goods are
// harmless: three titles on each are made into wildlife first. Reads what is shown back, so that it can fail.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { readPages } from '../finder/bench.mjs';
import { servePages } from '../finder/site.mjs';
import { part } from '../part.mjs';
import { sharedPages } from '../e2e/support/paths.mjs';
import { BROWSERS, painted, shot, spotter, until } from './spotter.mjs';

const WILD = ['Carved elephant ivory netsuke', 'Genuine elephant ivory tusk', 'Live ball python, CB 2024'];
const here = fs.existsSync(sharedPages);
if (!here) {
  console.log('SKIPPED badges on real saved pages: the folder is not beside the project');
  test('badges on real saved pages', { skip: process.env.SPOTTER_REQUIRE_SHARED === '1' ? false : 'the folder is not beside the project' }, () => {
    assert.fail(`${sharedPages} is missing, and SPOTTER_REQUIRE_SHARED=1 asks for it`);
  });
}

/** In the page: puts `titles` in place of these texts, wherever they stand as a whole. */
function rename(from, titles) {
  const clean = (text) => text.replace(/\s+/gu, ' ').trim();
  let done = 0;
  from.forEach((title, i) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let changed = false;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (clean(node.data) !== title) continue;
      node.data = titles[i];
      changed = true;
    }
    if (changed) done++;
  });
  return done;
}

/** How a page and what is known of it stand, for a failure. */
async function told(s, web, at) {
  const [said, asked, page] = await Promise.all([
    s.tell(at, { type: 'findings' }).catch(String), s.ask({ type: 'state' }).catch(String),
    web.evaluate(() => [document.URL, document.readyState, document.visibilityState, document.body?.childElementCount]).catch(String),
  ]);
  return JSON.stringify({ said: said?.read === undefined ? said : { ...said, findings: said.findings.length }, sites: asked?.sites ?? asked, page });
}

for (const name of here ? BROWSERS : []) {
  test(`${name}: badges on real saved pages`, { timeout: 600_000 }, async (t) => {
    const pages = part(readPages(sharedPages), 3, BROWSERS.indexOf(name));
    const site = await servePages(pages);
    t.after(() => site.close());
    const s = await spotter(t, name, undefined, { through: site });
    for (const origin of new Set(pages.map(({ url }) => new URL(url).origin))) await s.allow(origin);
    await s.quiet(false);
    let pictures = 0;
    for (const { name: file, truth, url } of pages) {
      await t.test(file, async () => {
        const web = await s.open(url);
        try {
          // The address as the browser writes it.
          const at = web.url();
          await until(`${file} is read`, async () => { const f = await s.findings(at); return f !== null && f.read > 0 && f.waiting === 0; })
            .catch(async (error) => assert.fail(`${error.message}: ${await told(s, web, at)}`));
          const titles = truth.listings.filter((l) => l.in_main_list).slice(0, 3).map((l) => l.title.replace(/\s+/gu, ' ').trim());
          const renamed = await web.evaluate(rename, titles, WILD);
          if (renamed === 0) return void t.diagnostic(`${file}: titles are not texts of their own; left out`);
          const got = await until(`${file}: the new titles are found`, async () => { const f = await s.findings(at); return f !== null && f.waiting === 0 && f.findings.length >= Math.min(renamed, 2) ? f : null; })
            .catch(async (error) => assert.fail(`${error.message}: renamed ${renamed}, ${JSON.stringify((await s.findings(at)).findings.map((f) => f.title))}`));
          await web.bringToFront();
          await s.tell(at, { type: 'show', key: got.findings[0].key });
          await painted(web);
          // The badges come with a frame of the page's own; on a busy machine that is later than two frames of ours.
          const stands = () => web.evaluate(() => {
            const { lastElementChild: last } = document.documentElement;
            return { badges: last.localName, open: document.activeElement === last, focused: document.hasFocus() };
          });
          const want = (at) => at.badges === 'div' && at.open;
          await until(`${file}: the badges are there, and the first has its reasons open`, async () => want(await stands()))
            .catch(async (error) => assert.fail(`${error.message}: ${JSON.stringify(await stands())}`));
          await shot(s.browser, web, `real-${file}`);
          pictures++;
        } finally {
          await web.close();
        }
      });
    }
    assert.ok(pictures >= Math.ceil(pages.length * 10 / 12), `${pictures} pages could be pictured`);
  });
}
