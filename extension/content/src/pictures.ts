// Owns which pictures belong to a listing, and under which addresses each stands, largest first.
// Reads attributes alone: it never fetches, and never makes the page load anything.

import type { PictureSource } from "./generated/PictureSource";
import { plain } from "./address";
import { URL_BYTES } from "./bounds";
import { attr, attribute, parentOf, tagOf } from "./dom";
import { share } from "./headings";
import { type DeclaredPicture, parseBounded, readStructured } from "./structured";

/** Pictures of one listing, and addresses of one picture: the next is tried where one is too large or gone. */
const PICTURES = 12;
const ADDRESSES = 3;
/** Elements looked at, and characters of one attribute. */
const LOOKED_AT = 600;
const ATTRIBUTE_CHARS = 20_000;
/** Narrower ones are icons. */
const NARROWEST = 100;
/** Widths that are taken on trust where the page gives no number: what a link opens, what is called large, the rest. */
const LINKED = 4_000;
const CALLED_LARGE = 3_000;
const DECLARED = 1_500;
const LAZY = 600;

const IMAGE_PATH = /\.(?:jpe?g|png|webp)$/i;
const SAYS_LARGE = /zoom|large|full|big|hi-?res|high|orig|max|master|super/i;
const SAYS_PICTURE = /src|lazy|image|img|photo|pic|url|zoom|large|full|orig/i;
/** What is beside a listing's pictures: people, brands, decoration. */
const DECORATION = /(?:^|[\W_])(?:avatar|userpic|profile|logo|icon|sprite|flag|emoji|badge|spinner|placeholder|captcha|banner|advert)/i;
const ASIDE = /^(?:nav|header|footer|aside|dialog|button|form)$/;
const ASIDE_ROLE = /^(?:navigation|banner|contentinfo|search|dialog|complementary|button)$/;

interface Candidate {
  url: string;
  width: number;
}

/** Pictures of a card. */
export function picturesOfCard(card: Element): PictureSource[] {
  return gather(card, () => false, []);
}

/** Pictures of the listing that a page is about; `cards` are other listings on it. */
export function picturesOfPage(doc: Document, title: string, cards: ReadonlySet<Element>): PictureSource[] {
  const scope = doc.querySelector("main,[role=main]") ?? doc.body;
  return scope === null ? [] : gather(scope, (el) => cards.has(el) || isAside(el), declared(doc, title));
}

function isAside(el: Element): boolean {
  return ASIDE.test(tagOf(el)) || ASIDE_ROLE.test(attr(el, "role") ?? "");
}

function gather(scope: Element, skip: (el: Element) => boolean, declaredOnes: readonly DeclaredPicture[]): PictureSource[] {
  const groups: Candidate[][] = [];
  const byStem = new Map<string, Candidate[]>();
  const put = (found: readonly Candidate[]): void => {
    const known = found.map((c) => byStem.get(stem(c.url))).find((g) => g !== undefined);
    const group = known ?? [];
    if (known === undefined) groups.push(group);
    for (const c of found) {
      if (group.every((other) => other.url !== c.url)) group.push(c);
      byStem.set(stem(c.url), group);
    }
  };
  let seen = 0;
  for (const img of scope.querySelectorAll("img")) {
    if (++seen > LOOKED_AT) break;
    if (isDecoration(img) || isWithin(img, scope, skip)) continue;
    const found = candidatesOf(img);
    if (found.length > 0 && Math.max(...found.map((c) => c.width)) >= NARROWEST) put(found);
  }
  for (const { url, width } of declaredOnes) {
    const own = plain(url, scope.ownerDocument.baseURI);
    if (own !== "") put([{ url: own, width: width ?? DECLARED }]);
  }
  return groups.slice(0, PICTURES).map((group) => ({ urls: group.sort((a, b) => b.width - a.width).slice(0, ADDRESSES).map((c) => c.url) }));
}

/** Whether anything between an element and `scope` is skipped. */
function isWithin(el: Element, scope: Element, skip: (el: Element) => boolean): boolean {
  for (let at = parentOf(el); at !== null && at !== scope; at = parentOf(at)) {
    // A thumbnail is often a button; what matters there is the picture.
    if (tagOf(at) !== "button" && attr(at, "role") !== "button" && skip(at)) return true;
  }
  return false;
}

function isDecoration(img: Element): boolean {
  for (let at: Element | null = img, n = 0; at !== null && n < 3; at = parentOf(at), n++) {
    if (DECORATION.test(` ${attribute(at, "class")} ${attribute(at, "id")}`)) return true;
  }
  return DECORATION.test(` ${attribute(img, "alt").slice(0, 60)}`) && attribute(img, "alt").length < 20;
}

