// Owns the outline of an element: everything below it that reading asks for, taken down once, in plain records. Every
// later question is answered from them, and asks the page nothing. Built from opened and closed elements and texts, in
// order, whoever brings them: the walk through the tree (`leaves`) or the page's own markup (`markup`).

import { CARD_CHARS, CARD_TEXT_NODES, DEPTH } from "./bounds";
import { attr, elementsIn, isInline, isOutside } from "./dom";
import { classWords, propertyWords, STRUCK } from "./words";

/** One element. */
export interface Part {
  readonly name: string;
  /** The element around it, as far as the outline reaches. */
  readonly parent: Part | null;
  /** The element itself, where it is at hand. */
  readonly dom: Element | null;
  /** Its attributes as markup; null where the element itself is asked. */
  readonly tag: string | null;
  /** Which of the elements below the outline's root it is, from 1; the root is 0. */
  readonly at: number;
  /** Bits of `words` from it and the elements around it, inside the outline. */
  words: number;
  link: Part | null;
  heading: Part | null;
  button: boolean;
}

/** One text: a text node, with those that follow it directly. */
export interface Leaf {
  /** Its nodes, where they are at hand. */
  readonly nodes: readonly Text[];
  /** The element around it. */
  readonly el: Part;
  /** The text, as it was read. */
  readonly raw: string;
  readonly words: number;
  /** Changes where a line ends: blocks and `br`. */
  readonly block: number;
  readonly link: Part | null;
  readonly heading: Part | null;
  readonly button: boolean;
}

export interface Outline {
  readonly root: Part;
  readonly leaves: Leaf[];
  /** Pictures, and what calls itself one. */
  readonly images: Part[];
  readonly links: Part[];
  /** All texts, one a line, hidden ones too; bounded a little above what a card may hold. */
  text: string;
  /** A picture of any kind. */
  image: boolean;
  /** A heading below the root. */
  heading: boolean;
  /** The first alternative text of a picture, or null. */
  alt: string | null;
  /** What the first link that has a name for screen readers or a pointer is called, or null. */
  label: string | null;
  /** Something that microdata calls the price. */
  priced: boolean;
}

/** What is read of a text in elements whose text is none of the page's. */
const NO_WORDS = new Set(["script", "style", "noscript", "template", "svg"]);
const HEADING = /^h[1-6]$/;
const ELEMENTS = 4_000;
/** Longest text of all, and of one node in it. */
export const OUTLINE_TEXT = 4_000;
const NODE_TEXT = 1_000;

const RARE = / (?:role|itemprop|hidden|contenteditable)="/;
const ENTITY = /&(?:amp|lt|gt|quot|nbsp);/g;
const MEANT: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\u00a0" };

/** A piece of markup as the text that it stands for; the browser writes no other entities. */
export const decoded = (markup: string): string => (markup.includes("&") ? markup.replace(ENTITY, (e) => MEANT[e] ?? e) : markup);

const needles = new Map<string, string>();

/** An attribute, or null. A quotation mark never stands inside a value, so what looks like the name is it. */
export function attributeOf({ tag, dom }: Pick<Part, "tag" | "dom">, name: string): string | null {
  if (tag === null) return dom === null ? null : attr(dom, name);
  if (tag === "") return null;
  let needle = needles.get(name);
  if (needle === undefined) needles.set(name, (needle = ` ${name}="`));
  const start = tag.indexOf(needle);
  if (start === -1) return null;
  const from = start + needle.length;
  return decoded(tag.slice(from, tag.indexOf('"', from)));
}

/** The element that a part stands for, as far as it can still be told. */
export function elementOf(part: Part): Element | null {
  if (part.dom !== null) return part.dom;
  let root = part;
  while (root.parent !== null) root = root.parent;
  const el = root.dom === null ? null : elementsIn(root.dom).item(part.at - 1);
  return el?.localName === part.name && attr(el, "class") === attributeOf(part, "class") ? el : null;
}

/** The same, bounded; "" where there is none. */
export const textOf = (part: Pick<Part, "tag" | "dom">, name: string): string => (attributeOf(part, name) ?? "").slice(0, 2_000);

/** What a link without words is called: its name for screen readers, or what shows when a pointer rests on it. */
export const labelOf = (part: Pick<Part, "tag" | "dom">): string => (textOf(part, "aria-label") || textOf(part, "title")).replace(/\s+/g, " ").trim();

/** Whether `outer` is `inner` or around it. */
export function isIn(outer: Part, inner: Part | null): boolean {
  for (let at = inner; at !== null; at = at.parent) if (at === outer) return true;
  return false;
}

/** Whether a text says nothing. */
const isBlank = (raw: string, text: string): boolean => text === "" && (raw.length <= NODE_TEXT || !/\S/.test(raw));

