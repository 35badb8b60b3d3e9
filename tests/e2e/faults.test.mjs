// What goes wrong in the field: the background dies, the endpoint is away, the page moves on.
// In each case the report either arrives exactly once or is refused with a sentence.
import assert from 'node:assert/strict';
import test from 'node:test';
import { listings } from './market/market.mjs';
import { BROWSERS, until } from './support/browser.mjs';
import { closeSheet, findings, listed, openOutbox, outbox, press, pressReport, report, reportButton, textOf, untilText, words } from './support/journey.mjs';
import { PATIENCE, world } from './support/world.mjs';

/** The words of a message up to its first placeholder. */
const start = (key) => words(key).split('$')[0].trim();

for (const name of BROWSERS) {
  test(`${name}: background killed between match and report`, PATIENCE, async (t) => {
    const w = await world(t, name);
    const { tab } = await w.visit('/');
    const panel = await w.openPanel(tab);
    const { likely } = await listed(panel);
    await w.browser.killBackground();
    await pressReport(panel, likely[0]);
    await untilText(panel, '#sheet-title', words('report_sent_title'));
    assert.deepEqual(await w.cases(), [likely[0]]);
  });

  test(`${name}: background killed in the undo, panel closed: sent by itself, once`, PATIENCE, async (t) => {
    const w = await world(t, name, { undoMs: 2_000 });
    const { tab } = await w.visit('/');
    const panel = await w.openPanel(tab);
    const { likely } = await listed(panel);
    await pressReport(panel, likely[0]);
    await panel.waitForSelector('#undo');
    await panel.close();
    await w.browser.killBackground();
    // Nothing of ours is open now but the options page; an alarm of the browser wakes the background.
    await w.options.close();
    await until('the case is there', async () => (await w.cases()).length > 0, 100_000);
    assert.deepEqual(await w.cases(), [likely[0]]);
  });

  test(`${name}: endpoint down, then up: the report waits and arrives once`, PATIENCE, async (t) => {
    const w = await world(t, name);
    const { tab } = await w.visit('/');
    const panel = await w.openPanel(tab);
    const { likely } = await listed(panel);
    await w.endpoint.kill();
    await pressReport(panel, likely[0]);
    await untilText(panel, '#sheet-title', words('report_waiting_title'), 30_000);
    await closeSheet(panel);
    await openOutbox(panel);
    const [waiting] = await outbox(panel);
    assert.equal(waiting.title, likely[0]);
    // A death of the background while it waits changes nothing.
    await w.browser.killBackground();
    await w.endpoint.start();
    await press(panel, words('outbox_retry'), 'li.outbox-item');
    await until('it was sent', async () => (await outbox(panel)).some((i) => i.text.includes(start('outbox_state_sent'))), 60_000);
    assert.deepEqual(await w.cases(), [likely[0]]);
  });

  test(`${name}: the page moves on between match and report: refused with a sentence`, PATIENCE, async (t) => {
    const w = await world(t, name);
    const { page, tab } = await w.visit('/');
    const panel = await w.openPanel(tab);
    const { likely } = await listed(panel);
    // A new address with the old cards: what a marketplace does that loads results without a page load. The panel is
    // kept from hearing of it before the press, so that it still shows what was found at the old address.
    await panel.bringToFront();
    const button = await reportButton(panel, likely[0]);
    await button.evaluate((pressed, tabId) => {
      const api = globalThis.browser ?? globalThis.chrome;
      api.scripting.executeScript({ target: { tabId }, func: () => history.pushState(null, '', '/?q=elsewhere') });
      for (const end = performance.now() + 2_000; performance.now() < end;);
      pressed.click();
    }, tab);
    assert.match(await page.evaluate(() => location.href), /\?q=elsewhere$/u);
    await untilText(panel, '#sheet-title', words('report_failed_title'));
    const why = await textOf(panel, '#sheet-why');
    assert.ok(why.startsWith(start('bg_page_moved')), why);
    assert.deepEqual(await w.cases(), []);
    // Under the new address the same listing is a new finding, and that one can be reported.
    await closeSheet(panel);
    await findings(w.browser, w.options, tab, { read: listings.length });
    await report(panel, likely[0]);
    assert.deepEqual(await w.cases(), [likely[0]]);
  });

  test(`${name}: the listing changes between match and report: refused with a sentence`, PATIENCE, async (t) => {
    const w = await world(t, name);
    const { page, tab } = await w.visit('/');
    const panel = await w.openPanel(tab);
    const { likely } = await listed(panel);
    // The panel is kept from hearing of it before the press: this is what a press in the same moment meets.
    await panel.bringToFront();
    const button = await reportButton(panel, likely[0]);
    await button.evaluate((pressed, tabId, title) => {
      const api = globalThis.browser ?? globalThis.chrome;
      api.scripting.executeScript({ target: { tabId }, args: [title], func: (gone) => {
        for (const card of document.querySelectorAll('li.card')) if (card.querySelector('h2').textContent === gone) card.remove();
      } });
      for (const end = performance.now() + 2_000; performance.now() < end;);
      pressed.click();
    }, tab, likely[0]);
    assert.equal(await page.evaluate((title) => [...document.querySelectorAll('li.card h2')].some((h) => h.textContent === title), likely[0]), false);
    await untilText(panel, '#sheet-title', words('report_failed_title'));
    assert.ok((await textOf(panel, '#sheet-why')).startsWith(start('bg_page_gone')));
    assert.deepEqual(await w.cases(), []);
  });
}
