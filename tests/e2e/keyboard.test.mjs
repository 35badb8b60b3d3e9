// The training's quiz, and a report from a finding to its receipt, by keyboard alone: no pointer is ever pressed, every key is one
// that a person has, and at each step it is seen where the focus is. Prints how many keys and seconds that takes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BROWSERS, launch, until } from './support/browser.mjs';
import { ITEMS, listed, shot, textOf, untilText, words } from './support/journey.mjs';
import { PATIENCE, world } from './support/world.mjs';

/** The keys of one page: counts them where they arrive, and notes what no keyboard does. */
async function keyboard(page) {
  await page.bringToFront();
  await page.evaluate(() => {
    globalThis.keys = { pressed: 0, other: [] };
    addEventListener('keydown', (e) => { if (e.isTrusted) globalThis.keys.pressed += 1; else globalThis.keys.other.push('a made-up key'); }, true);
    for (const kind of ['pointerdown', 'mousedown', 'touchstart']) addEventListener(kind, () => globalThis.keys.other.push(kind), true);
    // A key that presses a button makes a click without a pointer.
    addEventListener('click', (e) => { if (!e.isTrusted || (e.detail > 0 && !(e.target instanceof HTMLLabelElement))) globalThis.keys.other.push(`a click on ${e.target.id}`); }, true);
  });
  const begun = performance.now();
  /** What has the focus: its id and name, and whether that is seen. */
  const at = () => page.evaluate(() => {
    const el = document.activeElement;
    const style = getComputedStyle(el);
    return { id: el.id, name: el.getAttribute('aria-label') ?? el.textContent.trim(), body: el === document.body, seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
  });
  return {
    at,
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    /** Tabs on until the focus is where `wanted` says; what it passes is reached and seen as well. */
    async tabTo(what, wanted) {
      for (let presses = 0; presses < 80; presses += 1) {
        const here = await at();
        if (!here.body && wanted(here)) {
          assert.ok(here.seen, `the focus on ${what} is not seen`);
          return;
        }
        await page.keyboard.press('Tab');
      }
      assert.fail(`80 times Tab do not lead to ${what}`);
    },
    /** Where the focus goes by itself. */
    async lands(id) {
      let here;
      await until(`the focus is on #${id}`, async () => { here = await at(); return here.id === id; }).catch((why) => { throw new Error(`${why.message}; it is on ${JSON.stringify(here)}`); });
    },
    async sum() {
      const { pressed, other } = await page.evaluate(() => globalThis.keys);
      assert.deepEqual(other, [], 'nothing but keys');
      return { keys: pressed, seconds: ((performance.now() - begun) / 1000).toFixed(1) };
    },
  };
}
const told = (sum) => `keys=${sum.keys} seconds=${sum.seconds}`;

for (const name of BROWSERS) {
  test(`${name}: a quiz of twelve questions to its certificate, by keyboard alone`, PATIENCE, async (t) => {
    const browser = await launch(name);
    t.after(() => browser.close());
    const page = await browser.openExtensionPage('pages/training.html', '#begin');
    const k = await keyboard(page);
    await k.tabTo('the tab of the quiz', (here) => here.name === words('train_quiz'));
    await k.press('Enter');
    await k.lands('title');
    await k.tabTo('the first deck', (here) => here.id === 'begin-0');
    await k.press('Enter');
    let first;
    for (let number = 1; number <= 12; number += 1) {
      await page.waitForFunction((n) => document.getElementById('title')?.textContent === `${n} of 12` && document.getElementById('report'), { polling: 20 }, number);
      const asked = await textOf(page, '#question');
      const { answer } = ITEMS.find((item) => item.title === asked);
      if (number === 1) {
        // How sure: the radio buttons are one stop of Tab, arrows choose.
        await k.tabTo('how sure', () => page.evaluate(() => document.activeElement.type === 'radio'));
        await k.press('ArrowUp');
      }
      await k.tabTo(`the answer ${answer}`, (here) => here.id === answer);
      await k.press('Enter');
      await k.lands('next');
      first ??= await k.sum();
      await k.press('Enter');
    }
    await untilText(page, 'main', words('train_percent').replace('$PERCENT$', '100'));
    await k.tabTo('the certificate', (here) => here.id === 'paper');
    await k.press('Enter');
    await k.lands('title');
    await untilText(page, 'main', words('train_certificate_text'));
    await shot(browser, page, 'keyboard-certificate');
    t.diagnostic(`first answer: ${told(first)}; certificate: ${told(await k.sum())}`);
  });

  test(`${name}: a report from its finding to its receipt, by keyboard alone`, PATIENCE, async (t) => {
    const w = await world(t, name, { confirmFirst: 1 });
    const { tab } = await w.visit('/');
    const panel = await w.openPanel(tab);
    const [title] = (await listed(panel)).likely;
    const k = await keyboard(panel);
    await k.tabTo('the report button', (here) => here.id.startsWith('report-') && here.name.includes(title));
    const { id } = await k.at();
    await k.press('Enter');
    await k.lands('sheet-title');
    await k.tabTo('the note', (here) => here.id === 'note');
    await k.type('By keyboard.');
    await k.tabTo('Send', (here) => here.id === 'send');
    await k.press('Enter');
    await untilText(panel, '#sheet-title', words('report_sent_title'), 30_000);
    await k.lands('sheet-title');
    const receipt = await textOf(panel, '.receipt strong');
    assert.notEqual(receipt, '');
    await shot(w.browser, panel, 'keyboard-receipt');
    const sum = await k.sum();
    await k.tabTo('Done', (here) => here.id === 'done');
    await k.press('Enter');
    // The button of a listing that is reported is gone: the focus is on what stands in its place or on the list's heading.
    await panel.waitForSelector('h2#findings');
    await until('the reported finding has no button', () => panel.evaluate((id) => document.getElementById(id) === null, id));
    const back = await k.at();
    assert.ok(!back.body && back.seen, `the focus is lost: ${JSON.stringify(back)}`);
    await k.sum();
    assert.deepEqual(await w.cases(), [title], 'the endpoint has it');
    t.diagnostic(`receipt: ${told(sum)}`);
  });
}
