// Test only, never shipped: gives the finder to a page, without the extension around it.

import { openRoots } from "./cards";
import { findPage, readCard } from "./find";
import { isClosed, useList } from "./marketplaces";

interface Read {
  kind: string;
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
  const { how, item } = finish(findPage(document, roots, () => false, address));
  const all: Read[] = item === null ? [] : [{ kind: item.fields.kind, title: item.fields.title.text, price: item.fields.price.text, href: item.url, main: true }];
  for (const [card, way] of how) {
    const f = readCard(card, way);
    all.push({ kind: f.kind, title: f.title.text, price: f.price.text, href: f.link?.getAttribute("href") ?? "", main: false });
  }
  return all;
}

Object.assign(globalThis, { readPage: read, useMarketplaces: useList, isClosed: (address: string) => isClosed(document, address) });
