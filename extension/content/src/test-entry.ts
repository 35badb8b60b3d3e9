// Test only, never shipped: gives the finder to a page, without the extension around it.

import { takeOutline } from "./cards";
import { findPage, readCard, readQuickly } from "./find";
import { outlineOfTree } from "./leaves";
import { isClosed, useList } from "./marketplaces";
import { outlineOfMarkup } from "./markup";
import { elementOf, type Outline, type Part } from "./outline";
import { openPlaces } from "./places";

interface Read {
  kind: string;
  title: string;
  price: string;
  href: string;
  main: boolean;
  more?: string;
}

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Everything found on this page, as if its address were `address`; `quickly`: as a pass reads it, without nodes. */
function read(address: string, quickly = false): Read[] {
  const { places } = finish(openPlaces(document));
  const { how, item } = finish(findPage(document, places, () => false, address));
  const all: Read[] = item === null ? [] : [{ kind: item.fields.kind, title: item.fields.title.text, price: item.fields.price.text, href: item.url, main: true }];
  for (const [card, way] of how) {
    const f = quickly ? readQuickly(card, way, takeOutline(card)) : readCard(card, way);
    all.push({ kind: f.kind, title: f.title.text, price: f.price.text, href: f.href, main: false, more: [f.description.text, f.location, f.seller, f.images].join("|") });
  }
  return all;
}

/** An outline as text, each part by the element that it stands for. */
function told({ root, leaves, images, links, text, image, heading, alt, label, priced }: Outline, order: ReadonlyMap<Element | null, number>): string {
  const at = (part: Part | null): number | string => (part === null ? "-" : order.get(elementOf(part)) ?? "lost");
  return JSON.stringify([
    leaves.map((l) => [l.raw, l.block, l.words, l.button, at(l.el), at(l.link), at(l.heading)]), images.map(at), links.map(at),
    { root: at(root), text, image, heading, alt, label, priced },
  ]);
}

/** How many elements of the page have the same outline by their markup as by the tree; or the first that has not. */
function outlines(): { same: number; unsaid: number; other: string[] } {
  const all = [...document.body.querySelectorAll("*")];
  const order = new Map<Element | null, number>(all.map((el, n) => [el, n]));
  const found = { same: 0, unsaid: 0, other: [] as string[] };
  for (const el of all) {
    const quick = outlineOfMarkup(el);
    const markup = quick === null ? "" : told(quick, order);
    const tree = told(outlineOfTree(el), order);
    if (quick === null) found.unsaid++;
    else if (markup === tree) found.same++;
    else if (found.other.length === 0) found.other.push(markup, tree);
  }
  return found;
}

Object.assign(globalThis, { readOutlines: outlines, readPage: read, useMarketplaces: useList, isClosed: (address: string) => isClosed(document, address) });
