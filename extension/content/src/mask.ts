// Owns the demo mask: on any page, sellers, places and pictures are covered while a page is shown to others.
// Pictures are covered as a whole by a sheet, words by a highlight, so that nothing of the page changes and
// switching off leaves no trace. New content is covered in the turn in which it comes, before it is painted.

import { leadsToSeller } from "./address";
import { attr, parentOf, tagOf } from "./dom";
import { LOCATION, SELLER, classWords, propertyWords } from "./words";

/** Its name in the page's highlight registry. */
export const MASK = "m3";
/** Most text nodes that are covered at once. */
const COVERED = 20_000;
/** Nodes that are looked at in the turn in which they come; more are looked at in slices. */
const AT_ONCE = 5_000;
/** A longer text is a description, not a name or a place; whole blocks up to this length are covered. */
const LONG = 300;
/** Words of the listings that are looked for everywhere. */
const KNOWN = 300;
/** Levels above a text at which a telling name is looked for. */
const LEVELS = 4;

// Pictures keep their boxes: only what is in them goes. Frames can hold anything.
const SHEET = `
::highlight(${MASK}) {
  color: transparent !important;
  -webkit-text-fill-color: transparent !important;
  text-shadow: none !important;
  text-decoration: none !important;
  background-color: #6e7672 !important;
}
img, video, canvas, input[type="image" i] {
  object-position: -100000px 0 !important;
  background: #b9c0bc !important;
  color: transparent !important;
  border-image: none !important;
}
canvas, iframe, frame, object, embed, svg image, svg foreignObject { visibility: hidden !important; }
*, *::before, *::after { background-image: none !important; }
picture, figure { background: #b9c0bc !important; }
`;

/** What is known of the page's listings. */
export interface Known {
  readonly seller: string;
  readonly location: string;
}

export class Mask {
  readonly #highlight = new Highlight();
  readonly #sheet = new CSSStyleSheet();
  readonly #observer: MutationObserver;
  readonly #roots = new Set<Document | ShadowRoot>();
  readonly #covered = new Map<Text, StaticRange>();
  #words: string[] = [];
  #shorts = new Set<string>();
  #told = "";

