// The review console by keyboard alone, with its script and without, in the real browsers.
// Reports are signed here as the extension signs them; every listing is synthetic.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { LAUNCH, logIn, press, reports, state } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';

async function world(t, name, cases) {
  const endpoint = await startEndpoint();
  t.after(() => endpoint.close());
  await reports(endpoint, cases);
  const browser = await puppeteer.launch(LAUNCH[name]);
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${endpoint.origin}/console/login`);
  return { endpoint, page };
}

for (const name of ['chromium', 'firefox']) {
  test(`${name}: the console by single keys`, { timeout: 300_000 }, async (t) => {
    const { endpoint, page } = await world(t, name, 3);
    await logIn(page, endpoint.reviewer);
    for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1');
    // At once, without a pause: a key counts from the first moment of a page.
    assert.equal((await press(page, 'e')).pathname, '/console/cases/1/evidence');
    await page.keyboard.press('n');
    await page.keyboard.type('1 of 6');
    assert.equal(await page.$eval('textarea[name=reason]', (e) => e.value), '1 of 6', 'keys are letters while writing');
    await page.keyboard.press('Escape');
    const next = await press(page, '1');
    assert.equal(next.pathname + next.search, '/console/cases/2?done=1');
    assert.equal((await press(page, 'z')).pathname, '/console/cases/1');
    assert.equal(await state(page), 'Waiting again');
    assert.equal((await press(page, 'j')).pathname, '/console/cases/2');
    await page.keyboard.press('1');
    assert.equal(await state(page), 'New', 'confirming is locked until the evidence was opened');
    assert.equal((await press(page, '3')).pathname, '/console/cases/3');
    assert.equal((await press(page, '?')).pathname, '/console/keys');
    await page.keyboard.press('g');
    assert.equal((await press(page, 'q')).pathname, '/console');
    // Several at once: two rows chosen, looked at before, decided, taken back.
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    assert.equal((await press(page, 'b')).pathname, '/console/bulk');
    assert.match(await page.$eval('h1', (e) => e.textContent), /^2 cases become/u);
    assert.equal((await press(page, 's')).pathname, '/console/bulk/1');
    assert.match(await page.$eval('h1', (e) => e.textContent), /^2 cases decided/u);
    await press(page, 'z');
    assert.deepEqual(await page.$$eval('tbody td:last-child', (all) => all.map((e) => e.textContent)), ['Taken back', 'Taken back']);
  });

  test(`${name}: the console without script`, { timeout: 300_000 }, async (t) => {
    const { endpoint, page } = await world(t, name, 2);
    // Firefox's driver cannot switch scripts off; there the console itself does: with single keys off it sends none.
    if (name === 'chromium') await page.setJavaScriptEnabled(false);
    await page.reload();
    await logIn(page, endpoint.reviewer);
    if (name === 'firefox') {
      await page.goto(`${endpoint.origin}/console/keys`);
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('form[action="/console/keys"] button')]);
      assert.equal(await page.$$eval('script', (all) => all.length), 0);
      await page.goto(`${endpoint.origin}/console`);
    }
    const tabTo = async (words) => {
      for (let n = 0; n < 60; n += 1) {
        await page.keyboard.press('Tab');
        const here = await page.evaluate(() => document.activeElement?.textContent ?? '');
        if (here.startsWith(words)) return;
      }
      assert.fail(`Tab does not reach "${words}"`);
    };
    await tabTo('Synthetic ivory carving 1');
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1');
    await tabTo('Open the evidence');
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1/evidence');
    await tabTo('Confirmed');
    const next = await press(page, 'Enter');
    assert.equal(next.pathname + next.search, '/console/cases/2?done=1');
    await tabTo('Undo');
    assert.equal((await press(page, 'Enter')).pathname, '/console/cases/1');
    assert.equal(await state(page), 'Waiting again');
  });
}
