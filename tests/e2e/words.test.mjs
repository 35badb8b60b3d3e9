// The programme's own words, from listings that the detector misses to a pack that flags them, in both browsers with the
// real server: reported, taken as cases, words accepted, compiled and signed offline, published, fetched by an alarm.
// Then packs that must not be believed, the background's death, the browser's, and leaving.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { startMarket } from './market/market.mjs';
import { BROWSERS, launch, until } from './support/browser.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { addSite, equip, go, login, openOptions, queue, shot, textOf, untilText, visit, words as sentence } from './support/journey.mjs';
import { ask } from './support/lost.mjs';
import { startIntruder } from './support/programme.mjs';
import { cardsPage, PATIENCE } from './support/world.mjs';
import { expiring, tampered, TITLES, workshop, WORDS } from './support/words.mjs';

for (const name of BROWSERS) {
  test(`${name}: twenty missed listings become words that flag them, and nothing else gets in`, PATIENCE, async (t) => {
    const market = await startMarket({ extra: { '/words': cardsPage(TITLES).replace(' lang="en"', '') } });
    t.after(() => market.close());
    const endpoint = await startEndpoint({ undoMs: 0 });
    t.after(() => endpoint.close());
    const shop = workshop();
    t.after(() => shop.close());
    endpoint.run(['publish', '--data', endpoint.data, '--pack-key', shop.key]);
    const intruder = await startIntruder(endpoint);
    t.after(() => intruder.close());
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), `spotter-words-${name}-`));
    let browser = await launch(name, { profile });
    t.after(() => browser.close());
    // After the browser has let go of it.
    t.after(() => fs.rmSync(profile, { recursive: true, force: true }));
    let options = await equip(browser, intruder.before, [market.origin]);
    const state = () => ask(options, { type: 'state' });
    const flagged = async () => {
      const { page, found } = await visit(browser, options, `${market.origin}/words`, { read: TITLES.length });
      await page.close();
      assert.equal(found.read, TITLES.length);
      return found.findings.length;
    };
    /** The alarm rings now: nobody waits for the hours that it was set to. Waits for what comes of it. */
    const news = async (what, probe) => {
      const before = (await state()).words?.asked_at;
      await options.evaluate(() => (globalThis.browser ?? globalThis.chrome).alarms.create('status', { when: Date.now() }));
      return until(what, async () => { const { words } = await state(); return words?.asked_at !== before && probe(words) ? words : null; });
    };

    assert.equal(await flagged(), 0, 'nothing of it is known');
    await news('nothing is offered yet', (words) => words.version === '' && !words.trouble);

    // Reported all the same, as what was seen in a phone app; the words are suggested.
    for (const [n, title] of TITLES.entries()) {
      const draft = await ask(options, { type: 'prepare_pasted', link: `https://market.example/item/${7700 + n}`, title, text: '' });
      assert.ok(draft.report.missed_by_detector);
      const choices = { note: '', with_screenshot: false, with_description: true, with_seller: true };
      assert.equal((await ask(options, { type: 'queue', report_id: draft.report.report_id, choices })).type, 'queued');
    }
    for (const [, word, meaning] of WORDS) await ask(options, { type: 'suggest', text: word, meaning, seen_at: '' });
    await until('all are sent', async () => (await state()).outbox.filter((item) => item.state === 'sent').length === TITLES.length, 40_000);
    const console_ = await login(browser, endpoint);
    assert.deepEqual((await queue(console_)).toSorted(), TITLES.toSorted(), 'twenty cases');
    for (const [lang, word, meaning] of WORDS) {
      await console_.goto(`${endpoint.origin}/console/terms`, { waitUntil: 'load' });
      const action = await console_.$$eval('form.term', (forms, wanted) => forms.find((form) => form.elements.word.value === wanted)?.getAttribute('action'), word);
      const form = `form.term[action="${action}"]`;
      await console_.$eval(form, (of, to) => { of.closest('details')?.setAttribute('open', ''); of.elements.lang.value = to.lang; of.elements.concept.value = to.meaning; }, { lang, meaning });
      await go(console_, `${form} button[value=yes]`);
    }
    await console_.close();

    // Offline, and on the server; the next alarm brings it.
    endpoint.run(['terms', '--data', endpoint.data, '-o', shop.at('terms'), '--version', new Date().toISOString().slice(0, 10).replaceAll('-', '.')]);
    const plain = shop.compile(shop.at('terms'));
    const good = shop.sign(plain, 3);
    fs.writeFileSync(shop.at('good.pack'), good);
    endpoint.run(['publish', '--data', endpoint.data, '--pack', shop.at('good.pack')]);
    const held = await news('the words are in use', (words) => words.in_use);
    assert.equal(await flagged(), TITLES.length, 'every one is flagged');
    assert.ok((await state()).pack.endsWith(`+${held.version}`), 'reports say which words found them');

    // Whoever stands in the endpoint's place gets nothing in, and takes nothing away.
    for (const [bad, why] of [
      [tampered(good), 'bg_pack_signature'],
      [good.subarray(0, good.length - 9), 'bg_pack_damaged'],
      [shop.sign(plain, 2), 'bg_pack_older'],
      [shop.sign(expiring(plain, '2026-01-01'), 4), 'bg_pack_expired'],
      [shop.sign(plain, 4, 'other'), 'bg_pack_key'],
      [Buffer.alloc(4 * 1024 * 1024 + 1), 'bg_pack_large'],
    ]) {
      intruder.offer(bad);
      const now = await news(`refused: ${why}`, (words) => words.trouble?.[0] === why);
      assert.deepEqual([now.in_use, now.version], [true, held.version], why);
    }
    await options.close();
    options = await openOptions(browser);
    await untilText(options, '#words-trouble', sentence('bg_pack_large'));
    assert.ok((await textOf(options, '#words-held')).startsWith(held.version));
    for (const scheme of name === 'chromium' ? ['light', 'dark'] : ['light']) {
      if (name === 'chromium') await options.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await shot(browser, options, `options-words-${scheme}`, { fullPage: true });
    }
    await browser.killBackground();
    assert.equal(await flagged(), TITLES.length, 'after the death of the background');
    intruder.offer(null);
    await news('what is held is what is offered', (words) => words.in_use && !words.trouble);

    await browser.die();
    browser = await launch(name, { profile, first: 'none' });
    options = await openOptions(browser);
    // What a driver grants ends with its browser.
    if ((await state()).sites.length === 0) await addSite(browser, options, market.origin);
    assert.equal(await flagged(), TITLES.length, 'after the death of the browser');

    const { text } = await ask(options, { type: 'stored', pictures: false });
    const stored = JSON.parse(text);
    assert.deepEqual([stored.payloads.pack.bytes, stored.settings.words_held], [good.length, true], 'what is stored names it');
    await ask(options, { type: 'leave', unsent: true });
    assert.deepEqual([(await state()).words, await flagged()], [null, 0], 'nothing of it is left after leaving');
    const after = JSON.parse((await ask(options, { type: 'stored', pictures: false })).text);
    assert.deepEqual([after.payloads.pack, after.kept.words], [undefined, undefined]);
    t.diagnostic(`${TITLES.length} missed listings -> ${TITLES.length} cases -> ${WORDS.length} words -> a pack of ${good.length} bytes -> ${TITLES.length} flagged; 6 packs refused`);
  });
}
