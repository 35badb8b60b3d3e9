// Owns taking an outline down from an element's own markup: one question to the page for all of it. In Firefox every
// look at a node costs about as much as reading a line here. Says nothing where markup does not tell all: then the tree
// is walked. What the browser writes is regular: names in small letters, values in double quotation marks.

import { documentOf, firstIn, markupOf } from "./dom";
import { cast, type Mould, mouldOf, type Token } from "./mould";
import { type Outline, OUTLINE_TEXT, Outliner, type Part, decoded } from "./outline";

/** Longest markup that is taken apart, as one step. */
const MARKUP = 100_000;
/** An element's beginning, just as browsers write it. */
const BEGINS = /<([a-z][^\s"'<>/=]*)((?: [^\s"'<>/=]+="[^"]*")*)>/y;
const EMPTY = new Set(["area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param", "source", "track", "wbr"]);
/** Elements whose content is written as it is, whatever it looks like. */
const RAW = new Set(["script", "style", "noscript"]);
/** The same, and too rare to be worth a thought. */
const ODD = new Set(["iframe", "noembed", "noframes", "xmp", "plaintext", "math"]);
const NO_NODES: readonly Text[] = [];

/** Small letters, digits and the hyphen: all that names of elements mostly hold. */
const isPlain = (c: number): boolean => (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x2d;

/** The latest moulds; a page has few kinds of cards. */
const moulds: Mould[] = [];
const MOULDS = 6;
/** How many cards in a row fitted none; after so many only one card in so many is tried again. */
let unfit = 0;
const TRIES = 12;

/**
 * The outline of an element, or null where its markup does not tell; `el` has no shadow roots. `known`: nor where there
 * are elements of the page's own making.
 */
export function outlineOfMarkup(el: Element, known = false): Outline | null {
  if (!isHtml(documentOf(el) ?? document)) return null;
  const html = markupOf(el);
  const tried = unfit < TRIES || unfit % TRIES === 0;
  for (let n = tried ? moulds.length - 1 : -1; n >= 0; n--) {
    const mould = moulds[n];
    const outline = mould === undefined || (known && mould.custom) ? null : cast(mould, html, el);
    if (outline === null) continue;
    unfit = 0;
    return outline;
  }
  // What a page without scripts shows is asked of the element itself.
  const tokens: Token[] | null = tried && !html.includes("<noscript") ? [] : null;
  const outline = takenApart(el, html, known, tokens);
  const mould = outline === null || tokens === null ? null : mouldOf(html, tokens, outline);
  if (mould !== null && moulds.push(mould) > MOULDS) moulds.shift();
  unfit++;
  return outline;
}

/** The same, sign by sign; what there is goes into `tokens`. */
function takenApart(el: Element, html: string, known: boolean, tokens: Token[] | null): Outline | null {
  if (html.length > MARKUP) return null;
  const open: Part[] = [];
  let outliner: Outliner | null = null;
  let around: Part | null = null;
  let at = -1;
  for (let pos = 0; pos < html.length;) {
    if (html.charCodeAt(pos) !== 0x3c) {
      const next = html.indexOf("<", pos);
      const end = next === -1 ? html.length : next;
      if (outliner === null || around === null) return null;
      tokens?.push({ from: pos, to: end, around, block: outliner.block, outside: outliner.outside });
      outliner.text(decoded(html.slice(pos, end)), NO_NODES, around);
      pos = end;
      continue;
    }
    const sign = html.charCodeAt(pos + 1);
    if (sign === 0x2f) {
      const part = open.pop();
      const end = html.indexOf(">", pos);
      if (part === undefined || outliner === null || end !== pos + 2 + part.name.length || !html.startsWith(part.name, pos + 2)) return null;
      outliner.close(part);
      if (outliner.full && outliner.outline.text.length > OUTLINE_TEXT) return outliner.outline;
      around = part.parent;
      tokens?.push({ from: pos, to: end + 1 });
      pos = end + 1;
      continue;
    }
    if (sign === 0x21) {
      const end = html.indexOf("-->", pos + 4);
      if (!html.startsWith("<!--", pos) || end === -1) return null;
      tokens?.push({ from: pos, to: end + 3 });
      pos = end + 3;
      continue;
    }
    let end = html.indexOf(">", pos);
    let nameEnd = pos + 1;
    while (isPlain(html.charCodeAt(nameEnd))) nameEnd++;
    // The sign may stand inside a value: then what comes before it does not end like an attribute.
    if (nameEnd === pos + 1 || (nameEnd !== end && (html.charCodeAt(nameEnd) !== 0x20 || html.charCodeAt(end - 1) !== 0x22 || html.charCodeAt(end - 2) === 0x3d))) {
      BEGINS.lastIndex = pos;
      const begins = BEGINS.exec(html);
      if (begins === null) return null;
      nameEnd = pos + 1 + (begins[1] ?? "").length;
      end = BEGINS.lastIndex - 1;
    }
    const name = html.slice(pos + 1, nameEnd);
    const tag = html.slice(nameEnd, end);
    if (ODD.has(name) || (known && name.includes("-"))) return null;
    outliner ??= new Outliner({ name, dom: el, tag });
    const part = outliner.open(name, around, null, tag, ++at);
    tokens?.push({ from: pos, to: end + 1, name, at });
    pos = end + 1;
    if (EMPTY.has(name)) {
      if (part !== null) outliner.close(part);
      continue;
    }
    if (part !== null) {
      open.push(part);
      around = part;
      continue;
    }
    const closes = endOf(html, name, pos);
    if (closes === -1) return null;
    // A page without scripts has elements there.
    if (name === "noscript" && html.slice(pos, closes).includes("<") && firstIn(el, "noscript *") !== null) return null;
    if (!RAW.has(name) && name !== "template") at += html.slice(pos, closes).match(/<[a-zA-Z]/g)?.length ?? 0;
    tokens?.push({ from: pos, to: closes + name.length + 3 });
    pos = closes + name.length + 3;
  }
  return outliner === null || open.length > 0 ? null : outliner.outline;
}

const kinds = new WeakMap<Document, boolean>();

/** Whether a document's markup is written as HTML. */
function isHtml(doc: Document): boolean {
  let is = kinds.get(doc);
  if (is === undefined) kinds.set(doc, (is = doc.contentType === "text/html"));
  return is;
}

/** Where the end tag of an element stands whose content begins at `from`, or -1. */
function endOf(html: string, name: string, from: number): number {
  const ends = `</${name}>`;
  let end = html.indexOf(ends, from);
  if (RAW.has(name)) return end;
  // The same inside of it ends first.
  const begins = `<${name}`;
  for (let inner = html.indexOf(begins, from), n = 0; inner !== -1 && inner < end; inner = html.indexOf(begins, inner + 1)) {
    if (++n > 200) return -1;
    if (/[\s>]/.test(html.charAt(inner + begins.length))) end = html.indexOf(ends, end + 1);
    if (end === -1) return -1;
  }
  return end;
}
