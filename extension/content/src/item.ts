// Owns item pages: the one full listing that a page is about, from what the page declares about itself
// and from what stands around its main heading. Says "no item" where it cannot tell.

import { canonical, leadsToSeller, listingId, looksLikeListing, plain, routeOf } from "./address";
import { cut, DESCRIPTION_BYTES, SHORT_BYTES, TITLE_BYTES } from "./bounds";
import { allIn, attr, attribute, comparePlaces, firstIn, FOLLOWS, holds, includes, isLink, isOutOfBounds, nearest, parentOf, tagOf, textIn } from "./dom";
import { lettersIn } from "./characters";
import { type Fields, findPrice, kindBy, lines, trimmed } from "./fields";
import { hrefOf } from "./parts";
import { isName, isTitled, leadsHome, share, words } from "./headings";
import { EMPTY, type Flow, flow, isClippedAway, isClippedAwayIn, type Leaf, readLeaves, shown } from "./leaves";
import { type Part, textOf } from "./outline";
import { isDocument, type Place } from "./places";
import { type Declared, readStructured, type Structured } from "./structured";
import { CATEGORY, classWords, DESCRIPTION, HIDDEN, LOCATION, propertyWords, SELLER } from "./words";

/** The listing of an item page. */
export interface Item {
  fields: Fields;
  url: string;
  /** The smallest element that holds its heading and price. */
  el: Element;
  heading: Element;
}

/** Finds the page's one listing, in steps. */
export function* findItemSteps(doc: Document, roots: readonly Place[], cards: readonly Element[], address: string): Generator<void, Item | null> {
  const declared: Structured = yield* readStructured(doc);
  const few = cards.length < 4;
  const hasId = listingId(address) !== "";
  // Most lists end here: they declare nothing, and their addresses look like no listing's. Headings are dear to look at.
  const mayBeTitled = few || looksLikeListing(address);
  if (declared.items.length === 0 && declared.ogType === "" && !hasId && !mayBeTitled) return null;
  const heading = mainHeading([doc, ...roots.filter((place) => !isDocument(place))], cards);
  if (heading === null) return null;
  const title = titleOf(doc, heading);
  if (words(title.text).length === 0) return null;
  yield;
  const inCard = (el: Element): boolean => cardSet.has(el) || isAside(el);
  const cardSet = new Set(cards);
  const product = declared.items.find((d) => !d.many && Math.min(share(title.text, d.name), share(d.name, title.text)) >= 0.6);
  const saysProduct = /product|offer|(?:^|[.:])item$/i.test(declared.ogType) && share(title.text, declared.ogTitle) >= 0.6 && words(title.text).length >= 2;
  // A list of results that says nothing of a product and has no id in its address: not worth a closer look.
  const titled = mayBeTitled && isTitled(doc, title.text);
  if (product === undefined && !saysProduct && !few && !hasId && !titled) return null;
  const near = yield* nearestPrice(heading, inCard, titled && (hasId || looksLikeListing(address)));
  // Without a declaration: a priced heading on a page of its own.
  const named = near.flow.text !== "" && isName(title.text);
  const ok = product !== undefined || (near.flow.text !== "" && saysProduct) || (named && ((few || hasId) && near.levels <= (few ? 6 : 4) || titled && isApart(near, cards)));
  if (!ok) return null;
  const el = near.within ?? heading;
  return { fields: yield* describe(doc, title, near.flow, product, declared, inCard, heading), url: ownAddress(doc, address), el, heading };
}

/** Whether heading and price stand together, apart from the page's lists: without them, or before them and in no list or filter. */
function isApart(near: Near, cards: readonly Element[]): boolean {
  const { within, price } = near;
  if (within === null || price === null || near.levels > 10) return false;
  const inside = cards.filter((c) => holds(within, c));
  return inside.length < 4 || (nearest(price, "a,label,li,button,fieldset,option") === null && inside.every((c) => (comparePlaces(price, c) & FOLLOWS) !== 0));
}

