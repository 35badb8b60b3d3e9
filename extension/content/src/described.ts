// Owns reading by a marketplace's description: which elements are its cards, and where their parts stand. Descriptions
// rot: whatever a selector does not find, the general finder's reading stands. Writes nothing, knows no marketplace.

import { cut, DESCRIPTION_BYTES, LISTINGS, SHORT_BYTES, TITLE_BYTES } from "./bounds";
import { type Flow, flow, isClippedAway, readLeaves, shown } from "./leaves";
import { type Fields, findPrice, trimmed } from "./fields";
import { type Known, knownHost, type Selectors } from "./marketplaces";
import { allWithin, firstIn, firstWithin, includes, isLink, matches, nearest, parentOf, textIn } from "./dom";
import { hrefOf } from "./parts";
import { inOrder, type Place } from "./places";

/** The description of an address, where there is one. */
export function describedAt(address: string): Known | null {
  const url = URL.parse(address);
  return url === null ? null : knownHost(url.hostname);
}

/** Fewest cards that a description must find, of what the general finder found in the same lists. */
const SHARE = 0.8;

/**
 * The cards of a page by its description, with those of `general` that stand in other lists. `general` itself where
 * the description finds clearly less.
 */
export function* describedCards(
  scope: Element | Document,
  roots: readonly Place[],
  selectors: Selectors,
  general: readonly Element[],
): Generator<void, { cards: Element[]; described: ReadonlySet<Element> }> {
  const ignored = (el: Element): boolean => selectors.ignore !== undefined && nearest(el, selectors.ignore) !== null;
  const found: Element[] = [];
  if (selectors.card !== undefined) {
    for (const place of [scope, ...roots] as Array<Element | Place>) {
      for (const el of allWithin(place, selectors.card)) {
        if (found.length >= LISTINGS) break;
        const last = found.at(-1);
        if (!matches(el, "a[href]") && firstIn(el, "a[href]") === null) continue;
        if (!ignored(el) && (last === undefined || !includes(last, el)) && /\S/.test(textIn(el) ?? "")) found.push(el);
      }
      yield;
    }
  }
  const rest = general.filter((el) => !ignored(el));
  const lists = new Set<Element>();
  for (const el of found) {
    const parent = parentOf(el);
    if (parent !== null) lists.add(parent);
  }
  yield;
  const inList = (el: Element): boolean => {
    const parent = parentOf(el);
    return (parent !== null && lists.has(parent)) || found.some((f) => includes(f, el) || includes(el, f));
  };
  const same = rest.filter(inList);
  if (found.length === 0 || found.length < same.length * SHARE) return { cards: rest, described: new Set() };
  const others = new Set(same);
  const described = new Set(found.map((el) => wholeOf(el, found, same)));
  return { cards: [...described, ...rest.filter((el) => !others.has(el))].sort(inOrder), described };
}

/** The card that the general finder sees around this one alone: there is nothing to lose by reading all of it. */
function wholeOf(el: Element, found: readonly Element[], general: readonly Element[]): Element {
  const outer = general.find((g) => g !== el && includes(g, el));
  return outer === undefined || found.some((f) => f !== el && includes(outer, f)) ? el : outer;
}

/** What is shown in the first element that a selector finds. */
function textAt(within: Element | Document, selector: string | undefined, bytes: number, between = " "): Flow | null {
  const el = selector === undefined ? null : firstWithin(within, selector);
  if (el === null) return null;
  const text = flow(readLeaves(el).leaves.filter((l) => shown(l) && (l.el.dom === el || !isClippedAway(l.el))), between);
  return text.text === "" ? null : trimmed(text, bytes);
}

/** Fields as a description reads them; those that it does not find, or does not name, as they were. */
export function describe(within: Element | Document, selectors: Selectors, general: Fields): Fields {
  const fields = { ...general };
  const priced = selectors.price === undefined ? null : firstWithin(within, selectors.price);
  if (priced !== null) {
    const { root, leaves } = readLeaves(priced);
    const price = findPrice(root, leaves).flow;
    if (price.text !== "") fields.price = trimmed(price, SHORT_BYTES);
  }
  fields.title = textAt(within, selectors.title, TITLE_BYTES) ?? fields.title;
  fields.description = textAt(within, selectors.description, DESCRIPTION_BYTES, "\n") ?? fields.description;
  fields.seller = cut(textAt(within, selectors.seller, SHORT_BYTES)?.text ?? fields.seller, SHORT_BYTES);
  fields.location = cut(textAt(within, selectors.location, SHORT_BYTES)?.text ?? fields.location, SHORT_BYTES);
  const link = selectors.link === undefined ? null : firstWithin(within, selectors.link);
  const href = isLink(link) ? hrefOf(link) : "";
  if (/^https?:/.test(href)) fields.href = href;
  fields.picture = (selectors.picture === undefined ? null : firstWithin(within, selectors.picture)) ?? fields.picture;
  return fields;
}
