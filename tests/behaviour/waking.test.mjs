// A background that has ended wakes up while a page that may be read is still loading, and while a page that was silent for long
// settles: not when it is asked. It wakes up nowhere else, and not again and again for nothing.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { addSite } from '../e2e/support/journey.mjs';
import { BROWSERS, card, cards, page, PATIENCE, spotter, until } from './spotter.mjs';

const rest = (ms) => new Promise((done) => { setTimeout(done, ms); });
const READ = 12;

/** A site whose pages stop in the middle until the test lets them go on. */
async function slowly(t) {
  const waiting = [];
  const server = http.createServer(({ url }, response) => {
    // What the browser asks for besides, for the tab.
    if (url === '/favicon.ico') return void response.writeHead(404).end();
    const text = page(cards(READ));
    const middle = text.indexOf('<li', text.length / 2);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.write(text.slice(0, middle));
    return void waiting.push(() => response.end(text.slice(middle)));
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  t.after(() => new Promise((done) => { server.closeAllConnections(); server.close(done); }));
  return { port: server.address().port, waiting, goOn: () => { for (const go of waiting.splice(0)) go(); } };
}

/** Whether the background runs, without waking it. */
const runs = (s) => (s.browser.name === 'chromium'
  ? s.browser.browser.targets().some((target) => target.type() === 'service_worker' && target.url().startsWith(s.browser.base))
  : s.browser.chromeEval("WebExtensionPolicy.getByID('spotter@wildlife-spotter.example').extension.backgroundState === 'running'"));

async function kill(s) {
  // What still comes for it from the pages before.
  await rest(500);
  await s.browser.killBackground();
  await until('the background has ended', async () => !(await runs(s)));
}

for (const name of BROWSERS) {
  test(`${name}: the background wakes up while a page is loading, where it may be read and a person looks`, PATIENCE, async (t) => {
    const site = await slowly(t);
    const s = await spotter(t, name);
    const [granted, other] = ['localhost', '127.0.0.1'].map((host) => `http://${host}:${site.port}`);
    await addSite(s.browser, s.options, granted);
    await until('both scripts are registered', () => s.options.evaluate(async () => (await globalThis.chrome.scripting.getRegisteredContentScripts()).length === 2));
    const web = await s.browser.browser.newPage();

    // Two pages that are not granted, one after the other: nothing of ours runs there.
    await kill(s);
    for (const at of ['/1', '/2']) {
      const loading = web.goto(other + at, { waitUntil: 'load' });
      await until('half of the page is sent', () => site.waiting.length > 0);
      await rest(700);
      site.goOn();
      await loading;
      assert.equal(await runs(s), false, `${at}: no site of ours`);
    }

    const loading = web.goto(`${granted}/3`, { waitUntil: 'load' });
    await until('half of the page is sent', () => site.waiting.length > 0);
    await until('the background wakes up', () => runs(s));
    assert.equal(site.waiting.length, 1, 'before the page has come');
    assert.equal(await s.findings(`${granted}/3`), null, 'and before anything is read');
    site.goOn();
    await loading;
    assert.ok((await s.read(web, READ)).findings.length > 0);
  });

  test(`${name}: after a long silence it wakes up as links come, and no more when these were no listings`, PATIENCE, async (t) => {
    const site = await slowly(t);
    const s = await spotter(t, name);
    const granted = `http://localhost:${site.port}`;
    await addSite(s.browser, s.options, granted);
    const web = await s.browser.browser.newPage();
    const loading = web.goto(`${granted}/`, { waitUntil: 'load' });
    await until('half of the page is sent', () => site.waiting.length > 0);
    site.goOn();
    await loading;
    await s.read(web, READ);
    const add = (html, where = 'main') => web.evaluate((text, into) => { document.querySelector(into).insertAdjacentHTML('beforeend', text); }, html, where);
    const woken = async () => {
      for (const end = performance.now() + 1_500; performance.now() < end; await rest(50)) if (await runs(s)) return true;
      return false;
    };

    await kill(s);
    await add('<p>No link in here.</p>');
    assert.equal(await woken(), false, 'nothing that could be a listing');
    // A link that is no listing wakes it, some times; then it is left alone.
    const times = [];
    for (let n = 0; n < 5; n += 1) {
      await add('<p><a href="#top">Up</a></p>');
      times.push(await woken());
      if (times.at(-1)) await kill(s);
    }
    assert.deepEqual(times, [true, true, true, false, false]);
    // Listings wake it by being sent, and from then on links do again.
    await add(card(40), '#list');
    await s.read(web, READ + 1);
    await kill(s);
    await add('<p><a href="#top">Up</a></p>');
    assert.equal(await woken(), true);
  });
}
