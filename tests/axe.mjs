// What axe-core finds wrong in a page, by the same rules in every test; and at how many screens it looked.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How many screens axe looked at and what it found, by browser and scheme: the sum of a test's file. */
const looked = new Map();
process.on('exit', () => {
  if (looked.size === 0) return;
  const sum = (of) => [...looked.values()].reduce((all, one) => all + one[of], 0);
  const each = [...looked].sort().map(([where, { screens, violations }]) => `${where} ${screens} screens, ${violations} violations`);
  console.log(`axe: ${sum('screens')} screens, ${sum('violations')} violations (${each.join('; ')})`);
});

/** What axe finds wrong, as text; empty when nothing. `without`: rules that a test's own words would break. */
export async function axe(page, without = []) {
  // Half-way through a fade a colour is one that nobody chose; and where nothing is painted no fade ends by itself.
  await page.evaluate(() => { for (const a of document.getAnimations()) if (a instanceof CSSTransition) a.finish(); });
  const size = page.viewport();
  await whole(page);
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(AXE);
  const { violations, dark } = await page.evaluate(async (off) => ({
    dark: matchMedia('(prefers-color-scheme: dark)').matches,
    violations: (await globalThis.axe.run({ resultTypes: ['violations'], rules: Object.fromEntries(off.map((rule) => [rule, { enabled: false }])),
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } })).violations,
  }), without);
  if (page.viewport().height !== size.height) await page.setViewport(size);
  const where = `${(await page.browser().version()).startsWith('firefox') ? 'firefox' : 'chromium'}, ${dark ? 'dark' : 'light'}:`;
  const sum = looked.get(where) ?? { screens: 0, violations: 0 };
  looked.set(where, { screens: sum.screens + 1, violations: sum.violations + violations.length });
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`);
}

/**
 * Makes the window as tall as the page: what sticks to an edge hides other things for as long as nobody scrolls. What is
 * as tall as a part of the window grows with it, so that one look is not enough.
 */
export async function whole(page) {
  for (let look = 0; look < 6; look += 1) {
    const { width, height } = page.viewport();
    const tall = await page.evaluate(() => document.documentElement.scrollHeight);
    if (tall <= height) return;
    await page.setViewport({ width, height: tall });
  }
}
