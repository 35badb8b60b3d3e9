// What a spotter adds to what is found by itself: a pasted link with a picture, as seen in a phone app; pictures whose
// host is allowed later; a screenshot that is painted over; words and false alarms that are told, and only those that
// may be. In both browsers, with a real endpoint.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { BROWSERS, until } from './support/browser.mjs';
import { fill, go, listed, openPanel, pressReport, shot, textOf, untilText, visit, words } from './support/journey.mjs';
import { ask } from './support/lost.mjs';
import { PATIENCE, world } from './support/world.mjs';
import { png, startGallery, titleOf } from './gallery/gallery.mjs';

async function send(panel) {
  await panel.bringToFront();
  await (await panel.waitForSelector('#send')).click();
  await untilText(panel, '#sheet-title', words('report_sent_title'));
}

/** The pictures that a case shows, as the reviewer's browser decodes them: their width, and their colour at points. */
async function picturesOf(w, title, points = []) {
  const page = await w.console();
  const row = await page.waitForSelector(`::-p-xpath(//table[contains(@class,"queue")]//td[contains(@class,"wide")]//a[normalize-space()="${title}"])`);
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), row.click()]);
  await go(page, 'section.evidence a.open');
  return page.evaluate(async (all) => {
    const addresses = [...new Set([...document.querySelectorAll('section.evidence .pictures a')].map((a) => a.href))].filter((h) => h.includes('/console/pictures/'));
    return Promise.all(addresses.map(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d');
      canvas.drawImage(image, 0, 0);
      const colours = all.map(([x, y]) => [...canvas.getImageData(image.naturalWidth * x, image.naturalHeight * y, 1, 1).data].slice(0, 3));
      return { width: image.naturalWidth, colours };
    }));
  }, points);
}

/** Whether the sheet says that the browser's name goes, which it does where the browser lets technical data go. */
async function namesTheBrowser(w, panel) {
  const allowed = await w.options.evaluate(async () => (await (globalThis.browser ?? globalThis.chrome).permissions.getAll()).data_collection?.includes('technicalAndInteraction') ?? true);
  assert.equal((await textOf(panel, 'dl.goes')).includes(w.name), allowed);
  return allowed;
}

async function pastedLink(t, w) {
  const { tab } = await w.visit('/');
  const panel = await openPanel(w.browser, tab);
  await panel.bringToFront();
  await (await panel.waitForSelector('#paste')).click();
  await fill(panel, '#paste-link', 'no link');
  await (await panel.waitForSelector('#paste-next')).click();
  await untilText(panel, '#paste-error', words('bg_pasted_link'));
  await panel.$eval('#paste-link', (field) => { field.value = ''; });
  await fill(panel, '#paste-link', 'https://www.market.example/i/4711?utm_source=app#share');
  await fill(panel, '#paste-title', 'Moon milk comb, synthetic');
  // By key: what was said of the first try goes, and the button moves up, perhaps from under a pointer.
  await (await panel.waitForSelector('#paste-next')).press('Enter');

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-pasted-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const files = { 'seen.png': png(900, 675, 3), 'notes.txt': Buffer.from('no picture') };
  for (const [file, bytes] of Object.entries(files)) fs.writeFileSync(path.join(folder, file), bytes);
  const add = async (file) => (await panel.waitForSelector('#add-pictures')).uploadFile(path.join(folder, file));
  await add('seen.png');
  await panel.waitForSelector('#picture-0');
  await add('notes.txt');
  await untilText(panel, '#sheet-why', words('bg_picture_kind'));
  await shot(w.browser, panel, 'pasted', { fullPage: true });
  await namesTheBrowser(w, panel);
  assert.deepEqual(await w.cases(), [], 'nothing was sent before the click');
  await panel.bringToFront();
  await (await panel.waitForSelector('#send')).click();
  await untilText(panel, '#sheet-title', words('report_sent_title'));

  const console_ = await w.console();
  assert.deepEqual(await w.cases(), ['Moon milk comb, synthetic']);
  await go(console_, 'table.queue tbody td.wide a');
  const text = await textOf(console_, 'main');
  assert.ok(text.includes('https://www.market.example/i/4711') && !text.includes('utm_source'), text);
  await go(console_, 'section.evidence a.open');
  const width = await until('the picture is shown', () => console_.$eval('section.evidence figure img', (img) => {
    img.scrollIntoView();
    return img.naturalWidth;
  }));
  assert.equal(width, 900);
}