/** Parts of a page that are never about its listing. */
function isAside(el: Element): boolean {
  const name = tagOf(el);
  const role = attr(el, "role");
  return name === "nav" || name === "footer" || name === "aside" || role === "navigation" || role === "contentinfo" || role === "search" || role === "dialog";
}

/** The heading of what the page is about: of those of the first level the likeliest, else what the page's title begins with. */
function mainHeading(places: readonly [Document, ...Place[]], cards: readonly Element[]): Element | null {
  const [doc] = places;
  const fits = (h: Element): boolean => {
    const text = (h.textContent ?? "").trim();
    if (text.length < 3 || text.length > 2_000 || nearest(h, "nav,footer,aside,[role=dialog],dialog") !== null) return false;
    if (cards.some((c) => holds(c, h)) || attr(h, "hidden") !== null) return false;
    return (classWords(attr(h, "class")) & HIDDEN) === 0 && !isClippedAwayIn(h);
  };
  const all = (selector: string, most: number): Element[] => {
    const found: Element[] = [];
    for (const place of places) {
      if (found.length >= most) break;
      found.push(...[...place.querySelectorAll(selector)].slice(0, most - found.length));
    }
    return found;
  };
  let best: Element | null = null;
  let bestScore = -1;
  for (const h of all("h1", 10)) {
    if (!fits(h)) continue;
    // The name of the site is often a heading too: in the page's header, leading home.
    const score = (nearest(h, "header,[role=banner]") === null ? 1 : 0) + (leadsHome(h) ? 0 : 2) + (isTitled(doc, h.textContent ?? "") ? 1 : 0);
    if (score > bestScore) {
      best = h;
      bestScore = score;
    }
  }
  if (bestScore >= 2) return best;
  for (const h of all("h2,h3,[role=heading]", 40)) if (isTitled(doc, h.textContent ?? "") && fits(h)) return h;
  return best ?? unmarked(doc, fits);
}

/** Text nodes that are looked at for a name that no heading holds. */
const UNMARKED = 1_500;

/** On a page without headings: the first element whose text is a name and what the page's title begins with. */
function unmarked(doc: Document, fits: (el: Element) => boolean): Element | null {
  const title = doc.title.replace(/\s+/g, " ").trim();
  if (title === "" || doc.body === null) return null;
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let node = walker.nextNode(); node !== null && ++seen <= UNMARKED; node = walker.nextNode()) {
    const text = (node as Text).data.replace(/\s+/g, " ").trim();
    if (text.length < 4 || !title.startsWith(text)) continue;
    const el = parentOf(node);
    if (el === null || isOutOfBounds(el) || nearest(el, "a,button,label,header,ol,li,[role=banner]") !== null || (textIn(el) ?? "").trim().length > text.length + 8) continue;
    if (isTitled(doc, text) && fits(el)) return el;
  }
  return null;
}

/** A heading's words; without a badge before them, where the page's title has all of them but that. */
function titleOf(doc: Document, heading: Element): Flow {
  const leaves = readLeaves(heading).leaves.filter((l) => shown(l) && !l.button && (l.el.dom === heading || !isClippedAway(l.el)));
  const all = flow(leaves);
  const [first] = leaves;
  if (first === undefined || first.el.dom === heading || doc.title.includes(all.text)) return all;
  const rest = flow(leaves.filter((l) => l.el !== first.el));
  return isName(rest.text) && doc.title.includes(rest.text) ? rest : all;
}

interface Near {
  flow: Flow;
  within: Element | null;
  /** What holds the price. */
  price: Element | null;
  levels: number;
}

