// Owns moulds: what the markup of one card teaches for the next ones. The cards of a list are mostly cast alike, the same
// elements with the same classes around other words and addresses. Such a card is not taken apart again: its markup is
// laid beside the mould, and where it fits sign by sign, its outline is the mould's with words and addresses of its own.
// Where it does not fit, nothing is said. Decides nothing, and knows only what `markup` tells it of one card.

import { addLeaf, attributeOf, decoded, labelOf, type Leaf, lineOf, type Outline, type Part } from "./outline";

/** A piece of markup as it was taken apart: an element's beginning (then `name` is set), a text (then `around` is), or else. */
export interface Token {
  readonly from: number;
  readonly to: number;
  readonly name?: string;
  readonly at?: number;
  readonly around?: Part;
  readonly block?: number;
  /** Out of bounds: only its words count. */
  readonly outside?: boolean;
}

/** Longest markup that makes a mould, and most leaves: no bound of an outline is near then. */
const LONGEST = 4_000;
const LEAVES = 300;
/** What an outline is made by; the values of all other attributes are a card's own. */
const SHAPING = new Set(["class", "role", "itemprop", "hidden", "contenteditable"]);
const ATTRIBUTE = / ([^\s"'<>/=]+)="[^"]*"/g;
const NO_NODES: readonly Text[] = [];

/** Where a card has a tag with values of its own: what stands between these. */
interface TagHole {
  readonly pieces: readonly string[];
  /** Holds the outline's alternative text; its label. */
  readonly alt: boolean;
  readonly label: boolean;
}

/** Where a card has a text of its own. */
interface TextHole {
  readonly pieces: null;
  readonly around: number;
  readonly block: number;
  readonly outside: boolean;
}

/** A part by numbers: which it is below, leads by, is headed by. */
interface Cast {
  readonly name: string;
  readonly parent: number;
  /** Its attributes, or which hole they stand in. */
  readonly tag: string | number;
  readonly at: number;
  readonly words: number;
  readonly link: number;
  readonly heading: number;
  readonly button: boolean;
}

export interface Mould {
  /** Markup as it is, and holes. */
  readonly steps: ReadonlyArray<string | TagHole | TextHole>;
  readonly parts: readonly Cast[];
  readonly images: readonly number[];
  readonly links: readonly number[];
  /** What is the same in each of its outlines. */
  readonly like: Pick<Outline, "image" | "heading" | "alt" | "label" | "priced">;
  /** Holds elements of the page's own making. */
  readonly custom: boolean;
}

/** The mould of a card whose markup was taken apart as `tokens`; null where it is too large for one. */
export function mouldOf(html: string, tokens: readonly Token[], outline: Outline): Mould | null {
  if (html.length > LONGEST || outline.leaves.length > LEAVES) return null;
  const parts = partsIn(tokens, outline);
  const numbers = new Map(parts.map((part, n) => [part, n]));
  const numberOf = (part: Part | null): number => (part === null ? -1 : numbers.get(part) ?? -1);
  const steps: Mould["steps"][number][] = [];
  const holes = new Map<number, number>();
  let literal = "";
  let custom = false;
  let [alt, label] = [false, false];
  for (const { from, to, name, at, around, block, outside } of tokens) {
    if (name !== undefined && at !== undefined) {
      custom ||= name.includes("-");
      const tag = html.slice(from + 1 + name.length, to - 1);
      const pieces = piecesOf(tag);
      const own = { tag, dom: null };
      const saysAlt = at > 0 && !alt && name === "img" && attributeOf(own, "alt") !== null;
      const saysLabel = at > 0 && !label && name === "a" && (attributeOf(own, "aria-label") ?? attributeOf(own, "title")) !== null;
      alt ||= saysAlt;
      label ||= saysLabel;
      if (pieces.length > 1) {
        steps.push(`${literal}<${name}`, { pieces, alt: saysAlt, label: saysLabel });
        literal = ">";
        holes.set(at, holes.size);
        continue;
      }
    }
    if (around === undefined) {
      literal += html.slice(from, to);
      continue;
    }
    steps.push(literal, { pieces: null, around: numberOf(around), block: block ?? 0, outside: outside === true });
    literal = "";
  }
  steps.push(literal);
  return {
    steps, custom,
    like: { image: outline.image, heading: outline.heading, alt: outline.alt, label: outline.label, priced: outline.priced },
    parts: parts.map(({ name, parent, tag, at, words, link, heading, button }) => ({
      name, parent: numberOf(parent), tag: holes.get(at) ?? tag ?? "", at, words, link: numberOf(link), heading: numberOf(heading), button,
    })),
    images: outline.images.map(numberOf),
    links: outline.links.map(numberOf),
  };
}

/** The parts that anything refers to, each behind those around it. */
function partsIn(tokens: readonly Token[], { root, images, links }: Outline): Part[] {
  const all = new Set<Part>([root]);
  const add = (part: Part | null): void => {
    for (let at = part; at !== null && !all.has(at); at = at.parent) all.add(at);
  };
  for (const { around } of tokens) add(around ?? null);
  for (const part of [...images, ...links]) add(part);
  return [...all].sort((a, b) => a.at - b.at);
}

/** Attributes as written, cut where values of the card's own stand. */
function piecesOf(tag: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const { 0: whole, 1: name = "", index } of tag.matchAll(ATTRIBUTE)) {
    if (SHAPING.has(name)) continue;
    pieces.push(tag.slice(from, index + name.length + 3));
    from = index + whole.length - 1;
  }
  return [...pieces, tag.slice(from)];
}

/** The outline of a card by a mould, or null where it does not fit. */
export function cast(mould: Mould, html: string, dom: Element): Outline | null {
  const root = mould.parts[0];
  if (html.length > LONGEST || root === undefined) return null;
  const texts: string[] = [];
  const tags: string[] = [];
  let { alt, label } = mould.like;
  let text = "";
  let pos = 0;
  for (const step of mould.steps) {
    if (typeof step === "string") {
      if (!html.startsWith(step, pos)) return null;
      pos += step.length;
      continue;
    }
    const start = pos;
    if (step.pieces === null) {
      pos = html.indexOf("<", start);
      if (pos === -1) return null;
      const raw = decoded(html.slice(start, pos));
      const line = lineOf(raw);
      // What says nothing is no more than a blank.
      texts.push(line === "" && raw !== "" ? " " : raw);
      text += line;
      continue;
    }
    for (let i = 0; i < step.pieces.length; i++) {
      const piece = step.pieces[i] ?? "";
      if (i > 0) pos = html.indexOf('"', pos);
      if (pos === -1 || !html.startsWith(piece, pos)) return null;
      pos += piece.length;
    }
    const tag = html.slice(start, pos);
    if (step.alt) alt = attributeOf({ tag, dom: null }, "alt");
    if (step.label) label = labelOf({ tag, dom: null });
    tags.push(tag);
  }
  return pos === html.length ? new Casting(mould, texts, tags, partOf(root, tags, null, dom), text, alt, label) : null;
}

/** A part without what leads and heads it. */
const partOf = ({ name, tag, at, words, button }: Cast, tags: readonly string[], parent: Part | null, dom: Element | null): Part =>
  ({ name, parent, dom, tag: typeof tag === "number" ? tags[tag] ?? "" : tag, at, words, link: null, heading: null, button });

/** What a mould gives. Weighing a card asks little of it: parts and leaves are made when it is read, and live no longer. */
class Casting implements Outline {
  readonly image: boolean;
  readonly heading: boolean;
  readonly priced: boolean;
  #whole: Pick<Outline, "leaves" | "images" | "links"> | null = null;

  constructor(
    private readonly mould: Mould,
    private readonly texts: readonly string[],
    private readonly tags: readonly string[],
    readonly root: Part,
    readonly text: string,
    readonly alt: string | null,
    readonly label: string | null,
  ) {
    this.image = mould.like.image;
    this.heading = mould.like.heading;
    this.priced = mould.like.priced;
  }

  get leaves(): Leaf[] {
    return this.#made().leaves;
  }

  get images(): Part[] {
    return this.#made().images;
  }

  get links(): Part[] {
    return this.#made().links;
  }

  #made(): Pick<Outline, "leaves" | "images" | "links"> {
    if (this.#whole !== null) return this.#whole;
    const { mould, texts, tags, root } = this;
    const parts: Part[] = [];
    for (const shape of mould.parts) {
      const part = parts.length === 0 ? root : partOf(shape, tags, parts[shape.parent] ?? null, null);
      parts.push(part);
      part.link = parts[shape.link] ?? null;
      part.heading = parts[shape.heading] ?? null;
    }
    const leaves: Leaf[] = [];
    let n = 0;
    for (const step of mould.steps) {
      if (typeof step === "string" || step.pieces !== null) continue;
      const raw = texts[n++] ?? "";
      addLeaf(leaves, raw, NO_NODES, parts[step.around] ?? root, step.block, !step.outside, raw === "" || raw === " ");
    }
    return (this.#whole = { leaves, images: chosen(parts, mould.images), links: chosen(parts, mould.links) });
  }
}

function chosen(parts: readonly Part[], numbers: readonly number[]): Part[] {
  const found: Part[] = [];
  for (const n of numbers) {
    const part = parts[n];
    if (part !== undefined) found.push(part);
  }
  return found;
}
