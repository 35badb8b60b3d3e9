// Every page of the console that follows a decision, in both browsers: companies and what they are told and answer, looks
// again, figures, and what is published. axe finds nothing, nothing scrolls sideways. SPOTTER_WHOLE=1 puts the server's
// clock ahead, by an hour, hours and a year.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { turn, WHOLE } from '../part.mjs';
import { until } from './support/browser.mjs';
import { confirm, fill, handIn, leads, logIn, press, report, reports, richCase, state, submit, unfold } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { startLooks } from './support/looks.mjs';
import { signer, TYPES } from './support/signer.mjs';

const TALL = { tall: true };
const PLAIN = 20;
const RICH = 21;
const ELSEWHERE = 22;
/** Cases that are confirmed so that the year has figures that may be published. */
const MORE = [5, 6, 7, 8, 9, 10, 11, 12];
/** Tries that a channel has failed before it counts as stuck: an hour between the later ones. */
const TRIES = 8;
/** The year that the reports are of, and hours until the twentieth of January after it. */
const YEAR = new Date().getUTCFullYear();
const OVER = Math.ceil((Date.UTC(YEAR + 1, 0, 20) - Date.now()) / 3_600_000);

for (const name of ['chromium', 'firefox'].filter((which) => turn(which, 'chromium'))) {
  describe(`${name}: axe finds nothing in what follows a decision, nothing scrolls sideways`, { timeout: 1_800_000 }, () => {
    let endpoint, eyes, page, look, here;
    const other = { name: 'Reviewer Two' };

    before(async () => {
      endpoint = await startEndpoint({ more: ['--trusted-flagger', 'Example Authority'] });
      other.password = endpoint.reviewer.password;
      endpoint.run(['reviewer', 'add', '--data', endpoint.data, '--name', other.name, '--role', 'reviewer', '--password-stdin'], `${other.password}\n`);
      // Of fewer spotters nothing is published.
      await reports(endpoint, PLAIN, 3);
      await richCase(endpoint, RICH);
      const url = `https://other.example/item/${ELSEWHERE}`;
      const one = report(ELSEWHERE, { place: { marketplace: 'other.example', listing_id: `${ELSEWHERE}`, url_canonical: url, url_at_match: url, url_observed: url } });
      await handIn(await signer(endpoint), `/v1/reports/${one.report_id}`, TYPES.report, one);
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

    test('companies, their clauses and secrets', async () => {
      await look('/console/companies', TALL);
      const first = await company({ name: 'Market Example', hosts: 'market.example www.ebay.co.uk' }, 'email');
      await look(first, TALL);
      // Nothing listens there.
      const second = await company({ name: 'Another Market', hosts: 'other.example', address: 'http://127.0.0.1:9/' }, 'webhook');
      await look(second, TALL);
      await submit(page, 'form[action$="/secrets"] button');
      await here('secrets, shown once');
      await look('/console/companies', TALL);
      await fill(page, 'form[action="/console/companies"]', { name: 'A third', contact: 'nobody', hosts: 'market.example' });
      await submit(page, 'form[action="/console/companies"] button.primary');
      await here('a company that was not kept');
    });

    test('a notice of a policy, which is taken back; a case on hold', async () => {
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
      await confirm(page, 3);
      await unfold(page);
      await here('a case with its forms unfolded', TALL);
      await fill(page, 'form[action$="/hold"]', { agency: 'Example Agency', until: new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10) });
      await submit(page, 'form[action$="/hold"] button');
      await here('a case on hold');
    });

    if (WHOLE) test('a notice that alleges illegality, approved by a second reviewer', async () => {
      // What a seller claims asks for two people, and so does what alleges illegality.
      await confirm(page, RICH);
      await eyes.as(other, '/console', async (theirs) => {
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
        await fill(page, 'form.term', { provision: 'Synthetic Act, section 1', facts: 'Carved, with crossing lines.', missing: 'No certificate is shown.' });
      });
      await look(`/console/cases/${RICH}`);
      await look('/console/notices');
      await eyes.as(other, '/console', async (theirs) => {
        await eyes.look(theirs, '/console/notices');
        await eyes.look(theirs, '/console/notices/2', TALL);
        await theirs.goBack({ waitUntil: 'load' });
        await submit(theirs, 'form[action="/console/notices/2/approve"] button');
      });
      for (const n of [2, ELSEWHERE]) {
        await confirm(page, n);
        await notice(n);
      }
    });

    if (WHOLE) test('an hour later: what was sent, and what a company answers by its link and by its file', async () => {
      for (const n of MORE) await confirm(page, n);
      await page.goto(`${endpoint.origin}/console?all=1`);
      await press(page, 'b');
      await press(page, 's');
      await ahead(1);
      const folder = path.join(endpoint.data, 'outgoing');
      const mails = () => (fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => file.endsWith('.eml')).sort() : []);
      await until('both notices are sent', () => mails().length === 2);
      const [[alleged, one], [, two]] = mails().map((file) => {
        const text = Buffer.from(fs.readFileSync(path.join(folder, file), 'utf8').split('\r\n\r\n')[1], 'base64').toString();
        return [file.replace('.eml', ''), /\/answer\/\S+/u.exec(text)[0]];
      });
      await look('/console/cases/2');
      await eyes.as(other, '/console', (theirs) => eyes.look(theirs, '/console/cases/2'));
      await look(two);
      await unfold(page);
      await here('the notice that a company reads', TALL);
      const say = (button) => submit(page, `button[value=${button}]`);
      await say('acknowledge');
      await here('an answer that was kept');
      await page.type('textarea', 'Removed today.');
      await say('remove');
      await here('an answer with nothing left but one');
      await look('/console/cases/2');

      await page.goto(`${endpoint.origin}/console/companies/1`);
      const bring = async (lines) => {
        await page.$eval('textarea[name=file]', (area, text) => { area.value = text; }, ['notice;false_positive;answer_link', ...lines].join('\n'));
        await leads(page, () => page.$eval('textarea[name=file]', (area) => area.form.querySelector('button').click()));
      };
      await bring([`${alleged};perhaps`]);
      await here('a file that is not understood', TALL);
      await bring([`${alleged};yes`]);
      await here('what a file would do', TALL);
      await look('/answer');
      await bring([`${alleged};yes;${one}`]);
      await here('what a company sees of its file', TALL);
      await submit(page, 'form.more button');
      await here('a file that was kept');
      for (const place of ['/console/companies', '/console/companies/1', '/console/trends']) await look(place, TALL);
      assert.ok(await page.$('main > .alert'), 'too many of its answers call a notice wrong');
    });

    if (WHOLE) test('hours later: a channel that is stuck, and published figures', async () => {
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
      for (const place of ['/console/trends/years', '/console/trends/article22', '/yearly', `/yearly/${YEAR}`]) await look(place, TALL);
    });

    if (WHOLE) test('a year later: looks again, and the year for anybody', async () => {
      await ahead(OVER);
      await page.goto(`${endpoint.origin}/console/login`);
      await logIn(page, endpoint.reviewer);
      await look('/console/checks');
      await page.type('textarea[name=seen]', 'Not found any more.');
      await page.keyboard.press('Escape');
      await press(page, '4');
      await here('checks that were done');
      for (const place of ['/console/cases/2', '/console/cases/3']) await look(place);
      await look('/console/trends/article22', TALL);
      assert.equal(await page.$$eval('main table', (all) => all.length), 3);
      await look('/console/trends/years');
      await look(`/console/trends/years/${YEAR}`, TALL);
      assert.ok(await page.$('#total'));
      await page.click('input[name=sure]');
      await submit(page, 'form.term button');
      await here('a year that was published', TALL);
      for (const place of ['/console/trends/years', '/yearly', `/yearly/${YEAR}`, `/yearly/${YEAR}?lang=ar`, `/yearly/${YEAR}?lang=th`]) await look(place, TALL);
    });
  });
}
