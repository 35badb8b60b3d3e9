// Owns the order in which a page is asked for its listings: what a marketplace's description knows, then the general
// finder; posts and results of search engines beside both. Says of every card how it is to be read.

import type { ListingKind } from "./generated/ListingKind";
import { findCards } from "./cards";
import { type Common, NONE } from "./common";
import { describe, describedAt, describedCards } from "./described";
import { type Fields, readFields } from "./fields";
import { findItemSteps, type Item } from "./item";
import type { Selectors } from "./marketplaces";

/** How a card is read. */
export interface How {
  readonly kind: ListingKind;
  /** What it shares with the other cards of its page. */
  readonly common: Common;
  /** Its marketplace's own selectors, where they hold. */
  readonly selectors: Selectors | null;
}

/** As the general finder reads what nobody described. */
export const PLAIN: How = { kind: "listing", common: NONE, selectors: null };

/** Everything on a page or a part of it, in order. */
export interface Listings {
  readonly cards: Element[];
  readonly how: ReadonlyMap<Element, How>;
}

/** Finds the cards below `scope`, in steps; `ours` is never entered. */
export function* findListings(scope: Element | Document, roots: readonly ShadowRoot[], ours: (el: Element) => boolean, address: string): Generator<void, Listings> {
  const { cards: general, common } = yield* findCards(scope, roots, ours, address);
  const selectors = describedAt(address)?.market.search;
  const { cards, described } = selectors === undefined ? { cards: general, described: NOTHING } : yield* describedCards(scope, roots, selectors, general);
  const how = new Map<Element, How>();
  for (const el of cards) how.set(el, { kind: "listing", common, selectors: described.has(el) ? selectors ?? null : null });
  return { cards, how };
}

const NOTHING: ReadonlySet<Element> = new Set();

/** Reads one card. */
export function readCard(el: Element, how: How, ours?: (el: Element) => boolean): Fields {
  const fields = readFields(el, ours, how.common);
  return how.selectors === null ? fields : describe(el, how.selectors, fields);
}

/** The page's one listing, in steps. */
export function* findItem(doc: Document, cards: readonly Element[], address: string): Generator<void, Item | null> {
  const item = yield* findItemSteps(doc, cards, address);
  const selectors = describedAt(address)?.market.item;
  return item === null || selectors === undefined ? item : { ...item, fields: describe(doc, selectors, item.fields) };
}
