// Owns turning one card into the fields of a listing: title, price, address and the rest.
// Works from structure and wording; needs no stylesheet, and no knowledge of any one marketplace.

import type { ListingKind } from "./generated/ListingKind";
import { cut, DESCRIPTION_BYTES, SHORT_BYTES, TITLE_BYTES } from "./bounds";
import { hasDigit, lettersIn } from "./characters";
import { type Common, keyOf, NONE } from "./common";
import { isInline, isLink, nearest } from "./dom";
import { EMPTY, type Flow, flow, isBadge, isClippedAway, isStruckOut, type Leaf, shorten, shown, shownInPrice } from "./leaves";
import { attributeOf, elementOf, isIn, labelOf, type Outline, type Part, textOf } from "./outline";
import { addressIn, isThisPage } from "./parts";
import { isBareNumber, isEstimate, isFormer, isInPlaceOfPrice, isLabelled, isPartOrFee, isPrice, leadingPrice, mayBePrice, PRICE_CHARS, priceWithin } from "./price";
import { BADGE, DESCRIPTION, HIDDEN, LOCATION, PARTIAL, PRICE, SELLER, STRUCK, TITLE } from "./words";
import { leadsToSeller, looksLikeListing, placeOf } from "./address";

/** What was read from one card. */
export interface Fields {
  kind: ListingKind;
  title: Flow;
  price: Flow;
  description: Flow;
  location: string;
  seller: string;
  category: string;
  images: string;
  /** The address of the listing's own page, without fragment, or "". */
  href: string;
  /** The picture, where a badge may sit. */
  picture: Element | null;
  /** Read without nodes: there is nothing yet that could be marked. */
  quick?: boolean;
}

const folded = (text: string): string => text === "" ? "" : text.toLowerCase().replace(/[^\p{L}\p{Nd}]+/gu, " ").trim();

/**
 * Reads a card's outline; `common` is what it shares with the others of its page, `below` what stands below it and
 * belongs to it.
 */
export function readFields({ root, leaves, images, links }: Outline, common: Common = NONE, below: () => readonly Outline[] = () => []): Fields {
  const price = priceOf(root, leaves, below);
  const alts = imageTexts(images);
  const addresses: Addresses = new Map();
  for (const a of links) {
    const href = addressOfPart(a);
    addresses.set(a, { href, place: placeOf(href) });
  }
  const main = mainLink(leaves, links, addresses, images, price.el, common);
  const title = findTitle(root, leaves, main, addresses, alts, price, common);
  const there = addressAt(main, addresses);
  const own = addressAt(title.leaf?.link ?? null, addresses);
  // A title that is another link's: that is the one, unless the first has its words too.
  const { href } = main !== null && isWeb(own.href) && own.place !== there.place && !wordsIn(main, leaves).includes(title.flow.text) ? own : there;
  const taken = new Set<Leaf>();
  for (const l of title.leaves) if (l.raw !== " ") taken.add(l);
  for (const l of price.leaves) if (l.raw !== " ") taken.add(l);
  // What no text is called need not be looked for.
  let called = 0;
  for (const l of leaves) called |= l.words;
  const description = trimmed(findDescription(leaves, taken, called), DESCRIPTION_BYTES);
  return {
    kind: kindBy(price.flow.text, description.text),
    title: trimmed(title.flow, TITLE_BYTES),
    price: trimmed(price.flow, SHORT_BYTES),
    description,
    location: (called & LOCATION) === 0 ? "" : short(leaves, LOCATION, taken),
    seller: (called & SELLER) === 0 ? "" : short(leaves, SELLER, taken),
    category: "",
    images: alts.length === 0 ? "" : cut(alts.filter((alt) => folded(alt) !== folded(title.flow.text)).join("\n"), SHORT_BYTES),
    href,
    picture: root.tag === null ? pictureOf(images) : null,
    quick: root.tag !== null,
  };
}

const addressOfPart = (a: Part): string => addressIn(attributeOf(a, "href") ?? "", () => {
  const el = elementOf(a);
  return isLink(el) ? el.href : "";
});

/** Where a link leads, and what of it tells the links of a card apart. */
interface Address {
  readonly href: string;
  readonly place: string;
}
type Addresses = Map<Part, Address>;
const NOWHERE: Address = { href: "", place: "" };

