// A person browses and reports one listing; every request that leaves the browser passes a proxy that writes it down.
// Browsing makes no request of ours; joining, the report and its status make those that docs/privacy.md lists.
// Some seconds here; `cargo xtask soak browse` takes ten minutes.
import assert from 'node:assert/strict';
import process from 'node:process';
import test from 'node:test';
import { startEndpoint } from '../e2e/support/endpoint.mjs';
import { startLine } from '../e2e/support/line.mjs';
import { servePages } from '../finder/site.mjs';
import { BROWSERS, cards, page, spotter, until } from './spotter.mjs';

const MINUTES = Number(process.env.SPOTTER_SOAK_MINUTES ?? 0.3);
const MARKET = 'https://market.example';
const ENDPOINT = 'https://reports.example';
const MORE = `<button id="more">More</button><p><a id="next" href="/list?page=2">Next page</a></p><script>let n = 100;
  document.getElementById('more').onclick = () => { n += 6; document.getElementById('list').insertAdjacentHTML('beforeend', ${JSON.stringify(cards(6, 1000))}.replaceAll('70100', '70' + n)); };</script>`;
const ITEM = (n) => `<!doctype html><html lang="en"><title>Item</title><h1>Carved elephant ivory netsuke, made-up no. ${n}</h1><p class="price">EUR 80,00</p><p>A synthetic text about an ivory figure.</p><a href="/list">Back to the list</a></html>`;
const PAGES = [
  ...['/list', '/list?page=2'].map((at, i) => ({ url: MARKET + at, html: page(cards(24, i * 24), { extra: MORE, head: '<link rel="icon" href="data:,">' }) })),
  ...Array.from({ length: 48 }, (_, n) => ({ url: `${MARKET}/item/${700000 + n}`, html: ITEM(n).replace('<title>', '<link rel="icon" href="data:,"><title>') })),
];
/** The browsers' own services: they ask whatever is installed. Refused by the proxy. */
const VENDORS = /(?:^|\.)(?:mozilla\.(?:com|org|net)|mozgcp\.net|firefox\.com|mozaws\.net|google\.com|googleapis\.com|gstatic\.com|gvt1\.com|googleusercontent\.com|chromium\.org)$/u;
const vendors = (line) => VENDORS.test(new URL(line.startsWith('CONNECT ') ? `https://${line.slice(8)}` : line.split(' ')[1]).hostname);

for (const name of BROWSERS) {
  test(`${name}: ${MINUTES} minute(s) of browsing with one report, no request of ours but for that`, { timeout: 240_000 + MINUTES * 90_000 }, async (t) => {
    const heard = [];
    const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
    const endpoint = await startEndpoint();
    t.after(() => endpoint.close());
    const line = await startLine(endpoint);
    t.after(() => line.close());
    const site = await servePages(PAGES, { heard, policy, routes: { [new URL(ENDPOINT).hostname]: line.port } });
    t.after(() => site.close());
    const s = await spotter(t, name, undefined, { through: site, trusts: `${site.spki},${line.spki}` });
    await s.allow(MARKET);
    heard.length = 0;
    await s.ask({ type: 'agree', adult: true, rules: true });
    await s.ask({ type: 'enrol', link: endpoint.invite().replace(/^https?:\/\/[^/]+/u, ENDPOINT) });
    let report = null;
    const went = [];
    const web = await s.browser.browser.newPage();
    const go = async (step, to) => {
      went.push(`GET ${to}`);
      await Promise.all([web.waitForNavigation({ waitUntil: 'load' }), step()]);
      await until(`${to} was read`, async () => { const f = await s.findings(to); return f !== null && f.read > 0 && f.waiting === 0; });
    };
    const end = Date.now() + MINUTES * 60_000;
    let rounds = 0;
    let findings = 0;
    while (Date.now() < end || rounds < 2) {
      const at = `${MARKET}/list${rounds % 2 === 0 ? '' : '?page=2'}`;
      await go(() => web.goto(at), at);
      await s.quiet(rounds % 3 !== 0);
      await s.mask(rounds % 5 === 4);
      for (let i = 0; i < 2; i++) await web.click('#more');
      const found = await until('more was read', async () => { const f = await s.findings(at); return f?.read >= 30 && f.waiting === 0 ? f : null; });
      findings += found.findings.length;
      await s.tell(at, { type: 'step', forward: true });
      await s.tell(at, { type: 'show', key: found.findings.at(-1).key });
      await web.mouse.move(200, 200);
      await web.mouse.wheel({ deltaY: 600 });
      await s.ask({ type: 'state' });
      if (report === null) {
        const draft = await s.ask({ type: 'prepare', tab_id: await s.tab(at), key: found.findings[0].key });
        report = draft.report.report_id;
        await s.ask({ type: 'queue', report_id: report, choices: { note: '', with_screenshot: true, with_description: true, with_seller: true } });
      }
      const item = `${MARKET}/item/${700000 + (rounds * 4) % 24}`;
      await go(() => web.goto(item), item);
      await s.tell(item, { type: 'collect_current' });
      rounds++;
    }
    await until('the report is sent', async () => (await s.ask({ type: 'state' })).outbox[0]?.state === 'sent');
    await s.ask({ type: 'refresh_status' });
    // A request under way has this long to be heard.
    await new Promise((done) => { setTimeout(done, 1_000); });
    const browsers = heard.filter(vendors);
    const others = heard.filter((line) => !vendors(line));
    console.log(`${name}: ${rounds} rounds, ${findings} findings, ${heard.length} requests: ${went.length} pages that were opened, ${browsers.length} of the browser's own services (${[...new Set(browsers)].join(', ') || 'none'}), ${others.length - went.length} others`);
    assert.ok(findings > 0);
    assert.deepEqual(others, went, 'what was opened was asked for, once, and nothing else');
    console.log(`${name}: to the endpoint: ${line.heard.join(', ')}`);
    // Soon after joining, and when it is asked for, the endpoint is asked what is new; all in this order.
    const news = ['GET /v1/status', 'GET /v1/packs/current', 'GET /v1/surveys', 'GET /v1/policy'];
    const sent = line.heard.filter((request) => !news.includes(request));
    assert.deepEqual(sent, ['POST /v1/enrolments', `PUT /v1/reports/${report}`]);
    const asked = line.heard.filter((request) => news.includes(request));
    assert.deepEqual(asked, Array.from({ length: asked.length / news.length }, () => news).flat());
    assert.ok(asked.length >= news.length && asked.length <= news.length * (2 + Math.ceil(MINUTES / 30)), 'no oftener than docs/privacy.md says');
  });
}
