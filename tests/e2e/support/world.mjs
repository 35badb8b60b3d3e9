// One spotter's world for a test: marketplace, endpoint, browser with the extension joined and the site granted.
// Owns their start and their end; what happens in between is the test's.
import { startMarket } from '../market/market.mjs';
import { launch } from './browser.mjs';
import { startEndpoint } from './endpoint.mjs';
import { equip, login, openPanel, queue, visit } from './journey.mjs';

/** Long enough for a slow machine, short enough that a hang is seen. */
export const PATIENCE = { timeout: 300_000 };

/**
 * @param {import('node:test').TestContext} t
 * @param {'chromium'|'firefox'} name
 * @param {{undoMs?: number, confirmFirst?: number, extra?: Record<string, string>, dir?: string,
 *   before?: (endpoint: Awaited<ReturnType<typeof startEndpoint>>) => Promise<{invite: () => string}>}} [options]
 *   `before`: what is done before anybody joins; gives whom the spotter is invited by
 */
export async function world(t, name, { undoMs, confirmFirst, extra, dir, before = async (endpoint) => endpoint } = {}) {
  const market = await startMarket({ extra });
  t.after(() => market.close());
  const endpoint = await startEndpoint({ undoMs, confirmFirst });
  t.after(() => endpoint.close());
  const browser = await launch(name, { dir });
  t.after(() => browser.close());
  const options = await equip(browser, await before(endpoint), [market.origin]);
  let reviewer = null;
  return {
    name,
    market,
    endpoint,
    browser,
    options,
    visit: (path, more) => visit(browser, options, market.origin + path, more),
    openPanel: (tab) => openPanel(browser, tab),
    /** Titles of the open cases, as the reviewer's queue shows them now. */
    async cases() {
      if (reviewer) await reviewer.bringToFront();
      if (reviewer) await reviewer.goto(`${endpoint.origin}/console`, { waitUntil: 'load' });
      else reviewer = await login(browser, endpoint);
      return queue(reviewer);
    },
    /** The reviewer's page, at the queue. */
    async console() {
      await this.cases();
      return reviewer;
    },
  };
}

/** A page of cards in the market's frame, with any titles. */
export function cardsPage(titles) {
  const escape = (text) => text.replace(/[&<>"']/gu, (c) => `&#${c.charCodeAt(0)};`);
  const card = (title, i) => `<li class="card"><a class="picture" href="/item/77000000${10 + i}"><img src="/art/tusk.svg" width="200" height="150" alt=""></a>
<h2><a href="/item/77000000${10 + i}">${escape(title)}</a></h2><p class="price">€ ${100 + i}</p></li>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Practice</title><link rel="stylesheet" href="/market.css"></head>
<body><header><p class="synthetic">Practice pages. Every listing here is synthetic; nothing is for sale.</p></header>
<main><ul class="results">${titles.map(card).join('\n')}</ul></main></body></html>`;
}