const addressAt = (a: Part | null, addresses: Readonly<Addresses>): Address => (a === null ? NOWHERE : addresses.get(a) ?? NOWHERE);

const isWeb = (href: string): boolean => /^https?:/.test(href);

/** All words of a link. */
const wordsIn = (a: Part, leaves: readonly Leaf[]): string => leaves.filter((l) => isIn(a, l.el)).map((l) => l.raw).join("");

/** A long text without a price is rather somebody's words than an offer. */
export const kindBy = (price: string, description: string): ListingKind => (price === "" && description.length >= 80 ? "post" : "listing");

/** A flow within a limit of bytes. */
export function trimmed(of: Flow, bytes: number): Flow {
  const text = cut(of.text, bytes);
  return text === of.text ? of : { ...shorten(of, text.length), text };
}

const pictureOf = (images: readonly Part[]): Element | null => (images.find((i) => i.name === "img") ?? images[0])?.dom ?? null;

function imageTexts(images: readonly Part[]): string[] {
  const texts: string[] = [];
  for (const image of images.slice(0, 40)) {
    const said = textOf(image, "alt") || textOf(image, "aria-label");
    if (said === "") continue;
    const text = said.replace(/\s+/g, " ").trim();
    if (lettersIn(text) >= 2 && !texts.includes(text)) texts.push(text);
  }
  return texts;
}

/** The link that leads to the listing: the one with the heading, the picture, the price and the most words of its own. */
function mainLink(
  leaves: readonly Leaf[],
  links: readonly Part[],
  addresses: Readonly<Addresses>,
  images: readonly Part[],
  price: Part | null,
  common: Common,
): Part | null {
  let best: Part | null = null;
  let bestScore = -1;
  const seen = new Set<string>();
  let choice = false;
  for (const { place } of addresses.values()) choice ||= place !== addressAt(links[0] ?? null, addresses).place;
  for (const a of links) {
    const { href, place } = addressAt(a, addresses);
    if (!isWeb(href)) continue;
    // Asking what a link says is dear, and hardly one leads to a part of this very page.
    if (isThisPage(href) && (attributeOf(a, "href") ?? "").includes("#")) continue;
    let words = "";
    let named = false;
    let pressed = false;
    // Of words that say who offers, what is struck or what nobody sees alone.
    let aside = false;
    let first = true;
    for (const l of leaves) {
      if (l.heading !== null && l.heading !== a && isIn(a, l.heading)) named = true;
      if (l.link !== a || !shown(l)) continue;
      if (common.get(keyOf(l.raw)) !== 2) words += l.raw;
      if (l.heading !== null || (l.words & TITLE) !== 0) named = true;
      if (l.button) pressed = true;
      aside = (first || aside) && (l.words & (SELLER | BADGE | HIDDEN)) !== 0;
      first = false;
    }
    const text = words.trim();
    const picture = images.find((i) => isIn(a, i));
    // A link without words of its own is known by its name for screen readers, or by its picture's.
    const said = text || textOf(a, "aria-label") || textOf(a, "title") || (picture === undefined ? "" : textOf(picture, "alt"));
    let score = Math.min(lettersIn(said), 40) / 10 + (seen.has(place) ? 1 : 0);
    if (price !== null && isIn(a, price)) score += 1;
    // Addresses are looked at only where there is a choice.
    if (choice && looksLikeListing(href)) score += 1;
    if (choice && leadsToSeller(href)) score -= 2;
    if (named) score += 5;
    if (picture !== undefined) score += 2;
    if (pressed) score -= 3;
    if (aside) score -= 4;
    if (score > bestScore) {
      best = a;
      bestScore = score;
    }
    seen.add(place);
  }
  return best;
}

/** A price, and what holds it; `guess` where it is only what somebody expects. */
export interface Priced {
  flow: Flow;
  el: Part | null;
  leaves: readonly Leaf[];
  guess?: boolean;
}

/** A card's price; for the row of a table that has none, that in the rows below. */
function priceOf(card: Part, leaves: readonly Leaf[], below: () => readonly Outline[]): Priced {
  const own = findPrice(card, leaves);
  if (own.flow.text !== "") return own;
  for (const row of below()) {
    const price = findPrice(row.root, row.leaves);
    if (price.flow.text !== "") return price;
  }
  return own;
}