async function allowedLater(w, gallery) {
  const { tab } = await visit(w.browser, w.options, gallery.elsewhere(0));
  const panel = await openPanel(w.browser, tab);
  await pressReport(panel, titleOf(0));
  await panel.waitForSelector('#allow-pictures');
  assert.ok(await namesTheBrowser(w, panel), 'the switch for false alarms asked for that');
  assert.equal(await panel.$('#picture-0'), null);
  const fetched = () => gallery.asked.filter((a) => a.path.startsWith('/p/') && a.extension).length;
  assert.equal(fetched(), 0, 'nothing is fetched from a host that was not allowed');
  await shot(w.browser, panel, 'pictures-not-allowed', { fullPage: true });
  await w.browser.allowPrompt('http://127.0.0.1');
  await panel.bringToFront();
  await (await panel.waitForSelector('#allow-pictures')).click();
  await panel.waitForSelector('#picture-0');
  assert.equal(await panel.$('#allow-pictures'), null);
  assert.ok(fetched() > 0);
  await send(panel);
  assert.deepEqual((await picturesOf(w, titleOf(0))).map((p) => p.width), [1000]);
}

async function paintedOver(w, gallery) {
  const { page, tab } = await visit(w.browser, w.options, gallery.origin + gallery.pathOf(7));
  // In a window of its own, as where a browser opens no panel: the page stays the one that is looked at.
  const panel = await w.browser.openExtensionPage(`pages/panel.html?tab=${tab}`, 'header.top', { type: 'window' });
  await page.bringToFront();
  // What is on the screenshot is what has been painted.
  await page.evaluate(async () => {
    const inView = [...document.images].filter((i) => i.getBoundingClientRect().top < innerHeight);
    await Promise.all(inView.map((i) => i.decode()));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
  await w.browser.clickAction(page);
  await pressReport(panel, titleOf(7));
  await (await panel.waitForSelector('#unblur')).click();
  const seen = await panel.waitForSelector('.canvas.brush img');
  await seen.evaluate((img) => img.scrollIntoView({ block: 'center' }));
  const colour = (image, x, y) => image.evaluate(async (img, at) => {
    await img.decode();
    const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight).getContext('2d');
    canvas.drawImage(img, 0, 0);
    return [...canvas.getImageData(img.naturalWidth * at[0], img.naturalHeight * at[1], 1, 1).data].slice(0, 3);
  }, [x, y]);
  // Paper beside the price, and the seller's picture.
  const [covered, left] = [[0.3, 0.26], [0.085, 0.8]];
  const before = await Promise.all([covered, left].map(([x, y]) => colour(seen, x, y)));
  for (const seenThere of before) assert.notDeepEqual(seenThere, [0, 0, 0]);
  assert.notDeepEqual(before[0], before[1]);
  const box = await seen.boundingBox();
  await panel.mouse.move(box.x + box.width * 0.1, box.y + box.height * covered[1]);
  await panel.mouse.down();
  await panel.mouse.move(box.x + box.width * 0.5, box.y + box.height * covered[1], { steps: 12 });
  await panel.mouse.up();
  await panel.waitForSelector('svg.covers rect');
  await shot(w.browser, panel, 'painted-over', { fullPage: true });
  await send(panel);
  await panel.close();
  // What arrived: black where the brush went, as it was elsewhere.
  const arrived = await picturesOf(w, titleOf(7), [covered, left]);
  assert.deepEqual(arrived.filter((p) => p.width !== 1000).map((p) => p.colours), [[[0, 0, 0], before[1]]]);
  const { text } = await ask(w.options, { type: 'stored', pictures: false });
  const evidence = JSON.parse(text).outbox.flatMap((r) => r.evidence ?? []).filter((e) => e.kind === 'screenshot' && e.state === 'included');
  assert.deepEqual(evidence.map((e) => e.redacted), [true]);
}

/** What the endpoint was told, as a reviewer sees it. */
async function told(w) {
  const page = await w.console();
  await page.goto(`${w.endpoint.origin}/console/terms`, { waitUntil: 'load' });
  return page.evaluate(() => ({
    terms: [...document.querySelectorAll('ul.terms form b')].map((b) => b.textContent.trim()),
    alarms: [...document.querySelectorAll('table.reasons tr')].map((tr) => [tr.cells[2].textContent.trim(), Number(tr.cells[0].textContent)]),
  }));
}

async function toldOnlyWhatMayBe(w) {
  // An address of its own: tabs are told apart by theirs.
  const { page, tab } = await w.visit('/?q=');
  const panel = await openPanel(w.browser, tab);
  const { likely } = await listed(panel);
  const callFalse = async (title) => {
    await panel.bringToFront();
    const card = await panel.waitForSelector(`::-p-xpath(//li[contains(@class,"card")][h3[normalize-space()="${title}"]])`);
    await (await card.waitForSelector('details:has(button[id^="alarm-"]) > summary')).click();
    const button = await card.waitForSelector('button[id^="alarm-card_alarm_not_protected"]');
    await button.evaluate((b) => b.scrollIntoView({ block: 'center' }));
    await button.click();
    await until('it is said on the card', () => card.evaluate((li) => !li.querySelector('button[id^="alarm-"]')));
  };
  await callFalse(likely[0]);
  await w.options.bringToFront();
  await (await w.options.waitForSelector('#share-alarms')).click();
  await untilText(w.options, '.notice', words('options_saved'));
  await callFalse(likely[1]);
  const { alarms } = await until('the second false alarm arrives', async () => {
    const now = await told(w);
    return now.alarms.length > 0 && now;
  });
  assert.ok(alarms.every(([, times]) => times === 1), `the first was counted here alone: ${JSON.stringify(alarms)}`);

  await page.bringToFront();
  await w.browser.chooseMenu(page, 'suggest', 'moon milk comb');
  const word = await panel.waitForSelector('#suggest-text');
  assert.equal(await word.evaluate((field) => field.value), 'moon milk comb');
  await panel.bringToFront();
  await fill(panel, '#suggest-meaning', 'Hawksbill, says the seller. Synthetic.');
  await shot(w.browser, panel, 'suggested', { fullPage: true });
  assert.deepEqual((await told(w)).terms, [], 'nothing goes before it is sent');
  await panel.bringToFront();
  await (await panel.waitForSelector('#suggest-send')).click();
  await until('the word arrives', async () => (await told(w)).terms.length > 0);
  assert.deepEqual((await told(w)).terms, ['moon milk comb']);
}

for (const name of BROWSERS) {
  test(`what a spotter adds, allows, covers and tells in ${name}`, PATIENCE, async (t) => {
    const gallery = await startGallery();
    t.after(() => gallery.close());
    // Every report asks for its confirming click, so that its sheet can be worked on.
    const w = await world(t, name, { confirmFirst: 20 });
    await t.test('a pasted link with a picture', () => pastedLink(t, w));
    await t.test('words and false alarms, only those that may be told', () => toldOnlyWhatMayBe(w));
    await t.test('pictures whose host is allowed later', () => allowedLater(w, gallery));
    await t.test('a screenshot that is painted over arrives painted over', () => paintedOver(w, gallery));
  });
}
