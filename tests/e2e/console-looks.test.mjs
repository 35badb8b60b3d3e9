// Every page of the console up to a decision, and those that anybody may open, in both browsers: axe finds nothing, nothing
// scrolls sideways, and what is meant for one screen fits it. What follows a decision is in `console-looks-after.test.mjs`.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { turn, WHOLE } from '../part.mjs';
import { fill, handIn, leads, logIn, press, reports, richCase, state, submit, unfold } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { startLooks } from './support/looks.mjs';
import { coordinator, programme, publish } from './support/programme.mjs';
import { signer, TYPES } from './support/signer.mjs';

const TALL = { tall: true };
const RICH = 31;

/** The code of an app for a second factor at this moment (RFC 6238). */
function code(key) {
  const bits = [...key].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/gu).map((byte) => Number.parseInt(byte, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = crypto.createHmac('sha1', secret).update(moment).digest();
  const at = hash.at(-1) & 0x0f;
  return `${(hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000}`.padStart(6, '0');
}

for (const name of ['chromium', 'firefox']) {
  describe(`${name}: axe finds nothing in the console, nothing scrolls sideways`, { timeout: 1_800_000 }, () => {
    let endpoint, eyes, page, look, here;
    const chapter = (whose, title, walk) => { if (turn(name, whose)) test(title, walk); };
    const one = (role) => ({ name: `The ${role}`, password: endpoint.reviewer.password });

    before(async () => {
      endpoint = await startEndpoint();
      for (const role of ['reviewer', 'auditor', 'trainer']) {
        endpoint.run(['reviewer', 'add', '--data', endpoint.data, '--name', one(role).name, '--role', role, '--password-stdin'], `${one(role).password}\n`);
      }
      await reports(endpoint, RICH - 1);
      await richCase(endpoint, RICH);
      eyes = await startLooks(name, endpoint);
      page = eyes.page;
      look = (place, how) => eyes.look(page, place, how);
      here = (what, how) => eyes.here(page, what, how);
      await page.goto(`${endpoint.origin}/console/login`);
      await logIn(page, endpoint.reviewer);
    });
    after(async () => {
      if (eyes) console.log(eyes.told());
      await eyes?.close();
      await endpoint?.close();
    });

    chapter('chromium', 'what anybody sees', async () => {
      await eyes.nobody(async (stranger) => {
        await eyes.look(stranger, '/console/login');
        await fill(stranger, 'form', { name: 'Nobody', password: 'not the password' });
        await submit(stranger, '.login button');
        await eyes.here(stranger, 'a login that failed');
      });
      await look('/join');
      await look('/before-you-buy?lang=de', TALL);
      const all = await page.$$eval('.topbar nav a', (links) => links.map((a) => a.lang));
      assert.ok(all.length > 8);
      for (const lang of WHOLE ? all : ['ar']) for (const place of ['/before-you-buy', '/quality']) await look(`${place}?lang=${lang}`, TALL);
      for (const place of ['/before-you-buy/GB', '/before-you-buy/CH', '/quality', '/yearly', '/answer', '/privacy', '/before-you-buy/nowhere']) await look(place, TALL);
      for (const nowhere of ['/console/nothing', '/answer/nothing', '/console/welcome/nothing']) await look(nowhere);
    });

    chapter('firefox', 'the queue, its filters and views, and the search', async () => {
      await page.goto(`${endpoint.origin}/console`);
      assert.equal(await page.$$eval('table.queue tbody tr', (rows) => rows.length), 25);
      for (const place of ['/console', '/console/keys', '/console?state=confirmed', '/console/search?q=ivory+1', '/console/search?q=nothing+such']) await look(place);
      // Filters in use are unfolded.
      await look('/console?level=likely&country=DE');
      await fill(page, 'form[action="/console/views"]', { name: 'German ones' });
      await submit(page, 'form[action="/console/views"] button');
      await here('a view that is kept');
    });

    chapter('firefox', 'several at once: the preview, what became of each, and none', async () => {
      await page.goto(`${endpoint.origin}/console`);
      await press(page, 'b');
      await here('none chosen');
      await look('/console?all=1');
      await press(page, 'b');
      await here('the preview of several', TALL);
      const decided = await press(page, 's');
      await look(decided.pathname, TALL);
      assert.equal(await page.$$eval('tbody tr', (rows) => rows.length), 25);
      await press(page, 'z');
      await here('several that were taken back', TALL);
    });

    if (WHOLE) test('others: a second factor, and what other roles see', async () => {
      await eyes.as(one('reviewer'), '/console', async (theirs) => {
        await eyes.look(theirs, '/console/second', TALL);
        await submit(theirs, 'form[action="/console/second/start"] button');
        await eyes.here(theirs, 'a new key for an app', TALL);
        const key = (await theirs.$eval('.letter', (e) => e.textContent)).replaceAll(' ', '');
        const answer = async (digits, action) => {
          await fill(theirs, `form[action="/console/second/${action}"]`, { code: digits });
          await submit(theirs, `form[action="/console/second/${action}"] button`);
        };
        await answer('000000', 'begin');
        await eyes.here(theirs, 'not the code of this moment', TALL);
        await answer(code(key), 'begin');
        await eyes.here(theirs, 'a second factor that is on', TALL);
        await eyes.look(theirs, '/console/people');
        assert.match(await theirs.$eval('h1', (e) => e.textContent), /Not for your role/u);
      });
      await eyes.as(one('auditor'), '/console', async (theirs) => {
        for (const place of ['/console', `/console/cases/${RICH}`]) await eyes.look(theirs, place);
      });
      await eyes.as(one('trainer'), '/console/class', (theirs) => eyes.look(theirs, '/console/terms', TALL));
    });

    chapter('firefox', 'people, an invitation, a key for a second factor', async () => {
      await look('/console/second', TALL);
      await look('/console/people', TALL);
      await submit(page, 'form[action="/console/people/invite"] button');
      await here('an invitation');
      // Its page is for somebody without a session.
      const welcome = /\/console\/welcome\/\S+/u.exec(await page.$eval('.letter', (e) => e.textContent))[0];
      await look(welcome);
      await fill(page, '.login form', { name: 'Newcomer', password: 'short' });
      await submit(page, '.login button');
      await here('a password that is too short');
    });

    chapter('chromium', 'rounds, and what spotters send: words, contacts, results of the test', async () => {
      for (const place of ['/console/terms', '/console/contacts', '/console/class', '/console/rounds']) await look(place);
      const signed = programme(1, 'Ivory, autumn', { training_required: true, audit_one_in: 20 });
      const [now] = signed.rounds;
      const others = [
        { ...now, id: 'spring', name: 'Birds, last spring', from: '2026-03-02', until: '2026-03-29', groups: ['parrots', 'raptors'], cohorts: ['spring', 'evening class'], training_attested: true },
        { ...now, id: 'later', name: 'Everything, later', from: '2099-01-05', until: '2099-02-01', groups: [], languages: [], marketplaces: [], terms: [] },
      ];
      publish(endpoint, coordinator(), { ...signed, rounds: [...signed.rounds, ...others] });
      await look('/console/rounds', TALL);
      const device = await signer(endpoint);
      const at = new Date().toISOString();
      const send = (kind, path, body) => {
        const id = crypto.randomUUID();
        return handIn(device, `/v1/${path}/${id}`, TYPES[kind], { schema: `wildlife-${kind}/1`, id, ...body });
      };
      for (const [kind, group] of [['term', 'elephant'], ['method', null]]) {
        await send('suggestion', 'suggestions', { kind, text: 'ox bone', lang: 'en', meaning: 'Said for ivory.', group, seen_at: 'https://market.example/item/1', created_at: at });
      }
      await send('feedback', 'feedback', { reason: 'not_wildlife', level: 'likely', concepts: ['elephant-ivory'], lang: 'en', pack: '1' });
      await send('contact', 'contacts', { text: 'The seller wrote to me.', created_at: at });
      await send('attestation', 'attestations', { round: 'ivory', deck: 'For volunteers', deck_sha256: 'a'.repeat(64), score: 91, attempts: 2,
        marks: [{ mark: 'ivory.grain', right: 3, asked: 4 }, { mark: 'parrots', right: 8, asked: 8 }], started_at: at, ended_at: at });
      for (const place of ['/console/terms', '/console/contacts', '/console/class']) await look(place, TALL);
      await page.goto(`${endpoint.origin}/console/terms`);
      await submit(page, 'button[value=yes]');
      await here('a word without a meaning');
    });

    chapter('chromium', 'a case: before its evidence was opened and after, decided, taken back, put off', async () => {
      for (const place of ['/console/cases/1', '/console/cases/1/evidence', `/console/cases/${RICH}`, `/console/cases/${RICH}/evidence`]) await look(place);
      await page.waitForFunction(() => document.querySelector('.pictures img')?.naturalWidth > 0, { polling: 50 });
      await page.click('label.blurred input');
      await unfold(page);
      await here('a case with its forms unfolded', TALL);
      await fill(page, 'form[action$="/notes"]', { note: 'A word among reviewers.' });
      await submit(page, 'form[action$="/notes"] button');
      await here('a case with a note');
      await page.select('form[action$="/assign"] select', await page.$eval('form[action$="/assign"] option:last-child', (o) => o.value));
      await submit(page, 'form[action$="/assign"] button');
      await here('a case that was given to somebody');
      // A seller's claim asks for two: one of them was here.
      await leads(page, () => page.$eval('button[data-key="1"]', (button) => button.click()));
      await here('the next case, with the one before to be taken back');
      await look(`/console/cases/${RICH}`);
      assert.equal(await state(page), 'Second opinion');
      await page.goto(`${endpoint.origin}/console/cases/2`);
      await page.keyboard.press('8');
      await submit(page, 'button[value=duplicate]');
      await here('a duplicate of nothing');
      await page.goto(`${endpoint.origin}/console/cases/2`);
      await page.keyboard.press('8');
      await page.keyboard.type('1');
      await submit(page, 'button[value=duplicate]');
      await look('/console/cases/2');
      await page.goto(`${endpoint.origin}/console/cases/3`);
      await press(page, 'd');
      await here('a case that was put off');
      await look('/console/cases/3');
      await look('/console?deferred=1');
      await look('/console/cases/4/notice');
    });

    chapter('firefox', 'a request about personal data, from the form to what is left of a case', async () => {
      await look('/console/privacy', TALL);
      const write = async (kind, cases) => {
        await page.goto(`${endpoint.origin}/console/privacy`);
        await fill(page, 'form[action="/console/privacy"]', { marketplace: 'market.example', cases, who: 'A synthetic person, by mail' });
        await page.select('select[name=kind]', kind);
        await submit(page, 'form[action="/console/privacy"] button.primary');
        return new URL(page.url()).pathname;
      };
      const asked = await write('erasure', '29 30');
      await here('a request to erase', TALL);
      await page.click('input[name=sure]');
      await submit(page, 'form[action$="/erase"] button');
      assert.match(await page.$eval('main', (e) => e.textContent), /2 cases with 2 reports/u);
      await here('what was erased', TALL);
      await page.goto(`${endpoint.origin}/console/cases/30`);
      assert.match(await page.$eval('main', (e) => e.textContent), /was erased on/u);
      await here('a case that was erased');
      await look(asked, TALL);
      await look(await write('access', '28'), TALL);
      await look('/console/privacy', TALL);
    });
  });
}