/** The current price: the first one that is neither struck out, nor a part payment, nor a fee; an estimate where there is no other. */
export function findPrice(card: Part, leaves: readonly Leaf[]): Priced {
  let estimate: Priced | null = null;
  let fallback: Priced | null = null;
  let within: Priced | null = null;
  let former: Priced | null = null;
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i];
    if (leaf === undefined || leaf.raw === " " || leaf.button) continue;
    if (!shownInPrice(leaf)) {
      former ??= calledFormer(leaf);
      continue;
    }
    const text = leaf.raw.trim();
    if (text.length > PRICE_CHARS * 2) continue;
    const marked = (leaf.words & PRICE) !== 0;
    if (!mayBePrice(text)) {
      if ((fallback === null || (marked && (leaf.words & TITLE) === 0)) && leaf.heading === null && isInPlaceOfPrice(text)) {
        fallback ??= { flow: flow([leaf]), el: leaf.el, leaves: [leaf] };
      }
      continue;
    }
    const found = widest(card, leaves, i);
    if (found === null) {
      // A price that a few words surround; no text node is that price alone, so none is marked for it.
      const said: ReturnType<typeof priceWithin> = within === null && leaf.heading === null && (leaf.words & (TITLE | PARTIAL)) === 0 ? priceWithin(text) : null;
      if (said !== null && !isPartOrFee(said.before, said.after) && !isStruckOut(leaf.el) && !isClippedAway(leaf.el)) {
        const amount: Priced = { flow: { text: said.price, pieces: [] }, el: leaf.el, leaves: [] };
        if (isEstimate(said.before)) estimate ??= { ...amount, guess: true };
        else within = amount;
      }
      // A number alone, where the page calls it a price: only where nothing better comes.
      if (marked && (leaf.words & (TITLE | PARTIAL)) === 0 && fallback === null && isBareNumber(text) && !isPartOrFee(lineBefore(leaves, i), lineAfter(leaves, i))) {
        fallback = { flow: flow([leaf]), el: leaf.el, leaves: [leaf] };
      }
      continue;
    }
    if ((leaf.words & PARTIAL) !== 0 || found.leaves.some((l) => (l.words & STRUCK) !== 0)) continue;
    const before = lineBefore(leaves, found.from);
    const after = lineAfter(leaves, found.to);
    if (isPartOrFee(before, after)) continue;
    if (isEstimate(before)) {
      estimate ??= { flow: found.flow, el: found.el, leaves: found.leaves, guess: true };
      continue;
    }
    if (isStruckOut(found.el) || isClippedAway(found.el)) continue;
    if (isFormer(before) || isFormer(textOf(found.el, "aria-label"))) {
      former ??= { flow: found.flow, el: found.el, leaves: found.leaves };
      continue;
    }
    return { flow: found.flow, el: found.el, leaves: found.leaves };
  }
  return within ?? fallback ?? estimate ?? former ?? { flow: EMPTY, el: null, leaves: [] };
}

/** A price that only a name calls a former one ("regular price"): where it is the only one, it is asked. */
function calledFormer(leaf: Leaf): Priced | null {
  if ((leaf.words & (STRUCK | HIDDEN)) !== STRUCK || !isPrice(leaf.raw.trim())) return null;
  for (let at: Part | null = leaf.el; at !== null; at = at.parent) {
    if (at.name === "s" || at.name === "del" || at.name === "strike") return null;
    if (at.parent === null && at.dom !== null && nearest(at.dom, "s,del,strike") !== null) return null;
  }
  return isStruckOut(leaf.el) || isClippedAway(leaf.el) ? null : { flow: flow([leaf]), el: leaf.el, leaves: [leaf] };
}

