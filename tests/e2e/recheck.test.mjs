// Looking again, end to end: a report is confirmed and a company told; a week later its check is due, and the spotter who wants
// to be asked is asked in the panel. She answers, whatever dies between click and receipt, and the expert does the check by one key.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, until } from './support/browser.mjs';
import { confirm, fill, logIn, press, state, submit } from './support/console.mjs';
import { openOutbox, openPanel, outbox, shot, textOf, words } from './support/journey.mjs';
import { startLooks } from './support/looks.mjs';
import { ask, lostWorld, ring } from './support/lost.mjs';
import { PATIENCE } from './support/world.mjs';

const HOUR = 3_600_000;
/** Hours until a notice has gone out, and until its check is due after that. */
const [SENT, DUE] = [1, 8 * 24];

/** A report of a listing that was seen elsewhere: of a marketplace whose name a company can have. Gives its id. */
async function pasted(options, n) {
  const link = `https://market.example/item/${n}`;
  const draft = await ask(options, { type: 'prepare_pasted', link, title: `Elephant ivory carving, made-up no. ${n}`, text: 'Made up.' });
  assert.equal(draft.type, 'draft', JSON.stringify(draft));
  const id = draft.report.report_id;
  const queued = await ask(options, { type: 'queue', report_id: id, choices: { note: '', with_screenshot: false, with_description: true, with_seller: true } });
  assert.equal(queued.type, 'queued', JSON.stringify(queued));
  return id;
}

/** One company for the marketplace, and a notice to it for each of these cases. */
async function notices(page, origin, cases) {
  await page.goto(`${origin}/console/companies`);
  await fill(page, 'form[action="/console/companies"]', { name: 'Market Example', hosts: 'market.example', contact: 'trust@market.example' });
  await page.select('select[name=channel]', 'email');
  await submit(page, 'form[action="/console/companies"] button.primary');
  await fill(page, 'form[action$="/clauses"]', { title: 'Animal products', read_on: '2026-11-20', address: 'https://market.example/rules' });
  await submit(page, 'form[action$="/clauses"] button');
  for (const n of cases) {
    await confirm(page, n);
    assert.equal(await state(page), 'Confirmed');
    assert.equal((await press(page, 's')).pathname, `/console/cases/${n}/notice`);
    await submit(page, 'button.primary');
    assert.equal((await press(page, 's')).pathname, `/console/cases/${n}`);
    assert.equal(await state(page), 'Notice pending');
  }
}

