// Passkeys in both real browsers, with the authenticator that each brings for tests, at http://localhost: added, used without a
// name, removed; a device that stays locked; an address where there are none; a browser without them; and the password beside.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { authenticator } from './support/authenticator.mjs';
import { leads, logIn, submit } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { startLooks } from './support/looks.mjs';

const ADD = 'form[data-asks="/console/passkeys/add"]';
const ENTER = 'form[data-asks="/console/passkeys/enter"]';
const OUT = 'form.who button';
const TALL = { tall: true };

for (const name of ['chromium', 'firefox']) {
  describe(`${name}: passkeys`, { timeout: 300_000 }, () => {
    let endpoint, eyes, page, device;

    before(async () => {
      endpoint = await startEndpoint();
      eyes = await startLooks(name, endpoint);
      page = eyes.page;
      device = await authenticator(name, page);
    });
    after(async () => {
      if (eyes) console.log(eyes.told());
      await eyes?.close();
      await endpoint?.close();
    });

    const at = (place) => page.goto(endpoint.origin + place);
    const shown = (what) => page.$eval(`[data-shows="${what}"]`, (e) => (e.checkVisibility() ? e.textContent.trim() : null));
    const press = (form) => page.click(`${form} button`);
    /** What a person is told when it did not work. */
    const told = async () => {
      await page.waitForFunction(() => document.querySelector('[data-shows="refused"]').textContent !== '', { timeout: 30_000 });
      return shown('refused');
    };
    async function named(called) {
      await at('/console/second');
      await page.type(`${ADD} input[name=name]`, called);
    }

    test('it is added on the own page, by its name', async () => {
      await at('/console/login');
      assert.ok(await page.$eval(ENTER, (form) => form.checkVisibility()));
      await eyes.here(page, 'the login with its passkey');
      await logIn(page, endpoint.reviewer);
      await named('My phone');
      await leads(page, () => press(ADD));
      assert.equal(await page.$$eval('ul.passkeys b', (all) => all.map((e) => e.textContent).join()), 'My phone');
      assert.equal(await device.keys(), 1);
      await eyes.here(page, 'a passkey', TALL);
      await eyes.look(page, '/console/people', TALL);
    });

    test('the same device is not added twice', async () => {
      await named('Again');
      await press(ADD);
      assert.equal(await told(), 'This device holds one of your passkeys already.');
      await eyes.here(page, 'a device that holds one already', TALL);
      assert.equal(await device.keys(), 1);
    });

    test('it opens the console without a name, and again after the logout', async () => {
      for (const times of [1, 2]) {
        assert.equal((await submit(page, OUT)).pathname, '/console/login');
        assert.equal((await leads(page, () => press(ENTER))).pathname, '/console', `${times}`);
        assert.equal(await page.$eval('.who a[href="/console/second"]', (e) => e.firstChild.textContent.trim()), endpoint.reviewer.name);
      }
      await at('/console/second');
      assert.match(await page.$eval('ul.passkeys li', (e) => e.textContent), /last used/u);
    });

    test('by keyboard alone, from the name on', async () => {
      await submit(page, OUT);
      await page.focus('input[name=name]');
      // Password, code, the button of the form, the passkey's button.
      for (let n = 0; n < 4; n += 1) await page.keyboard.press('Tab');
      assert.equal((await leads(page, () => page.keyboard.press('Enter'))).pathname, '/console');
    });

    test('at an address by number the page says where there are passkeys', async () => {
      const number = endpoint.origin.replace('localhost', '127.0.0.1');
      await page.goto(`${number}/console/login`);
      assert.match(await shown('elsewhere'), new RegExp(`^Passkeys belong to ${endpoint.origin} and do not work`, 'u'));
      assert.equal(await shown('works'), null);
      assert.ok(await page.$('input[name=password]'));
      await eyes.here(page, 'the login at an address by number');
    });

    test('a browser without passkeys says so, and the password is the whole way', async () => {
      const other = await page.browser().newPage();
      await other.evaluateOnNewDocument(() => { delete window.PublicKeyCredential; });
      await other.goto(`${endpoint.origin}/console/login`);
      if (new URL(other.url()).pathname !== '/console/login') {
        await submit(other, OUT);
        await other.goto(`${endpoint.origin}/console/login`);
      }
      assert.match(await other.$eval('[data-shows="lacking"]', (e) => (e.checkVisibility() ? e.textContent : '')), /no passkeys/u);
      await logIn(other, endpoint.reviewer);
      await other.close();
    });

    test('without script there is no button, and the password is the whole way', async (t) => {
      // Firefox's driver has no command for it yet (`emulation.setScriptingEnabled`).
      if (name === 'firefox') return t.skip('its driver cannot switch script off');
      const context = await page.browser().createBrowserContext();
      const other = await context.newPage();
      await other.setJavaScriptEnabled(false);
      await other.goto(`${endpoint.origin}/console/login`);
      // Nothing of the page runs; the driver still asks it.
      assert.ok(!(await other.$eval(ENTER, (form) => form.checkVisibility())));
      await logIn(other, endpoint.reviewer);
      await other.goto(`${endpoint.origin}/console/second`);
      assert.ok(!(await other.$eval(ADD, (form) => form.checkVisibility())));
      assert.match(await other.$eval('noscript', (e) => e.textContent), /needs script/u);
      await context.close();
    });

    test('a removed one opens nothing, and the page says so', async () => {
      await at('/console/second');
      await submit(page, 'ul.passkeys form button');
      assert.equal(await page.$('ul.passkeys'), null);
      await submit(page, OUT);
      await press(ENTER);
      assert.match(await told(), /does not open the console/u);
      assert.ok(await page.$eval(`${ENTER} button`, (e) => !e.disabled), 'another try is possible');
      await eyes.here(page, 'a passkey that is refused');
    });

    test('a device that stays locked adds nothing', async () => {
      await at('/console/login');
      await logIn(page, endpoint.reviewer);
      await device.forget();
      await device.lock();
      await named('Locked');
      await press(ADD);
      assert.match(await told(), /was not unlocked/u);
      assert.equal(await device.keys(), 0);
      // It fails where the chain is broken.
      endpoint.run(['audit', 'verify', '--data', endpoint.data]);
    });
  });
}
