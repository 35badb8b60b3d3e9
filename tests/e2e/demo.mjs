// The demonstration: `node tests/e2e/demo.mjs [--headless]`, started by `cargo xtask demo`.
// With a window: a marketplace, an endpoint and the spotter's browser, ready to try, until Ctrl-C.
// Without: the journey in both browsers by clicks, one line each.
import crypto from 'node:crypto';
import { startMarket } from './market/market.mjs';
import { BROWSERS, launch } from './support/browser.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import * as journey from './support/journey.mjs';

/** A clock that is read as the seconds since it was set. */
const clock = () => {
  const set = performance.now();
  return () => ((performance.now() - set) / 1000).toFixed(1);
};

/** From a page to a case and back: what `--headless` proves and the tests repeat. Times are the machine's, with nobody reading. */
export async function demonstrate(name) {
  const market = await startMarket();
  const endpoint = await startEndpoint();
  const newcomer = clock();
  const browser = await launch(name);
  try {
    const options = await journey.equip(browser, endpoint, [market.origin]);
    const { tab, found } = await journey.visit(browser, options, `${market.origin}/`);
    const panel = await journey.openPanel(browser, tab);
    const listed = await journey.listed(panel);
    const first_finding = newcomer();
    const title = listed.likely[0];
    const receipt = await journey.report(panel, title);
    const first_report = newcomer();
    const trainee = clock();
    await journey.firstAnswer(browser);
    const first_answer = trainee();
    const console_ = await journey.login(browser, endpoint);
    const cases = await journey.queue(console_);
    await journey.decide(console_, title, 'confirm');
    const status = await journey.statusOf(panel, title, 'confirmed');
    const ok = found.read > 0 && listed.likely.length > 0 && receipt !== '' && cases.length === 1 && cases[0] === title && status === 'confirmed';
    return { listings: found.read, likely: listed.likely.length, possible: listed.possible.length, reported: receipt === '' ? 0 : 1, case: cases.length, status, first_finding, first_report, first_answer, ok };
  } finally {
    await browser.close();
    await endpoint.close();
    await market.close();
  }
}

async function headless() {
  let fine = true;
  for (const name of BROWSERS) {
    try {
      const d = await demonstrate(name);
      console.log(`demo browser=${name} listings=${d.listings} likely=${d.likely} possible=${d.possible} reported=${d.reported} case=${d.case} status_back=${d.status} first_finding=${d.first_finding}s first_report=${d.first_report}s first_quiz_answer=${d.first_answer}s ${d.ok ? 'ok' : 'FAILED'}`);
      fine &&= d.ok;
    } catch (error) {
      console.log(`demo browser=${name} FAILED: ${error.message}`);
      fine = false;
    }
  }
  process.exitCode = fine ? 0 : 1;
}

async function window() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    console.error('There is no screen here. `cargo xtask demo --headless` shows the journey without one.');
    process.exitCode = 1;
    return;
  }
  const reviewer = { name: 'demo-reviewer', password: crypto.randomBytes(12).toString('base64url') };
  const market = await startMarket();
  const endpoint = await startEndpoint({ undoMs: 10_000, confirmFirst: 3, reviewer });
  const browser = await launch('chromium', { headless: false });
  const options = await journey.equip(browser, endpoint, [market.origin]);
  await options.close();
  await browser.open(`${market.origin}/`);
  console.log(`
The spotter's browser shows the demo marketplace; every listing on it is synthetic.
  1. Open the panel with the Wildlife Spotter button in the toolbar (or Alt+Shift+O).
  2. Report a finding.
  3. Review it at ${endpoint.origin}/console
     name: ${reviewer.name}   password: ${reviewer.password}
  4. See in the panel, under "Reports", what became of it.
Ctrl-C ends everything.
`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    browser.browser.once('disconnected', resolve);
  });
  await browser.close();
  await endpoint.close();
  await market.close();
}

if (process.argv[1] === new URL(import.meta.url).pathname) await (process.argv.includes('--headless') ? headless() : window());
