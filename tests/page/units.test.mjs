// Parts of the content script that need no browser: prices, addresses, bounds, slices, the link. Tables of cases.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ROOT } from './browsers.mjs';

// Some of these modules ask the platform's classes, which none of these tests needs.
Object.assign(globalThis, { Node: class {}, Element: class {} });

const { outputFiles: [file] } = await esbuild.build({
  stdin: { contents: ['characters', 'amount', 'price', 'common', 'when', 'parts', 'address', 'marketplaces', 'bounds', 'schedule', 'link', 'structured', 'words'].map((m) => `export * as ${m} from './${m}';`).join('\n'), resolveDir: path.join(ROOT, 'extension/content/src') },
  bundle: true, format: 'esm', write: false, logLevel: 'silent',
});
const { characters, amount, price, common, when, parts, address, marketplaces, bounds, schedule, link, structured, words } = await import(`data:text/javascript;base64,${Buffer.from(file.text).toString('base64')}`);

test('characters: the same answers as the expressions that they stand for, for every one there is', () => {
  const SPACE = /[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
  const ABOUT = /[A-Za-z\u00aa-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufaff]/;
  for (let c = 0; c < 0x1_0000; c++) {
    const one = String.fromCharCode(c);
    assert.equal(characters.isSpace(c), SPACE.test(one), `space ${c.toString(16)}`);
    assert.equal(characters.lettersAbout(one), ABOUT.test(one) ? 1 : 0, `about ${c.toString(16)}`);
    assert.equal(characters.lettersIn(one), /\p{L}/u.test(one) ? 1 : 0, `letter ${c.toString(16)}`);
  }
  for (const text of ['', 'Ivory 象牙 1', '𐐷𝐚😀z', 'a\ud800b', '\udc00\ud83d', 'Ḽơᶉëᶆ 12 слон عاج']) {
    assert.equal(characters.lettersIn(text), text.match(/\p{L}/gu)?.length ?? 0, text);
  }
});

test('prices in many notations, whole texts', () => {
  for (const text of [
    'EUR 12,50', '12,50 €', '€12.50', '$12', '$1,234.50', 'US $12.00', 'US$12', 'A$ 5', 'R$ 1.234,56', 'R$14,30', 'Rp 1.200.000', 'Rp51.500', 'Rs. 3,300', '₹ 1,23,456',
    '¥300', '￥1,200', '1,200円', '3.5万円', '12 000 zł', '1 597 zł', '1\u00a0597\u202fzł', '131 444 640 сум', '500 сўм', '1 200 ₽', '1200 руб.', '15 000 грн', '12.990 Ft', '990 Kč',
    '1 200 kr', 'kr. 1.200,-', 'CHF 1’200.–', '£20.00', '₩12,000', '₺1.250', '12.500 TL', '฿1,500', '1.200.000 đ', '₫1.200.000', 'RM 25', '₱1,500', '١٢٣٤ ر.س', 'AED 1,500', 'NT$ 300', 'HK$1,200',
    '5.100 € VB', '$6.79 to $9.48', '10 € - 20 €', 'from $5', 'ab 12 €', '現在 ¥300', '12 € / kg', '$5 each', '2 mln. zł'.replace('mln.', 'mln'), 'MX$ 120', 'KSh 4,500', 'ZAR 250', '1 500:-', '12 triệu', 'Dhs 1,200', '$12 CAD', 'Mex$ 300', '1,200円（税込）', '5,000円〜', '5,000円～', '45.–', "1'250.–", '45,-', '£12.00 GBP', '€12.00 incl.', 'R 1 200', 'R1,200', 'FCFA 12 500', '15 000 F CFA', 'ETB 1,200', '25 AZN', 'B/. 45.00', '₹ 1.5 Lakh', '12,500 د.ع',
  ]) assert.ok(price.isPrice(text), text);
});

test('what is no price', () => {
  for (const text of ['', '12', '2019', '128 GB', 'Model 300', '12 km', 'iPhone 13', '50% off', 'Room 5', 'R 100 GS', '2.0K sold', '(505)', 'Free', '12x', 'bone 5 cm', '10:30', 'x'.repeat(200), '1 2 3 4 5 6 7 8 9 $ 1 2 3 4 5 6 7 8 9 0 more'])
    assert.ok(!price.isPrice(text), text);
  for (const text of ['1.–3. Mai', '12.- 14. 5.', '1,-2']) assert.ok(!price.hintsAtPrice(text), text);
  assert.ok(price.isInPlaceOfPrice('Free') && price.isInPlaceOfPrice('Zu verschenken') && !price.isInPlaceOfPrice('Free kittens'));
  assert.ok(price.isPartOrFee('12x ', '') && price.isPartOrFee('', ' / month') && price.isPartOrFee('', ' shipping') && !price.isPartOrFee('Price: ', ' or best offer'));
});

test('the first amount is where the expression finds it', () => {
  const expression = new RegExp(amount.amountExpression());
  const pieces = ("0 1 12 123 000 12345 . , ' ’ ٬ - – ,- .- :- / ( +     \t € $ £ US$ Mex$ AU C R RM Rp Rp. Rs. kr kr. Kč zł EUR EURO euros USD CAD CHF руб руб. р. грн. so'm тг din Fr. Ksh. Dh Dhs. dollars đồng đ triệu " +
    'tr บาท د.إ. रुपये B/. S/. Q F CFA FCFA 円 원 :- 万 k K mln тыс. jt lakh ab x km m é ٣ ९ ๕ no. ABC').split(' ');
  let seed = 11;
  const next = (below) => { seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; return Math.floor((seed / 2 ** 32) * below); };
  let found = 0;
  for (let n = 0; n < 100_000; n++) {
    const text = Array.from({ length: 1 + next(7) }, () => pieces[next(pieces.length)] + (next(2) ? ' ' : '')).join('');
    const one = expression.exec(text);
    assert.deepEqual(amount.firstAmount(text), one === null ? null : [one.index, one[0].length], JSON.stringify(text));
    if (one !== null) found++;
  }
  assert.ok(found > 10_000, `${found} of them hold an amount`);
});

test('a price among few words', () => {
  const within = (text) => price.priceWithin(text)?.price ?? null;
  assert.equal(within('Current bid: $5'), '$5');
  assert.equal(within('- 70 EUR'), '70 EUR');
  assert.equal(within('Box of 3 lamps, sold for 20 EUR in May or later'), null);
  assert.equal(within('3 lamps'), null);
  assert.ok(price.isLabelled('Price: $5') && price.isLabelled('価格 500円') && price.isLabelled('現在500円') && !price.isLabelled('$5'));
});

test('what somebody expects is not what is asked', () => {
  for (const before of ['Estimate: ', 'Schätzpreis ', 'estimation ', '預估 ']) assert.ok(price.isEstimate(before), before);
  for (const before of ['Price: ', 'Starting price: ', 'Estate sale, ', '']) assert.ok(!price.isEstimate(before), before);
  for (const before of ['Was ', 'Original price', 'RRP: ', 'Precio anterior: ', '定価 ']) assert.ok(price.isFormer(before), before);
  for (const before of ['Price: ', 'Now ', 'Discounted price', 'Kansas ', '']) assert.ok(!price.isFormer(before), before);
  assert.ok(price.isPartOrFee('+送料', '') && price.isPartOrFee('最大', 'OFFクーポン') && price.isPartOrFee('доставка ', '') && !price.isPartOrFee('現在', ' +送料'));
});

test('what many cards say is shared, what few say is their own', () => {
  const steps = common.commonTexts(['Lamp\nFree shipping\nTown', 'Chair\nFree  Shipping\nTown', 'Table\nfree shipping', ...Array.from({ length: 17 }, (_, n) => `Thing ${n}\nFree shipping${n < 2 ? '\nTown' : ''}`)].map((card) => card.split('\n')));
  let step = steps.next();
  while (!step.done) step = steps.next();
  assert.deepEqual([...step.value], [['free shipping', 2], ['town', 2]]);
});

test('what only says when', () => {
  for (const text of [
    '3 h', '2d', '2 days ago', 'vor 5 Std.', 'hace 3 horas', '3小时前', 'yesterday at 14:03', 'Gestern um 10:20', '12 March', 'March 12 at 10:20', '12.03.2024', '2024-03-12', '3月12日', 'an hour ago', '2 d ·', 'Just now',
    '2 часа назад', '2 ชม.', '3시간', 'منذ 3 ساعات', 'kemarin 12.30', '12 de marzo', 'Sat 12 March',
  ]) assert.ok(when.isWhen(text), text);
  for (const text of ['Oak table', '2 chairs', '12 m rope', 'Size 42', '3 bids', '45 EUR', 'Lamp 12', '3 mugs', 'Box 3', 'Monday market', '1204', '', '12 marbles', '1 '.repeat(40)]) assert.ok(!when.isWhen(text), text);
});

test('where a link leads in the end', () => {
  for (const [href, want] of [
    ['https://find.example/l/?uddg=https%3A%2F%2Fshop.example%2Fitem%2F5%23x&rut=1', 'https://shop.example/item/5'], ['https://find.example/aclk?sa=l&adurl=http://user@lamps.example/', 'http://lamps.example/'],
    ['https://market.example/click?url=https%3A%2F%2Fwww.market.example%2Fitem%2F5', 'https://market.example/click?url=https%3A%2F%2Fwww.market.example%2Fitem%2F5'],
    ['https://find.example/l?q=javascript:alert(1)', 'https://find.example/l?q=javascript:alert(1)'], ['mailto:a@b.example', ''],
  ]) assert.equal(address.target(href), want, href);
});

test('where the links of a card lead', () => {
  for (const [href, want] of [
    ['https://m.example/ad/x/88120040?pos=1&src=img#a', 'https://m.example/ad/x/88120040'], ['https://m.example/view?item=99&ref=a', 'https://m.example/view?item=99'], ['https://m.example/a', 'https://m.example/a'],
  ]) assert.equal(address.placeOf(href), want, href);
});

test('whose address it is', () => {
  for (const href of ['https://m.example/u/somebody', 'https://m.example/user.php?id=4', 'https://m.example/shop/sample', 'https://m.example/de/member/9']) assert.ok(address.leadsToSeller(href), href);
  for (const href of ['https://m.example/shop/sample/lamp/1', 'https://m.example/item/4', 'https://m.example/']) assert.ok(!address.leadsToSeller(href), href);
});

test('addresses read as text are what the browser makes of them', () => {
  const pieces = ['https://', 'http://', 'HTTPS://', '//', '/', '', 'market.example', 'a.b-c.example', 'Market.example', 'xn--bcher-kva.example', '1.2.3.4', '0x7f.1', 'm.example:443', 'm.example:8080', 'u:p@m.example', '.example', '-a.example',
    '/item/1', '/a b', '/ü', '/%C3%BC', '/./x', '/../x', '/%2e%2E/x', '/a//b', '/.well', '/a.b/c', '/~x|y', "/it's", '/{x}', '/a^b', '?', '?q=1', '?q=a+b&r=%20', "?q='x'", '?a?b', '?q=[1]', '?q=<x>', '#', '#top', ' ', '\\', ';p=1', '\n'];
  let seed = 7;
  const next = (below) => { seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0; return (seed >>> 16) % below; };
  const cut = (href) => href.replace(/#.*$/s, '');
  // Behind a page that never loads another stands which of its views is meant.
  const routed = (href) => (/^[^#]*#!?\/+[^/?#]/.test(href) ? href : cut(href));
  const base = 'https://www.market.example/list/page?x=1';
  parts.lookAtBase({ baseURI: base }, base);
  let plain = 0;
  for (let n = 0; n < 40_000; n++) {
    const text = Array.from({ length: 1 + next(5) }, () => pieces[next(pieces.length)]).join('');
    const url = URL.parse(text);
    const web = url !== null && /^https?:$/.test(url.protocol);
    if (url !== null) url.username = url.password = url.hash = '';
    const got = parts.partsOf(text);
    assert.deepEqual(got, web ? { href: cut(url.href), origin: url.origin, host: url.host, hostname: url.hostname, pathname: url.pathname, search: url.search } : null, JSON.stringify(text));
    if (got !== null) assert.deepEqual(parts.parametersOf(got), [...url.searchParams], text);
    const link = URL.parse(text, base);
    const led = parts.addressIn(text, () => { plain--; return link?.href ?? text; });
    plain++;
    assert.equal(led, link === null ? '' : routed(link.href), JSON.stringify(text));
  }
  assert.ok(plain > 2_000, `${plain} were read without the browser`);
});

test('hostile prices take no time', () => {
  // Processor time: the machine may be busy with other things.
  const start = process.cpuUsage();
  for (const text of ['1 11 '.repeat(800), '9'.repeat(4000), '1.11.'.repeat(900), '$ '.repeat(2000), '1,11 '.repeat(30) + '€']) {
    price.isPrice(text);
    price.hintsAtPrice(text.slice(0, 160));
    price.leadingPrice(text);
  }
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 200_000);
});

test('routes: which view of a page is meant, and which are the visitor\'s own', () => {
  for (const href of ['https://m.example/#/item/7', 'https://m.example/app?x=1#!/item/7?from=list']) assert.equal(parts.withRoute(href), href);
  for (const [href, whole] of [['https://m.example/a#top', 'https://m.example/a'], ['https://m.example/a#/', 'https://m.example/a'], ['https://m.example/a#', 'https://m.example/a'], ['/a', '/a']]) assert.equal(parts.withRoute(href), whole);
  for (const route of ['#/inbox', '#!/account/orders', '#/checkout?step=2']) assert.ok(address.isPrivate(`https://m.example/${route}`), route);
  assert.ok(!address.isPrivate('https://m.example/#/item/7') && !address.isPrivate('https://m.example/list#inbox'));
  assert.notEqual(address.placeOf('https://m.example/#/item/7'), address.placeOf('https://m.example/#/item/8'));
});

test('addresses: canonical, id, marketplace, private pages', () => {
  for (const [href, want] of [
    ['https://user:pass@www.market.example/item/123456?utm_source=a&fbclid=b&id=7#top', 'https://www.market.example/item/123456?id=7'],
    ['https://market.example/itm/1234567?_trkparms=x&hash=item4&_skw=ivory', 'https://market.example/itm/1234567'],
    ['https://market.example/view?item=99&ref=home&gclid=1', 'https://market.example/view?item=99'],
    ['javascript:alert(1)', ''], ['data:text/html,x', ''], ['not an address', ''],
    [`https://market.example/i/${'9'.repeat(10)}?x=${'y'.repeat(5000)}`, `https://market.example/i/${'9'.repeat(10)}`],
    ['https://me@market.example/?utm_source=a#/item/7?ref=home&v=2', 'https://market.example/#/item/7?v=2'],
    ['https://market.example/app#!/item/7', 'https://market.example/app#!/item/7'],
    [`https://market.example/app#/${'x'.repeat(600)}`, 'https://market.example/app'],
    ['#/item/7', ''],
  ]) assert.equal(address.canonical(href), want, href.slice(0, 80));
  for (const [href, want] of [
    ['https://m.example/s-anzeige/title/3065504213-305-2050', '3065504213'], ['https://m.example/a?item=ab12', 'ab12'], ['https://m.example/a?id=7', '7'],
    ['https://m.example/2024/title', ''], ['https://m.example/x/123456/987654321', '987654321'],
  ]) assert.equal(address.listingId(href), want, href);
  assert.equal(address.marketplace('https://WWW.Market.Example:8443/x'), 'market.example:8443');
  for (const at of ['login', 'account/x', 'checkout', 'de/mein-konto', 'inbox/42', 'cart.html', 'password']) assert.ok(address.isPrivate(`https://m.example/${at}`), at);
  for (const at of ['', 'c/chats', 'carts-and-wagons', 'item/accountant-desk', 'search?q=login', 'messages-in-a-bottle']) assert.ok(!address.isPrivate(`https://m.example/${at}`), at);
  assert.equal(address.siteOf('https://click.shop.co.uk/x'), 'shop.co.uk');
  assert.equal(address.siteOf('https://a.b.market.example'), 'market.example');
});

/** The examples of every marketplace description: address, id, whether it is never read. */
function examples() {
  const folder = path.join(ROOT, 'lexicon/marketplaces');
  return fs.readdirSync(folder).flatMap((file) => fs.readFileSync(path.join(folder, file), 'utf8').split('[[example]]').slice(1).map((text) => ({
    file, url: /^url = "(.+)"$/m.exec(text)[1], id: /^id = "(.+)"$/m.exec(text)?.[1] ?? '', isPrivate: /^private = true$/m.test(text),
  })));
}

test('marketplaces: ids and private pages are those of the examples', () => {
  const all = examples();
  assert.ok(all.length > 80, `${all.length} examples`);
  for (const { file, url, id, isPrivate } of all) {
    assert.equal(marketplaces.knownId(new URL(url)), id, `${file}: ${url}`);
    assert.equal(marketplaces.isKnownPrivate(new URL(url)), isPrivate, `${file}: ${url}`);
    if (id !== '') assert.equal(address.listingId(url), id, url);
    if (isPrivate) assert.ok(address.isPrivate(url), url);
  }
});

test('marketplaces: the longest host counts, a stranger has none, and sub-hosts share a name', () => {
  const name = (host) => marketplaces.knownHost(host)?.market.name ?? null;
  assert.deepEqual([name('m.ebay.de'), name('2.taobao.com'), name('item.taobao.com'), name('myebay.de'), name('de'), name('market.example')], ['eBay', 'Xianyu', 'Taobao and Tmall', null, null, null]);
  for (const [href, want] of [
    ['https://testville.craigslist.org/x', 'craigslist.org'], ['https://m.ebay.co.uk/itm/1234567', 'ebay.co.uk'], ['https://jp.mercari.com/item/m1', 'jp.mercari.com'], ['https://shop.market.example/', 'shop.market.example'],
  ]) assert.equal(address.marketplace(href), want, href);
});

test('marketplaces: hostile addresses take no time, and only a later list is taken', () => {
  const start = process.cpuUsage();
  for (const host of ['www.ebay.com', 'shopee.sg', 'www.lazada.sg', 'www.1stdibs.com', 'www.olx.ua']) {
    for (const path of ['-i'.repeat(1000), '/a'.repeat(1000), '1'.repeat(2000), 'a-i1-s'.repeat(300), '/-ID'.repeat(500)]) marketplaces.knownId(new URL(`https://${host}/products/${path}`));
  }
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 300_000);
  const bundled = JSON.parse(fs.readFileSync(path.join(ROOT, 'extension/content/src/marketplaces.json'), 'utf8'));
  const other = { name: 'Other', hosts: ['other.example'], private: ['/mine'] };
  assert.equal(marketplaces.useList({ version: bundled.version, marketplaces: [other] }), false);
  assert.equal(marketplaces.knownHost('other.example'), null);
  assert.equal(marketplaces.useList({ version: bundled.version + 1, marketplaces: [other] }), true);
  assert.ok(address.isPrivate('https://www.other.example/mine/x') && !address.isPrivate('https://www.other.example/mines'));
  assert.equal(marketplaces.knownHost('www.ebay.de'), null, 'a later list stands instead of the former');
  assert.equal(marketplaces.useList({ ...bundled, version: bundled.version + 2 }), true);
});

test('cuts at character boundaries by bytes, and mends lone surrogates', () => {
  assert.equal(bounds.cut('abc', 2), 'ab');
  assert.equal(bounds.cut('aé', 2), 'a');
  assert.equal(bounds.cut('象牙', 4), '象');
  assert.equal(bounds.cut('a🐘', 4), 'a');
  assert.equal(bounds.cut('a🐘', 5), 'a🐘');
  assert.equal(bounds.cut('a\ud83d', 9), 'a\ufffd');
  const huge = bounds.cut('🐘'.repeat(100_000), 2048);
  assert.ok(Buffer.byteLength(huge) <= 2048 && huge.isWellFormed());
});

test('limits are those of the shared model', () => {
  const source = fs.readFileSync(path.join(ROOT, 'crates/model/src/limits.rs'), 'utf8');
  for (const name of ['TITLE_BYTES', 'DESCRIPTION_BYTES', 'SHORT_BYTES', 'URL_BYTES']) {
    const value = new RegExp(`pub const ${name}: usize = ([\\d_* ]+);`).exec(source)[1].replace(/_/g, '').split('*').reduce((product, n) => product * Number(n), 1);
    assert.equal(bounds[name], value, name);
  }
  assert.ok(bounds.BATCH <= Number(/BATCH_LISTINGS: usize = (\d+)/.exec(source)[1]));
});

test('JSON of a page: parsed only within size and depth', () => {
  assert.deepEqual(structured.parseBounded('{"a":["}]",1]}'), { a: ['}]', 1] });
  assert.equal(structured.parseBounded('['.repeat(50_000) + ']'.repeat(50_000)), undefined);
  assert.equal(structured.parseBounded(`"${'x'.repeat(bounds.JSON_CHARS)}"`), undefined);
  assert.equal(structured.parseBounded('{broken'), undefined);
});

test('class names: words, not letters', () => {
  for (const [name, word, has] of [
    ['visually-hidden', words.HIDDEN, true], ['a visuallyHidden', words.HIDDEN, true], ['unclipped-box', words.HIDDEN, false], ['price--old-price', words.STRUCK, true],
    ['itemName__x', words.TITLE, true], ['card-badge', words.BADGE, true], ['stage', words.BADGE, false], ['price-shipping', words.PARTIAL, false], ['shipping-cost', words.PARTIAL, true],
  ]) assert.equal((words.classWords(name) & word) !== 0, has, name);
});

/** A clock that only moves when told. */
function fakeClock() {
  let at = 0;
  let turns = 0;
  const timers = [];
  return {
    now: () => at, stamp: () => '2026-01-01T00:00:00.000Z', turn: async () => { turns++; at += 100; },
    after: (ms, then) => { const timer = { at: at + ms, then }; timers.push(timer); return () => { timer.then = () => {}; }; },
    pass: (ms) => { at += ms; }, get turns() { return turns; },
    async ring() { at += 60_000; for (const timer of timers.splice(0)) timer.then(); await Promise.resolve(); },
  };
}

test('slices end at the budget, in order, one piece of work at a time', async () => {
  const clock = fakeClock();
  const slicer = new schedule.Slicer(clock);
  const log = [];
  const work = (name, steps, cost) => function* () { for (let i = 0; i < steps; i++) { clock.pass(cost); log.push(name); yield; } return name; };
  const done = await Promise.all([slicer.run(work('a', 100, 0.5)), slicer.run(work('b', 10, 1))]);
  assert.deepEqual(done, ['a', 'b']);
  assert.deepEqual([...new Set(log)], ['a', 'b']);
  assert.ok(slicer.longest <= 4.5, `longest slice ${slicer.longest} ms`);
  assert.ok(clock.turns >= 14, `${clock.turns} turns given back`);
  const off = new AbortController();
  const stopped = slicer.run(function* () { for (;;) { clock.pass(1); off.abort(); yield; } }, off.signal);
  await assert.rejects(stopped, schedule.CalledOff);
  await assert.rejects(slicer.run(function* () { yield; throw new Error('inside'); }), /inside/);
  assert.equal(await slicer.run(work('after', 1, 1)), 'after', 'a failure does not stop what follows');
});

/** Ports as the browser gives them, one after the other: a test says what comes over one, that it is gone, or that it is dead and throws. */
function fakePorts() {
  const ports = [];
  const connect = () => {
    const port = {
      sent: [], closed: false, dead: false, message: null, gone: null,
      postMessage(m) { if (port.dead) throw new Error('dead'); port.sent.push(m); },
      disconnect() { port.closed = true; },
      onMessage: { addListener: (f) => { port.message = f; } }, onDisconnect: { addListener: (f) => { port.gone = f; } },
    };
    ports.push(port);
    return port;
  };
  return { ports, connect };
}

test('the link: batches of 60, resent when the port dies, halved when refused, bounded tries', async () => {
  globalThis.chrome = { runtime: { id: 'test' } };
  const clock = fakeClock();
  const { ports, connect } = fakePorts();
  const answered = [];
  const l = new link.Link(connect, clock, { answered: (listings, marks) => answered.push([listings.length, marks.length]), orphaned: () => assert.fail('not an orphan') });
  l.assess(Array.from({ length: 130 }, (_, id) => ({ id: String(id) })));
  assert.deepEqual(ports[0].sent.map((m) => m.listings.length), [60, 60, 10]);
  ports[0].message({ type: 'assessed', batch: ports[0].sent[0].batch, marks: [{}] });
  ports[0].dead = true;
  ports[0].gone();
  assert.equal(ports.length, 1, 'reconnects later, not at once');
  await clock.ring();
  assert.deepEqual(ports[1].sent.map((m) => m.listings.length), [60, 10]);
  ports[0].message({ type: 'assessed', batch: ports[0].sent[1].batch, marks: [] });
  assert.equal(answered.length, 1, 'late words of a dead port count for nothing');
  ports[1].message({ type: 'refused', batch: ports[1].sent[1].batch });
  assert.deepEqual(ports[1].sent.slice(2).map((m) => m.listings.length), [5, 5]);
  for (const m of [ports[1].sent[0], ...ports[1].sent.slice(2)]) ports[1].message({ type: 'assessed', batch: m.batch, marks: [] });
  assert.deepEqual(answered.map(([n]) => n), [60, 60, 5, 5]);
  l.assess([{ id: 'x' }]);
  let rounds = 0;
  while (rounds < 50) {
    const port = ports.at(-1);
    if (port.dead) break;
    port.dead = true;
    port.gone();
    const before = ports.length;
    await clock.ring();
    if (ports.length === before) break;
    rounds++;
  }
  assert.ok(rounds > 2 && rounds < 10, `${rounds} tries, then quiet until there is something new`);
  l.assess([{ id: 'y' }]);
  assert.deepEqual(ports.at(-1).sent.flatMap((m) => m.listings.map((x) => x.id)).sort(), ['x', 'y'], 'nothing is lost');
  delete globalThis.chrome;
});

test('the link: a port that says nothing, not even that it is gone, is given up, and what it had is sent again', async () => {
  globalThis.chrome = { runtime: { id: 'test' } };
  const clock = fakeClock();
  const { ports, connect } = fakePorts();
  const answered = [];
  const l = new link.Link(connect, clock, { answered: (listings) => answered.push(...listings.map(({ id }) => id)), orphaned: () => assert.fail('not an orphan') });
  l.assess([{ id: 'a' }]);
  await clock.ring();
  assert.equal(ports[0].closed, true);
  await clock.ring();
  assert.deepEqual(ports[1].sent.flatMap((m) => m.listings), [{ id: 'a' }]);
  ports[0].message({ type: 'assessed', batch: ports[0].sent[0].batch, marks: [] });
  assert.deepEqual(answered, [], 'the port that was given up is not heard any more');
  ports[1].message({ type: 'assessed', batch: ports[1].sent[0].batch, marks: [] });
  assert.deepEqual(answered, ['a']);
  await clock.ring();
  assert.equal(ports.length, 2, 'nothing waits: no port is given up');
  l.assess([{ id: 'b' }]);
  for (let n = 0; n < 40; n++) await clock.ring();
  assert.ok(ports.length > 3 && ports.length < 12, `${ports.length} ports, then quiet until there is something new`);
  l.assess([{ id: 'c' }]);
  assert.deepEqual(ports.at(-1).sent.flatMap((m) => m.listings.map(({ id }) => id)).sort(), ['b', 'c'], 'nothing is lost');
  l.stop();
  delete globalThis.chrome;
});
