// Test only, never shipped: gives the finder to a page, without the extension around it.

import { findCards, openRoots } from "./cards";
import { readFields } from "./fields";
import { findItem } from "./item";

interface Read {
  title: string;
  price: string;
  href: string;
  main: boolean;
}

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Everything found on this page, as if its address were `address`. */
function read(address: string): Read[] {
  const roots = finish(openRoots(document));
  const { cards, common } = finish(findCards(document, roots, () => false, address));
  const item = findItem(document, cards, address);
  const all: Read[] = item === null ? [] : [{ title: item.fields.title.text, price: item.fields.price.text, href: item.url, main: true }];
  for (const card of cards) {
    const f = readFields(card, undefined, common);
    all.push({ title: f.title.text, price: f.price.text, href: f.link?.getAttribute("href") ?? "", main: false });
  }
  return all;
}

(globalThis as unknown as { readPage: typeof read }).readPage = read;