/** Everything that an image says about where its picture stands. */
function candidatesOf(img: HTMLImageElement): Candidate[] {
  const found: Candidate[] = [];
  const base = img.ownerDocument.baseURI;
  const add = (href: string, width: number): void => {
    if (href === "" || href.length > URL_BYTES) return;
    const url = plain(href.trim(), base);
    if (url !== "" && url.length <= URL_BYTES && !/\.(?:svg|gif)$/i.test(new URL(url).pathname)) found.push({ url, width });
  };
  const shown = img.naturalWidth || Number(attribute(img, "width")) || 0;
  add(img.currentSrc || attribute(img, "src"), shown);
  const sources = img.parentElement?.localName === "picture" ? [...img.parentElement.querySelectorAll("source")].slice(0, 20) : [];
  for (const el of [img, ...sources]) {
    for (const [href, width] of sourceSet(attribute(el, "srcset"), img)) add(href, width);
    fromData(el, img, add);
  }
  const link = img.closest("a[href]");
  if (link !== null) {
    fromData(link, img, add);
    const href = plain(attribute(link, "href"), base);
    if (href !== "" && IMAGE_PATH.test(new URL(href).pathname)) add(href, LINKED);
  }
  return found;
}

/** Addresses in attributes that pages keep for their own scripts. */
function fromData(el: Element, img: HTMLImageElement, add: (href: string, width: number) => void): void {
  for (const { name, value } of [...el.attributes].slice(0, 60)) {
    if (!name.startsWith("data-") || value.length > ATTRIBUTE_CHARS || !SAYS_PICTURE.test(name)) continue;
    if (/srcset/.test(name)) for (const [href, width] of sourceSet(value, img)) add(href, width);
    else if (value.startsWith("{")) {
      // Amazon's way: addresses with width and height.
      const map = parseBounded(value);
      if (typeof map !== "object" || map === null || Array.isArray(map)) continue;
      for (const [href, size] of Object.entries(map).slice(0, 20)) if (Array.isArray(size) && typeof size[0] === "number") add(href, size[0]);
    } else if (/^(?:https?:)?\/\/|^\/[^\s]*\.(?:jpe?g|png|webp)/i.test(value)) add(value, SAYS_LARGE.test(name) ? CALLED_LARGE : LAZY);
  }
}

/** A `srcset`, as addresses with their width in pixels. */
function sourceSet(text: string, img: HTMLImageElement): Array<[string, number]> {
  const all: Array<[string, number]> = [];
  if (text === "" || text.length > ATTRIBUTE_CHARS) return all;
  const shown = img.clientWidth || Number(attribute(img, "width")) || 200;
  // Commas stand inside addresses too: one that separates follows a descriptor or comes before white space.
  for (const [, href = "", number = "", unit = ""] of text.matchAll(/\s*([^\s,]\S*[^\s,])(?:\s+(\d+(?:\.\d+)?)([wx])[^,]*)?(?:,|$)/g)) {
    if (all.length >= 40) break;
    const n = Number(number);
    all.push([href, unit === "w" ? n : unit === "x" ? n * shown : shown]);
  }
  return all;
}

/** What two addresses of the same picture have in common: everything but sizes. */
function stem(url: string): string {
  const { host, pathname } = new URL(url);
  const bare = pathname.replace(/(?<![\p{L}\p{Nd}])(?:[a-z]{1,2}[-_]?[a-z]?)?\d{2,4}(?:x\d{0,4})?(?:px)?(?![\p{L}\p{Nd}])/giu, "").replace(/[^\p{L}\p{Nd}]+/gu, "/");
  // Nothing is left but the words of the path: then it is the size that tells pictures apart.
  return `${host}${/\p{Nd}|[\p{L}]{4}/u.test(bare.replace(/\/(?:jpe?g|png|webp)$/i, "")) ? bare : pathname}`;
}

/** Pictures that the page declares for what it is about. */
function declared(doc: Document, title: string): DeclaredPicture[] {
  const steps = readStructured(doc);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const { items, ogTitle, ogPicture } = step.value;
  const own = items.find((d) => !d.many && Math.min(share(title, d.name), share(d.name, title)) >= 0.6);
  const shared = ogPicture !== "" && share(title, ogTitle) >= 0.6 ? [{ url: ogPicture, width: null }] : [];
  return [...(own?.pictures ?? []), ...shared].slice(0, PICTURES);
}
