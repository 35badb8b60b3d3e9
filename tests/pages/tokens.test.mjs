// The contrast that tokens.css promises, computed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

const css = fs.readFileSync(new URL('../../extension/pages/tokens.css', import.meta.url), 'utf8');
const colours = (text) => Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
const [lightCss, darkCss] = css.split('@media (prefers-color-scheme: dark)');
const light = colours(lightCss);
const schemes = { light, dark: { ...light, ...colours(darkCss) } };

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

test('the measure itself', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.ok(contrast('#777777', '#ffffff') < 4.5);
});

for (const [scheme, c] of Object.entries(schemes)) {
  const atLeast = (fg, bg, want) => {
    assert.ok(c[fg] && c[bg], `${fg} or ${bg} is missing`);
    const got = contrast(c[fg], c[bg]);
    assert.ok(got >= want, `${scheme}: --${fg} on --${bg} is ${got.toFixed(2)}, wants ${want}`);
  };

  test(`${scheme}: level pairs at least 7:1`, () => {
    atLeast('likely-fg', 'likely-bg', 7);
    atLeast('possible-fg', 'possible-bg', 7);
  });

  test(`${scheme}: every text at least 4.5:1 wherever it stands`, () => {
    for (const fg of ['fg', 'muted', 'accent', 'listed-fg', 'ok-fg', 'danger-fg']) for (const bg of ['bg', 'surface', 'surface-2']) atLeast(fg, bg, 4.5);
    atLeast('accent-fg', 'accent', 4.5);
  });

  test(`${scheme}: borders of controls at least 3:1`, () => {
    for (const bg of ['bg', 'surface', 'surface-2']) atLeast('control-line', bg, 3);
  });
}

test('dark redefines every colour that light has', () => {
  assert.deepEqual(Object.keys(colours(darkCss)).sort(), Object.keys(light).sort());
});
