// Owns finding cards: repeated siblings which each hold a link and a price or a picture.
// A pure reading of the tree, in steps (generators) so that a scheduler can cut it into slices.
// Needs no stylesheet, asks for no layout, and knows no marketplace.
//
// How: every link's ancestors form a small tree. From its leaves upwards each element asks which is worth
// more, its children as cards or what was found inside them; the better answer moves up.

import { DEPTH, LINKS, LISTINGS } from "./bounds";
import { lettersAbout } from "./characters";
import { type Common, commonTexts } from "./common";
import { allWithin, attr, attribute, below, documentOf, isHtml, matches, parentOf, tagOf } from "./dom";
import { listingId, looksLikeListing, mayLeadAway, siteOf } from "./address";
import { onlyHeading } from "./headings";
import { forgetLooks, outlineOfTree } from "./leaves";
import { outlineOfMarkup } from "./markup";
import { attributeOf, labelOf, type Outline, OUTLINE_TEXT, type Part, textOf } from "./outline";
import { addressIn, lookAtBase, withRoute } from "./parts";
import { inOrder, isDocument, type Place } from "./places";
import { hintsAtPrice, isBareNumber, isInPlaceOfPrice } from "./price";
import { classWords, PARTIAL, PRICE, STRUCK } from "./words";

interface Branch {
  readonly el: Element;
  readonly parent: Branch | null;
  readonly kids: Branch[];
  links: number;
  /** The first address below, or "". */
  first: string;
  value: number;
  cards: Branch[];
  profile: Profile | null;
  /** Holds more text than a card may. */
  tooLong: boolean;
}

interface Profile {
  /** 2: an amount; 1: a word in a price's place; 0: none. */
  price: number;
  image: boolean;
  heading: boolean;
  declared: boolean;
  letters: number;
  length: number;
  href: string;
  quality: number;
  /** Its texts, with what its first picture says and its first link is called. */
  texts: readonly string[];
}

/** The cards of a page or a part of it, in order, and the texts that they share. */
export interface Found {
  readonly cards: Element[];
  /** How many of them have a price. */
  readonly priced: number;
  readonly common: Common;
  /** Whether several links lead to other sites: else there is no list of results. */
  readonly away: boolean;
}

/** What is the same for every card of one pass. */
interface Page {
  /** Address of the page, to tell filters and sorting from listings. */
  readonly path: string;
  readonly sites: ReadonlySet<string>;
  /** What holds the page's one heading, where there is one and no more: that is no card. */
  readonly headed: ReadonlySet<Element>;
}