/** The largest run of leaves around leaf `i` that is a price as a whole. */
function widest(card: Part, leaves: readonly Leaf[], i: number): { flow: Flow; el: Part; from: number; to: number; leaves: readonly Leaf[] } | null {
  const leaf = leaves[i];
  if (leaf === undefined) return null;
  let best: ReturnType<typeof widest> = null;
  const own = flow([leaf]);
  if (isPrice(own.text) || ((leaf.words & PRICE) !== 0 && attributeOf(leaf.el, "itemprop") === "price" && isBareNumber(own.text))) {
    // "Price: $5" in one text: what follows the label.
    const price = isLabelled(own.text) ? priceWithin(own.text)?.price : undefined;
    best = { flow: price === undefined ? own : { text: price, pieces: [] }, el: leaf.el, from: i, to: i, leaves: [leaf] };
  } else if ((leaf.words & PRICE) !== 0 && (leaf.words & TITLE) === 0) {
    // "12 EUR incl. tax" in an element that calls itself a price.
    const start = leadingPrice(own.text);
    if (start !== "") best = { flow: shorten(own, start.length), el: leaf.el, from: i, to: i, leaves: [leaf] };
  }
  best ??= pieces(leaves, i);
  let from = i;
  let to = i;
  let inside: readonly Leaf[] = [];
  let whole = EMPTY;
  let priced = false;
  let [knownFrom, knownTo] = [-1, -1];
  for (let el: Part | null = leaf.el; el !== null && el !== card; el = el.parent) {
    while (from > 0 && isIn(el, leaves[from - 1]?.el ?? null)) from--;
    while (to + 1 < leaves.length && isIn(el, leaves[to + 1]?.el ?? null)) to++;
    // An element often adds nothing to what stands in the one inside it.
    if (from !== knownFrom || to !== knownTo) {
      [knownFrom, knownTo] = [from, to];
      inside = from === to ? [leaf] : leaves.slice(from, to + 1).filter(shownInPrice);
      whole = withCents(from === to ? own : flow(inside, " ", PRICE_CHARS), inside);
      if (whole.text.length > PRICE_CHARS) break;
      priced = isPrice(whole.text);
    }
    if (!priced) continue;
    // "Price:" before it is no part of it, nor is a word on the next line.
    const more = best !== null && (isLabelled(whole.text) || (whole.text.startsWith(best.flow.text) && !hasDigit(whole.text.slice(best.flow.text.length)) && isBroken(inside)));
    if (!more) best = { flow: whole, el, from, to, leaves: inside };
  }
  return best;
}

const isBroken = (leaves: readonly Leaf[]): boolean => leaves.some((l) => l.block !== leaves[0]?.block);

/** A price whose sign and number stand side by side in a line, in elements of their own. */
function pieces(leaves: readonly Leaf[], i: number): ReturnType<typeof widest> {
  const leaf = leaves[i];
  if (leaf === undefined) return null;
  let best: ReturnType<typeof widest> = null;
  let numbers = 0;
  let gap = false;
  for (let to = i; to < leaves.length && to < i + 6; to++) {
    const next = leaves[to];
    if (next === undefined || next.block !== leaf.block || !shownInPrice(next) || next.button || next.raw.length > PRICE_CHARS) break;
    if (hasDigit(next.raw)) {
      // Two numbers with a space between them are two numbers.
      if (numbers > 0 && gap) break;
      numbers++;
      gap = false;
    }
    if (/^\s|\s$/.test(next.raw)) gap = true;
    if (to === i || numbers === 0) continue;
    const inside = leaves.slice(i, to + 1);
    const whole = flow(inside);
    if (isPrice(whole.text)) best = { flow: whole, el: leaf.el, from: i, to, leaves: inside };
  }
  return best;
}

/** "$12" with raised "99" is twelve and a bit, not twelve hundred. */
function withCents(of: Flow, leaves: readonly Leaf[]): Flow {
  const last = leaves.findLast((l) => l.raw !== " ");
  if (last?.el.name !== "sup" || !/^\s*\d\d\s*$/.test(last.raw)) return of;
  const at = of.text.length - 2;
  if (!/\d$/.test(of.text.slice(0, at))) return of;
  const text = `${of.text.slice(0, at)}.${of.text.slice(at)}`;
  return { text, pieces: of.pieces.map((p) => (p.at >= at ? { ...p, at: p.at + 1 } : p)) };
}

function lineBefore(leaves: readonly Leaf[], at: number): string {
  let text = "";
  for (let i = at - 1; i >= 0 && text.length < 40; i--) {
    const leaf = leaves[i];
    if (leaf === undefined || leaf.block !== leaves[at]?.block) break;
    if (shown(leaf)) text = leaf.raw + text;
  }
  return text;
}

function lineAfter(leaves: readonly Leaf[], at: number): string {
  let text = "";
  for (let i = at + 1; i < leaves.length && text.length < 40; i++) {
    const leaf = leaves[i];
    if (leaf === undefined || leaf.block !== leaves[at]?.block) break;
    if (shown(leaf)) text += leaf.raw;
  }
  return text;
}

