// How screens of the console look, in both schemes, wide and narrow: what axe finds, and what does not fit.
// The ordinary tests take one of the four looks in each browser, another one in each, and let axe see a kind of page twice;
// SPOTTER_WHOLE=1 takes all four of every page. Both widths are measured always. Whatever axe sees is kept as a picture, for a
// person to look at: `target/screenshots/console`.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { axe } from '../../axe.mjs';
import { WHOLE } from '../../part.mjs';
import { schemePref, setScheme } from '../../scheme.mjs';
import { AUTHENTICATOR_PREFS } from './authenticator.mjs';
import { LAUNCH, logIn } from './console.mjs';
import { screenshots } from './paths.mjs';

const [WIDE, NARROW, HIGH] = [1280, 400, 800];
/** How often axe sees pages of one title in the ordinary tests. */
const TIMES = 2;
const SHOTS = path.join(screenshots, 'console');
const ORDINARY = { chromium: { width: WIDE, dark: false }, firefox: { width: NARROW, dark: true } };

/** Keeps a picture of a page, in whole. */
async function shot(page, name, kind, look) {
  fs.mkdirSync(SHOTS, { recursive: true });
  const words = kind.toLowerCase().replace(/[^a-z]+/gu, '-').slice(0, 60);
  await page.screenshot({ path: path.join(SHOTS, `${name}-${words}-${look}.png`), fullPage: true });
}

/** A browser that looks at an endpoint's pages. */
export async function startLooks(name, endpoint) {
  const own = ORDINARY[name];
  const browser = await puppeteer.launch({ ...LAUNCH[name],
    ...name === 'firefox' ? { args: ['--remote-allow-system-access'], extraPrefsFirefox: { ...schemePref(own.dark), ...AUTHENTICATOR_PREFS } } : {} });
  const seen = new Map();
  const kinds = new Map();
  /** Pages of others, by their names. */
  const others = new Map();
  const open = async (context) => {
    const page = await context.newPage();
    if (name === 'chromium') await setScheme(name, page, own.dark);
    return page;
  };

  /** Looks at a page as it stands. `tall`: it may be longer than a screen. */
  async function here(page, what, { tall = false } = {}) {
    const kind = (await page.title()).replace(/\d+/gu, 'n');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    for (const dark of WHOLE ? [false, true] : [own.dark]) {
      if (WHOLE) await setScheme(name, page, dark);
      // The width that the page has comes first: laying it out anew takes time.
      for (const width of page.viewport().width === WIDE ? [WIDE, NARROW] : [NARROW, WIDE]) {
        const look = `${width === WIDE ? 'wide' : 'narrow'}, ${dark ? 'dark' : 'light'}`;
        if (page.viewport().width !== width) await page.setViewport({ width, height: HIGH });
        const size = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - innerWidth, high: document.documentElement.scrollHeight - innerHeight }));
        assert.ok(size.wide <= 0, `${what}, ${look}: ${size.wide} px too wide`);
        if (width === WIDE && !tall) assert.ok(size.high <= 0, `${what}, ${look}: ${size.high} px too high for one screen`);
        if (!WHOLE && (width !== own.width || kinds.get(kind) > TIMES)) continue;
        await shot(page, name, kind, `${width === WIDE ? 'wide' : 'narrow'}-${dark ? 'dark' : 'light'}-${kinds.get(kind)}`);
        const found = await axe(page);
        const sum = seen.get(look) ?? { looks: 0, violations: 0 };
        seen.set(look, { looks: sum.looks + 1, violations: sum.violations + found.length });
        assert.deepEqual(found, [], `${what}, ${look}`);
      }
    }
  }

  /** Somebody without a session, until `then` is over. */
  async function nobody(then) {
    const context = await browser.createBrowserContext();
    await then(await open(context));
    await context.close();
  }

  const first = await open(browser.defaultBrowserContext());
  return {
    page: first,
    here,
    /** Goes to an address of the endpoint and looks. */
    async look(page, place, how) {
      await page.goto(endpoint.origin + place);
      await here(page, place, how);
    },
    nobody,
    /** What somebody else does at the console; their session goes on. */
    async as(who, home, then) {
      if (!others.has(who.name)) {
        const page = await open(await browser.createBrowserContext());
        await page.goto(`${endpoint.origin}/console/login`);
        await logIn(page, who, home);
        others.set(who.name, page);
      }
      const page = others.get(who.name);
      await page.bringToFront();
      await then(page);
      await first.bringToFront();
    },
    /** How much was looked at, in words. */
    told: () => `${name}: ${[...seen].map(([look, { looks, violations }]) => `${look} ${looks} looks, ${violations} violations`).join('; ')}`,
    close: () => browser.close(),
  };
}
