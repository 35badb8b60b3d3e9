// Owns reading the text of one element as a list of leaves: text nodes with what stands around them.
// Never reads what a person typed, hidden blocks, or more than the bounds allow. Changes nothing.

import { CARD_CHARS, CARD_TEXT_NODES, DEPTH } from "./bounds";
import { isSpace } from "./characters";
import { firstChildOf, isElement, isInline, isOutOfBounds, isText } from "./dom";
import { BADGE, classWords, HIDDEN, PARTIAL, propertyWords, STRUCK } from "./words";

/** One text node. */
export interface Leaf {
  readonly node: Text;
  /** The element around it. */
  readonly el: Element;
  /** The node's text, as it was read. */
  readonly raw: string;
  /** Bits of `words` from the elements around it, inside the card. */
  readonly words: number;
  /** Changes where a line ends: blocks and `br`. */
  readonly block: number;
  readonly link: HTMLAnchorElement | null;
  readonly heading: Element | null;
  readonly button: boolean;
}

interface Around {
  el: Element;
  words: number;
  link: HTMLAnchorElement | null;
  heading: Element | null;
  button: boolean;
}

/** Roles of elements and their microdata that pass on to the text below. */
const HEADING = /^h[1-6]$/;

/** Reads the leaves below `card`, skipping whatever `skip` says. */
export function readLeaves(
  card: Element,
  skip?: (el: Element) => boolean,
  maxNodes = CARD_TEXT_NODES,
  maxChars = CARD_CHARS,
): { leaves: Leaf[]; images: Element[]; links: HTMLAnchorElement[] } {
  const leaves: Leaf[] = [];
  const images: Element[] = [];
  const links: HTMLAnchorElement[] = [];
  let block = 0;
  let chars = 0;
  let elements = 0;

  const leaf = (node: Text, raw: string, around: Around): Leaf => ({
    node, el: around.el, raw, block, words: around.words, link: around.link, heading: around.heading, button: around.button,
  });

  const visit = (node: Node, around: Around, depth: number): void => {
    if (leaves.length >= maxNodes || chars >= maxChars || depth > DEPTH) return;
    if (isText(node)) {
      const raw = node.data;
      if (!/\S/.test(raw)) {
        // White space between inline elements keeps words apart.
        if (raw !== "" && leaves.length > 0) leaves.push(leaf(node, " ", around));
        return;
      }
      chars += raw.length;
      leaves.push(leaf(node, raw.length > CARD_CHARS ? raw.slice(0, CARD_CHARS) : raw, around));
      return;
    }
    if (!isElement(node)) return;
    if (++elements > 4_000) return;
    const name = node.localName;
    if (name === "br") {
      block++;
      return;
    }
    const role = node.getAttribute("role");
    if (name === "img" || name === "picture" || role === "img") images.push(node);
    if (name === "img" || isOutOfBounds(node)) return;
    if (depth > 0 && skip?.(node) === true) return;
    const inner: Around = {
      el: node,
      words:
        around.words |
        (depth === 0 ? 0 : classWords(node.getAttribute("class"))) |
        propertyWords(node.getAttribute("itemprop")) |
        (name === "s" || name === "del" || name === "strike" ? STRUCK : 0),
      link: around.link,
      heading: HEADING.test(name) || role === "heading" ? node : around.heading,
      button: around.button || name === "button" || role === "button",
    };
    if (name === "a" && node instanceof HTMLAnchorElement && node.hasAttribute("href")) {
      inner.link = node;
      links.push(node);
    }
    const breaks = !isInline(node);
    if (breaks) block++;
    for (let child = firstChildOf(node); child !== null; child = child.nextSibling) visit(child, inner, depth + 1);
    if (breaks) block++;
  };
  visit(card, { el: card, words: 0, link: null, heading: null, button: false }, 0);
  return { leaves, images, links };
}

/** A piece of a flow that stands for (part of) one text node. */
export interface Piece {
  readonly node: Text;
  /** Where in the flow's text it starts. */
  readonly at: number;
  /** The node's text when it was read. */
  readonly raw: string;
}

