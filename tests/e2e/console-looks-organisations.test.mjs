// The pages of several organisations on one endpoint, in both browsers: who they are, who belongs to whom, for whom a notice speaks,
// and what sellers are told. axe finds nothing, nothing scrolls sideways.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { turn } from '../part.mjs';
import { confirm, fill, logIn, press, reports, submit } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { startLooks } from './support/looks.mjs';

const TALL = { tall: true };
const NAME = 'Example Trust for Wildlife and its Habitats, a registered association with a name that is rather long';

for (const name of ['chromium', 'firefox'].filter((which) => turn(which, 'chromium'))) {
  describe(`${name}: axe finds nothing in what several organisations see, nothing scrolls sideways`, { timeout: 600_000 }, () => {
    let endpoint, eyes, page, look, here;
    const admin = { name: 'The Admin' };
    const other = { name: 'Reviewer Two' };

    before(async () => {
      endpoint = await startEndpoint({ more: ['--trusted-flagger', 'Example Authority'] });
      for (const [who, role] of [[admin, 'admin'], [other, 'reviewer']]) {
        who.password = endpoint.reviewer.password;
        endpoint.run(['reviewer', 'add', '--data', endpoint.data, '--name', who.name, '--role', role, '--password-stdin'], `${who.password}\n`);
      }
      await reports(endpoint, 2);
      eyes = await startLooks(name, endpoint);
      page = eyes.page;
      look = (place, how) => eyes.look(page, place, how);
      here = (what, how) => eyes.here(page, what, how);
      await page.goto(`${endpoint.origin}/console/login`);
      await logIn(page, admin);
    });
    after(async () => {
      if (eyes) console.log(eyes.told());
      await eyes?.close();
      await endpoint?.close();
    });

    test('an organisation: added, changed, with a status and with people', async () => {
      await look('/console/organisations', TALL);
      const form = 'form[action="/console/organisations"]';
      await fill(page, form, { short: 'Example Trust', name: NAME, contact: 'nobody' });
      await submit(page, `${form} button`);
      await here('an organisation that was not kept');
      await page.goto(`${endpoint.origin}/console/organisations`);
      await fill(page, form, { short: 'Example Trust', name: NAME, contact: 'notices@trust.example', country: 'DE',
        controller: 'Example Trust, 1 Example Street.\nData protection officer: officer@trust.example',
        trusted_by: 'An Authority That Coordinates Digital Services', trusted_from: '2026-01-01', trusted_end: '2026-02-01' });
      await submit(page, `${form} button`);
      await here('an organisation whose status has ended', TALL);
      assert.match(await page.$eval('main', (main) => main.innerText), /ended on 2026-02-01/u);
      await look('/console/people', TALL);
      const theirs = await page.$('select[aria-label="Organisation of Reviewer Two"]');
      await theirs.select('2');
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), theirs.evaluate((select) => select.form.requestSubmit())]);
      await here('people of two organisations', TALL);
      await page.select('form[action="/console/people/invite"] select[name=organisation]', '2');
      await submit(page, 'form[action="/console/people/invite"] button');
      await here('an invitation into the other one');
      const welcome = await page.$eval('.letter', (letter) => letter.textContent.trim());
      await eyes.nobody(async (guest) => {
        await guest.goto(welcome);
        await eyes.here(guest, 'the welcome of the other one');
      });
      await look('/console/organisations', TALL);
    });

    test('a notice speaks for its writer, and the page for sellers names who answers', async () => {
      await page.goto(`${endpoint.origin}/console/companies`);
      await fill(page, 'form[action="/console/companies"]', { name: 'Market Example', hosts: 'market.example', contact: 'trust@market.example' });
      await submit(page, 'form[action="/console/companies"] button.primary');
      await fill(page, 'form[action$="/clauses"]', { title: 'Animal products', read_on: '2026-11-20', address: 'https://market.example/rules' });
      await submit(page, 'form[action$="/clauses"] button');
      await eyes.as(other, '/console', async (theirs) => {
        await confirm(theirs, 1);
        await press(theirs, 's');
        await eyes.here(theirs, 'a notice of the other organisation', TALL);
        assert.match(await theirs.$eval('main', (main) => main.innerText), /It speaks for Example Trust/u);
        await submit(theirs, 'button.primary');
        await eyes.here(theirs, 'its preview', TALL);
        await press(theirs, 's');
        await eyes.look(theirs, '/console/notices');
        await eyes.look(theirs, '/console/notices/1', TALL);
      });
      for (const place of ['/console/trends/article22', '/console/privacy']) await look(place, TALL);
      await look('/console/cases/1');
      await eyes.nobody(async (guest) => {
        for (const place of ['/privacy', '/before-you-buy']) await eyes.look(guest, place, TALL);
      });
    });

    test('one that retired, and the way back', async () => {
      const button = 'form[action$="/retire"] button';
      await page.goto(`${endpoint.origin}/console/organisations/2`);
      await submit(page, button);
      await here('an organisation that retired', TALL);
      await look('/console/people', TALL);
      await look('/console/organisations', TALL);
      await eyes.as(other, '/console', async (theirs) => {
        await eyes.look(theirs, '/console/cases/1/notice');
        await eyes.look(theirs, '/console/notices');
      });
      await page.goto(`${endpoint.origin}/console/organisations/2`);
      await submit(page, button);
      await here('an organisation that is back', TALL);
    });
  });
}
