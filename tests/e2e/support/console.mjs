// The review console as tests walk through it: reports handed in without a browser, the login, and keys that lead on.
// Every listing is synthetic.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './paths.mjs';
import { signer, TYPES } from './signer.mjs';

export const LAUNCH = {
  chromium: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'], headless: true, defaultViewport: { width: 1280, height: 800 } },
  firefox: { browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true, defaultViewport: { width: 1280, height: 800 } },
};

/** A report of listing n as the extension writes it; `more` takes the place of what it names. */
export function report(n, more = {}) {
  const url = `https://market.example/item/${n}`;
  return {
    schema: 'wildlife-report/1', report_id: crypto.randomUUID(), created_at: '2026-11-23T22:13:54Z', matched_at: '2026-11-23T22:13:50Z', utc_offset_minutes: 0,
    client: { extension: '0.1.0', browser: 'chromium', pack: '1', locale: 'en' },
    place: { marketplace: 'market.example', listing_id: `${n}`, url_canonical: url, url_at_match: url, url_observed: url },
    listing: { title: `Synthetic ivory carving ${n}`, price: '€ 90', description: 'Synthetic description.' },
    card_only: false, missed_by_detector: false,
    assessment: { id: '', level: 'likely', score: 0.9, wildlife_score: 0.9, taxa: [], groups: ['elephant'], commodities: ['IVC'],
      cues: [{ kind: 'name', concept: 'elephant-ivory', field: 'title', start: 10, end: 15, text: 'ivory', weight: 2.4 }],
      claims: [], methods: [], disguised: false, reportable: 'check', grounds: [] },
    no_contact_made: true, evidence: [{ kind: 'listing_text', state: 'included' }], ...more,
  };
}

/** Hands in what a device signed; it has to be new. */
export async function handIn(device, path, type, body) {
  const sent = await device.put(path, type, JSON.stringify(body));
  assert.equal(sent.status, 201, await sent.text());
}

/** So many reports, in turn by so many spotters. */
export async function reports(endpoint, count, spotters = 1) {
  const devices = [];
  for (let n = 1; n <= count; n += 1) {
    if (devices.length < spotters) devices.push(await signer(endpoint));
    const one = report(n);
    await handIn(devices[n % devices.length], `/v1/reports/${one.report_id}`, TYPES.report, one);
  }
}

/** What leads to another page; gives its address. */
export async function leads(page, act) {
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), act()]);
  return new URL(page.url());
}

/** Presses a key that leads to another page. */
export const press = (page, key) => leads(page, () => page.keyboard.press(key));

/** Logs somebody in, from the login's page. */
export async function logIn(page, { name, password }, home = '/console') {
  await page.type('input[name=name]', name);
  await page.type('input[name=password]', password);
  assert.equal((await press(page, 'Enter')).pathname, home);
}

export const state = (page) => page.$eval('.casebar .state', (e) => e.textContent);

/** Presses a button that leads to another page. */
export const submit = (page, selector) => leads(page, () => page.click(selector));

/** Confirms a case by keys, from its evidence; then the case's page is shown. */
export async function confirm(page, n) {
  await page.goto(new URL(`/console/cases/${n}/evidence`, page.url()).href);
  await press(page, '1');
  await page.goto(new URL(`/console/cases/${n}`, page.url()).href);
}

/** Writes into a form's fields, in place of what stands there. */
export const fill = (page, form, fields) => page.$eval(form, (into, all) => {
  for (const [name, value] of Object.entries(all)) into.elements[name].value = value;
}, fields);

/** Opens whatever is folded. */
export const unfold = (page) => page.$$eval('details', (all) => { for (const e of all) e.open = true; });

/**
 * Two spotters report listing n of a site whose country's law is held; between them the listing changed. Everything that a
 * report can hold is in it.
 */
export async function richCase(endpoint, n) {
  const url = `https://www.ebay.co.uk/itm/${n}`;
  const cue = (kind, concept, field, start, text, weight) => ({ kind, concept, field, start, end: start + text.length, text, weight });
  const title = 'Synthetic antique ivory netsuke, mammoth colour';
  const description = 'Synthetic. Carved by hand, from an estate. Sent in a plain box.\n\nضمان حقيقي';
  for (const [first, price] of [[true, '£ 240.00'], [false, '£ 260.00']]) {
    const device = await signer(endpoint);
    const sha256 = first ? await device.picture(fs.readFileSync(path.join(root, 'icons/128.png'))) : null;
    const one = report(n, {
      place: { marketplace: 'www.ebay.co.uk', listing_id: `${n}`, url_canonical: url, url_at_match: url, url_observed: url },
      listing: { title, price, description: first ? description : `${description} Now in another box.`, seller: 'synthetic-seller', location: 'Port Example', category: 'Netsuke', lang: 'en' },
      card_only: !first, missed_by_detector: !first, note: 'Seen on the first page.',
      assessment: { id: `${n}`, level: 'likely', score: 0.93, wildlife_score: 0.95, groups: ['elephant'], commodities: ['IVC'], disguised: true, reportable: 'check', grounds: [],
        taxa: [{ id: 'loxodonta-africana', scientificName: 'Loxodonta africana', listings: [{ appendix: 'I' }, { appendix: 'II', population: 'Botswana' }] }],
        cues: [cue('name', 'elephant-ivory', 'title', 18, 'ivory', 2.4), cue('lookalike', 'mammoth', 'title', 33, 'mammoth', -1.2),
          cue('commodity', 'carving', 'description', 11, 'Carved', 0.9), cue('method', 'plain-packing', 'description', 52, 'plain box', 0.3)],
        claims: ['claim.antique'], methods: ['plain-packing'] },
      chosen: { is: 'taxa', taxa: [{ id: 'loxodonta-africana', scientificName: 'Loxodonta africana' }] }, marks: ['ivory.grain'], methods_ticked: ['plain-packing'],
      evidence: [{ kind: 'listing_text', state: 'included' }, { kind: 'picture', state: 'gone', from: url },
        first ? { kind: 'screenshot', state: 'included', sha256, media_type: 'image/png', bytes: 9_000, pixels: [128, 128], redacted: true } : { kind: 'screenshot', state: 'not_permitted' }],
    });
    await handIn(device, `/v1/reports/${one.report_id}`, TYPES.report, one);
  }
}
