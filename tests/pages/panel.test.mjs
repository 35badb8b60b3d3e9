// The panel in both real browsers, state by state, beside a test double of the background.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { asked, axe, BROWSERS, darken, focused, launch, open, overflow, play, says, serve, shot, tabOf } from './support.mjs';
import { until } from '../e2e/support/browser.mjs';
import { askedAgain, checked, draft, findings, hostile, illustrated, offer, outbox, picture, rounds, scene, survey, surveyTask } from './scenes.mjs';

for (const which of BROWSERS) {
  describe(`panel in ${which}`, () => {
    let session, server, helper, market, readTab;

    before(async () => {
      server = await serve();
      session = await launch(which);
      helper = await open(session, 'options.html');
      await play(helper, scene());
      market = await session.browser.newPage();
      await market.goto(`http://127.0.0.1:${server.port}/read`);
      readTab = await tabOf(helper, market.url());
    });
    after(async () => {
      await session?.stop();
      await server?.stop();
    });

    /** Opens the panel in a scene, runs `steps`, checks axe and overflow in light and in dark, keeps the pictures. */
    async function look(name, scenery, steps = async () => {}, { tab = readTab, width = 360 } = {}) {
      await play(helper, scenery);
      const page = await open(session, `panel.html?tab=${tab}`, { width });
      try {
        await steps(page);
        assert.deepEqual(await axe(page), [], name);
        assert.ok(await overflow(page) <= 0, `${name} is wider than its window`);
        await darken(session, page, true);
        assert.deepEqual(await axe(page), [], `${name}, dark`);
        await shot(session, page, name);
        await darken(session, page, false);
        await shot(session, page, name);
      } finally {
        await darken(session, page, false);
        await page.close();
      }
    }

    test('findings, grouped, in page order', async () => {
      await look('findings', scene(), async (page) => {
        await says(page, 'Likely protected wildlife (2)');
        const titles = await page.$$eval('main > section .card h3', (all) => all.map((h) => h.textContent));
        assert.deepEqual(titles, findings.findings.slice(0, 4).map((f) => f.title));
        await says(page, 'Elephant ivory: CITES I, or II depending on origin');
        assert.equal(await page.$eval('.names i', (i) => i.textContent), 'Loxodonta africana');
        assert.equal(await page.$eval('.listed-group', (d) => d.open), false);
        await says(page, '60 listings read');
      });
    });

    test('findings at 320 px, all reasons unfolded', async () => {
      await look('reasons', scene({ state: { quiet: false } }), async (page) => {
        await page.waitForSelector('.learn-fold summary');
        for (const fold of await page.$$('.learn-fold summary, .listed-group > summary')) await fold.evaluate((s) => s.click());
        await says(page, 'What speaks against it');
      }, { width: 320 });
    });

    test('the rule here: below a finding and in the report, its source beside it', async () => {
      const unfold = async (page, within) => {
        const fold = await page.waitForSelector(`${within} .law-fold > summary`);
        await fold.focus();
        await page.keyboard.press('Enter');
        await says(page, 'By the site’s country: United Kingdom');
      };
      await look('law', scene(), async (page) => {
        await unfold(page, 'main > section .card');
        await says(page, 'Claimed: Made before 1947');
        await (await page.$('.law details > summary')).evaluate((s) => s.click());
        const [ask] = await asked(page, 'law');
        assert.deepEqual([ask.country, ask.what.groups, ask.url], ['', ['elephant'], findings.findings[0].url || findings.url]);
        assert.equal(await page.$eval('.law-rules a', (a) => [a.href, a.rel].join(' ')), 'https://law.example/ivory noreferrer noopener external');
      });
      await look('law-sheet', scene(), async (page) => {
        await (await page.waitForSelector('#report-a1')).press('Enter');
        await unfold(page, 'section.sheet');
      });
      await look('law-none', scene({ law: { country: '', held: false, rules: [], countries: [] } }), async (page) => {
        await (await page.waitForSelector('.law-fold > summary')).evaluate((s) => s.click());
        await says(page, 'does not say which country');
      });
    });

    test('nothing found is a result', async () => {
      await look('none-likely', scene({ findings: { ...findings, findings: [] } }), async (page) => {
        await says(page, '60 listings read, none likely');
        await page.waitForSelector('.learn-fold summary');
        await page.click('.learn-fold summary');
        await says(page, 'Pangolins');
      });
    });

    test('a page without listings, a page without end', async () => {
      await look('nothing-read', scene({ findings: { ...findings, read: 0, findings: [] } }), (page) => says(page, 'No listings on this page'));
      await look('gave-up', scene({ findings: { ...findings, gave_up: true } }), (page) => says(page, 'changes without end'));
    });

    test('not joined: invitation, and what is wrong with it', async () => {
      await look('not-joined', scene({ state: { enrolled: null } }), async (page) => {
        await page.waitForSelector('#join-link');
        await page.type('#join-link', 'http://reports.example.org/join#x.y');
        await page.keyboard.press('Enter');
        await says(page, 'This link is not secure');
        assert.equal(await focused(page), 'join-link');
        assert.deepEqual(await asked(page, 'enrol'), []);
      });
    });

    test('not granted, not secure, not readable', async () => {
      const other = await session.browser.newPage();
      await other.goto(`http://localhost:${server.port}/other`);
      const tab = await tabOf(helper, other.url());
      await look('not-granted', scene(), (page) => says(page, `localhost:${server.port} is not read yet`), { tab });
      // Chromium's own question can't be answered without a window; Firefox grants on a real click.
      if (which === 'firefox') {
        await look('granted', scene(), async (page) => {
          await page.waitForSelector('#grant');
          await page.click('#grant');
          await says(page, `localhost:${server.port} may be read now`);
          await until('the background brings the sites in step, once', async () => (await asked(page, 'sync_sites')).length === 1);
        }, { tab });
      }
      await other.goto(`http://127.0.0.1:${server.port}/other`);
      await look('no-answer-yet', scene(), (page) => says(page, 'Reload the page'), { tab });
      await other.goto('about:blank');
      await look('restricted', scene(), (page) => says(page, 'This page cannot be read'), { tab });
      await other.close();
    });

    test('the sheet: exactly what goes, Send, the ring, the receipt; focus goes in and back', async () => {
      const quick = { ...draft, undo_ms: 1500, screenshot: picture };
      await look('sheet', scene({ draft: quick }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.focus('#report-a1');
        await page.keyboard.press('Enter');
        await says(page, 'Exactly this is sent');
        assert.equal(await focused(page), 'sheet-title');
        await page.type('#note', 'Two more behind it.');
        await says(page, '981 characters left');
        assert.equal(await focused(page), 'note');
        await page.click('#with-seller');
        await shot(session, page, 'sheet-unticked');
      });
      await look('ring', scene({ draft: { ...quick, undo_ms: 10000 } }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await page.waitForSelector('#note');
        await page.type('#note', 'Two more behind it.');
        await page.click('#with-seller');
        await page.click('#send');
        await page.waitForSelector('#undo');
        assert.equal(await focused(page), 'undo');
        const [ask] = await asked(page, 'queue');
        assert.deepEqual(ask, {
          type: 'queue', report_id: draft.report.report_id, covered: [],
          choices: { note: 'Two more behind it.', with_screenshot: true, with_description: true, with_seller: false, without_pictures: [], taxa: [], not_sure: false, marks: [], methods: [] },
        });
      });
      await look('sent', scene({ draft: quick }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await page.waitForSelector('#send');
        await page.click('#send');
        await says(page, 'WS-2026-0099');
        assert.equal(await focused(page), 'sheet-title');
        await shot(session, page, 'receipt');
        await page.click('#done');
        await says(page, 'Likely protected wildlife');
        assert.equal(await focused(page), 'report-a1');
      });
    });

    test('the sheet: parts of the screenshot are covered by brush and by keyboard; every picture has a box', async () => {
      await look('sheet-pictures', scene({ draft: { ...illustrated, undo_ms: 1500 } }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await says(page, '1,600 × 1,200 pixels');
        await says(page, '2 pictures are missing');
        await page.click('#picture-1');
        assert.equal(await page.$('.brush'), null, 'nobody paints over what cannot be seen');
        await (await page.$('#unblur')).evaluate((b) => b.scrollIntoView({ block: 'center' }));
        await page.click('#unblur');
        const canvas = await page.waitForSelector('.canvas.brush');
        await canvas.evaluate((c) => c.scrollIntoView({ block: 'center' }));
        const box = await canvas.boundingBox();
        await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.8);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.8, { steps: 5 });
        await page.mouse.up();
        await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.2, { steps: 3 });
        await page.focus('.shot-tools summary');
        await page.keyboard.press('Enter');
        await page.focus('#cover-block');
        await page.keyboard.press('Enter');
        await shot(session, page, 'sheet-covered');
        await page.click('#send');
        await says(page, 'WS-2026-0099');
        const [ask] = await asked(page, 'queue');
        assert.deepEqual(ask.choices.without_pictures, ['b'.repeat(64)]);
        const over = (x, y) => ask.covered.some((c) => x >= c.x && x < c.x + c.width && y >= c.y && y < c.y + c.height);
        assert.ok(over(200, 800) && over(300, 800) && over(400, 800), `the brush: ${JSON.stringify(ask.covered)}`);
        assert.ok(over(0, 0) && over(999, 149), 'the block');
        assert.ok(!over(900, 250) && !over(600, 800), 'and nothing else');
      });
    });

    test('without a confirming click the ring starts at once; Undo takes it back; Change gives the sheet again', async () => {
      await look('undone', scene({ draft: { ...draft, confirm: false } }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await page.waitForSelector('#undo');
        assert.equal((await asked(page, 'queue')).length, 1);
        await page.click('#undo');
        await says(page, 'Taken back. Nothing was sent.');
        assert.equal(await focused(page), 'report-a1');
      });
      await look('changed', scene({ draft: { ...draft, confirm: false } }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await page.waitForSelector('#undo');
        await page.click('#change');
        await page.waitForSelector('#note');
        assert.equal((await asked(page, 'undo')).length, 1);
        await page.type('#note', 'x');
        await page.click('#send');
        await page.waitForSelector('#undo');
        assert.equal((await asked(page, 'queue'))[1].choices.note, 'x');
      });
    });

    test('refused because the page went elsewhere', async () => {
      await look('refused', scene({ refuse: { prepare: { message: 'bg_page_moved', args: ['https://market.example/search?q=figurine', 'https://market.example/item/9'] } } }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await says(page, 'This cannot be reported now');
        assert.equal(await focused(page), 'sheet-title');
      });
    });

    test('kept while the endpoint is away', async () => {
      const away = { state: 'waiting', number: null, status: null, next_try_ms: Date.UTC(2026, 10, 23, 23, 30), tries: 1, trouble: ['bg_try_offline', ['https://reports.example.org']] };
      await look('kept', scene({ draft: { ...draft, confirm: false, undo_ms: 300 }, afterUndo: away }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await says(page, 'Kept, not sent yet');
      });
    });

    test('a draft that a command made opens by itself', async () => {
      await look('by-command', scene({ waiting: { ...draft, screenshot: picture } }), async (page) => {
        await says(page, 'Exactly this is sent');
        assert.ok(await page.$('img.blurred'));
      });
    });

    test('the outbox, in one line and unfolded; delete asks first', async () => {
      await look('outbox', scene({ state: { outbox } }), async (page) => {
        await says(page, '1 waiting');
        await page.click('#outbox-summary');
        await says(page, 'Confirmed by an expert');
        await says(page, 'The expert writes: Clear photographs of the grain.');
        const id = outbox[3].report_id;
        await page.click(`#delete-${id}`);
        assert.equal(await focused(page), `keep-${id}`);
        await page.keyboard.press('Enter');
        assert.equal(await focused(page), `delete-${id}`);
        assert.deepEqual(await asked(page, 'delete'), []);
        assert.equal(await page.$eval('.outbox details', (d) => d.open), true);
      });
    });

    test('listings that are asked about come first; a link that the person clicks, and four answers by keyboard', async () => {
      await look('again', scene({ state: { outbox: askedAgain, ask_again: true } }), async (page) => {
        await says(page, 'Still there? 2');
        await page.click('#outbox-summary');
        const [first, second] = askedAgain.filter((i) => i.asked).map((i) => i.report_id);
        const groups = () => page.$$eval('.again', (all) => all.map((g) => ({
          id: g.querySelector('p').id, named: g.getAttribute('aria-labelledby').split(' ').every((id) => document.getElementById(id)?.textContent),
          links: [...g.querySelectorAll('a')].map((a) => [a.href, a.target, a.rel]), buttons: [...g.querySelectorAll('button')].map((b) => b.textContent),
        })));
        const link = ['https://market.example/x', '_blank', 'noreferrer noopener external'];
        const buttons = ['Still offered', 'Gone', 'Sold or ended', 'Cannot tell'];
        assert.deepEqual(await groups(), [first, second].map((id) => ({ id: `again-${id}`, named: true, links: [link], buttons })));
        assert.equal(await page.$eval('.outbox-item', (li) => li.querySelector('.again') !== null), true, 'they come first');
        await page.focus('.again a');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await says(page, 'You answered: Gone');
        assert.deepEqual((await asked(page, 'looked_again')).map((a) => [a.report_id, a.saw]), [[first, 'gone']]);
        assert.equal(await focused(page), 'outbox-summary');
        await says(page, 'Still there? 1');
        await page.$eval('.again', (g) => g.scrollIntoView());
      }, { width: 320 });
    });

    test('the round: how far this week is, what it is about, and a search that one click opens', async () => {
      await look('round', scene({ state: { rounds } }), async (page) => {
        await says(page, '1 of 3 reports this week');
        assert.deepEqual(await page.$eval('.round progress', (p) => [p.value, p.max, p.ariaLabel]), [1, 3, 'Ivory and look-alikes, autumn: 1 of 3 reports this week']);
        await page.click('.round-head');
        await says(page, '2 November 2026 to 29 November 2026');
        await says(page, 'English, German, Simplified Chinese');
        await page.click('.round-terms > summary');
        await page.select('#market-ivory', 'localhost');
        await page.click('.terms li:nth-of-type(3) button');
        await page.waitForFunction(async (url) => {
          const api = globalThis.browser ?? globalThis.chrome;
          const tab = (await api.tabs.query({})).find((t) => [t.url, t.pendingUrl].includes(url));
          if (tab) await api.tabs.remove(tab.id);
          return tab !== undefined;
        }, { polling: 100 }, `https://localhost/find?q=${encodeURIComponent('牙雕')}`);
        await page.bringToFront();
        assert.equal(await page.$eval('#market-ivory', (s) => s.value), 'localhost', 'the choice stays');
      }, { width: 320 });
    });

    test('looking after the spotter: a reminder, the lead, the week', async () => {
      const standing = { week: { from: '2026-11-23T00:00:00Z', reports: 5, decided: [{ status: 'confirmed', reports: 2 }, { status: 'removed', reports: 1 }] }, accuracy: { confirmed: 8, decided: 9 } };
      await look('care', scene({ state: { rounds, outbox, standing, best_words: ['ox bone', 3] } }), async (page) => {
        await page.waitForSelector('#care');
        await page.click('#care');
        await page.select('#timer', '45');
        await says(page, 'The reminder comes at');
        assert.deepEqual(await page.$$eval('.care a', (links) => links.map((a) => a.href)), [rounds.lead, rounds.debrief]);
        await page.$eval('#care', (c) => c.scrollIntoView());
      }, { width: 320 });
      await look('week', scene({ state: { outbox, standing, best_words: ['ox bone', 3] } }), async (page) => {
        await page.waitForSelector('#outbox-summary');
        await page.click('#outbox-summary');
        await says(page, 'Words that helped most:');
      }, { width: 320 });
      await look('break', scene({ state: { reminder: { minutes: 45, at_ms: 1 } } }), async (page) => {
        await says(page, 'You have been looking for 45 minutes.');
        await shot(session, page, 'break-is-over');
        await page.click('#break-off');
        await page.waitForFunction(() => !document.querySelector('#break-off'));
        assert.deepEqual((await asked(page, 'remind')).map((a) => a.minutes), [0]);
      }, { width: 320 });
    });

    test('"I was contacted" goes to the lead', async () => {
      await look('contacted', scene({ state: { rounds } }), async (page) => {
        await page.waitForSelector('#care');
        await page.click('#care');
        // As a person scrolls: away from the line at the bottom.
        await page.$eval('#contacted', (b) => b.scrollIntoView({ block: 'center' }));
        await page.click('#contacted');
        await page.waitForSelector('#contacted-text');
        assert.equal(await focused(page), 'contacted-text');
        await page.click('#contacted-send');
        await says(page, 'Nothing was sent yet');
        await page.type('#contacted-text', 'Somebody asked who I am.');
        await shot(session, page, 'contacted-form');
        await page.click('#contacted-send');
        await says(page, 'Your message goes to the lead');
        assert.deepEqual((await asked(page, 'contacted')).map((a) => a.text), ['Somebody asked who I am.']);
      }, { width: 320 });
    });

    test('a report of a card waits for its listing, and is completed from it', async () => {
      // Of this origin: the page opens, and the double's content script reads it.
      const url = `http://127.0.0.1:${server.port}/read`;
      const place = { ...draft.report.place, marketplace: '127.0.0.1', listing_id: '', url_canonical: url };
      const whole = { ...draft, report: { ...draft.report, place, card_only: false, report_id: '0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a98' } };
      await look('card-only', scene({ draft: { ...draft, report: { ...draft.report, place } }, whole }), async (page) => {
        await page.waitForSelector('#report-a1');
        await page.click('#report-a1');
        await page.waitForSelector('#note');
        await page.type('#note', 'Seen twice.');
        await shot(session, page, 'card-only-offer');
        await page.click('#open-first');
        await says(page, 'Completed from the listing');
        assert.equal(await page.$eval('#note', (n) => n.value), 'Seen twice.');
        assert.equal(await page.$('#open-first'), null);
        await page.bringToFront();
      }, { width: 320 });
    });

    test('a survey: its searches, what is laid before the coder, and the coding form', async () => {
      const surveyed = scene({ state: { surveys: [survey] }, surveyTask });
      await look('survey-searches', surveyed, async (page) => {
        await page.waitForSelector('#survey-ivory > summary');
        await page.click('#survey-ivory > summary');
        await says(page, '48 listings taken, 1 of 3 coded');
        await says(page, '3 records wait for the endpoint');
      }, { width: 320 });
      await look('survey-list', surveyed, async (page) => {
        await page.waitForSelector('#survey-ivory > summary');
        await page.click('#survey-ivory > summary');
        await page.click('#work-t1');
        await says(page, 'Oak kitchen chair');
      }, { width: 320 });
      await look('survey-form', surveyed, async (page) => {
        await page.waitForSelector('#survey-ivory > summary');
        await page.click('#survey-ivory > summary');
        await page.click('#work-t1');
        await says(page, 'Oak kitchen chair');
        await page.click(`#code-${'2'.repeat(32)}`);
        await says(page, 'Proposed from its words: with permit');
        assert.equal(await focused(page), 'included-yes');
        // Each change is kept before the next is made: the double forgets one of two that come at once.
        const kept = async (has) => {
          for (let n = 0; n < 200; n += 1) {
            if ((await asked(page, 'survey')).some((ask) => ask.step === 'draft' && has(ask.form))) return;
            await new Promise((done) => { setTimeout(done, 25); });
          }
          throw new Error(`no draft is kept: ${has}`);
        };
        await page.keyboard.press('0');
        assert.equal(await page.$eval('#included-unknown', (r) => r.checked), true);
        await kept((form) => form.included === 'cannot_tell');
        await page.focus('#term-0');
        await page.keyboard.press('0');
        assert.equal(await page.$eval('#term-0', (s) => s.value), '');
        await kept((form) => form.kinds[0].term === '');
        // Digits are text where text is typed.
        await page.focus('#count-0');
        for (const typed of ['1', '12']) {
          await page.keyboard.press(typed.at(-1));
          assert.equal(await page.$eval('#count-0', (f) => f.value), typed);
          await kept((form) => form.kinds[0].count === typed);
        }
      }, { width: 320 });
    });

    test('a coding that reaches a dying background is asked again, with its id', { timeout: 60_000 }, async () => {
      await play(helper, { ...scene({ state: { surveys: [survey] }, surveyTask }), deaf: 1 });
      const page = await open(session, `panel.html?tab=${readTab}`);
      const press = (selector) => page.waitForSelector(selector).then((el) => el.evaluate((e) => e.click()));
      for (const selector of ['#survey-ivory > summary', '#work-t1', `#code-${'2'.repeat(32)}`, '#included-unknown', '#survey-save']) await press(selector);
      await page.waitForSelector('#survey-save[aria-disabled=true]');
      await page.waitForSelector('#survey-save[aria-disabled=false]', { timeout: 30_000 });
      const coded = (await asked(page, 'survey')).filter((ask) => ask.step === 'code');
      assert.equal(coded.length, 2);
      assert.deepEqual(coded[1], coded[0]);
      await page.close();
    });

    test('a check: one unflagged listing below the findings, answered by one key', async () => {
      const offered = scene({ state: { rounds: checked }, offer: { ...offer, tab_id: readTab } });
      await look('audit', offered, async (page) => {
        await says(page, 'Is it likely protected wildlife?');
        assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'nothing takes the focus');
        await page.$eval('#audit', (card) => card.scrollIntoView({ block: 'center' }));
      }, { width: 320 });
      await look('audit-wide', offered, async (page) => {
        await says(page, 'Is it likely protected wildlife?');
        await page.$eval('#audit', (card) => card.scrollIntoView({ block: 'center' }));
      }, { width: 700 });
      await look('audit-missed', offered, async (page) => {
        await (await page.waitForSelector('#audit-show')).focus();
        await page.keyboard.press('1');
        await says(page, 'the detector missed this one');
        const said = (await asked(page, 'audit')).filter((ask) => ask.step === 'say');
        assert.deepEqual(said.map((ask) => [ask.listing, ask.answer]), [[offer.listing, 'protected']]);
        assert.equal(await focused(page), 'audit-title');
      }, { width: 320 });
      await look('audit-answered', offered, async (page) => {
        await (await page.waitForSelector('#audit-2')).focus();
        await page.keyboard.press('2');
        await page.waitForFunction(() => !document.querySelector('#audit'));
        await page.waitForFunction(() => document.activeElement?.id === 'findings');
      });
    });
    test('a programme that was refused; a round that is yet to come', async () => {
      const refused = { ...rounds, trouble: ['bg_programme_signature', []] };
      await look('round-refused', scene({ state: { rounds: refused } }), (page) => says(page, 'what you had before stays'), { width: 320 });
      await look('round-next', scene({ state: { rounds: { ...rounds, now: [], next: ['Parrots', '2026-12-01'] } } }), (page) => says(page, 'Next: Parrots, from 1 December 2026'));
    });

    test('marks on pages: one switch away', async () => {
      await look('switch', scene(), async (page) => {
        await page.waitForSelector('#marks');
        await page.click('#marks');
        await says(page, 'Badges');
        assert.equal((await asked(page, 'set_quiet'))[0].quiet, false);
        assert.equal(await page.$eval('#marks', (m) => m.checked), true);
      });
    });

    test('a page that fights the marks', async () => {
      await look('marks-gave-up', scene({ findings: { ...findings, marks_gave_up: true } }), (page) => says(page, 'takes the marks away'));
    });

    test('hostile titles stay text and stay inside', async () => {
      await look('hostile', scene({ findings: hostile }), async (page) => {
        await says(page, '<img src=x');
        assert.notEqual(await page.title(), 'broken');
        assert.equal(await page.$('.card img, .card script, .card b'), null);
        assert.equal(await page.$eval('.card h3', (h) => h.dir), 'auto');
        const tallest = await page.$$eval('.card', (cards) => Math.max(...cards.map((c) => c.offsetHeight)));
        assert.ok(tallest < 450, `a title of 2,000 letters makes a card of ${tallest} px`);
      }, { width: 320 });
    });

    test('at 400 % zoom and from right to left nothing is cut', async () => {
      await play(helper, scene({ state: { outbox } }));
      const page = await open(session, `panel.html?tab=${readTab}`, { width: 320, height: 256 });
      await says(page, 'Likely protected wildlife (2)');
      assert.ok(await overflow(page) <= 0);
      assert.equal(await page.$eval('.outbox', (o) => getComputedStyle(o).position), 'static');
      await page.setViewport({ width: 320, height: 760 });
      await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
      assert.ok(await overflow(page) <= 0);
      await shot(session, page, 'rtl');
      await page.close();
    });
  });
}