/** The first price in the smallest part of the page that holds the heading and a price; with `words`, "Free" is one too. */
function* nearestPrice(heading: Element, skip: (el: Element) => boolean, words: boolean): Generator<void, Near> {
  let levels = 0;
  let below: Element = heading;
  let guess: Near | null = null;
  for (let el = parentOf(heading); el !== null && tagOf(el) !== "html" && levels < 12; el = parentOf(el)) {
    levels++;
    yield;
    const { root, leaves } = readLeaves(el, skip, 1_500, 60_000);
    const after = leaves.filter((l) => !includes(heading, l.nodes[0] ?? null));
    const price = findPrice(root, after);
    if (price.flow.text !== "" && (words || /\p{Nd}/u.test(price.flow.text))) {
      const near = { flow: price.flow, within: el, price: price.el?.dom ?? null, levels };
      if (price.guess !== true) return near;
      guess ??= near;
    }
    // What is to be paid may stand beside it, where one pays.
    for (const aside of words && levels < 6 ? [...allIn(el, "aside")].slice(0, 3) : []) {
      const inside = readLeaves(aside, (at) => at !== aside && skip(at), 200, 4_000);
      const asked = findPrice(inside.root, inside.leaves);
      if (asked.flow.text !== "" && asked.guess !== true && firstIn(aside, "button,form") !== null) return { flow: asked.flow, within: el, price: asked.el?.dom ?? null, levels };
    }
    below = el;
  }
  return guess ?? { flow: EMPTY, within: below, price: null, levels };
}

function* describe(
  doc: Document,
  title: Flow,
  price: Flow,
  product: Declared | undefined,
  declared: Structured,
  skip: (el: Element) => boolean,
  heading: Element,
): Generator<void, Fields> {
  const { leaves, images } = readLeaves(doc.body, skip, 2_000, 100_000);
  yield;
  const named = longest(leaves, DESCRIPTION);
  const said = product?.description || cut(declared.ogDescription, DESCRIPTION_BYTES);
  const running = named.text === "" && said.length < SHORT_WORDS ? runningText(leaves, heading) : EMPTY;
  const description = named.text.length >= Math.min(SHORT_WORDS, product?.description.length ?? 0) && named.text !== "" ? named : running.text.length > said.length ? running : { text: said, pieces: [] };
  const alts: string[] = [];
  for (const image of images.slice(0, 60)) {
    const alt = textOf(image, "alt").replace(/\s+/g, " ").trim();
    if (alt.length > 2 && !alts.includes(alt) && alts.length < 12) alts.push(alt);
  }
  const around = nearest(heading, "main,[role=main],article") ?? doc.body;
  return {
    kind: kindBy(price.text || (product?.price ?? ""), description.text),
    title: trimmed(title, TITLE_BYTES),
    price: price.text !== "" ? trimmed(price, SHORT_BYTES) : { text: product?.price ?? "", pieces: [] },
    description: trimmed(description, DESCRIPTION_BYTES),
    location: product?.location || first(leaves, LOCATION),
    seller: product?.seller || first(leaves, SELLER) || sellerLinked(leaves),
    category: declared.breadcrumb || product?.category || crumbs(doc),
    images: cut([product?.images ?? "", ...alts].filter(Boolean).join("\n"), SHORT_BYTES),
    href: "",
    picture: firstIn(around, "img"),
  };
}

/** A description shorter than this says little. */
const SHORT_WORDS = 40;
/** A longer line heads nothing. */
const LABEL = 40;
/** Fewest letters of a line that is running text; scripts without spaces say as much with half of them. */
const LINE_LETTERS = 40;
const DENSE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/;
const SAYS_DESCRIPTION = /^(?:(?:product |item |full )?description|about this (?:item|product)|(?:artikel|produkt)?beschreibung|descripción|descrição|descrizione|description du produit|omschrijving|opis|popis|описание|опис|açıklama|(?:商品の?|作品)?説明|(?:商品|宝贝|產品)?描述|(?:상품 ?)?설명|상세 ?설명|mô tả|รายละเอียด|deskripsi|الوصف|وصف|توضیحات|विवरण)/iu;
const SAYS_REVIEWS = /review|rating|bewertung|rezension|\bavis\b|comment|kommentar|opinion|reseñ|avalia|recension|отзыв|відгук|yorum|評価|レビュー|评价|評論|리뷰|후기|đánh giá|รีวิว|ulasan|تقييم|نظرات/iu;

/**
 * Running text after the page's heading, where nothing calls itself a description: what stands under a heading that
 * says so, else all lines of many words up to the reviews.
 */
