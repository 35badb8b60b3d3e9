// A background wakes up with a half that lacks what the page's listings need. The page gets the same answer as from one that is whole,
// page after page and kill after kill; what waited to be sent is sent, each report once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { startMarket } from './market/market.mjs';
import { BROWSERS, launch } from './support/browser.mjs';
import { countingExtension, starvedExtension, wentBack } from './support/halves.mjs';
import { addSite, openOptions, visit } from './support/journey.mjs';
import { ask, lostWorld } from './support/lost.mjs';
import { cardsPage, PATIENCE } from './support/world.mjs';

const COUNT = 8;
// The outbox tries again and again; now and then it wakes both halves before the page asks, and nothing has to go back.
const TIMES = 3;
const KILLS = 80;

for (const name of BROWSERS) {
  test(`${name}: a background that wakes up with too little goes back, and nothing is lost or doubled by it`, PATIENCE, async (t) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), `spotter-halves-${name}-`));
    t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
    starvedExtension(name, dir);
    const w = await lostWorld(t, name, { count: COUNT, dir });
    const many = async () => {
      await w.look();
      return w.found.findings.map((finding) => ({ ...finding, key: '' }));
    };
    // Reports wait for an endpoint that is away.
    await w.endpoint.kill();
    for (let n = 0; n < COUNT; n += 1) assert.equal((await w.queue(n)).queued.type, 'queued');
    // How often something was tried in vain, and when it is tried again, changes by itself.
    const stored = async () => {
      const { outbox, ...all } = JSON.parse((await ask(w.options, { type: 'stored', pictures: true })).text);
      return { ...all, outbox: outbox.map((entry) => entry.report_id).toSorted() };
    };
    const before = await stored();

    // Whoever was asked a question by one of our own pages has both halves.
    const whole = await many();
    assert.equal(whole.length, COUNT);

    let [went, kill] = [0, 0];
    for (; went < TIMES && kill < KILLS; kill += 1) {
      await w.browser.killBackground();
      assert.deepEqual(await many(), whole, `kill ${kill}`);
      const times = await wentBack(w.browser, w.options);
      assert.ok(times <= 1, 'once in the life of a background');
      went += times;
      // And by both halves from then on.
      assert.deepEqual(await many(), whole, `kill ${kill}, again`);
    }
    assert.equal(went, TIMES, `of ${kill} kills`);

    assert.deepEqual(await stored(), before, 'what is kept is what was kept');
    assert.deepEqual(before.outbox, w.made.toSorted());

    // The last background dies while a page asks, and the endpoint comes back.
    await w.endpoint.start();
    await w.browser.killBackground();
    assert.deepEqual(await many(), whole);
    for (const id of w.made) await w.sent(id, 60_000);
    console.log(`# ${name}: went back ${went} times in ${kill} kills; ${w.sum()}`);
  });
}

const TITLES = ['Бивень слона, слоновая кость, образец 1', '象牙 手镯 老料', 'Elephant ivory bangle, made-up'];
// Whoever foresees nothing finds out in the middle of an assessment.
const BLIND = (source) => {
  const blind = source.replace(/^(?:const|var) OTHER = .+;$/mu, 'const OTHER = /[^\\s\\S]/u;');
  assert.notEqual(blind, source);
  return blind;
};

for (const name of BROWSERS) {
  test(`${name}: words of other scripts are read when a page has some, and a page gets its answer where nobody saw it coming`, PATIENCE, async (t) => {
    const market = await startMarket({ extra: { '/many': cardsPage(TITLES) } });
    t.after(() => market.close());
    for (const [foresees, change] of [[true, undefined], [false, BLIND]]) {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), `spotter-others-${name}-`));
      countingExtension(name, dir, change);
      const browser = await launch(name, { dir });
      try {
        const options = await openOptions(browser);
        await addSite(browser, options, market.origin);
        const look = async () => {
          const { found } = await visit(browser, options, `${market.origin}/many`, { read: TITLES.length });
          return found.findings.map((finding) => ({ ...finding, key: '' }));
        };
        const whole = await look();
        assert.equal(whole.length, TITLES.length);
        let [went, kill] = [0, 0];
        for (; kill < (foresees ? 4 : KILLS) && went === 0; kill += 1) {
          await browser.killBackground();
          assert.deepEqual(await look(), whole, `kill ${kill}`);
          went = await wentBack(browser, options);
        }
        console.log(`# ${name}: ${foresees ? 'foreseen' : 'not foreseen'}, went back ${went} times in ${kill} kills`);
        assert.equal(went, foresees ? 0 : 1);
      } finally {
        await browser.close();
        fs.rmSync(dir, { recursive: true, force: true });
      }
    }
  });
}