  constructor(
    private readonly ours: (node: Node) => boolean,
    /** Runs work in slices. */
    private readonly slices: (work: () => Generator<void, void>) => void,
  ) {
    this.#highlight.priority = 10;
    this.#sheet.replaceSync(SHEET);
    CSS.highlights.set(MASK, this.#highlight);
    this.#observer = new MutationObserver((records) => this.#changed(records));
    this.#watch(document);
    slices(() => this.#cover(document));
  }

  remove(): void {
    this.#observer.disconnect();
    for (const root of this.#roots) {
      const sheets = [...root.adoptedStyleSheets];
      const at = sheets.indexOf(this.#sheet);
      if (at !== -1) root.adoptedStyleSheets = sheets.toSpliced(at, 1);
    }
    this.#roots.clear();
    this.#highlight.clear();
    this.#covered.clear();
    if (CSS.highlights.get(MASK) === this.#highlight) CSS.highlights.delete(MASK);
  }

  /** Sellers and places that were read: they are covered wherever they stand. */
  know(entries: Iterable<Known>): void {
    const found = new Set<string>();
    for (const { seller, location } of entries) {
      for (const word of [seller, location]) if (word.trim() !== "") found.add(fold(word));
      if (found.size >= KNOWN) break;
    }
    const told = [...found].join("\n");
    if (told === this.#told) return;
    this.#told = told;
    // A short one ("NY") would be found inside many words.
    this.#words = [...found].filter((w) => w.length >= 4);
    this.#shorts = new Set([...found].filter((w) => w.length < 4));
    this.slices(() => this.#cover(document));
  }

  #watch(root: Document | ShadowRoot): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    root.adoptedStyleSheets.push(this.#sheet);
    this.#observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["class", "itemprop", "href"] });
  }

  #changed(records: readonly MutationRecord[]): void {
    let left = AT_ONCE;
    const later: Node[] = [];
    for (const record of records) {
      const nodes = record.type === "childList" ? record.addedNodes : [record.target];
      for (const node of nodes) {
        if (this.ours(node)) continue;
        const steps = this.#cover(node);
        while (left > 0 && steps.next().done !== true) left -= EACH;
        left--;
        if (left <= 0) later.push(node);
      }
    }
    this.#restore();
    if (later.length === 0) return;
    const { slices } = this;
    slices(() => this.#coverAll(later));
  }

  *#coverAll(nodes: readonly Node[]): Generator<void, void> {
    for (const node of nodes) yield* this.#cover(node);
  }

  /** Pages may set their own sheets and registry, and lose ours with it. */
  #restore(): void {
    if (!CSS.highlights.has(MASK)) CSS.highlights.set(MASK, this.#highlight);
    for (const root of this.#roots) {
      if (root instanceof ShadowRoot && !root.host.isConnected) this.#roots.delete(root);
      else if (![...root.adoptedStyleSheets].includes(this.#sheet)) root.adoptedStyleSheets.push(this.#sheet);
    }
    if (this.#covered.size < COVERED) return;
    for (const node of this.#covered.keys()) if (!node.isConnected) this.#uncover(node);
  }

  /** Looks at all texts below a node, through open shadow roots. */
  *#cover(from: Node): Generator<void, void> {
    const queue: Node[] = [from];
    let n = 0;
    for (const root of queue) {
      if (root.nodeType === Node.TEXT_NODE) this.#look(root as Text);
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node: Node | null = walker.currentNode; node !== null; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) this.#look(node as Text);
        else if (node.nodeType === Node.ELEMENT_NODE) {
          const inner = (node as Element).shadowRoot;
          if (inner !== null && !this.#roots.has(inner)) {
            this.#watch(inner);
            queue.push(inner);
          }
        }
        if (++n % EACH === 0) yield;
      }
    }
  }

  #look(node: Text): void {
    const covered = this.#covered.has(node);
    const wanted = node.data.trim() !== "" && (this.#names(node.data) || tells(node));
    if (covered) this.#uncover(node);
    if (!wanted || this.#covered.size >= COVERED) return;
    const range = new StaticRange({ startContainer: node, startOffset: 0, endContainer: node, endOffset: node.length });
    this.#covered.set(node, range);
    this.#highlight.add(range);
  }

  #uncover(node: Text): void {
    const range = this.#covered.get(node);
    if (range !== undefined) this.#highlight.delete(range);
    this.#covered.delete(node);
  }

  /** Whether a text holds a seller or a place that was read. */
  #names(data: string): boolean {
    if (data.length > LONG || this.#told === "") return false;
    const text = fold(data);
    return this.#shorts.has(text) || this.#words.some((word) => text.includes(word));
  }
}

/** Nodes between two chances to stop. */
const EACH = 64;

const fold = (text: string): string => text.replace(/\s+/g, " ").trim().toLowerCase();

/** Whether an element holds more text than a name or a place has. */
function isLong(el: Element): boolean {
  const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
  let length = 0;
  let nodes = 0;
  for (let node = walker.nextNode(); node !== null && length <= LONG && nodes < LONG; node = walker.nextNode(), nodes++) {
    length += (node as Text).data.trim().length;
  }
  return length > LONG || nodes >= LONG;
}

/** Whether the elements around a text say that it is a seller or a place. */
function tells(node: Text): boolean {
  let el = parentOf(node);
  for (let level = 0; el !== null && level < LEVELS; level++, el = parentOf(el)) {
    if (el === document.body || /^(?:html|main|article|li|ul|ol|section|form)$/.test(tagOf(el))) return false;
    if (tagOf(el) === "address" || /(?:^|\s)author(?:$|\s)/i.test(attr(el, "rel") ?? "")) return true;
    const words = classWords(attr(el, "class")) | propertyWords(attr(el, "itemprop"));
    if ((words & (SELLER | LOCATION)) !== 0 && !isLong(el)) return true;
    if (tagOf(el) === "a" && leadsToSeller((el as HTMLAnchorElement).href)) return true;
  }
  return false;
}
