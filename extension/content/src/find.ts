// Owns the order in which a page is asked for its listings: what a marketplace's description knows, then the general
// finder; posts and results of search engines beside both. Says of every card how it is to be read.

import type { ListingKind } from "./generated/ListingKind";
import { plain, siteAtEnd, siteOf } from "./address";
import { findCards, outlineNow } from "./cards";
import { type Common, commonTexts, NONE } from "./common";
import { describe, describedAt, describedCards } from "./described";
import { below, documentOf, firstWithin, includes } from "./dom";
import { type Fields, readFields } from "./fields";
import { findItemSteps, type Item } from "./item";
import { readLeaves } from "./leaves";
import type { Selectors } from "./marketplaces";
import type { Outline } from "./outline";
import { isOwnOrigin } from "./parts";
import { inOrder, isDocument, type Place } from "./places";
import { readPost } from "./postfields";
import { findPosts } from "./posts";
import { findResults } from "./results";

/** How a card is read. */
export interface How {
  readonly kind: ListingKind;
  /** What it shares with the other cards of its page. */
  readonly common: Common;
  /** Its marketplace's own selectors, where they hold. */
  readonly selectors: Selectors | null;
  /** Leads nowhere by itself: a script opens it, and its address is the page's. */
  readonly alone?: boolean;
}

/** As the general finder reads what nobody described. */
export const PLAIN: How = { kind: "listing", common: NONE, selectors: null };

/** Everything on a page or a part of it, in order. */
export interface Listings {
  readonly cards: Element[];
  readonly how: ReadonlyMap<Element, How>;
  /** What the page is about, where it is about one listing. */
  readonly item: Item | null;
}

/** Everything on the page, in steps; `ours` is never entered. */
export function* findPage(doc: Document, roots: readonly Place[], ours: (el: Element) => boolean, address: string): Generator<void, Listings> {
  const found = yield* findOffers(doc, roots, ours, address);
  const item = yield* findItem(doc, roots, found.cards, address);
  // What stands below a listing of its own are its reviews.
  return item === null ? yield* withWords(doc, roots, ours, address, found) : { ...found, item };
}

/** Everything in a part of a page; `about` says whether the page is about one listing. */
export function* findPart(scope: Element, roots: readonly Place[], ours: (el: Element) => boolean, address: string, about: boolean): Generator<void, Listings> {
  const found = yield* findOffers(scope, roots, ours, address);
  return about ? { ...found, item: null } : yield* withWords(scope, roots, ours, address, found);
}

interface Offers extends Omit<Listings, "item"> {
  /** How many of the cards have a price. */
  readonly priced: number;
  /** Whether links lead to other sites. */
  readonly away: boolean;
}

/** Cards: by the marketplace's description where there is one, and by the general finder. */
function* findOffers(scope: Element | Document, roots: readonly Place[], ours: (el: Element) => boolean, address: string): Generator<void, Offers> {
  const linked = yield* findCards(scope, roots, ours, address);
  if (linked.cards.length === 0 && isDocument(scope)) {
    const found = yield* findCards(scope, roots, ours, address, true);
    // Without a link, it takes more of the same and a price on each to be offers.
    if (found.priced >= ALONE && found.priced === found.cards.length) {
      const way: How = { kind: "listing", common: found.common, selectors: null, alone: true };
      return { cards: found.cards, how: new Map(found.cards.map((el) => [el, way])), priced: found.priced, away: linked.away };
    }
  }
  const { cards: general, priced, common, away } = linked;
  const selectors = describedAt(address)?.market.search;
  const { cards, described } = selectors === undefined ? { cards: general, described: NOTHING } : yield* describedCards(scope, roots, selectors, general);
  const how = new Map<Element, How>();
  for (const el of cards) how.set(el, { kind: "listing", common, selectors: described.has(el) ? selectors ?? null : null });
  return { cards, how, priced, away };
}

/** Fewest cards without a link that are a list. */
const ALONE = 3;
const NOTHING: ReadonlySet<Element> = new Set();
/** Cards beside which words are articles, reviews and advertisements. */
const LIST = 4;
const MADE_FOR_POSTS = "time,relative-time,abbr[data-utime],article,[role=article],[role=feed]";

