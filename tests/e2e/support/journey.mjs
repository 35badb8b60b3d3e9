// The steps of the journey as a person takes them: by clicks in the extension's own pages, on the marketplace's
// pages and in the console. Knows buttons and words of the screens; never reaches into the extension's code.
import fs from 'node:fs';
import path from 'node:path';
import { until } from './browser.mjs';
import { root, screenshots } from './paths.mjs';

const MESSAGES = JSON.parse(fs.readFileSync(path.join(root, 'extension/_locales/en/messages.json'), 'utf8'));

/** The sentence that stands under a key, as English shows it. */
export const words = (key) => {
  if (!MESSAGES[key]) throw new Error(`no such message: ${key}`);
  return MESSAGES[key].message;
};

/** Keeps a picture of a screen as an artefact. */
export async function shot(browser, page, name, options = {}) {
  fs.mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${browser.name}-${name}.png`), ...options });
}

/** The whole text of an element, white space collapsed; empty where it is not there. */
export const textOf = (page, selector) => page.evaluate((s) => (document.querySelector(s)?.innerText ?? '').replace(/\s+/gu, ' ').trim(), selector);

/** Waits until an element's text holds `part`. */
export const untilText = (page, selector, part, ms) => until(`${selector} says "${part}"`, async () => (await textOf(page, selector)).includes(part), ms);

/** Types into a field what a person would paste. */
export async function fill(page, selector, text) {
  const field = await page.waitForSelector(selector);
  await field.click();
  await page.keyboard.type(text);
}

/** Opens the options page. */
export const openOptions = (browser) => browser.openExtensionPage('pages/options.html', '#h-rules');

/** Joins by an invitation link on the options page; the agreement comes first, as a test of its own clicks it. */
export async function join(page, link) {
  await page.evaluate(() => (globalThis.browser ?? globalThis.chrome).runtime.sendMessage({ type: 'agree', adult: true, rules: true }));
  await fill(page, '#join-link', link);
  await (await page.waitForSelector('form.join button[type=submit]')).click();
  // The last that happens: the facts may come sooner, and then the focus would still move away from what is typed next.
  await page.waitForSelector('.notice p');
  await page.waitForSelector('dl.facts');
}

/** Adds a marketplace on the options page, as a person does who allows it when asked. */
export async function addSite(browser, page, origin) {
  await browser.allowPrompt(origin);
  await page.bringToFront();
  await fill(page, '#site', origin);
  await (await page.waitForSelector('#site-add')).click();
  await page.waitForSelector('ul.sites li');
}

/** A browser with the extension joined to `endpoint` and with `sites` granted. */
export async function equip(browser, endpoint, sites) {
  const options = await openOptions(browser);
  await join(options, endpoint.invite());
  for (const site of sites) await addSite(browser, options, site);
  return options;
}

/** Waits until a page was read and everything found was assessed; gives what the content script has. */
export async function findings(browser, extensionPage, tab, { read = 1 } = {}) {
  return until('the page is read', async () => {
    const got = await extensionPage.evaluate(async (id) => {
      const api = globalThis.browser ?? globalThis.chrome;
      try {
        return await api.tabs.sendMessage(id, { type: 'findings' });
      } catch {
        return null;
      }
    }, tab);
    return got && got.read >= read && got.waiting === 0 ? got : null;
  });
}

/** Opens a page of the web and waits for its findings. */
export async function visit(browser, extensionPage, url, options) {
  const page = await browser.open(url);
  const tab = await until('the browser knows the tab', () => browser.tabOf(extensionPage, page.url()));
  return { page, tab, found: await findings(browser, extensionPage, tab, options) };
}

/** The panel for one tab. Tests show it in a tab of its own: Firefox's sidebar is out of the driver's reach. */
export async function openPanel(browser, tab) {
  const panel = await browser.openExtensionPage(`pages/panel.html?tab=${tab}`, 'header.top');
  return panel;
}

/** What the panel lists: titles by level. */
export async function listed(panel) {
  await panel.waitForSelector('h2#findings');
  return panel.evaluate(() => Object.fromEntries(['likely', 'possible'].map((level) => [
    level,
    [...document.querySelectorAll(`section[aria-labelledby="h-${level}"] li.card h3`)].map((h) => h.textContent.trim()),
  ])));
}

/** Presses a button by its words. A page behind another paints nothing, and what is not painted cannot be clicked. */
export async function press(page, label, within) {
  await page.bringToFront();
  const found = await until(`there is a button "${label}"`, async () => {
    const handle = await page.evaluateHandle((w, l) => [...document.querySelectorAll(`${w} button`)].find((b) => b.textContent.trim() === l) ?? null, within, label);
    return handle.asElement();
  });
  await found.click();
}

/** Leaves the sheet for the list. */
export async function closeSheet(panel) {
  await press(panel, await panel.$('#done') ? words('report_done') : words('report_back'), 'section.sheet');
  await panel.waitForSelector('h2#findings');
}

/** The Report button of the card with this title. */
export async function reportButton(panel, title) {
  const card = await panel.waitForSelector(`::-p-xpath(//li[contains(@class,"card")][h3[normalize-space()=${xpathText(title)}]])`);
  return card.waitForSelector('button[id^="report-"]');
}

/** Longer than a list that moved takes no press (STEADY_MS of the panel). */
const STEADY_MS = 450;

/** Waits, as a person does, until the list of findings stands still. */
async function steady(panel) {
  await panel.evaluate((quiet) => new Promise((done) => {
    const list = document.querySelector('main');
    let timer = setTimeout(done, quiet);
    new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(done, quiet); }).observe(list, { childList: true, subtree: true });
  }), STEADY_MS);
}