/** Text as it is sent, with the nodes it came from. */
export interface Flow {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

export const EMPTY: Flow = { text: "", pieces: [] };

/** Joins leaves into text with collapsed white space; blocks are joined by `between`. */
export function flow(leaves: readonly Leaf[], between = " "): Flow {
  let text = "";
  let pending = "";
  let block = -1;
  const pieces: Piece[] = [];
  for (const leaf of leaves) {
    if (block !== -1 && leaf.block !== block) pending = between;
    block = leaf.block;
    let started = false;
    let from = 0;
    const raw = leaf.raw;
    while (from < raw.length) {
      let to = from;
      while (to < raw.length && !isSpace(raw.charCodeAt(to))) to++;
      if (to > from) {
        if (pending !== "" && text !== "") text += pending;
        pending = "";
        if (!started) {
          pieces.push({ node: leaf.node, at: text.length, raw });
          started = true;
        }
        text += raw.slice(from, to);
      }
      if (to < raw.length && pending === "") pending = " ";
      from = to + 1;
    }
  }
  return { text, pieces };
}

/** The node and offset that a place in a flow's text stands for. */
export function locate(of: Flow, at: number): { node: Text; offset: number } | null {
  let piece: Piece | undefined;
  for (const p of of.pieces) {
    if (p.at > at) break;
    piece = p;
  }
  if (piece === undefined) return null;
  // Walk the raw text again, with the same collapsing, until as many characters have gone by.
  let out = piece.at;
  let space = false;
  let begun = false;
  for (let i = 0; i < piece.raw.length; i++) {
    if (isSpace(piece.raw.charCodeAt(i))) {
      space = begun;
      continue;
    }
    if (space) {
      out++;
      space = false;
    }
    begun = true;
    if (out >= at) return { node: piece.node, offset: i };
    out++;
  }
  return { node: piece.node, offset: piece.raw.trimEnd().length };
}

/** A flow cut to its first `length` code units. */
export function shorten(of: Flow, length: number): Flow {
  if (of.text.length <= length) return of;
  return { text: of.text.slice(0, length), pieces: of.pieces.filter((p) => p.at < length) };
}

const LETTER = /[\p{L}\p{Nd}]/u;

/** Leaves that a person sees as words: not hidden, struck or a badge. */
export const shown = (leaf: Leaf): boolean => (leaf.words & (HIDDEN | STRUCK)) === 0;
/** Hidden signs without letters still belong to a price ("12" hidden "," "50"). */
export const shownInPrice = (leaf: Leaf): boolean =>
  (leaf.words & STRUCK) === 0 && ((leaf.words & HIDDEN) === 0 || !LETTER.test(leaf.raw));
export const isBadge = (leaf: Leaf): boolean => (leaf.words & (BADGE | PARTIAL)) !== 0;

/**
 * What a page's styles say about an element. Asked once for all elements that look alike (name, class and
 * style of it and its parent), as asking is dear and cards share their looks.
 */
interface Look {
  clipped: boolean;
  struck: boolean;
}
const looks = new Map<string, Look>();

/** Forgets what was known of styles; called when a new pass begins. */
export const forgetLooks = (): void => looks.clear();

function lookOf(el: Element): Look {
  const parent = el.parentElement;
  const key = `${el.localName}|${el.getAttribute("class") ?? ""}|${el.getAttribute("style") ?? ""}|${parent?.localName ?? ""}|${parent?.getAttribute("class") ?? ""}`;
  let look = looks.get(key);
  if (look === undefined) {
    const style = getComputedStyle(el);
    look = { clipped: isClipped(style), struck: style.textDecorationLine.includes("line-through") };
    if (looks.size > 2_000) looks.clear();
    looks.set(key, look);
  }
  return look;
}

/** Whether an element is not shown, or only as the usual one-pixel box for screen readers. */
export const isClippedAway = (el: Element): boolean => lookOf(el).clipped;
export const isStruckOut = (el: Element): boolean => lookOf(el).struck;

function isClipped(style: CSSStyleDeclaration): boolean {
  if (style.display === "none" || style.visibility === "hidden") return true;
  if (style.position !== "absolute" && style.position !== "fixed") return false;
  return (
    style.clip === "rect(0px, 0px, 0px, 0px)" ||
    style.clip === "rect(1px, 1px, 1px, 1px)" ||
    style.clipPath.startsWith("inset(50%") ||
    style.clipPath.startsWith("inset(100%") ||
    (style.overflow !== "visible" && (style.width === "1px" || style.width === "0px"))
  );
}