/** Cards with the posts and results beside them: a card that holds a post, or is part of one, is not a card. */
function* withWords(scope: Element | Document, roots: readonly Place[], ours: (el: Element) => boolean, address: string, found: Offers): Generator<void, Listings> {
  const how = new Map(found.how);
  // A list of offers on a page that has nothing made for posts is not worth the look.
  const posts = found.priced < LIST || firstWithin(scope, MADE_FOR_POSTS) !== null ? yield* findPosts(scope, roots, ours) : [];
  yield* put(posts, "post", how);
  const results = found.away || !isDocument(scope) ? yield* findResults(scope, address, ours) : [];
  yield* put(results, "result", how);
  // Those of before are in order.
  if (posts.length === 0 && results.length === 0) return { ...found, item: null };
  const all = [...how].sort(([a], [b]) => inOrder(a, b));
  return { cards: all.map(([el]) => el), how: new Map(all), item: null };
}

/** Puts what was found beside the cards, instead of those that overlap; unless the page is a list of other cards. */
function* put(found: readonly Element[], kind: ListingKind, how: Map<Element, How>): Generator<void, void> {
  if (found.length === 0) return;
  const inside = [...how.keys()].filter((card) => found.some((el) => includes(el, card) || includes(card, el)));
  if (how.size - inside.length >= LIST && found.length < how.size - inside.length) return;
  const common = yield* commonTexts(found.map((el) => outlineNow(el).text.split("\n")));
  for (const card of inside) how.delete(card);
  for (const el of found) how.set(el, { kind, common, selectors: null });
}

/** Reads one card. */
export function readCard(el: Element, how: How, ours?: (el: Element) => boolean): Fields {
  if (how.kind === "post") return readPost(el, commentsOf(el), how.common, ours);
  const read = readFields(readLeaves(el, ours), how.common, () => below(el).map((row) => readLeaves(row, ours)));
  return settled(el, how, how.selectors === null ? read : describe(el, how.selectors, read));
}

/** Reads one card from its outline, mostly without its nodes: the same words, but nothing to mark them by. */
export function readQuickly(el: Element, how: How, outline: Outline): Fields {
  if (how.kind === "post") return readCard(el, how);
  const read = readFields(outline, how.common, () => below(el).map(outlineNow));
  return settled(el, how, how.selectors === null ? read : describe(el, how.selectors, read));
}

/** What leads to another site belongs to that site: a tile of a search engine, an advertisement. */
function settled(el: Element, how: How, fields: Fields): Fields {
  const { href } = fields;
  if (how.alone !== true && (href === "" || (isOwnOrigin(href) && !href.includes("?")))) return fields;
  const page = documentOf(el)?.URL ?? "";
  if (how.alone === true) return { ...fields, href: plain(page) };
  return siteAtEnd(href) !== siteOf(page) ? { ...fields, kind: "result" } : fields;
}

/** The page's one listing, in steps. */
export function* findItem(doc: Document, roots: readonly Place[], cards: readonly Element[], address: string): Generator<void, Item | null> {
  const item = yield* findItemSteps(doc, roots, cards, address);
  if (item === null) return yield* itemInFrame(roots, cards, address);
  const selectors = describedAt(address)?.market.item;
  return selectors === undefined ? item : { ...item, fields: describe(doc, selectors, item.fields) };
}

/** What the page is about may stand in a frame, with everything else that it offers. */
function* itemInFrame(roots: readonly Place[], cards: readonly Element[], address: string): Generator<void, Item | null> {
  for (const frame of roots) {
    if (!isDocument(frame) || frame.body === null || cards.some((card) => documentOf(card) !== frame)) continue;
    const inside = roots.filter((root) => !isDocument(root) && documentOf(root) === frame);
    const item = yield* findItemSteps(frame, inside, cards, /^https?:/.test(frame.URL) ? frame.URL : address);
    if (item !== null) return item;
  }
  return null;
}

/** The posts inside a post. */
function commentsOf(el: Element): Element[] {
  const steps = findPosts(el, [], () => false);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value.filter((inner) => inner !== el);
  }
}
