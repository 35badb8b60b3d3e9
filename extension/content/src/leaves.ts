// Owns reading the text of one element from the page's tree, what a flow of text is, and what the page's styles say of it.
// Never reads what a person typed, hidden blocks, or more than the bounds allow. Changes nothing.

import { CARD_CHARS, CARD_TEXT_NODES } from "./bounds";
import { isSpace } from "./characters";
import { attr, firstChildOf, isElement, isText, nextOf, parentOf, tagOf } from "./dom";
import { attributeOf, elementOf, type Leaf, type Outline, Outliner, OUTLINE_TEXT, type Part } from "./outline";
import { BADGE, HIDDEN, PARTIAL, STRUCK } from "./words";

export type { Leaf } from "./outline";

/** Reads the leaves below `card`, skipping whatever `skip` says, with their nodes. */
export function readLeaves(card: Element, skip?: (el: Element) => boolean, maxNodes = CARD_TEXT_NODES, maxChars = CARD_CHARS): Outline {
  const outliner = new Outliner({ name: tagOf(card), dom: card, tag: null }, maxNodes, maxChars);
  walk(outliner, card, null, skip, () => outliner.full, false);
  return outliner.outline;
}

/** Everything that is asked of a card, from the tree: where its markup does not say it all. */
export function outlineOfTree(card: Element): Outline {
  const outliner = new Outliner({ name: tagOf(card), dom: card, tag: null });
  walk(outliner, card, null, undefined, () => outliner.full && outliner.outline.text.length > OUTLINE_TEXT, true);
  return outliner.outline;
}

/** `whole`: what is out of bounds is walked too, as its words count for how much there is. */
function walk(outliner: Outliner, el: Element, around: Part | null, skip: ((el: Element) => boolean) | undefined, ended: () => boolean, whole: boolean): void {
  const part = outliner.open(tagOf(el), around, el, null, 0);
  if (part === null) return;
  if (whole || !outliner.outside) {
    for (let child = firstChildOf(el); child !== null && !ended();) {
      if (isText(child)) {
        // What scripts put beside each other reads as one.
        const nodes = [child];
        let raw = child.data;
        let next = nextOf(child);
        for (; next !== null && isText(next); next = nextOf(next)) {
          nodes.push(next);
          raw += next.data;
        }
        outliner.text(raw, nodes, part);
        child = next;
        continue;
      }
      if (isElement(child) && skip?.(child) !== true) walk(outliner, child, part, skip, ended, whole);
      child = nextOf(child);
    }
  }
  outliner.close(part);
}

/** A piece of a flow that stands for (part of) one text. */
export interface Piece {
  readonly nodes: readonly Text[];
  /** Where in the flow's text it starts. */
  readonly at: number;
  /** The text as it was read. */
  readonly raw: string;
}

/** Text as it is sent, with the nodes it came from, where they are at hand. */
export interface Flow {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

export const EMPTY: Flow = { text: "", pieces: [] };

/** Any white space but single blanks. Asked of the browser at once: going from sign to sign is dear in a script that just began. */
const SPACED = /[\t-\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]| {2}/;

const NO_PIECES: readonly Piece[] = [];

/** Without the one blank that may stand at either end. */
function withoutBlanks(raw: string): string {
  const from = raw.charCodeAt(0) === 0x20 ? 1 : 0;
  const to = raw.length > from && raw.charCodeAt(raw.length - 1) === 0x20 ? raw.length - 1 : raw.length;
  return to - from === raw.length ? raw : raw.slice(from, to);
}

/** Joins leaves into text with collapsed white space; blocks are joined by `between`. Reads no further than a little past `enough`. */
export function flow(leaves: readonly Leaf[], between = " ", enough = Infinity): Flow {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined && only.nodes.length === 0 && !SPACED.test(only.raw)) return { text: withoutBlanks(only.raw), pieces: NO_PIECES };
  let text = "";
  let pending = "";
  let block = -1;
  const pieces: Piece[] = [];
  for (const leaf of leaves) {
    if (text.length > enough) break;
    if (block !== -1 && leaf.block !== block) pending = between;
    block = leaf.block;
    let started = false;
    let from = 0;
    const raw = leaf.raw;
    const plain = !SPACED.test(raw);
    while (from < raw.length) {
      let to = from;
      if (plain && raw.charCodeAt(from) !== 0x20) to = raw.endsWith(" ") ? raw.length - 1 : raw.length;
      else while (to < raw.length && !isSpace(raw.charCodeAt(to))) to++;
      if (to > from) {
        if (pending !== "" && text !== "") text += pending;
        pending = "";
        if (!started) {
          if (leaf.nodes.length > 0) pieces.push({ nodes: leaf.nodes, at: text.length, raw });
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
    if (out >= at) return nodeAt(piece, i);
    out++;
  }
  return nodeAt(piece, piece.raw.trimEnd().length);
}

function nodeAt({ nodes }: Piece, offset: number): { node: Text; offset: number } | null {
  for (const node of nodes) {
    if (offset < node.data.length || node === nodes.at(-1)) return { node, offset };
    offset -= node.data.length;
  }
  return null;
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

/** The last one that was asked for: its look is mostly asked for twice. */
let lastPart: object | null = null;
let lastLook: Look | null = null;

/** Forgets what was known of styles; called when a new pass begins. */
export const forgetLooks = (): void => {
  looks.clear();
  lastPart = null;
};

const NOTHING: Look = { clipped: false, struck: false };

function lookOf(part: Pick<Part, "name" | "parent" | "dom" | "tag">): Look {
  if (part === lastPart && lastLook !== null) return lastLook;
  // What stands around an outline is asked of the page.
  const parent = part.parent ?? (part.dom === null ? null : parentOf(part.dom));
  const around = parent === null ? "" : "localName" in parent ? `${tagOf(parent)}|${attr(parent, "class") ?? ""}` : `${parent.name}|${attributeOf(parent, "class") ?? ""}`;
  const key = `${part.name}|${attributeOf(part, "class") ?? ""}|${attributeOf(part, "style") ?? ""}|${around}`;
  let look = looks.get(key);
  lastPart = part;
  lastLook = look ?? null;
  if (look !== undefined) return look;
  const el = part.dom ?? elementOf(part as Part);
  if (el === null) return NOTHING;
  const style = getComputedStyle(el);
  look = { clipped: isClipped(style), struck: style.textDecorationLine.includes("line-through") };
  if (looks.size > 2_000) looks.clear();
  looks.set(key, look);
  lastLook = look;
  return look;
}

/** Whether an element is not shown, or only as the usual one-pixel box for screen readers. */
export const isClippedAway = (part: Part): boolean => lookOf(part).clipped;
/** The same of an element of the page. */
export const isClippedAwayIn = (el: Element): boolean => lookOf({ name: tagOf(el), parent: null, dom: el, tag: null }).clipped;
export const isStruckOut = (part: Part): boolean => lookOf(part).struck;

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
