// The compatibility lint must see what it promises to see, or its silence says nothing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { ALLOWED, check, fault, manifestFaults, uses } from './compat.mjs';

const faults = (source, browser, minimum = 140) => uses(source).map((use) => fault(use, browser, minimum)).filter(Boolean);

// Source, and whether it is fine in [Chrome 140, Firefox 140].
const table = [
  ['chrome.storage.local.get("x")', true, true],
  ['chrome.sidePanel.open({})', true, false],
  ['browser.sidebarAction.open()', false, true],
  ['browser.menus.create({})', false, true],
  ['chrome.contextMenus.create({})', true, true],
  ['chrome.nosuchnamespace.call()', false, false],
  ['CSS.highlights.set("a", new Highlight())', true, true],
  ['x.checkVisibility()', true, true],
  ['Uint8Array.fromBase64("")', true, true],
  ['document.startViewTransition()', true, false],
  ['scheduler.yield()', true, false],
  ['x.setHTML("y")', false, false],
  ['Iterator.concat()', false, false],
  ['globalThis.Iterator.concat()', false, false],
  ['x.moveBefore(a, b)', true, false],
  // A function of the global, called on a window that has no name.
  ['x.fetch("y")', true, true],
  // Own names are not the platform's.
  ['function setHTML() {} setHTML()', true, true],
  ['const scheduler = { yield() {} }; scheduler.now()', true, true],
];
for (const [source, chrome, firefox] of table) {
  test(`compat: ${source}`, () => {
    assert.equal(faults(source, 'chrome').length === 0, chrome, `chrome: ${faults(source, 'chrome')}`);
    assert.equal(faults(source, 'firefox').length === 0, firefox, `firefox: ${faults(source, 'firefox')}`);
  });
}

test('compat: the minimum counts', () => {
  assert.deepEqual(faults('scheduler.yield()', 'firefox', 142), []);
});

test('compat: manifest keys and permissions', () => {
  assert.deepEqual(manifestFaults({ name: 'x', permissions: ['storage', 'scripting'] }, 'firefox', 140), []);
  assert.equal(manifestFaults({ side_panel: {} }, 'firefox', 140).length, 1);
  assert.equal(manifestFaults({ permissions: ['sidePanel'] }, 'firefox', 140).length, 1);
  assert.equal(manifestFaults({ no_such_key: 1 }, 'chrome', 140).length, 1);
  assert.equal(manifestFaults({ background: { preferred_environment: ['x'] } }, 'chrome', 140).length, 1);
});

test('compat: a folder is read whole, and a low minimum is refused', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compat-'));
  fs.mkdirSync(path.join(folder, 'sub'));
  fs.writeFileSync(path.join(folder, 'sub/a.js'), 'x.setHTML("y");\nbrowser.sidebarAction.open();');
  const write = (minimum) => fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ manifest_version: 3, minimum_chrome_version: minimum }));
  write('140');
  const { faults: found } = check(folder, 'chrome', ALLOWED);
  assert.equal(found.length, 1);
  assert.match(found[0], /^sub\/a\.js:1: setHTML/u);
  write('120');
  assert.match(check(folder, 'chrome').faults[0], /minimum/u);
  fs.rmSync(folder, { recursive: true });
});