function runningText(leaves: readonly Leaf[], heading: Element): Flow {
  const own: Leaf[] = [];
  const headed: Leaf[] = [];
  let under = false;
  let past = false;
  for (const line of lines(leaves)) {
    const inside = line.filter((l) => shown(l) && !l.button);
    const first = inside.find((l) => l.raw !== " ");
    if (first === undefined) continue;
    if (first.nodes.some((node) => includes(heading, node))) {
      past = true;
      continue;
    }
    if (!past) continue;
    const text = flow(inside).text;
    if (text.length <= LABEL) {
      const label = SAYS_DESCRIPTION.exec(text)?.[0] ?? "";
      if (label !== "") {
        under = true;
        // It may stand before the words themselves.
        if (lettersIn(text) - lettersIn(label) > 12) headed.push(...inside);
        continue;
      }
      if (first.heading !== null) {
        if (SAYS_REVIEWS.test(text)) break;
        if (headed.length > 0) under = false;
      }
    }
    if (under) headed.push(...inside);
    if (lettersIn(text) >= (DENSE.test(text) ? LINE_LETTERS / 2 : LINE_LETTERS) && first.link === null) own.push(...inside);
  }
  const below = flow(headed, "\n");
  return lettersIn(below.text) > 12 ? below : flow(own, "\n");
}

/** The words of the first link that leads to a seller. */
function sellerLinked(leaves: readonly Leaf[]): string {
  const seen = new Set<Part>();
  for (const leaf of leaves) {
    if (leaf.link === null || seen.has(leaf.link) || !shown(leaf) || lettersIn(leaf.raw) < 2) continue;
    seen.add(leaf.link);
    if (seen.size > 60) break;
    const text = isLink(leaf.link.dom) && leadsToSeller(hrefOf(leaf.link.dom)) ? flow(leaves.filter((l) => l.link === leaf.link && shown(l))).text : "";
    if (text !== "" && text.length <= 80) return cut(text, SHORT_BYTES);
  }
  return "";
}

/** The longest run of text whose elements call themselves `word`. */
function longest(leaves: readonly Leaf[], word: number): Flow {
  let best: Leaf[] = [];
  let size = 0;
  let run: Leaf[] = [];
  let runSize = 0;
  const end = (): void => {
    if (runSize > size) {
      best = run;
      size = runSize;
    }
    run = [];
    runSize = 0;
  };
  for (const leaf of leaves) {
    if ((leaf.words & word) !== 0 && shown(leaf) && !leaf.button) {
      run.push(leaf);
      runSize += leaf.raw.length;
    } else if (leaf.raw !== " ") end();
  }
  end();
  return flow(best, "\n");
}

function first(leaves: readonly Leaf[], word: number): string {
  const at = leaves.findIndex((l) => (l.words & word) !== 0 && shown(l) && !l.button && l.raw !== " ");
  const leaf = leaves[at];
  if (leaf === undefined) return "";
  const line = leaves.slice(at, at + 12).filter((l) => l.block === leaf.block && (l.words & word) !== 0);
  const text = flow(line).text;
  return text.length > 200 ? "" : cut(text, SHORT_BYTES);
}

function crumbs(doc: Document): string {
  const list = doc.querySelector('[aria-label*="breadcrumb" i],[class*="breadcrumb" i]');
  if (list === null || ((classWords(attr(list, "class")) | propertyWords(attr(list, "itemprop"))) & CATEGORY) === 0 && attr(list, "aria-label") === null) return "";
  const names = [...list.querySelectorAll("a")].slice(0, 12).map((a) => (a.textContent ?? "").replace(/\s+/g, " ").trim()).filter((t) => t !== "" && t.length < 80);
  return cut(names.join(" > "), SHORT_BYTES);
}

/** The page's own address: its canonical link where that stays on the same host. */
function ownAddress(doc: Document, address: string): string {
  const own = canonical(address);
  // A page that shows every listing under one address says that one of each.
  if (routeOf(address) !== "") return own;
  const link = doc.querySelector('link[rel~="canonical" i]');
  const said = link === null ? "" : plain(attribute(link, "href"), address);
  const host = (href: string): string => new URL(href).host.replace(/^(?:www|m|mobile)\./, "");
  return said !== "" && own !== "" && host(said) === host(own) ? canonical(said) : own;
}