interface Candidate {
  leaves: readonly Leaf[];
  score: number;
  flow: Flow;
}

/** What a title may be made of: of those of a line that a person sees, what is no badge, where there is any. */
function wordsOf(group: readonly Leaf[], priced: readonly Leaf[]): Leaf[] {
  const inside: Leaf[] = [];
  const plain: Leaf[] = [];
  let says = false;
  for (const l of group) {
    if (!shown(l) || l.button || priced.includes(l)) continue;
    inside.push(l);
    if (isBadge(l) && ((l.words & TITLE) === 0 || l.heading === null || l.el.name === "span" || l.el.name === "i")) continue;
    plain.push(l);
    says ||= l.raw !== " ";
  }
  return says ? plain : inside;
}

/** The title: a heading, the words of the main link, or what the page calls a title. */
function findTitle(
  card: Part,
  leaves: readonly Leaf[],
  main: Part | null,
  addresses: Readonly<Addresses>,
  alts: readonly string[],
  price: Priced,
  common: Common,
): { flow: Flow; leaf: Leaf | null; leaves: readonly Leaf[] } {
  const candidates: Candidate[] = [];
  let first = true;
  const priced = price.leaves.filter((l) => l.raw !== " ");
  const foldedAlts = alts.map(folded);
  const there = addressAt(main, addresses);
  const leadsThere = (a: Part): boolean => a === main || addressAt(a, addresses).place === there.place;
  const called = main === null ? "" : labelOf(main);
  const label = folded(called);
  for (const group of lines(leaves)) {
    const used = wordsOf(group, priced);
    const text = flow(used);
    if (lettersIn(text.text) < 2 || isPrice(text.text)) continue;
    let begin: Leaf | undefined;
    let shared: number = 2;
    let heads = false;
    let any = 0;
    let aside = true;
    let badges = true;
    for (const l of used) {
      any |= l.words;
      heads ||= l.heading !== null;
      aside &&= (l.words & (SELLER | LOCATION | DESCRIPTION | BADGE)) !== 0 && (l.words & TITLE) === 0;
      badges &&= isBadge(l);
      if (l.raw === " ") continue;
      begin ??= l;
      shared = Math.min(shared, common.get(keyOf(l.raw)) ?? 0);
    }
    if (begin === undefined || (!heads && isInPlaceOfPrice(text.text))) continue;
    let score = 0;
    if (heads) score += 6;
    if ((any & TITLE) !== 0) score += 4;
    if (begin.link !== null && there.href !== "" && leadsThere(begin.link)) score += 3;
    // Folding is dear: only where there is something to compare with.
    const f = foldedAlts.length > 0 || label !== "" ? folded(text.text) : "";
    if (foldedAlts.includes(f)) score += 4;
    else if (f.length > 8 && foldedAlts.some((alt) => alt.includes(f) || (alt.length > 8 && f.includes(alt)))) score += 3;
    if (label !== "" && (label === f || (f.length > 8 && label.includes(f)))) score += 2;
    if (text.text.length >= 12) score += 1;
    if (text.text.length >= 24) score += 0.5;
    if (text.text.length > 300) score -= 3;
    if (aside) score -= 3;
    if (badges && !heads) score -= 3;
    if ((any & PARTIAL) !== 0) score -= 2;
    if (priced.length > 0 && group.some((l) => priced.includes(l))) score -= 2;
    if (begin.link !== null && !leadsThere(begin.link) && leadsToSeller(addressAt(begin.link, addresses).href)) score -= 2;
    // What many cards say tells none apart; of the rest, the first is the likeliest.
    score -= shared === 2 ? 2.5 : shared;
    if (first && shared < 2 && !/^[A-Z]{2,3}$/.test(text.text) && !badges && (begin.link === null || leadsThere(begin.link))) {
      score += 1.25;
      first = false;
    }
    candidates.push({ leaves: used, score, flow: text });
  }
  let best: Candidate | undefined;
  for (const c of candidates) if (best === undefined || c.score > best.score) best = c;
  // A link without words is called something that no line of the card says: the title, where no heading is.
  if (main !== null && label.length > 8 && common.get(keyOf(called)) === undefined && !leaves.some((l) => l.link === main && shown(l) && lettersIn(l.raw) > 1)) {
    const agrees = candidates.some((c) => c.leaves.some((l) => l.heading !== null || (l.words & TITLE) !== 0) || label.includes(folded(c.flow.text)) && common.get(keyOf(c.flow.text)) === undefined);
    if (!agrees) return { flow: { text: called, pieces: [] }, leaf: null, leaves: [] };
  }
  // Where all the words are what other cards say too, the picture's text says more.
  const telling = alts.find((alt) => common.get(keyOf(alt)) === undefined);
  if (best !== undefined && telling !== undefined && best.leaves.every((l) => l.raw === " " || (l.heading === null && common.get(keyOf(l.raw)) === 2))) {
    return { flow: { text: telling, pieces: [] }, leaf: null, leaves: [] };
  }
  const visible = best?.leaves.filter((l) => l.el === card || !isClippedAway(l.el)) ?? [];
  if (best !== undefined && visible.some((l) => l.raw !== " ")) {
    return { flow: flow(visible), leaf: visible.find((l) => l.raw !== " ") ?? null, leaves: visible };
  }
  // A card whose only words are its picture's: the alternative text, which no text node can show.
  const spoken = alts[0] ?? called;
  return { flow: { text: spoken.replace(/\s+/g, " ").trim(), pieces: [] }, leaf: null, leaves: [] };
}

