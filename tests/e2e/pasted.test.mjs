// What a spotter saw in a phone app: a pasted link and a picture become a case like any other, and nothing is asked of
// the marketplace. In both browsers, with a real endpoint.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { BROWSERS, until } from './support/browser.mjs';
import { fill, go, openPanel, shot, textOf, untilText, words } from './support/journey.mjs';
import { PATIENCE, world } from './support/world.mjs';
import { png } from './gallery/gallery.mjs';

for (const name of BROWSERS) {
  test(`a pasted link with a picture in ${name}`, PATIENCE, async (t) => {
    const w = await world(t, name);
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
    await (await panel.waitForSelector('#paste-next')).click();

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
  });
}
