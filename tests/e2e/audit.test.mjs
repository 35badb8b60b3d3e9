// A round's checks, from the page to the endpoint: offered below the findings, answered by one key, and whatever dies between
// answer and delivery, each answer is there once. The counts of a day follow when it is over.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startMarket } from './market/market.mjs';
import { BROWSERS, launch, until } from './support/browser.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { addSite, join, openOptions, openPanel, shot, textOf, visit, words } from './support/journey.mjs';
import { startLine } from './support/line.mjs';
import { ask, ring } from './support/lost.mjs';
import { coordinator, programme, publish } from './support/programme.mjs';
import { cardsPage, PATIENCE } from './support/world.mjs';

const ONE_IN = 5;
const DAY = 86_400_000;
const FLAGGED = ['Genuine elephant ivory tusk, made up', 'Antique elephant ivory netsuke, made up'];
const TITLES = [...FLAGGED, ...Array.from({ length: 80 }, (_, i) => `Oak kitchen chair, made-up no. ${i}`)];

for (const name of BROWSERS) {
  test(`${name}: unflagged listings are offered, answered by a key, and told once`, PATIENCE, async (t) => {
    const market = await startMarket({ extra: { '/find': cardsPage(TITLES) } });
    t.after(() => market.close());
    const endpoint = await startEndpoint({ undoMs: 0 });
    t.after(() => endpoint.close());
    publish(endpoint, coordinator(), programme(1, 'Chairs', { marketplaces: [], terms: [], audit_one_in: ONE_IN }));
    const line = await startLine(endpoint);
    t.after(() => line.close());
    const browser = await launch(name, { trusts: line.spki });
    t.after(() => browser.close());
    const options = await openOptions(browser);
    await join(options, endpoint.invite().replace(/^https?:\/\/[^/]+/u, line.origin));
    await addSite(browser, options, market.origin);
    await until('the round is known', async () => {
      await ask(options, { type: 'refresh_status' });
      return (await ask(options, { type: 'state' })).rounds?.now[0]?.audit_one_in === ONE_IN;
    });
    const { page, tab } = await visit(browser, options, `${market.origin}/find`, { read: TITLES.length });
    const panel = await openPanel(browser, tab);
    await panel.bringToFront();
    await panel.waitForSelector('#audit-1');
    const offered = () => panel.evaluate(() => document.querySelector('#audit h3')?.textContent ?? null);
    const answers = () => line.records('audits').map((record) => record.body);
    /** Presses a key in the card. */
    const press = async (key) => {
      await panel.focus('#audit-show');
      await panel.keyboard.press(key);
    };
    const titles = [await offered()];
    assert.match(titles[0], /^Oak kitchen chair/u, 'what was flagged is never offered');
    assert.ok(await panel.$eval('#audit', (card) => [...document.querySelectorAll('main .cards')].every((list) => list.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING)), 'below the findings');
    assert.equal(await page.evaluate(() => scrollY), 0, 'nothing scrolls by itself');
    await panel.$eval('#audit', (card) => card.scrollIntoView());
    await shot(browser, panel, 'audit-card');

    // By one key; it is there once.
    await press('2');
    await until('the answer is there', () => answers().length === 1);
    await until('the next one is offered', async () => ![null, titles[0]].includes(await offered()));
    titles.push(await offered());

    // The background dies when the endpoint has it and before it knows: it is told again, and counts once.
    let dead;
    const died = new Promise((done) => { dead = done; });
    line.watch(async (step) => {
      if (step !== 'stored') return;
      line.watch(null);
      await browser.killBackground();
      dead();
    });
    await press('3');
    await died;
    line.cut();
    await ring(options);
    const second = () => answers()[1]?.id;
    await until('it was told again', () => second() && line.again()[second()] >= 1, 60_000);
    await until('the third one is offered', async () => ![null, ...titles].includes(await offered()), 30_000);
    titles.push(await offered());

    // The background dies while the line is down: the answer was kept before anything was said.
    line.fails('reset_before');
    await press('1');
    await until('it is kept', async () => (await textOf(panel, '#audit')).includes(words('audit_missed')));
    await browser.killBackground();
    line.fails(null);
    assert.equal(answers().length, 2);
    await ring(options);
    await until('it is there', () => answers().length === 3, 60_000);
    assert.ok(await panel.$('#audit-report'), 'the ordinary report is offered');

    const all = line.records('audits');
    assert.deepEqual(all.map((record) => [record.body.answer, record.times]), [['not', 1], ['cannot_tell', 1], ['protected', 1]]);
    assert.equal(new Set(all.map((record) => record.body.listing)).size, 3, 'none twice');
    for (const { body } of all) {
      assert.deepEqual(Object.keys(body).sort(), ['answer', 'day', 'id', 'listing', 'marketplace', 'one_in', 'round', 'schema', 'software']);
      assert.equal(BigInt(`0x${body.listing}`) % BigInt(ONE_IN), 0n, 'it was drawn');
      assert.deepEqual([body.marketplace, body.one_in, body.round], [new URL(market.origin).host, ONE_IN, 'ivory']);
    }

    // Three on a page, and no more.
    await panel.click('#audit-done');
    await until('the card is gone', async () => await panel.$('#audit') === null);
    const again = await openPanel(browser, tab);
    await again.waitForSelector('h2#findings');
    await new Promise((done) => { setTimeout(done, 500); });
    assert.equal(await again.$('#audit'), null);

    // The day is over: its counts go.
    assert.deepEqual(line.records('audit-days'), []);
    await browser.setClock(options, DAY);
    await ask(options, { type: 'refresh_status' });
    await until('the counts of the day are there', () => line.records('audit-days').length === 1, 30_000);
    const [{ body: day, times }] = line.records('audit-days');
    assert.deepEqual([day.flagged, day.unflagged, day.offered, times], [FLAGGED.length, TITLES.length - FLAGGED.length, 3, 1]);
    assert.deepEqual(line.rewritten(), [], 'the same bytes at every try');

    // The public page, narrow and wide.
    const open = await browser.open(`${endpoint.origin}/quality`);
    for (const width of [320, 1100]) {
      await open.setViewport({ width, height: 800 });
      assert.ok(await open.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
      await shot(browser, open, `quality-${width}`);
    }
    assert.ok((await textOf(open, 'main')).includes('fewer than 10'), 'three answers are no figure');
  });
}