/** A text as a line of its outline's, or "" where it says nothing. */
export function lineOf(raw: string): string {
  const text = raw.slice(0, NODE_TEXT).trim();
  return isBlank(raw, text) ? "" : `${text}\n`;
}

/** Adds a text to leaves, if it is `read`; says how many signs its leaf stands for. */
export function addLeaf(
  leaves: Leaf[], raw: string, nodes: readonly Text[], around: Part, block: number, read: boolean, blank = isBlank(raw, raw.slice(0, NODE_TEXT).trim()),
): number {
  // White space between inline elements keeps words apart.
  if (!read || (blank && (raw === "" || leaves.length === 0))) return 0;
  const said = blank ? " " : raw.length > CARD_CHARS ? raw.slice(0, CARD_CHARS) : raw;
  leaves.push({ nodes, el: around, raw: said, block, words: around.words, link: around.link, heading: around.heading, button: around.button });
  return blank ? 0 : raw.length;
}

/** Takes an outline down. */
export class Outliner {
  readonly outline: Outline;
  #block = 0;
  #chars = 0;
  #elements = 0;
  #depth = 0;
  /** How many of the open elements are out of bounds, or below one that is. */
  #outside = 0;

  constructor(
    root: Pick<Part, "name" | "dom" | "tag">,
    private readonly maxNodes = CARD_TEXT_NODES,
    private readonly maxChars = CARD_CHARS,
  ) {
    const part: Part = { name: root.name, parent: null, dom: root.dom, tag: root.tag, at: 0, words: 0, link: null, heading: null, button: false };
    this.outline = { root: part, leaves: [], images: [], links: [], text: "", image: false, heading: false, alt: null, label: null, priced: false };
  }

  /** No more leaves are taken. */
  get full(): boolean {
    return this.outline.leaves.length >= this.maxNodes || this.#chars >= this.maxChars;
  }

  /** An element begins. Null where nothing inside it is wanted: then it must not be closed. */
  open(name: string, around: Part | null, dom: Element | null, tag: string | null, at: number): Part | null {
    const { outline } = this;
    if (++this.#elements > ELEMENTS || this.#depth > DEPTH) return null;
    if (name === "br") {
      this.#block++;
      return null;
    }
    const part: Part = around === null ? outline.root : { name, parent: around, dom, tag, at, words: around.words, link: around.link, heading: around.heading, button: around.button };
    // One look says that an element has none of these: most have none.
    const says = part.tag === null || (part.tag !== "" && RARE.test(part.tag));
    const role = says ? attributeOf(part, "role") : null;
    const property = says ? attributeOf(part, "itemprop") : null;
    const isHeading = HEADING.test(name) || role === "heading";
    const isImage = name === "img" || name === "picture" || role === "img";
    if (around !== null) {
      if (isImage || name === "video" || name === "canvas") outline.image = true;
      if (isHeading) outline.heading = true;
      if (property === "price") outline.priced = true;
      if (name === "img") outline.alt ??= attributeOf(part, "alt");
      if (name === "a" && outline.label === null && (attributeOf(part, "aria-label") ?? attributeOf(part, "title")) !== null) outline.label = labelOf(part);
    }
    const seen = this.#outside === 0;
    if (isImage && seen && !this.full) outline.images.push(part);
    if (name === "img" || NO_WORDS.has(name)) return null;
    this.#depth++;
    if (!seen || isOutside(name, says ? attributeOf(part, "hidden") : null, says ? attributeOf(part, "contenteditable") : null)) {
      this.#outside++;
      return part;
    }
    part.words |= (around === null ? 0 : classWords(attributeOf(part, "class"))) | propertyWords(property) | (name === "s" || name === "del" || name === "strike" ? STRUCK : 0);
    if (isHeading) part.heading = part;
    // A card that is a button as a whole has words of its own in it.
    if (around !== null && (name === "button" || role === "button")) part.button = true;
    if (name === "a" && attributeOf(part, "href") !== null) {
      part.link = part;
      if (!this.full) outline.links.push(part);
    }
    if (!isInline(name)) this.#block++;
    return part;
  }

  /** An element ends that was opened. */
  close(part: Part): void {
    this.#depth--;
    if (this.#outside > 0) this.#outside--;
    else if (!isInline(part.name)) this.#block++;
  }

  /** Whether what stands here is out of bounds: only its words count, for how much there is. */
  get outside(): boolean {
    return this.#outside > 0;
  }

  /** Changes where a line ends. */
  get block(): number {
    return this.#block;
  }

  /** A text. */
  text(raw: string, nodes: readonly Text[], around: Part): void {
    const { outline } = this;
    if (outline.text.length <= OUTLINE_TEXT) outline.text += lineOf(raw);
    this.#chars += addLeaf(outline.leaves, raw, nodes, around, this.#block, this.#outside === 0 && !this.full);
  }
}