for (const name of BROWSERS) {
  test(`${name}: a check is due, the spotter is asked and answers, the expert confirms by one key`, PATIENCE, async (t) => {
    const w = await lostWorld(t, name, { count: 2 });
    const { endpoint, line } = w;
    const ids = [await pasted(w.options, 1), await pasted(w.options, 2)];
    for (const id of ids) await w.sent(id);
    const eyes = await startLooks(name, endpoint);
    t.after(() => eyes.close());
    const expert = eyes.page;
    /** The server again, its clock so many hours ahead; the expert's session may be over then. */
    const ahead = async (hours) => {
      await endpoint.stop();
      await endpoint.start(['--clock-ahead-h', `${hours}`]);
      line.ahead(hours * HOUR);
      await expert.goto(`${endpoint.origin}/console/login`);
      if (await expert.$('input[name=password]')) await logIn(expert, endpoint.reviewer);
    };
    await expert.goto(`${endpoint.origin}/console/login`);
    await logIn(expert, endpoint.reviewer);
    await notices(expert, endpoint.origin, [1, 2]);
    const refreshed = async () => {
      await ask(w.options, { type: 'refresh_status' });
      return w.outbox();
    };
    await ahead(SENT);
    await until('the company was told', async () => (await refreshed()).every((item) => item.status === 'notified'));
    await ahead(SENT + DUE);
    await eyes.look(expert, '/console/checks');
    assert.ok(!(await textOf(expert, 'main')).includes('volunteer'));

    // Off until she wants it: nothing is asked.
    const panel = await openPanel(w.browser, w.tab);
    await panel.bringToFront();
    await openOutbox(panel);
    await (await panel.waitForSelector('#refresh')).click();
    // The first answer tells only what the endpoint's clock says.
    for (let n = 0; n < 3; n += 1) await refreshed();
    assert.equal(await panel.$('.again'), null);
    await w.options.bringToFront();
    await (await w.options.waitForSelector('#ask-again')).click();
    await until('it is switched on', async () => (await ask(w.options, { type: 'state' })).ask_again);
    await panel.bringToFront();
    await until('both are asked about', async () => {
      await refreshed();
      return (await panel.$$('.again')).length === 2;
    });
    const links = await panel.$$eval('.again a', (all) => all.map((a) => [a.href, a.target, a.rel]));
    const listings = (await w.outbox()).map((item) => item.url);
    assert.deepEqual(new Set(links.map(([href]) => href)), new Set(listings));
    assert.ok(links.every(([, target, rel]) => target === '_blank' && rel.includes('noreferrer')));
    await shot(w.browser, panel, 'panel-again', { fullPage: true });

    /** Answers about a report, by the button of these words. */
    const answer = async (id, key) => {
      const buttons = await panel.$$(`[aria-labelledby~="again-${id}"] button`);
      for (const button of buttons) if (await button.evaluate((b) => b.textContent) === words(key)) return button.press('Enter');
      throw new Error(`no button ${key}`);
    };
    const said = (id) => until('what she said is shown', async () => (await w.outbox()).find((item) => item.report_id === id).saw);
    const records = () => line.records('rechecks').map(({ body }) => body);

    // The background dies when the endpoint has it and before it knows: it is told again, and counts once.
    let dead;
    const died = new Promise((done) => { dead = done; });
    line.watch(async (step) => {
      if (step !== 'stored') return;
      line.watch(null);
      await w.browser.killBackground();
      dead();
    });
    await answer(ids[0], 'outbox_again_gone');
    await died;
    line.cut();
    await ring(w.options);
    await until('it was told again', () => records()[0] && line.again()[records()[0].id] >= 1, 60_000);
    assert.equal(await said(ids[0]), 'gone');

    // It dies while the line is down: the answer was kept before anything was said.
    line.fails('reset_before');
    await answer(ids[1], 'outbox_again_offered');
    assert.equal(await said(ids[1]), 'offered');
    await w.browser.killBackground();
    line.fails(null);
    assert.equal(records().length, 1);
    await ring(w.options);
    await until('it is there', () => records().length === 2, 60_000);
    assert.deepEqual(records().map((body) => [body.report_id, body.saw]), [[ids[0], 'gone'], [ids[1], 'offered']]);
    assert.ok(line.records('rechecks').every((record) => record.times === 1), 'each is there once');
    assert.deepEqual(line.rewritten(), [], 'the same bytes at every try');
    for (const body of records()) assert.deepEqual(Object.keys(body).sort(), ['id', 'report_id', 'saw', 'schema', 'seen_at']);
    assert.ok((await refreshed()).every((item) => !item.asked), 'answered is answered');
    await until('the panel says so', async () => (await outbox(panel)).every((item) => item.text.includes(words('outbox_again_said').split('$')[0].trim())));
    await shot(w.browser, panel, 'panel-again-answered', { fullPage: true });

    // The expert reads it, on the list and on the case, and one key does the check.
    await eyes.look(expert, '/console/checks');
    const text = await textOf(expert, 'main');
    assert.ok(text.includes('A volunteer saw: gone, less than a day ago'), text);
    assert.ok(text.includes('a volunteer saw: still offered'), text);
    await eyes.look(expert, '/console/cases/1', { tall: true });
    assert.ok((await textOf(expert, 'main')).includes('A volunteer saw: gone'));
    assert.equal(await state(expert), 'Company told', 'nothing moved by itself');
    await expert.goto(`${endpoint.origin}/console/checks`);
    await press(expert, '3');
    await expert.goto(`${endpoint.origin}/console/cases/1`);
    assert.equal(await state(expert), 'Closed');
    await until('the spotter hears of it', async () => (await refreshed()).find((item) => item.report_id === ids[0]).status === 'closed');
    console.log(eyes.told());
  });
}