/** Leaves by heading, else by line. */
export function lines(leaves: readonly Leaf[]): Leaf[][] {
  const all: Leaf[][] = [];
  let group: Leaf[] = [];
  for (const leaf of leaves) {
    const last = group[group.length - 1];
    const together =
      last !== undefined &&
      (leaf.heading !== null ? leaf.heading === last.heading : last.heading === null && leaf.block === last.block && sameRun(last, leaf));
    if (last !== undefined && !together) {
      all.push(group);
      group = [];
    }
    group.push(leaf);
  }
  if (group.length > 0) all.push(group);
  return all;
}

/** Within a line, a change of link or of named role is a new run: "Title" and "Seller" beside each other. */
function sameRun(a: Leaf, b: Leaf): boolean {
  if (a.link !== b.link) return false;
  // Words that would run into each other stand apart: the page's stylesheet puts them so.
  if (a.el !== b.el && a.el.name === "span" && b.el.name === "span" && a.el.parent === b.el.parent && (/\p{L}$/u.test(a.raw) && /^\p{L}/u.test(b.raw) || /\p{Nd}$/u.test(a.raw) && /^\p{Lu}\p{Ll}/u.test(b.raw))) return false;
  const roles = TITLE | PRICE | SELLER | LOCATION;
  if ((a.words & roles) !== (b.words & roles)) return false;
  // Two elements side by side without a common inline parent inside the line are separate words only when one is a block.
  return a.el === b.el || isInline(a.el.name) || isInline(b.el.name);
}

/** Fewest letters of a line that is running text. */
const RUNNING = 40;

function findDescription(leaves: readonly Leaf[], taken: ReadonlySet<Leaf>, called: number): Flow {
  const rest = leaves.filter((l) => shown(l) && !l.button && !taken.has(l));
  if ((called & DESCRIPTION) !== 0) {
    const named = rest.filter((l) => (l.words & DESCRIPTION) !== 0 && (l.words & (LOCATION | SELLER)) === 0);
    if (named.some((l) => l.raw !== " ")) return flow(named);
  }
  // Running text of a card or post: lines with many words. Most cards have too little text for one.
  let signs = 0;
  for (const l of rest) signs += l.raw.length;
  if (signs < RUNNING) return EMPTY;
  const long: Leaf[] = [];
  for (const line of lines(rest)) if (lettersIn(line.map((l) => l.raw).join("")) >= RUNNING) long.push(...line);
  return flow(long);
}

function short(leaves: readonly Leaf[], word: number, taken: ReadonlySet<Leaf>): string {
  const found: Leaf[] = [];
  for (const leaf of leaves) {
    if ((leaf.words & word) === 0 || !shown(leaf) || leaf.button || taken.has(leaf)) continue;
    found.push(leaf);
    if (found.length > 12) break;
  }
  const text = flow(found).text;
  return text.length > 200 ? "" : cut(text, SHORT_BYTES);
}
