// node tests/bench/click.mjs [REPORTS]: from a listing on the screen to the receipt, on loopback, in both browsers.
//
// Two spans, each by the clock of the page that shows them: from opening the listing's page to its finding ("detect"),
// and from the Report button to the receipt's number ("click"). The undo is set to nothing and no confirming click is
// asked for: what is left is what the machine needs. Beside it, what goes over the wire, counted by a relay between
// extension and endpoint.
import http from 'node:http';
import { BROWSERS, launch, until } from '../e2e/support/browser.mjs';
import { startEndpoint } from '../e2e/support/endpoint.mjs';
import { closeSheet, equip, findings, openPanel, reportButton, words } from '../e2e/support/journey.mjs';
import { startGallery, titleOf, WAYS } from '../e2e/gallery/gallery.mjs';
import { median } from './median.mjs';

const REPORTS = Number(process.argv[2] ?? 30);

/** Hands everything on to `origin` and notes the size of each body. */
async function relay(origin) {
  const sizes = [];
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const url = new URL(request.url, origin);
      if (request.method === 'PUT') sizes.push({ kind: url.pathname.split('/')[2], bytes: body.length });
      const onwards = http.request(url, { method: request.method, headers: { ...request.headers, host: url.host } }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onwards.on('error', () => response.destroy());
      onwards.end(body);
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { origin: `http://127.0.0.1:${server.address().port}`, sizes, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

const p95 = (list) => [...list].sort((a, b) => a - b)[Math.ceil(list.length * 0.95) - 1];
const ms = (list) => `median ${median(list).toFixed(0)} ms, p95 ${p95(list).toFixed(0)} ms`;

async function measure(name) {
  const gallery = await startGallery();
  const endpoint = await startEndpoint({ undoMs: 0, confirmFirst: 0 });
  const between = await relay(endpoint.origin);
  const browser = await launch(name);
  try {
    const invited = { invite: () => endpoint.invite().replace(endpoint.origin, between.origin) };
    const options = await equip(browser, invited, [gallery.origin]);
    const page = await browser.open(`${gallery.origin}${gallery.pathOf(0)}`);
    const tab = await until('the browser knows the tab', () => browser.tabOf(options, page.url()));
    const panel = await openPanel(browser, tab);
    const [detect, click] = [[], []];
    // The first is for warming up.
    for (let i = 0; i <= REPORTS; i++) {
      const n = i % Object.keys(WAYS).length;
      // Nothing is read of a page behind another.
      await page.bringToFront();
      const before = performance.now();
      await page.goto(`${gallery.origin}${gallery.pathOf(n)}?id=${1000 + i}`, { waitUntil: 'domcontentloaded' });
      await findings(browser, options, tab);
      const found = performance.now() - before;
      await panel.bringToFront();
      const button = await reportButton(panel, titleOf(n));
      await button.evaluate((b) => b.scrollIntoView({ block: 'center' }));
      const sent = panel.evaluate((title) => new Promise((resolve) => {
        let pressed = 0;
        addEventListener('click', () => { pressed = performance.now(); }, { capture: true, once: true });
        new MutationObserver((_, observer) => {
          if (document.querySelector('#sheet-title')?.textContent !== title || !document.querySelector('.receipt strong')) return;
          observer.disconnect();
          resolve(performance.now() - pressed);
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      }), words('report_sent_title'));
      await button.click();
      const took = await sent;
      if (i > 0) {
        detect.push(found);
        click.push(took);
      }
      await closeSheet(panel);
    }
    const of = (kind) => between.sizes.filter((s) => s.kind === kind).map((s) => s.bytes);
    const bodies = of('reports');
    const all = between.sizes.reduce((sum, s) => sum + s.bytes, 0);
    console.log(`${name}: ${REPORTS} reports`);
    console.log(`  page opened -> finding known: ${ms(detect)}`);
    console.log(`  Report pressed -> receipt shown: ${ms(click)}`);
    console.log(`  body: median ${median(bodies)} bytes, largest ${Math.max(...bodies)}; pictures: ${of('blobs').length}, median ${median(of('blobs'))} bytes; ${(all / bodies.length / 1024).toFixed(1)} KiB a report in all`);
  } finally {
    await browser.close();
    await between.close();
    await endpoint.close();
    await gallery.close();
  }
}

for (const name of BROWSERS) await measure(name);