const PICTURES = "img,picture,[role=img],canvas";
/** Most links that one card may hold. */
const CARD_LINKS = 40;
/** Letters of an alternative text that count. */
const ALT = 2_000;
/** Letters of cards that are weighed in one step. */
const STEP = 300;
/** Fewest letters that a card must have besides its price. */
const CARD_LETTERS = 4;
/** The same of one that has neither price nor picture. */
const BARE_LETTERS = 12;
/** What can be one of a price's pieces, where sign and digits stand in elements of their own. */
const PIECE_CHARS = 20;
const PIECE = /^[^\d\s]{0,4}[\d\u0660-\u0669\u06f0-\u06f9\u0966-\u096f.,\s'’-]{1,16}$|^(?:[A-Z]{1,3} )?[^\d\s]{1,4}\.?$/;
/** Fewest links to other sites that results can be. */
const FEWEST_AWAY = 2;
const NEVER_CARDS = new Set(["nav", "footer", "header", "option", "head", "thead", "tfoot"]);

/** What holds no card at all. */
const BARRED = `${[...NEVER_CARDS].filter((name) => name !== "header").join()},[role=navigation],[role=log]`;

/** What is known of a page before its cards are looked for. */
function pageOf(doc: Document, address: string): Page {
  const said = attribute(doc.querySelector('link[rel~="canonical" i][href]') ?? doc.documentElement, "href");
  const sites = new Set([siteOf(address), siteOf(doc.URL), siteOf(said)]);
  const heading = onlyHeading(doc);
  return { path: pathOf(address), sites, headed: around(heading === null ? [] : [heading]) };
}

/** Origin and path, and the path of a route. */
function pathOf(href: string): string {
  const whole = withRoute(href);
  const sign = whole.indexOf("#");
  return sign === -1 ? withoutQuery(whole) : withoutQuery(whole.slice(0, sign)) + withoutQuery(whole.slice(sign));
}

function withoutQuery(text: string): string {
  const query = text.indexOf("?");
  return query === -1 ? text : text.slice(0, query);
}

/**
 * Finds the cards below `scope`; `roots` are open shadow roots and frames to read as well. `ours` is never entered.
 * `address` is the page's own. `alone`: cards that lead nowhere, as a script opens them; each is known by its picture.
 */
export function* findCards(
  scope: Element | Document,
  roots: readonly Place[],
  ours: (el: Element) => boolean,
  address: string,
  alone = false,
): Generator<void, Found> {
  hosting = around(roots.flatMap((place) => (isDocument(place) ? [] : [place.host])));
  outlines = new WeakMap();
  forgetLooks();
  const doc = isDocument(scope) ? scope : documentOf(scope) ?? document;
  lookAtBase(doc, address);
  const page = pageOf(doc, address);
  const branches = new Map<Element, Branch>();
  const tops: Branch[] = [];
  const stop = isDocument(scope) ? null : parentOf(scope);
  let count = 0;
  let away = 0;
  // Asked for as a whole: asking every element for its name and role is dear.
  const barred = new Set<Element>(isDocument(scope) || !matches(scope, BARRED) ? [] : [scope]);
  const never = (el: Element): boolean => barred.has(el) || ours(el);
  const within: ReadonlyArray<Element | Place> = [scope, ...roots];
  for (const place of within) {
    // A frame has an address of its own, which its filters lead to.
    const at = place !== scope && isDocument(place) ? { ...page, path: pathOf(place.URL) } : page;
    const signs = allWithin(place, alone ? PICTURES : "a[href]");
    for (const el of allWithin(place, BARRED)) barred.add(el);
    for (let n = 0, all = signs.length; n < all; n++) {
      const sign = signs[n];
      if (sign === undefined || ++count > LINKS) break;
      if (count % 32 === 0) yield;
      const href = alone ? `picture:${count}` : isHtml(sign) ? leadsTo(sign as HTMLAnchorElement, at) : "";
      if (href !== "" && grow(sign, href, branches, tops, stop, never) && !alone && mayLeadAway(href)) away++;
    }
  }
  // Children before parents, without recursion: pages can be deep.
  const order: Branch[] = [];
  const stack = [...tops];
  for (let b = stack.pop(); b !== undefined; b = stack.pop()) {
    order.push(b);
    for (const kid of b.kids) stack.push(kid);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const b = order[i];
    if (b === undefined) continue;
    for (const kid of b.kids) {
      b.links += kid.links;
      if (b.first === "") b.first = kid.first;
    }
    if (b.kids.length > 0) yield* decide(b, page);
    if (i % 16 === 0) yield;
  }
  yield;
  const chosen = weigh(tops.flatMap((top) => top.cards), page).slice(0, LISTINGS);
  const common = yield* commonTexts(chosen.map((b) => b.profile?.texts ?? []));
  const priced = chosen.filter((b) => (b.profile?.price ?? 0) > 0).length;
  return { cards: chosen.map((b) => b.el).sort(inOrder), priced, common, away: away >= FEWEST_AWAY || count > LINKS };
}

/** What the page as a whole says about its cards. */
function weigh(cards: Branch[], page: Page): Branch[] {
  const profile = (b: Branch): Profile | null => b.profile;
  // Beside a priced list, pictures with words are articles and categories.
  const priced = cards.filter((b) => (profile(b)?.price ?? 0) > 0);
  const kept = priced.length >= 4 ? cards.filter((b) => (profile(b)?.price ?? 0) > 0 || profile(b)?.declared === true || near(b, priced)) : cards;
  // Beside the site's own listings, those of other sites are advertisements.
  const origins = new Map<string, boolean>();
  const own = kept.filter((b) => {
    const href = profile(b)?.href ?? "";
    const origin = /^[a-z]+:\/\/[^/?#]*/.exec(href)?.[0] ?? "";
    let ours = origins.get(origin);
    if (ours === undefined) origins.set(origin, (ours = page.sites.has(siteOf(origin))));
    return ours;
  });
  return own.length * 2 >= kept.length ? own : kept;
}

/** Whether a card without price stands in the same list as priced ones. */
function near(b: Branch, priced: readonly Branch[]): boolean {
  return priced.some((p) => p.parent === b.parent);
}

/** Where a link leads, or "" where that is nowhere else. */
function leadsTo(a: HTMLAnchorElement, page: Page): string {
  const raw = attr(a, "href") ?? "";
  if (raw === "" || (raw.startsWith("#") && withRoute(raw) === "")) return "";
  const href = addressIn(raw, () => a.href);
  if (!/^https?:/.test(href)) return "";
  // The page itself with other parameters: filters, sorting, further pages. Item pages named by a parameter pass.
  const path = pathOf(href);
  if (path === page.path) return listingId(href) === "" ? "" : href;
  // Some put such parameters into the path, behind the page's own.
  return path.startsWith(page.path) && /^[_;,&=]/.test(path.slice(page.path.length)) ? "" : href;
}

/** Adds a link with what is around it; says whether it stands where cards may be. */
function grow(a: Element, href: string, branches: Map<Element, Branch>, tops: Branch[], stop: Element | null, never: (el: Element) => boolean): boolean {
  // Upwards until something known; then downwards again, so that parents exist before children.
  const path: Element[] = [];
  let known: Branch | undefined;
  let depth = 0;
  for (let el: Element | null = a; el !== null && el !== stop; el = parentOf(el)) {
    known = branches.get(el);
    if (known !== undefined) break;
    if (++depth > DEPTH || never(el)) return false;
    path.push(el);
  }
  let parent: Branch | null = known ?? null;
  for (let i = path.length - 1; i >= 0; i--) {
    const el = path[i];
    if (el === undefined) break;
    const branch: Branch = { el, parent, kids: [], links: 0, first: "", value: 0, cards: [], profile: null, tooLong: false };
    branches.set(el, branch);
    if (parent === null) tops.push(branch);
    else parent.kids.push(branch);
    parent = branch;
  }
  if (parent !== null) {
    parent.links += 1;
    if (parent.first === "") parent.first = href;
  }
  return true;
}

/** Chooses between `b`'s children as cards and what they hold. */
function* decide(b: Branch, page: Page): Generator<void, void> {
  let value = 0;
  const cards: Branch[] = [];
  // Made where there is one: most elements hold none.
  let asCards: Set<Branch> | null = null;
  if (b.kids.length >= 2 && !NEVER_CARDS.has(tagOf(b.el))) {
    const byTag = new Map<string, Branch[]>();
    for (const kid of b.kids) {
      const tag = tagOf(kid.el);
      const same = byTag.get(tag);
      if (same === undefined) byTag.set(tag, [kid]);
      else same.push(kid);
    }
    for (const [tag, group] of byTag) {
      if (group.length >= 2 && !NEVER_CARDS.has(tag)) for (const card of yield* chooseCards(group, page)) (asCards ??= new Set()).add(card);
    }
  } else if (b.kids.length === 1) {
    const only = b.kids[0];
    if (only !== undefined && only.cards.length === 0 && isLone(only, page)) asCards = new Set([only]);
  }
  for (const kid of b.kids) {
    if (asCards?.has(kid) === true) {
      value += kid.profile?.quality ?? 0;
      cards.push(kid);
    } else {
      value += kid.value;
      for (const card of kid.cards) cards.push(card);
    }
  }
  b.value = value;
  b.cards = cards;
}

/** A list with a single entry: only where the page says that it is one, and it has everything. */
function isLone(b: Branch, page: Page): boolean {
  const listed = tagOf(b.el) === "li" || tagOf(b.el) === "article" || attr(b.el, "role") === "listitem";
  if (!listed || b.links > CARD_LINKS) return false;
  const p = profileOf(b, page);
  return p !== null && p.price > 0 && p.heading && (p.image || looksLikeListing(p.href));
}

function* chooseCards(group: readonly Branch[], page: Page): Generator<void, Branch[]> {
  const valid: Branch[] = [];
  let weighed = 0;
  for (const kid of group) {
    if (kid.links > CARD_LINKS) continue;
    const p = profileOf(kid, page);
    if (p !== null) valid.push(kid);
    // Every step costs something too, and most cards are short.
    weighed += p?.length ?? STEP;
    if (weighed < STEP) continue;
    weighed = 0;
    yield;
  }
  if (valid.length < 2) return [];
  const lengths = valid.map((k) => k.profile?.length ?? 0).sort((x, y) => x - y);
  const median = lengths[lengths.length >> 1] ?? 0;
  // Where most members hold lists themselves, they are rows or sections, not cards.
  const withLists = valid.filter((k) => k.cards.length >= 2).length;
  const rows = withLists * 10 > valid.length * 3;
  const chosen = valid.filter((k) => {
    if (k.cards.length === 0) return true;
    const p = k.profile;
    if (p === null) return false;
    if (k.cards.length >= 2 && (rows || p.length > median * 3)) return false;
    return !rows || p.quality > k.value;
  });
  if (chosen.length < 2) return [];
  const profiles = chosen.map((k) => k.profile).filter((p) => p !== null);
  const addresses = new Set(profiles.map((p) => p.href)).size;
  if (addresses < 2 || addresses * 2 < profiles.length) return [];
  // A word such as "Free" is a price only beside a picture or among amounts.
  const sure = profiles.filter((p) => p.price === 2).length;
  const priced = profiles.filter((p) => p.price === 2 || (p.price === 1 && (p.image || sure > 0))).length;
  const declared = profiles.filter((p) => p.declared).length;
  if (priced >= 2 && (priced * 10 >= profiles.length * 4 || priced >= 8)) {
    // Among priced cards, one without price must look like its siblings: a picture and a listing's address.
    const cards = chosen.filter((k) => {
      const p = k.profile;
      return p !== null && (p.price > 0 || p.declared || (p.image && looksLikeListing(p.href)));
    });
    if (cards.length > 2) return cards.concat(bareOnes(group, cards, page));
    // Two alone are too easily something else.
    return cards.every((k) => k.profile?.image === true || k.profile?.heading === true) ? cards : [];
  }
  if (declared >= 2) return chosen.filter((k) => k.profile?.declared === true);
  if (priced >= 1 && profiles.length === 2) return [];
  // Without prices: pictures with words, each leading to what looks like a listing or post.
  const posts = chosen.filter((k) => {
    const p = k.profile;
    return p !== null && p.image && p.letters >= 16 && looksLikeListing(p.href);
  });
  if (posts.length < 3 || posts.length * 2 < chosen.length) return [];
  // Among many such, a short one is one of them.
  const alike = chosen.filter((k) => k.profile?.image === true && looksLikeListing(k.profile.href));
  return priced > 0 ? alike.concat(bareOnes(group, alike, page)) : alike;
}

/** How an address is made: with an id, else where it stands. */
const makeOf = (href: string): string => (listingId(href) === "" ? withoutQuery(href).replace(/[^/]*\/?$/, "") : "id");

/** Beside cards, what stands and is called as they are, and lacks price and picture alike: its offerer gave neither. */
function bareOnes(group: readonly Branch[], cards: readonly Branch[], page: Page): Branch[] {
  const left = group.filter((k) => k.profile === null && !k.tooLong && k.cards.length === 0 && k.links <= CARD_LINKS && looksLikeListing(k.first));
  if (left.length === 0) return left;
  const called = new Set(cards.map(({ el }) => attr(el, "class")));
  const made = new Set(cards.map((k) => makeOf(k.first)));
  const headed = cards.some((k) => k.profile?.heading === true);
  return left.filter((k) => {
    if (!called.has(attr(k.el, "class")) || !made.has(makeOf(k.first))) return false;
    const p = profileOf(k, page, true);
    return p !== null && p.letters >= BARE_LETTERS && (p.heading || !headed);
  });
}

function profileOf(b: Branch, page: Page, bare = false): Profile | null {
  if (b.profile !== null) return b.profile;
  const el = b.el;
  const href = b.first;
  // What holds more than a card may does so with everything around it.
  if (href === "" || b.kids.some((kid) => kid.tooLong) || page.headed.has(el)) {
    b.tooLong = b.kids.some((kid) => kid.tooLong);
    return null;
  }
  const outline = outlineOf(el);
  const { text, image } = outline;
  b.tooLong = text.length > OUTLINE_TEXT;
  if (b.tooLong) return null;
  const texts = text.split("\n");
  const price = priceIn(outline, texts) || Math.max(0, ...below(el).map(outlineOf).map((row) => priceIn(row, row.text.split("\n"))));
  const declared = /(?:Product|Offer)$/.test(textOf(outline.root, "itemtype")) || attributeOf(outline.root, "role") === "article";
  if (price === 0 && !image && !declared && !bare) return null;
  const words = price === 1 ? texts.filter((line) => !isInPlaceOfPrice(line)).join("\n") : text;
  const letters = lettersAbout(words);
  const alt = (outline.alt ?? textOf(outline.root, "alt")).slice(0, ALT);
  if (letters + (letters >= CARD_LETTERS + 4 ? 0 : alt.length) < CARD_LETTERS) return null;
  const heading = outline.heading && !isHeading(outline.root);
  outlines.set(el, outline);
  b.profile = {
    price, image, heading, declared, letters, length: text.length, href, texts: texts.concat(alt.split("\n"), outline.label ?? labelOf(outline.root)),
    quality: price + (image ? 1 : 0) + (heading ? 0.5 : 0) + (declared ? 0.5 : 0),
  };
  return b.profile;
}

const isHeading = (root: Part): boolean => /^h[1-6]$/.test(root.name) || attributeOf(root, "role") === "heading";

/** What was taken down of cards, until they are read; no longer than one pass. */
let outlines = new WeakMap<Element, Outline>();
/** Elements with an open shadow root somewhere below; set for each pass, as looking is dear. */
let hosting: ReadonlySet<Element> = new Set();

function outlineOf(el: Element): Outline {
  return (hosting.has(el) ? null : outlineOfMarkup(el)) ?? outlineOfTree(el);
}

/** A pass is over: what was taken down and not read is of no more use. */
export function forgetOutlines(): void {
  outlines = new WeakMap();
}

/** What was taken down of a card in this pass, once; else how it stands now. */
export function takeOutline(el: Element): Outline {
  const known = outlines.get(el);
  outlines.delete(el);
  return known ?? outlineNow(el);
}

/** A card as it stands now. Elements of the page's own making may have got a shadow root since roots were looked for. */
export function outlineNow(el: Element): Outline {
  return (hosting.has(el) ? null : outlineOfMarkup(el, true)) ?? outlineOfTree(el);
}

/** Elements and everything around each. */
function around(inner: readonly Element[]): Set<Element> {
  const all = new Set<Element>();
  for (const el of inner) for (let at: Element | null = el; at !== null && !all.has(at); at = parentOf(at)) all.add(at);
  return all;
}

/** A price somewhere: in one line, or with its sign and its digits in neighbouring elements. */
function priceIn(outline: Outline, texts: readonly string[]): number {
  let joined = "";
  let word = 0;
  for (const line of texts) {
    if (line.length <= 160 && hintsAtPrice(line)) return 2;
    if (word === 0 && isInPlaceOfPrice(line)) word = 1;
    // Only what could be a part of a price is worth joining.
    joined += line.length <= PIECE_CHARS && PIECE.test(line) ? line : "\n";
  }
  if (joined.split("\n").some((part) => part.length <= 64 && hintsAtPrice(part))) return 2;
  return outline.priced || hasNamedNumber(outline) ? 2 : word;
}

/** A number without currency, in an element that calls itself a price: its sign is drawn, or goes without saying. */
function hasNamedNumber({ root, leaves }: Outline): boolean {
  for (const leaf of leaves) {
    if (!isBareNumber(leaf.raw.trim())) continue;
    let words = 0;
    for (let at: Part | null = leaf.el, levels = 0; at !== null && at !== root && levels < 3; at = at.parent, levels++) words |= classWords(attributeOf(at, "class"));
    if ((words & PRICE) !== 0 && (words & (PARTIAL | STRUCK)) === 0) return true;
  }
  return false;
}
