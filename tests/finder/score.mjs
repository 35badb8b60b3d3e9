// Compares the listings that were found on a page with those that are there. Pure: knows no browser and no file.
// A found listing is right when its link or its title is that of an expected one; each is counted once.

/** White space collapsed, as a page shows it. */
const squash = (text) => (text ?? '').replace(/\s+/gu, ' ').trim();
/** Prices differ by kinds of space without being other prices. */
const tight = (text) => (text ?? '').replace(/\s+/gu, '');

/**
 * @param {{kind: string, listings: Array<{title: string, price: string|null, href: string, in_main_list: boolean}>}} truth
 * @param {Array<{title: string, price: string, url: string}>} found
 * @param {(href: string) => string} address an address in full, without fragment and what only tracks; "" for none
 */
export function score(truth, found, address) {
  const expected = truth.listings.map((l) => ({ main: l.in_main_list, title: squash(l.title), price: tight(l.price), link: address(l.href), by: null }));
  const left = found.map((f) => ({ title: squash(f.title), price: tight(f.price), link: address(f.url), of: null }));
  // The surest first: all of it, link and title, then the link, then the title alone. Within each the main list first.
  const same = [
    (e, f) => e.link !== '' && e.link === f.link && e.title === f.title && e.price === f.price,
    (e, f) => e.link !== '' && e.link === f.link && e.title === f.title,
    (e, f) => e.link !== '' && e.link === f.link,
    (e, f) => e.title !== '' && e.title === f.title,
  ];
  for (const agree of same) {
    for (const main of [true, false]) {
      for (const e of expected) {
        if (e.main !== main || e.by !== null) continue;
        const f = left.find((x) => x.of === null && agree(e, x));
        if (f === undefined) continue;
        e.by = f;
        f.of = e;
      }
    }
  }
  const main = expected.filter((e) => e.main);
  const right = main.filter((e) => e.by !== null);
  const counted = left.filter((f) => f.of === null || f.of.main);
  return {
    expected: main.length,
    found: counted.length,
    right: right.length,
    recall: ratio(right.length, main.length),
    precision: counted.length === 0 && main.length > 0 ? 0 : ratio(right.length, counted.length),
    exact_titles: right.filter((e) => e.title === e.by.title).length,
    prices_right: right.filter((e) => e.price === e.by.price).length,
    link_right: right.filter((e) => e.link !== '' && e.link === e.by.link).length,
    missed: main.filter((e) => e.by === null).map(({ title, price, link }) => ({ title, price, link })),
    wrong: left.filter((f) => f.of === null).map(({ title, price, link }) => ({ title, price, link })),
    differing: right.filter((e) => e.title !== e.by.title || e.price !== e.by.price)
      .map((e) => ({ title: [e.title, e.by.title], price: [e.price, e.by.price] })),
  };
}

/** The sum over pages: every listing counts the same. `exact_titles` is the share of the right ones. */
export function total(pages) {
  const sum = (field) => pages.reduce((n, page) => n + page[field], 0);
  return {
    expected: sum('expected'), found: sum('found'), right: sum('right'),
    recall: ratio(sum('right'), sum('expected')),
    precision: sum('found') === 0 && sum('expected') > 0 ? 0 : ratio(sum('right'), sum('found')),
    exact_titles: ratio(sum('exact_titles'), sum('right')),
    prices_right: ratio(sum('prices_right'), sum('right')),
    link_right: ratio(sum('link_right'), sum('right')),
  };
}

/** Nothing of nothing is all of it. */
const ratio = (part, whole) => (whole === 0 ? 1 : part / whole);
