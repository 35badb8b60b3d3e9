// The options page and the first-run page in both real browsers, beside a test double of the background.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { asked, axe, BROWSERS, darken, focused, launch, open, overflow, play, says, serve, shot, tabOf } from './support.mjs';
import { draft, outbox, scene } from './scenes.mjs';

const LINK = `https://reports.example.org/join#${'A'.repeat(43)}.CODE-1234`;

for (const which of BROWSERS) {
  describe(`options in ${which}`, () => {
    let session;
    before(async () => { session = await launch(which); });
    after(async () => { await session?.stop(); });

    async function look(name, scenery, steps = async () => {}, width = 760, [file, ready] = ['options.html', '#h-sites']) {
      const page = await open(session, file, { width, height: 900 });
      try {
        await play(page, scenery);
        await page.waitForSelector(ready);
        await steps(page);
        assert.deepEqual(await axe(page), [], name);
        assert.ok(await overflow(page) <= 0, `${name} is wider than its window`);
        await shot(session, page, file.replace('.html', `-${name}`));
        await darken(session, page, true);
        assert.deepEqual(await axe(page), [], `${name}, dark`);
        await shot(session, page, file.replace('.html', `-${name}`));
      } finally {
        await darken(session, page, false);
        await page.close();
      }
    }

    test('first run: told what is read and sent; agreed by both boxes or not at all; then the invitation', async () => {
      const first = ['welcome.html', '#adult'];
      const steps = async (page) => {
        await says(page, 'What is sent, and when');
        await says(page, which === 'firefox' ? 'about:profiles' : 'round profile picture');
        await says(page, 'In private windows Wildlife Spotter is off.');
        assert.equal(await page.$('#join-link'), null);
        await page.focus('#rules');
        await page.keyboard.press(' ');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#agree-error');
        assert.equal(await focused(page), 'adult');
        assert.deepEqual(await asked(page, 'agree'), []);
      };
      await look('first', scene({ state: { enrolled: null, agreed: false } }), steps, 760, first);
      await look('first', scene({ state: { enrolled: null, agreed: false } }), steps, 320, first);
      await look('agreed', scene({ state: { enrolled: null, agreed: false } }), async (page) => {
        await page.click('#adult');
        await page.click('#rules');
        await page.click('#agree button');
        await page.waitForSelector('#join-link');
        assert.deepEqual(await asked(page, 'agree'), [{ type: 'agree', adult: true, rules: true }]);
        assert.equal(await focused(page), 'join-link');
        await says(page, 'You have agreed.');
      }, 320, first);
    });

    test('nobody joins before agreeing', async () => {
      await look('agree-first', scene({ state: { enrolled: null, agreed: false } }), async (page) => {
        await page.waitForSelector('#agree-first');
        assert.equal(await page.$('#join-link'), null);
      }, 320);
    });

    test('what is stored is shown, saved and erased; erasing asks first', async () => {
      await look('data', scene({ state: { outbox } }), async (page) => {
        await says(page, 'What is stored on this device');
        await page.click('#data-show');
        await page.waitForSelector('#data-all');
        assert.match(await page.$eval('#data-all', (all) => all.textContent), /"quiet-heron-27"/u);
        await shot(session, page, 'options-data-all');
        await page.click('#data-erase');
        assert.equal(await focused(page), 'data-keep');
        assert.deepEqual(await asked(page, 'erase'), []);
        await shot(session, page, 'options-data-sure');
        await page.click('#data-erase-yes');
        await says(page, 'Everything on this device is erased.');
        assert.deepEqual(await asked(page, 'erase'), [{ type: 'erase' }]);
      }, 320);
    });

    test('enrolled: facts, sites, switch, keys, rules', async () => {
      const check = async (page) => {
        await says(page, 'quiet-heron-27');
        await says(page, which === 'firefox' ? 'about:profiles' : 'round profile picture');
        assert.ok(await page.$('#welcome-again'), 'what was agreed to can be read again');
        await says(page, '10 seconds');
        await says(page, 'www.market.example');
        await says(page, 'What no extension can hide');
        await says(page, 'Never contact a seller');
        await page.waitForSelector('kbd');
        assert.equal(await page.$eval('#quiet', (r) => r.checked), true);
      };
      await look('enrolled', scene(), check);
      await look('enrolled', scene(), check, 320);
      await look('enrolled', scene(), check, 1280);
    });

    test('joining by the keyboard alone', async () => {
      await look('joined', scene({ state: { enrolled: null } }), async (page) => {
        await page.waitForSelector('#join-link');
        await page.focus('#join-link');
        await page.keyboard.type(LINK.slice(0, 60));
        await page.keyboard.press('Enter');
        await says(page, 'The end of this link is missing or damaged');
        assert.equal(await focused(page), 'join-link');
        await shot(session, page, 'options-join-error');
        await page.keyboard.type(LINK.slice(60));
        await page.keyboard.press('Enter');
        await says(page, 'You have joined. Your reports go to Example Wildlife Network.');
        assert.deepEqual(await asked(page, 'enrol'), [{ type: 'enrol', link: LINK }]);
      });
    });

    test('a refusal of the endpoint stands at the field', async () => {
      await look('join-refused', scene({ state: { enrolled: null }, refuse: { enrol: { message: 'bg_enrol_code' } } }), async (page) => {
        await page.waitForSelector('#join-link');
        await page.type('#join-link', LINK);
        await page.keyboard.press('Enter');
        await page.waitForSelector('#join-error');
        assert.equal(await page.$eval('#join-link', (f) => f.value), LINK, 'what was typed is kept');
      });
    });

    test('leaving asks first, and Stay comes back', async () => {
      await look('leave', scene(), async (page) => {
        await page.waitForSelector('#leave');
        await page.click('#leave');
        assert.equal(await focused(page), 'stay');
        await shot(session, page, 'options-leave-sure');
        await page.keyboard.press('Enter');
        assert.equal(await focused(page), 'leave');
        assert.deepEqual(await asked(page, 'leave'), []);
      });
    });

    test('sites: what is wrong is said; the choice of marks is kept', async () => {
      await look('site-error', scene(), async (page) => {
        await page.waitForSelector('#site');
        await page.type('#site', 'http://market.example');
        await page.keyboard.press('Enter');
        await says(page, 'Only https sites can be added');
        assert.equal(await focused(page), 'site');
        await page.click('#badges');
        await says(page, 'Saved.');
        assert.equal((await asked(page, 'set_quiet'))[0].quiet, false);
        assert.equal(await page.$eval('#badges', (r) => r.checked), true);
      });
    });

    test('the demo mask: one switch', async () => {
      await look('mask', scene(), async (page) => {
        await page.waitForSelector('#mask');
        assert.equal(await page.$eval('#mask', (m) => m.checked), false);
        await page.click('#mask');
        await says(page, 'Saved.');
        assert.equal((await asked(page, 'set_mask'))[0].masked, true);
        assert.equal(await page.$eval('#mask', (m) => m.checked), true);
      });
    });
  });
}

for (const which of BROWSERS) {
  test(`less motion asked for: words count down, no ring turns, in ${which}`, async () => {
    const session = await launch(which, { calm: true });
    const server = await serve();
    try {
      const helper = await open(session, 'options.html');
      const market = await session.browser.newPage();
      await market.goto(`http://127.0.0.1:${server.port}/read`);
      await play(helper, scene({ draft: { ...draft, confirm: false } }));
      const page = await open(session, `panel.html?tab=${await tabOf(helper, market.url())}`);
      await page.waitForSelector('#report-a1');
      await page.click('#report-a1');
      await says(page, 'Goes out in');
      assert.equal(await page.$eval('.ring', (ring) => getComputedStyle(ring).display), 'none');
      assert.equal(await page.$eval('.ring-left', (ring) => getComputedStyle(ring).animationName), 'none');
    } finally {
      await session.stop();
      await server.stop();
    }
  });
}
