// Every page of the console that follows a decision, in both browsers: companies and what they are told and answer, looks
// again, agencies, surveys, and what is published. axe finds nothing, nothing scrolls sideways. Weeks pass here: the server's
// clock is put ahead.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { turn } from '../part.mjs';
import { until } from './support/browser.mjs';
import { fill, handIn, leads, logIn, press, reports, richCase, state, submit, unfold } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { startLooks } from './support/looks.mjs';
import { signer, TYPES } from './support/signer.mjs';

const TALL = { tall: true };
const PLAIN = 20;
const RICH = 21;
/** Tries that a channel has failed before it counts as stuck: an hour between the later ones. */
const TRIES = 8;

for (const name of ['chromium', 'firefox']) {
  describe(`${name}: axe finds nothing in what follows a decision, nothing scrolls sideways`, { timeout: 900_000 }, () => {
    let endpoint, eyes, page, look, here, others;
    const chapter = (whose, title, walk) => { if (turn(name, whose)) test(title, walk); };

    before(async () => {
      endpoint = await startEndpoint();
      others = ['Reviewer Two', 'Reviewer Three'].map((who) => ({ name: who, password: endpoint.reviewer.password }));
      for (const { name: who, password } of others) {
        endpoint.run(['reviewer', 'add', '--data', endpoint.data, '--name', who, '--role', 'reviewer', '--password-stdin'], `${password}\n`);
      }
      await reports(endpoint, PLAIN);
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

    async function confirm(theirs, n) {
      await theirs.goto(`${endpoint.origin}/console/cases/${n}/evidence`);
      await press(theirs, '1');
      await theirs.goto(`${endpoint.origin}/console/cases/${n}`);
    }
    /** From a confirmed case to a notice that waits, by keys, with the preview in between. */
    async function notice(n, write = async () => {}) {
      await page.goto(`${endpoint.origin}/console/cases/${n}`);
      assert.equal(await state(page), 'Confirmed');
      assert.equal((await press(page, 's')).pathname, `/console/cases/${n}/notice`);
      await write();
      await submit(page, 'button.primary');
      await here(`the preview of a notice on case ${n}`, TALL);
      assert.equal((await press(page, 's')).pathname, `/console/cases/${n}`);
    }
    async function company(fields, channel) {
      await page.goto(`${endpoint.origin}/console/companies`);
      await fill(page, 'form[action="/console/companies"]', { contact: 'trust@market.example', ...fields });
      await page.select('select[name=channel]', channel);
      await submit(page, 'form[action="/console/companies"] button.primary');
      const place = new URL(page.url()).pathname;
      await fill(page, 'form[action$="/clauses"]', { title: 'Animal products', read_on: '2026-11-20', address: 'https://market.example/rules' });
      await submit(page, 'form[action$="/clauses"] button');
      return place;
    }
    /** The server again, its clock so many hours ahead. */
    async function ahead(hours) {
      await endpoint.stop();
      await endpoint.start(['--clock-ahead-h', `${hours}`]);
    }

    chapter('chromium', 'companies, their clauses and secrets', async () => {
      await look('/console/companies', TALL);
      const first = await company({ name: 'Market Example', hosts: 'market.example' }, 'email');
      await look(first, TALL);
      // Nothing listens there.
      const second = await company({ name: 'Another Market', hosts: 'www.ebay.co.uk', address: 'http://127.0.0.1:9/' }, 'webhook');
      await look(second, TALL);
      await submit(page, 'form[action$="/secrets"] button');
      await here('secrets, shown once');
      await look('/console/companies', TALL);
      await fill(page, 'form[action="/console/companies"]', { name: 'A third', contact: 'nobody', hosts: 'market.example' });
      await submit(page, 'form[action="/console/companies"] button.primary');
      await here('a company that was not kept');
    });

    chapter('chromium', 'notices of both kinds, taken back, approved by a second reviewer; a case on hold', async () => {
      for (const place of ['/console/notices', '/console/checks']) await look(place);
      await confirm(page, 1);
      await notice(1);
      assert.equal(await state(page), 'Notice pending');
      await look('/console/cases/1');
      await look('/console/notices');
      await look('/console/notices/1', TALL);
      await page.goto(`${endpoint.origin}/console/cases/1`);
      assert.equal((await press(page, 'z')).pathname, '/console/cases/1');
      assert.equal(await state(page), 'Confirmed');
      await here('a case whose notice was taken back');

      // What a seller claims asks for two people, and so does what alleges illegality.
      await confirm(page, RICH);
      await eyes.as(others[0], '/console', async (theirs) => {
        await eyes.look(theirs, `/console/cases/${RICH}/evidence`);
        await press(theirs, '1');
      });
      await look(`/console/cases/${RICH}`);
      await notice(RICH, async () => {
        await look(`/console/cases/${RICH}/notice`, TALL);
        await page.select('select[name=kind]', 'dsa16');
        await submit(page, 'button.primary');
        await here('a notice that lacks its texts', TALL);
        await page.select('select[name=law]', await page.$eval('select[name=law] option:last-child', (o) => o.value));
        await fill(page, 'form', { provision: 'Synthetic Act, section 1', facts: 'Carved, with crossing lines.', missing: 'No certificate is shown.' });
      });
      await look(`/console/cases/${RICH}`);
      await look('/console/notices');
      await eyes.as(others[0], '/console', async (theirs) => {
        await eyes.look(theirs, '/console/notices');
        await eyes.look(theirs, '/console/notices/2', TALL);
        await theirs.goBack({ waitUntil: 'load' });
        await submit(theirs, 'form[action="/console/notices/2/approve"] button');
      });
      await confirm(page, 2);
      await notice(2);
      await confirm(page, 3);
      await unfold(page);
      await here('a case with its forms unfolded', TALL);
      await fill(page, 'form[action$="/hold"]', { agency: 'Example Agency', until: new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10) });
      await submit(page, 'form[action$="/hold"] button');
      await here('a case on hold');
    });

    chapter('firefox', 'a referral: written by one, approved by two others, handed over and answered, by keys', async () => {
      await look('/console/referrals');
      await confirm(page, 4);
      const write = async () => {
        await unfold(page);
        await fill(page, 'form[action$="/referral"]', { agency: 'Example Agency', facts: 'An ivory carving was offered. Seen twice.' });
        await submit(page, 'form[action$="/referral"] button');
      };
      await write();
      await here('a draft of a referral', TALL);
      await press(page, 'z');
      await here('a referral that was taken back', TALL);
      await page.goto(`${endpoint.origin}/console/cases/4`);
      await page.$eval('form[action$="/referral"]', (form) => { for (const field of ['agency', 'facts']) form.elements[field].value = ''; });
      await write();
      const referral = new URL(page.url()).pathname;
      assert.equal(referral, '/console/referrals/2');
      for (const who of others) {
        await eyes.as(who, '/console', async (theirs) => {
          await eyes.look(theirs, referral, TALL);
          assert.equal((await press(theirs, 's')).pathname, referral);
        });
      }
      await look(referral, TALL);
      assert.match(await page.$eval('h2', (e) => e.textContent), /can be handed over/u);
      await page.type('input[name=words]', "the agency's portal");
      assert.equal((await press(page, 'Enter')).pathname, referral);
      await here('a referral that was handed over', TALL);
      await press(page, '1');
      await press(page, '2');
      assert.match(await page.$eval('h2', (e) => e.textContent), /^Concluded/u);
      await here('a referral that was concluded', TALL);
      for (const place of ['/console/referrals', '/console/cases/4']) await look(place);
    });

    chapter('firefox', 'a survey from its first text to its archive', async () => {
      const protocol = (change) => page.$eval('textarea[name=protocol]', (area, [from, to]) => { area.value = area.value.replace(from, to); }, change);
      await look('/console/surveys', TALL);
      await protocol(['"title": "Ivory on two marketplaces"', '"title": ""']);
      await submit(page, 'form[action="/console/surveys"] button.primary');
      assert.match(await page.$eval('[role=alert]', (e) => e.textContent), /\/title must be/u);
      await here('a protocol that was not kept', TALL);
      await protocol(['"title": ""', '"title": "Ivory on one marketplace"']);
      await protocol(['"double_coded_percent": 20', '"double_coded_percent": 100']);
      await submit(page, 'form[action="/console/surveys"] button.primary');
      const survey = new URL(page.url()).pathname;
      assert.equal(survey, '/console/surveys/my-survey');
      const invited = { origin: endpoint.origin, invite: () => endpoint.run(['invite', '--data', endpoint.data, '--cohort', 'coders']) };
      const coders = [await signer(invited), await signer(invited)];
      await look(survey, TALL);
      await submit(page, 'form[action$="/start"] button.primary');
      await here('a survey without coders', TALL);
      await page.$$eval('.coders li', (all) => { for (const li of all) li.querySelector('input').checked = li.textContent.includes('coders'); });
      await submit(page, 'form[action$="/start"] button.primary');
      assert.match(await page.$eval('dl.facts', (e) => e.textContent), /running/u);
      for (const place of ['', '/results', '/adjudicate']) await look(`${survey}${place}`, TALL);
      await page.goto(endpoint.origin + survey);
      await unfold(page);
      await fill(page, 'form[action$="/amend"]', { reason: 'A word was missing.' });
      await submit(page, 'form[action$="/amend"] button');
      await here('an amendment that changes nothing', TALL);

      // Both code the same advertisements, and differ in one.
      const now = new Date().toISOString();
      const listings = Array.from({ length: 4 }, (_, n) => `${n}`.repeat(32));
      for (const [nth, coder] of coders.entries()) {
        const [{ tasks: [task] }] = await coder.get('/v1/surveys');
        const send = (kind, body) => {
          const id = crypto.randomUUID();
          return handIn(coder, `/v1/surveys/my-survey/${kind}s/${id}`, TYPES[kind],
            { schema: `wildlife-survey-${kind}/1`, id, survey: 'my-survey', version: 1, task: task.id, ...body });
        };
        await send('frame', { software: '0.1.0', seen_at: now, listings: listings.map((listing, n) => ({ listing, position: n + 1, level: 'likely', offered: true })) });
        for (const [n, listing] of listings.entries()) {
          await send('coding', { listing, included: 'yes', url: `https://market.example/${n}`, title: `Carving ${n}`, note: 'Seen once.',
            specimens: [{ scientificName: 'Loxodonta africana', group: 'elephant', term: 'CAR', count: 2, unit: '' }],
            asking: { kind: 'stated', amount: '120.50', currency: 'GBP' }, live: 'no', legality_claim: nth === 1 && n === 0 ? 'yes' : 'no',
            age_claim: 'yes', seller_type: nth === 1 && n === 0 ? 'business' : 'private', coded_at: now });
        }
      }
      for (const place of ['', '/results', '/adjudicate']) await look(`${survey}${place}`, TALL);
      await page.click('input[type=radio]');
      await submit(page, 'form[action$="/adjudicate"] button');
      await here('one of two that was chosen', TALL);
      await page.goto(`${endpoint.origin}${survey}/results`);
      await page.$eval('textarea[name=rates]', (area) => { area.value = area.value.replace('"EUR"', '"euro"'); });
      await submit(page, 'form[action$="/rates"] button');
      await here('rates that were not kept', TALL);
      await page.goto(`${endpoint.origin}${survey}/results`);
      await page.click('input[name=sure]');
      await submit(page, 'form[action$="/freeze"] button');
      assert.ok(await page.$('a[href$="/archive.zip"]'));
      await here('results of a frozen survey', TALL);
      await look(survey, TALL);
      await look('/console/surveys', TALL);
    });

    chapter('chromium', 'weeks later: what was sent, what a company answers, looks again, a channel that is stuck, published figures', async () => {
      await page.goto(`${endpoint.origin}/console?all=1`);
      await press(page, 'b');
      await press(page, 's');
      await ahead(1);
      const folder = path.join(endpoint.data, 'outgoing');
      const mail = await until('the notice is sent', () => fs.existsSync(folder) && fs.readdirSync(folder).find((file) => file.endsWith('.eml')));
      const text = Buffer.from(fs.readFileSync(path.join(folder, mail), 'utf8').split('\r\n\r\n')[1], 'base64').toString();
      const answer = /\/answer\/\S+/u.exec(text)[0];
      await look('/console/cases/2');
      await eyes.as(others[0], '/console', (theirs) => eyes.look(theirs, '/console/cases/2'));
      await look(answer);
      await unfold(page);
      await here('the notice that a company reads', TALL);
      const say = (button) => leads(page, () => page.click(`button[value=${button}]`));
      await say('acknowledge');
      await here('an answer that was kept');
      await page.type('textarea', 'Removed today.');
      await say('remove');
      await here('an answer with nothing left but one');
      await look('/console/cases/2');

      // What the webhook's row says changes with each try.
      const tried = async () => {
        await page.goto(`${endpoint.origin}/console/notices`);
        return page.$eval('main', (main) => main.innerText);
      };
      let said = await tried();
      for (let hour = 2; hour <= TRIES; hour += 1) {
        await ahead(hour);
        const before = said;
        await until(`try ${hour}`, async () => {
          said = await tried();
          return said !== before;
        });
      }
      assert.match(said, /Stuck/u);
      await here('a channel that is stuck');
      await look('/quality', TALL);
      assert.ok(await page.$('.platforms dl'));
      for (const place of ['/console/trends', '/console/trends/plan', '/console/trends/article22', '/console/trends/years', '/console/wellbeing', '/yearly']) await look(place, TALL);

      await ahead(40 * 24);
      await page.goto(`${endpoint.origin}/console/login`);
      await logIn(page, endpoint.reviewer);
      await look('/console/checks');
      await page.type('textarea[name=seen]', 'Not found any more.');
      await page.keyboard.press('Escape');
      await press(page, '4');
      await here('checks that were done');
      await look('/console/cases/2');
    });
  });
}
