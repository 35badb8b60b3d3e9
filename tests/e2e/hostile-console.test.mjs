// Hostile content in the review console, in the real browsers: every payload of tests/hostile in every field of a signed
// report, a suggestion and a message; then the pages that carry them. No script of theirs may run, no address be loaded, no
// dialog or window open, and the console's policy has nothing to refuse. What the same payloads do on a careless page is
// tried first: a test that sees nothing there would prove nothing here.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { WHOLE } from '../part.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { root } from './support/paths.mjs';
import { signer, TYPES } from './support/signer.mjs';

const LAUNCH = {
  chromium: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--host-resolver-rules=MAP *.invalid ~NOTFOUND'] },
  firefox: { browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr' },
};
const TEXTS = JSON.parse(fs.readFileSync(path.join(root, 'tests/hostile/payloads.json'), 'utf8')).filter((p) => p.kind !== 'picture');
const MESSAGES_A_DAY = 18;
/** Of so many payloads one is sent; `cargo xtask soak hostile` sends all. */
const EVERY = Number(process.env.SPOTTER_HOSTILE_EVERY ?? (WHOLE ? 1 : 9));

/** One case in so many is confirmed and referred to an agency: without a seller's claims, which ask for a second reviewer. */
const REFERRED = 8;

/** At most so many bytes of UTF-8, cut at a character. */
function cut(text, bytes) {
  let out = '';
  let size = 0;
  for (const c of text) {
    size += Buffer.byteLength(c);
    if (size > bytes) break;
    out += c;
  }
  return out;
}

function report(text, n) {
  const url = `https://market.example/${cut(text, 1500)}`;
  const short = cut(text, 500);
  const cue = (start, end) => ({ kind: 'name', concept: text, field: 'title', start, end, text, weight: 2.4 });
  return {
    schema: 'wildlife-report/1', report_id: crypto.randomUUID(), created_at: '2026-11-23T22:13:54Z', matched_at: '2026-11-23T22:13:50Z', utc_offset_minutes: 0,
    client: { extension: cut(text, 64), browser: cut(text, 64), pack: cut(text, 64), locale: cut(text, 64) },
    place: { marketplace: 'market.example', listing_id: `${cut(text, 100)}${n}`, url_canonical: url, url_at_match: url, url_observed: url },
    listing: { id: short, title: short, price: short, category: short, seller: short, location: short, images: short, description: `${text}\n\n${text}`, lang: cut(text, 64), url },
    card_only: false, missed_by_detector: n % 3 === 0, note: cut(text, 900),
    assessment: { id: text, level: 'likely', score: 0.9, wildlife_score: 0.9, taxa: [{ id: text, scientificName: text, listings: [{ appendix: 'I', population: text }] }], groups: ['elephant'],
      commodities: [text], cues: [cue(0, 3), cue(1, 4_000_000_000), cue(2, 5)], claims: n % REFERRED === 0 ? [] : [text], methods: [text], disguised: false, reportable: 'check', grounds: [text] },
    chosen: { is: 'taxa', taxa: [{ id: 'x', scientificName: short }] },
    no_contact_made: true, evidence: [{ kind: 'listing_text', state: 'included' }, { kind: 'screenshot', state: 'failed', from: url }],
  };
}

async function handIn(endpoint, texts) {
  let device = null;
  const taken = async (where, type, body) => {
    const answer = await device.put(where, type, JSON.stringify(body));
    assert.equal(answer.status, 201, await answer.text());
  };
  for (const [n, { text }] of texts.entries()) {
    if (n % MESSAGES_A_DAY === 0) device = await signer(endpoint);
    const one = report(text, n);
    await taken(`/v1/reports/${one.report_id}`, TYPES.report, one);
    const id = crypto.randomUUID();
    const line = cut(text.replace(/\p{Cc}/gu, ''), 120).trim() || 'x';
    await taken(`/v1/suggestions/${id}`, TYPES.suggestion, { schema: 'wildlife-suggestion/1', id, kind: 'term', text: line, meaning: cut(text, 280), seen_at: one.place.url_canonical, created_at: '2026-11-26T10:00:00Z' });
    await taken(`/v1/contacts/${id}`, TYPES.contact, { schema: 'wildlife-contact/1', id, text: text.trim() ? cut(text, 900) : 'x', created_at: '2026-11-26T10:00:00Z' });
  }
}

/** What the browser itself asks for where a page has a field for a day: the picture of a calendar that it draws there. */
async function calendars(browser) {
  const page = await browser.newPage();
  const asked = new Set();
  page.on('request', (request) => asked.add(request.url()));
  await page.setContent('<!DOCTYPE html><title>a day</title><input type="date">', { waitUntil: 'load' });
  await page.screenshot();
  await page.close();
  return new Set([...asked].filter((url) => url.startsWith('data:image/')));
}

/** A tab that remembers whatever fires in it. `origin` is the only one that it may ask, but for what is the browser's `own`. */
async function watched(browser, origin, own = new Set()) {
  const page = await browser.newPage();
  const fired = [];
  page.on('dialog', (dialog) => {
    fired.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('request', (request) => {
    // Firefox masks a password with a font of its own.
    const drawn = request.url().startsWith('data:font/woff2') || own.has(request.url());
    if (!drawn && !request.url().startsWith(`${origin}/`)) fired.push(`a request: ${request.url().slice(0, 80)}`);
  });
  page.on('popup', () => fired.push('a window'));
  await page.evaluateOnNewDocument(() => {
    const refused = [];
    addEventListener('securitypolicyviolation', (e) => refused.push(`${e.effectiveDirective} ${e.blockedURI}`), true);
    globalThis.refusedByPolicy = () => refused;
  });
  const look = async () => {
    const here = await page.evaluate(() => ({ ran: 'fired' in globalThis || document.title.startsWith('fired') || document.cookie.includes('fired'), refused: globalThis.refusedByPolicy() }));
    return [...fired.splice(0), ...here.refused.map((r) => `the policy refused ${r}`), ...here.ran ? ['a script ran'] : []];
  };
  return {
    page,
    look,
    /** Opens an address and says what fired on the way. */
    async open(address) {
      await page.goto(address, { waitUntil: 'load', timeout: 20_000 });
      return look();
    },
  };
}

/** How many of some payloads fire where they are written raw, under no policy. */
async function carelessly(browser, some) {
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const text = some[Number(request.url.slice(1))]?.text ?? '';
    response.end(`<!DOCTYPE html><title>careless</title><p>${text}</p><p title="${text}">x</p><p title='${text}'>x</p>`);
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const origin = `http://127.0.0.1:${server.address().port}`;
  let count = 0;
  for (const n of some.keys()) {
    const { page, open, look } = await watched(browser, origin);
    const late = async () => {
      const first = await open(`${origin}/${n}`);
      await new Promise((done) => { setTimeout(done, 50); });
      return [...first, ...await look()];
    };
    // A page that is led away, or that never ends, has fired as well.
    const seen = await late().catch(() => ['led away']);
    if (seen.length > 0) count += 1;
    await page.close();
  }
  server.closeAllConnections();
  server.close();
  return count;
}

for (const name of ['chromium', 'firefox']) {
  test(`${name}: hostile content fires nowhere in the console`, { timeout: 600_000 }, async (t) => {
    const endpoint = await startEndpoint({ more: ['--per-key', '100000', '--per-address', '100000'] });
    t.after(() => endpoint.close());
    const browser = await puppeteer.launch({ ...LAUNCH[name], headless: true, defaultViewport: { width: 1280, height: 800 } });
    t.after(() => browser.close());

    const some = TEXTS.filter((p) => p.kind === 'markup').filter((_, n) => n % 6 === 0);
    const careless = await carelessly(browser, some);
    assert.ok(careless * 3 >= some.length, `only ${careless} of ${some.length} fire on a careless page: this test sees too little`);

    const texts = TEXTS.filter((_, n) => n % EVERY === 0);
    await handIn(endpoint, texts);
    const { page, open, look } = await watched(browser, endpoint.origin, await calendars(browser));
    const fired = [];
    const places = new Map();
    const visit = async (place, address) => {
      places.set(place, (places.get(place) ?? 0) + 1);
      for (const what of await open(endpoint.origin + address)) fired.push(`${address}: ${what}`);
    };
    const leave = async (place, act) => {
      places.set(place, (places.get(place) ?? 0) + 1);
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), act()]);
      for (const what of await look()) fired.push(`${place}: ${what}`);
    };
    const next = (selector) => page.$$eval(selector, (all) => all[0]?.getAttribute('href') ?? null);

    await visit('login', '/console/login');
    await page.type('input[name=name]', endpoint.reviewer.name);
    await page.type('input[name=password]', endpoint.reviewer.password);
    await leave('queue', () => page.keyboard.press('Enter'));
    let rows = 0;
    for (let at = '/console?all=1'; at !== null;) {
      await visit('queue', at);
      rows += await page.$$eval('table.queue tbody tr', (all) => all.length);
      at = await next('div.pages a[rel=next]');
      await leave('several at once', () => page.keyboard.press('b'));
    }
    assert.equal(rows, texts.length, 'every payload is a case');
    let referred = 0;
    for (const [n, { id, text }] of texts.entries()) {
      await visit('case', `/console/cases/${n + 1}/evidence`);
      // Letters and digits of a payload stand there as they were sent; the names of hidden characters are ours.
      const letters = (words) => words.replace(/[^a-z0-9]/giu, '').slice(0, 40);
      const title = await page.$eval('h1.title', (e) => {
        const copy = e.cloneNode(true);
        copy.querySelectorAll('.ctl').forEach((c) => c.remove());
        return copy.textContent;
      });
      if (text.trim()) assert.equal(letters(title), letters(cut(text, 500)), id);
      if (n % REFERRED === 0) {
        await leave('case, confirmed', () => page.keyboard.press('1'));
        await visit('case to refer', `/console/cases/${n + 1}`);
        const agency = cut(text.replace(/\p{Cc}/gu, ''), 120).trim();
        await page.$eval('form[action$="/referral"]', (form, [name, facts]) => {
          form.elements.agency.value = name;
          form.elements.facts.value = facts;
        }, [agency || 'x', cut(text, 1_900).trim() || 'x']);
        await leave('referral', () => page.$eval('form[action$="/referral"] button', (button) => button.click()));
        if (new URL(page.url()).pathname.startsWith('/console/referrals/')) {
          referred += 1;
          await leave('referral, taken back', () => page.keyboard.press('z'));
          await visit('case to refer again', `/console/cases/${n + 1}`);
        }
      }
      if (n % 4 === 0) await visit('search', `/console/search?q=${encodeURIComponent(cut(text, 200).toWellFormed())}`);
    }
    assert.ok(referred * REFERRED * 2 >= texts.length, `${referred} referrals of ${texts.length} payloads`);
    for (const list of ['/console/terms', '/console/contacts', '/console/people', '/console/class', '/console/checks', '/console/notices', '/console/referrals', '/console/trends']) {
      for (let at = list; at !== null; at = await next('.pages a[rel=next]')) await visit(list, at);
    }
    for (const { text } of texts.filter((_, n) => n % 8 === 0)) {
      const part = encodeURIComponent(cut(text, 200).toWellFormed());
      for (const anybody of [`/before-you-buy?lang=${part}`, `/quality?lang=${part}`, `/join?${part}`, `/answer/x${part}`]) await visit(anybody.split(/[?x%]/u)[0], anybody);
    }
    const looks = [...places.values()].reduce((a, b) => a + b, 0);
    t.diagnostic(`${texts.length} payloads, ${places.size} places, ${fired.length} fired (${looks} pages in ${name}; on a careless page ${careless} of ${some.length} fire)`);
    assert.deepEqual(fired.slice(0, 20), []);
  });
}