/** Presses Report on the card with this title. */
export async function pressReport(panel, title) {
  await panel.bringToFront();
  await reportButton(panel, title);
  await steady(panel);
  const button = await reportButton(panel, title);
  // As a person scrolls: away from the line at the bottom.
  await button.evaluate((b) => b.scrollIntoView({ block: 'center' }));
  await button.click();
}

/** A text as XPath wants it, whatever quotes it holds. */
const xpathText = (text) => `concat('', ${text.split("'").map((part) => `'${part}'`).join(`, "'", `)})`;

/** Reports a finding and waits until the endpoint has it. Gives the receipt's number. */
export async function report(panel, title) {
  await pressReport(panel, title);
  await untilText(panel, '#sheet-title', words('report_sent_title'));
  const number = await textOf(panel, '.receipt strong');
  await closeSheet(panel);
  return number;
}

/** Unfolds the list of reports at the panel's bottom. */
export async function openOutbox(panel) {
  // The list comes with the first state that the background tells.
  const open = await (await panel.waitForSelector('footer.outbox details')).evaluate((d) => d.open);
  if (!open) await (await panel.waitForSelector('#outbox-summary')).click();
  await panel.waitForSelector('ul li.outbox-item');
}

/** Each report in the panel's list: its title, its chip, its lines. */
export const outbox = (panel) => panel.evaluate(() => [...document.querySelectorAll('li.outbox-item')].map((li) => ({
  title: li.querySelector('.outbox-title')?.textContent ?? '',
  chip: li.querySelector('.chip')?.textContent.trim() ?? '',
  text: li.innerText.replace(/\s+/gu, ' '),
})));

const STATUSES = ['received', 'in_review', 'confirmed', 'not_prohibited', 'cannot_tell', 'notified', 'removed', 'closed'];

/** The status of the report with this title by its name in the vocabulary, asked for by the panel's own button. */
export async function statusOf(panel, title, wanted) {
  await panel.bringToFront();
  await openOutbox(panel);
  await (await panel.waitForSelector('#refresh')).click();
  return until(`the panel shows ${wanted}`, async () => {
    const item = (await outbox(panel)).find((i) => i.title === title);
    const name = STATUSES.find((s) => words(`status_${s}`) === item?.chip);
    return name === wanted ? name : null;
  });
}

/** The training's items, with what is right about each. */
export const ITEMS = ['listings', 'questions'].flatMap((name) => JSON.parse(fs.readFileSync(path.join(root, `extension/training/${name}.json`), 'utf8')));

/** Opens the training and answers the first question of its quiz, rightly. */
export async function firstAnswer(browser) {
  const page = await browser.openExtensionPage('pages/training.html', '#begin');
  await press(page, words('train_quiz'), 'nav');
  await (await page.waitForSelector('#begin-0')).click();
  const asked = await (await page.waitForSelector('#question')).evaluate((h) => h.textContent);
  await (await page.waitForSelector(`#${ITEMS.find((i) => i.title === asked).answer}`)).press('Enter');
  await page.waitForSelector('.verdict.good');
  await page.close();
}

/** Opens the training and passes its test, every answer right; `before` sees the screen on which it begins. */
export async function passTest(browser, before = async () => {}) {
  const page = await browser.openExtensionPage('pages/training.html', '#begin');
  await press(page, words('train_quiz'), 'nav');
  await page.waitForSelector('#begin-0');
  await before(page);
  await (await page.waitForSelector('#begin-0')).click();
  for (let n = 1; n <= 12; n += 1) {
    await page.waitForFunction((at) => document.getElementById('title')?.textContent === `${at} of 12` && document.getElementById('report'), { polling: 20 }, n);
    const asked = await page.$eval('#question', (h) => h.textContent);
    // By keyboard, as a long question pushes its answers below the window.
    await (await page.waitForSelector(`#${ITEMS.find((i) => i.title === asked).answer}`)).press('Enter');
    await (await page.waitForSelector('#next')).press('Enter');
  }
  return page;
}

/** Logs a reviewer in at the console; gives the queue's page. */
export async function login(browser, endpoint) {
  const page = await browser.open(`${endpoint.origin}/console/login`);
  await fill(page, 'input[name=name]', endpoint.reviewer.name);
  await fill(page, 'input[name=password]', endpoint.reviewer.password);
  await go(page, 'form[action="/console/login"] button');
  if (new URL(page.url()).pathname !== '/console') throw new Error(`the login led to ${page.url()}`);
  return page;
}

/** Presses something that leads to another page, and waits for that page. */
export async function go(page, selector) {
  const handle = await page.waitForSelector(selector);
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), handle.click()]);
}

/** The open cases' titles. */
export const queue = (page) => page.$$eval('table.queue tbody tr', (rows) => rows.map((r) => r.querySelector('td.wide a').textContent.trim()));

/** Opens the case of that title, opens its evidence, and decides. */
export async function decide(page, title, decision, before = async () => {}) {
  const rows = await page.$$('table.queue tbody tr td.wide a');
  for (const row of rows) {
    if ((await row.evaluate((a) => a.textContent.trim())) !== title) continue;
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), row.click()]);
    if (decision === 'confirm') {
      const locked = await page.$eval('button[value=confirm]', (b) => b.disabled);
      if (!locked) throw new Error('a case could be confirmed before its evidence was opened');
    }
    await go(page, 'section.evidence a.open');
    await before(page);
    await go(page, `form.decide button[value=${decision}]`);
    return;
  }
  throw new Error(`no case "${title}" in the queue`);
}
