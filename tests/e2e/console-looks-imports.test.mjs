// Old lists in the console, in both browsers and without script: a file chosen, its columns, what each row does, the import, and the
// figures. axe finds nothing, nothing scrolls sideways.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { turn } from '../part.mjs';
import { logIn, reports, submit } from './support/console.mjs';
import { startEndpoint } from './support/endpoint.mjs';
import { startLooks } from './support/looks.mjs';

const TALL = { tall: true };
const ROUNDS = `Date found;Site;URL;Species;Status;Name;Colour
05.03.2024;Market;https://market.example/item/1;elephant;removed;Oak 12;white
06.03.2024;Market;https://market.example/item/2;=HYPERLINK("http://x");confirmed;Oak 12;
07.04.2024;;https://bazaar.example/9;pangolin;no;Elm 3;
soon;Market;;elephant;removed;;
`;

for (const name of ['chromium', 'firefox'].filter((which) => turn(which, 'chromium'))) {
  describe(`${name}: axe finds nothing in old lists, nothing scrolls sideways`, { timeout: 600_000 }, () => {
    let endpoint, eyes, page, folder;
    const files = (called, text) => {
      const file = path.join(folder, called);
      fs.writeFileSync(file, text);
      return file;
    };
    const choose = async (kind, file) => {
      await page.goto(`${endpoint.origin}/console/imports`);
      await page.select('select[name=kind]', kind);
      await (await page.$('input[type=file]')).uploadFile(file);
      await submit(page, 'main form button.primary');
    };
    const says = (css) => page.$eval(css, (e) => e.textContent);

    before(async () => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'old-lists-'));
      endpoint = await startEndpoint();
      await reports(endpoint, 1);
      eyes = await startLooks(name, endpoint);
      page = eyes.page;
      await page.goto(`${endpoint.origin}/console/login`);
      await logIn(page, endpoint.reviewer);
    });
    after(async () => {
      if (eyes) console.log(eyes.told());
      await eyes?.close();
      await endpoint?.close();
      fs.rmSync(folder, { recursive: true, force: true });
    });

    test('finds of a past round: looked at, corrected, imported, imported again', async () => {
      await eyes.look(page, '/console/imports', TALL);
      await choose('rounds', files('broken.xlsx', 'PK no workbook'));
      assert.match(await says('[role=alert]'), /Nothing was changed.*damaged/u);
      await eyes.here(page, 'a file that cannot be read', TALL);
      await choose('rounds', files('spring 2024.csv', ROUNDS));
      assert.match(await says('main'), /3 rows are new.*1 left out/u);
      await eyes.here(page, 'what each row does', TALL);
      await page.select('select[name=c0]', '');
      await submit(page, 'button[value=look]');
      assert.match(await says('[role=alert]'), /which column is the date/u);
      await eyes.here(page, 'a column that is missing', TALL);
      await page.select('select[name=c0]', 'date');
      await submit(page, 'button[value=look]');
      await submit(page, 'button[value=keep]');
      assert.match(await says('[role=status]'), /3 rows are new, of 4/u);
      await eyes.here(page, 'what was imported', TALL);
      await choose('rounds', files('spring 2024 again.csv', ROUNDS));
      assert.match(await says('main'), /3 known already/u);
      assert.equal(await page.$('button[value=keep]'), null);
      await eyes.look(page, '/console/trends/imported', TALL);
      assert.match(await says('#months'), /2024-04/u);
      await eyes.look(page, '/console/imports', TALL);
      await eyes.look(page, '/console/trends', TALL);
    });

    test('a list of terms waits for the expert', async () => {
      await choose('terms', files('terms.tsv', 'Keyword\tLanguage\tMeaning\nox bone\tEnglish\tivory\n象牙\tChinese\tivory\n'));
      await eyes.here(page, 'what each term becomes', TALL);
      await submit(page, 'button[value=keep]');
      await eyes.look(page, '/console/terms', TALL);
      assert.match(await says('main'), /ox bone.*Imported list/su);
    });
  });
}
