// Pages of the console beside its cases, in both browsers: referrals to agencies, known cases, shared pictures, surveys, the action
// plan, and what reviewers set for their own good. axe finds nothing, nothing scrolls sideways.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { turn, WHOLE } from '../part.mjs';
import { until } from './support/browser.mjs';
import { confirm, fill, handIn, leads, logIn, press, report, reports, submit, unfold } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { startLooks } from './support/looks.mjs';
import { root } from './support/paths.mjs';
import { signer, TYPES } from './support/signer.mjs';

const TALL = { tall: true };

for (const name of ['chromium', 'firefox'].filter((which) => turn(which, 'chromium'))) {
  describe(`${name}: axe finds nothing beside the cases, nothing scrolls sideways`, { timeout: 1_800_000 }, () => {
    let endpoint, eyes, page, look, here, others;

    before(async () => {
      endpoint = await startEndpoint();
      others = ['Reviewer Two', 'Reviewer Three'].map((who) => ({ name: who, password: endpoint.reviewer.password }));
      for (const { name: who, password } of others) {
        endpoint.run(['reviewer', 'add', '--data', endpoint.data, '--name', who, '--role', 'reviewer', '--password-stdin'], `${password}\n`);
      }
      await reports(endpoint, 3);
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

    test('a referral: written by one, approved by two others, handed over and answered, by keys', async () => {
      await look('/console/referrals');
      await confirm(page, 1);
      const write = async () => {
        await unfold(page);
        await fill(page, 'form[action$="/referral"]', { agency: 'Example Agency', facts: 'An ivory carving was offered. Seen twice.' });
        await submit(page, 'form[action$="/referral"] button');
      };
      await write();
      await here('a draft of a referral', TALL);
      await press(page, 'z');
      await here('a referral that was taken back', TALL);
      await page.goto(`${endpoint.origin}/console/cases/1`);
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
      // What is the agency's to say it says itself, by its link and without a login.
      await submit(page, 'form[action$="/link"] button');
      await here("the agency's link, shown once");
      await page.goto(await page.$eval('.letter', (e) => e.textContent.trim()));
      await here('a referral as the agency sees it', TALL);
      await fill(page, 'form:has(input[name=until])', { until: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10) });
      await submit(page, 'form:has(input[name=until]) button');
      await here('the agency asked to wait', TALL);
      await submit(page, 'form:has(button[value=acknowledge]) button');
      await submit(page, 'form:has(button[value=conclude]) button');
      await here('the agency concluded', TALL);
      await page.goto(`${endpoint.origin}${referral}`);
      assert.match(await page.$eval('h2', (e) => e.textContent), /^Concluded/u);
      await here('a referral that was concluded', TALL);
      for (const place of ['/console/referrals', '/console/cases/1']) await look(place);
    });

    test('a known case: picked by a lead, met unsaid by another, answered by keys', async () => {
      await look('/console/gold');
      await page.goto(`${endpoint.origin}/console/cases/1`);
      await unfold(page);
      await page.click('.gold input[value=not_prohibited]');
      await fill(page, '.gold form', { why: 'The lines in the picture are those of bone.' });
      await submit(page, '.gold form button');
      await page.goto(`${endpoint.origin}/console/gold`);
      await page.$eval('input[name=every]', (field) => { field.value = '1'; });
      await submit(page, 'main form button');
      await eyes.as(others[0], '/console', async (theirs) => {
        await theirs.goto(`${endpoint.origin}/console/cases/2`);
        const known = await press(theirs, '6');
        assert.equal(known.pathname, '/console/gold/1');
        await eyes.here(theirs, 'a known case, unsaid', TALL);
        assert.equal((await press(theirs, 'e')).pathname, '/console/gold/1/evidence');
        await eyes.here(theirs, 'a known case with its evidence', TALL);
        assert.equal((await press(theirs, '1')).pathname, '/console/gold/1');
        assert.equal(await theirs.$eval('h1', (e) => e.textContent), 'Known otherwise');
        await eyes.here(theirs, 'what is known of it', TALL);
        assert.match((await press(theirs, 'j')).pathname, /^\/console\/cases\//u);
        await eyes.look(theirs, '/console/gold');
      });
      for (const place of ['/console/gold', '/console/cases/1']) await look(place, TALL);
    });

    test('pictures that two cases share: beside a case, in groups, and in the queue', async () => {
      const bytes = fs.readFileSync(path.join(root, 'icons/128.png'));
      const device = await signer(endpoint);
      // The same pixels under other bytes, as where a picture is saved again.
      const cases = [];
      for (const [n, picture] of [bytes, Buffer.concat([bytes, Buffer.from('again')])].entries()) {
        const one = report(90_000 + n, { evidence: [{ kind: 'listing_text', state: 'included' },
          { kind: 'picture', state: 'included', sha256: await device.picture(picture), media_type: 'image/png', bytes: picture.length, pixels: [128, 128] }] });
        await handIn(device, `/v1/reports/${one.report_id}`, TYPES.report, one);
        await page.goto(`${endpoint.origin}/console/search?q=${90_000 + n}`);
        cases.push(await page.$eval('.queue a', (a) => a.pathname));
      }
      await until('both pictures were looked at', async () => {
        await page.goto(endpoint.origin + cases[0]);
        return (await page.$eval('.alike', (e) => e.textContent)).includes('The same picture');
      });
      assert.equal(await page.$('main img'), null);
      await look(cases[0]);
      assert.equal((await press(page, 'e')).pathname, `${cases[0]}/evidence`);
      await page.waitForFunction(() => [...document.querySelectorAll('.beside img')].filter((img) => { img.loading = 'eager'; return img.complete && img.naturalWidth > 0; }).length === 2);
      assert.equal(await page.$eval('.beside img', (img) => getComputedStyle(img).filter.includes('blur')), true);
      await here('a case with similar pictures and its evidence', TALL);
      await page.click('.beside input');
      await page.waitForFunction(() => getComputedStyle(document.querySelector('.beside img')).filter === 'none');
      await here('a similar picture, shown sharp', TALL);
      await look('/console/alike');
      await leads(page, () => page.click('.groups p a'));
      assert.equal(await page.$$eval('.queue tbody tr', (rows) => rows.length), 2);
      await unfold(page);
      await here('the queue of one group');
    });

    test('a survey from its first text to its archive', async () => {
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

    if (WHOLE) test('the action plan: a goal, its history, what was not kept', async () => {
      await look('/console/trends/plan', TALL);
      const goal = { title: 'Fewer carvings', indicator: 'Offers in a week', baseline: '40, counted in May', target: '10 in two years' };
      await fill(page, 'form.term', goal);
      await submit(page, 'form.term button');
      await look('/console/trends/plan', TALL);
      await page.goto(new URL(await page.$eval('table.class th a', (a) => a.href)).href);
      await fill(page, 'form.term', { target: '10 in a year' });
      await page.type('form.term textarea', 'Thirty in a week.');
      await submit(page, 'form.term button');
      await here('a goal with what a year brought', TALL);
      await unfold(page);
      await here('the history of a goal', TALL);
      await fill(page, 'form.term', { title: '\u200b' });
      await submit(page, 'form.term button');
      await here('a goal that was not kept');
      await page.goBack({ waitUntil: 'load' });
      await fill(page, 'form.term', { title: 'Fewer carvings' });
      await page.click('form.term [name=ended]');
      await submit(page, 'form.term button');
      await here('a goal that was given up', TALL);
      await look('/console/trends/plan', TALL);
    });

    if (WHOLE) test('what reviewers set for their own good, and what then reminds them', async () => {
      await look('/console/wellbeing');
      const set = async (value) => {
        await page.$eval('form.wellbeing', (form, said) => {
          form.noValidate = true;
          form.elements.break_cases.value = said;
          form.elements.daily_cases.value = said;
        }, value);
        await submit(page, 'form.wellbeing button');
      };
      await set('5000');
      await here('a number that is too large');
      await set('1');
      await confirm(page, 3);
      await look('/console');
      assert.ok(await page.$('.note[role=status]'));
      await look('/console/cases/2/evidence');
    });
  });
}
