// Real saved marketplace pages, where they lie beside the project: each is read, listings are found, and the page
// hears nothing of us. What is found right or wrong is measured elsewhere.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { part } from '../part.mjs';
import { BROWSERS, launch } from './support/browser.mjs';
import { addSite, findings, openOptions } from './support/journey.mjs';
import { until } from './support/browser.mjs';
import { dist, sharedPages } from './support/paths.mjs';

const OFFLINE = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * Everything that the page or a script of ours writes to the console, and every error that reaches the page. What a
 * page says by itself, its policy and its missing fonts among it, is heard once without us and then left out.
 */
async function listen(browser, page) {
  const heard = [];
  page.on('pageerror', (error) => heard.push(`page error: ${error.message}`));
  if (browser.name === 'chromium') {
    // All worlds: the driver's own event leaves out the world of content scripts.
    const session = await page.createCDPSession();
    session.on('Runtime.consoleAPICalled', (e) => heard.push(`console.${e.type}: ${e.args.map((a) => a.value ?? a.description).join(' ')}`));
    session.on('Runtime.exceptionThrown', (e) => heard.push(`exception: ${e.exceptionDetails.text} ${e.exceptionDetails.exception?.description ?? ''}`));
    await session.send('Runtime.enable');
  } else {
    page.on('console', (message) => heard.push(`console: ${message.text()}`));
  }
  return heard;
}

async function serve(names) {
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname.slice(1));
    if (!names.includes(name)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': OFFLINE, 'cache-control': 'no-store' });
    return void response.end(fs.readFileSync(path.join(sharedPages, name)));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { origin: `http://localhost:${server.address().port}`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

/**
 * Whether a line complains that something which the saved page itself names was kept from loading: Firefox says so some
 * time after the load, and the page may be closed by then when it is opened without the extension.
 */
function isOwnPicture(file, line) {
  const asked = /blocked the loading of a resource \([\w-]+\) at (https?:\S+)/.exec(line)?.[1];
  return asked !== undefined && fs.readFileSync(path.join(sharedPages, file), 'utf8').includes(new URL(asked).pathname);
}

const here = fs.existsSync(sharedPages);
if (!here) {
  console.log('SKIPPED real saved pages: the folder is not beside the project');
  test('real saved pages', { skip: process.env.SPOTTER_REQUIRE_SHARED === '1' ? false : 'the folder is not beside the project' }, () => {
    assert.fail(`${sharedPages} is missing, and SPOTTER_REQUIRE_SHARED=1 asks for it`);
  });
}

for (const name of here ? BROWSERS : []) {
  test(`real saved pages in ${name}`, { timeout: 300_000 }, async (t) => {
    const names = part(fs.readdirSync(sharedPages).filter((n) => n.endsWith('.html')).sort(), 3, 2 - BROWSERS.indexOf(name));
    assert.ok(names.length > 0);
    const server = await serve(names);
    t.after(() => server.close());
    const browser = await launch(name);
    t.after(() => browser.close());
    const options = await openOptions(browser);
    // Before the site is granted, nothing of ours runs on its pages.
    const byItself = new Map();
    for (const file of names) {
      const page = await browser.browser.newPage();
      const heard = await listen(browser, page);
      await page.goto(`${server.origin}/${file}`, { waitUntil: 'load' });
      byItself.set(file, heard);
      await page.close();
    }
    await addSite(browser, options, server.origin);
    for (const file of names) {
      await t.test(file, async () => {
        const page = await browser.browser.newPage();
        const heard = await listen(browser, page);
        await page.goto(`${server.origin}/${file}`, { waitUntil: 'load' });
        const before = await page.evaluate(() => document.documentElement.outerHTML.length);
        const tab = await until('the browser knows the tab', () => browser.tabOf(options, page.url()));
        const found = await findings(browser, options, tab);
        assert.ok(found.read > 0);
        assert.equal(found.gave_up, false);
        const ours = heard.filter((line) => !byItself.get(file).includes(line) && !isOwnPicture(file, line));
        assert.deepEqual(ours, [], 'nothing was written to the console, nothing was thrown');
        const trace = await page.evaluate(() => ({ length: document.documentElement.outerHTML.length, highlights: CSS.highlights.size, roots: document.querySelectorAll('html > :not(head, body)').length }));
        assert.deepEqual(trace, { length: before, highlights: 0, roots: 0 }, 'quiet mode leaves no trace');
        console.log(`${name.padEnd(9)} ${file.padEnd(36)} listings ${String(found.read).padStart(3)}  at least possible ${found.findings.length}`);
        await page.close();
      });
    }
  });

  test(`${name}: a word on the console would be heard`, { timeout: 120_000 }, async (t) => {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-noisy-'));
    t.after(() => fs.rmSync(copy, { recursive: true, force: true }));
    fs.cpSync(dist(name), copy, { recursive: true });
    const script = path.join(copy, 'content.js');
    fs.writeFileSync(script, `${fs.readFileSync(script, 'utf8')}\nconsole.log('a word from the content script');`);
    const server = await serve(fs.readdirSync(sharedPages).filter((n) => n.endsWith('.html')));
    t.after(() => server.close());
    const browser = await launch(name, { dir: copy });
    t.after(() => browser.close());
    const options = await openOptions(browser);
    await addSite(browser, options, server.origin);
    const page = await browser.browser.newPage();
    const heard = await listen(browser, page);
    await page.goto(`${server.origin}/${fs.readdirSync(sharedPages).find((n) => n.endsWith('.html'))}`, { waitUntil: 'load' });
    await until('the word is heard', () => heard.some((h) => h.includes('a word from the content script')));
  });
}
