// Owns underlining the words that count, by the Custom Highlight API: no node of the page changes.
// The registry's names are neutral, as the page can read them.

import { documentOf } from "./dom";
import { type Entry, flowOf } from "./entry";
import { type Flow, locate } from "./leaves";

const PLAIN = "m1";
const STRONG = "m2";
/** Our names in the page's registry. */
export const NAMES = [PLAIN, STRONG] as const;
/** Most ranges at once. */
const RANGES = 2_000;

// One amber that can be told from both light and dark grounds: pages choose theirs, whatever the system says.
const STYLE = `
::highlight(${PLAIN}) { text-decoration: underline 1.5px solid #b3761a; background-color: rgb(255 190 70 / 0.1); }
::highlight(${STRONG}) { text-decoration: underline 3px solid #b3761a; background-color: rgb(255 190 70 / 0.25); }
@media (forced-colors: active) {
  ::highlight(${PLAIN}), ::highlight(${STRONG}) { text-decoration-color: Highlight; background-color: transparent; }
}
`;

export class Highlights {
  readonly #plain = new Highlight();
  readonly #strong = new Highlight();
  readonly #ranges = new Map<string, { of: Entry["mark"]; fields: Entry["fields"]; ranges: Array<[Highlight, StaticRange]> }>();
  readonly #sheet: CSSStyleSheet;

  constructor() {
    this.#sheet = new CSSStyleSheet();
    this.#sheet.replaceSync(STYLE);
    document.adoptedStyleSheets.push(this.#sheet);
    this.#strong.priority = 1;
    CSS.highlights.set(PLAIN, this.#plain);
    CSS.highlights.set(STRONG, this.#strong);
  }

  /** Adds and takes away ranges one by one; what stays is not touched. */
  show(entries: readonly Entry[]): void {
    this.#restore();
    const wanted = new Set(entries.map((e) => e.key));
    for (const key of [...this.#ranges.keys()]) if (!wanted.has(key)) this.#drop(key);
    for (const e of entries) {
      // A frame has a registry of its own; there the badge and its reasons must do (decision 0042).
      if (documentOf(e.el) !== document) continue;
      const old = this.#ranges.get(e.key);
      // Fields are read anew whenever the card changes: other fields may mean other text nodes.
      if (old !== undefined && old.of === e.mark && old.fields === e.fields) continue;
      this.#drop(e.key);
      const ranges = rangesOf(e).map(([strong, range]): [Highlight, StaticRange] => [strong ? this.#strong : this.#plain, range]);
      for (const [highlight, range] of ranges) if (highlight.size < RANGES) highlight.add(range);
      this.#ranges.set(e.key, { of: e.mark, fields: e.fields, ranges });
    }
  }

  /** Pages may set their own sheets and registry, and lose ours with it. */
  #restore(): void {
    if (!CSS.highlights.has(PLAIN)) CSS.highlights.set(PLAIN, this.#plain);
    if (!CSS.highlights.has(STRONG)) CSS.highlights.set(STRONG, this.#strong);
    if (![...document.adoptedStyleSheets].includes(this.#sheet)) document.adoptedStyleSheets.push(this.#sheet);
  }

  remove(): void {
    for (const key of [...this.#ranges.keys()]) this.#drop(key);
    // Another script of ours may have taken the names over.
    if (CSS.highlights.get(PLAIN) === this.#plain) CSS.highlights.delete(PLAIN);
    if (CSS.highlights.get(STRONG) === this.#strong) CSS.highlights.delete(STRONG);
    const sheets = [...document.adoptedStyleSheets];
    const at = sheets.indexOf(this.#sheet);
    if (at !== -1) document.adoptedStyleSheets = sheets.toSpliced(at, 1);
  }

  #drop(key: string): void {
    for (const [highlight, range] of this.#ranges.get(key)?.ranges ?? []) highlight.delete(range);
    this.#ranges.delete(key);
  }
}

/** The ranges of an entry's spans, as far as their nodes still hold what was read. */
function rangesOf(e: Entry): Array<[boolean, StaticRange]> {
  const found: Array<[boolean, StaticRange]> = [];
  for (const span of e.mark?.spans ?? []) {
    const flow: Flow | null = flowOf(e.fields, span.field);
    if (flow === null || span.end <= span.start || span.end > flow.text.length) continue;
    const start = locate(flow, span.start);
    const last = locate(flow, span.end - 1);
    if (start === null || last === null) continue;
    if (start.node.data.length < start.offset || last.node.data.length < last.offset + 1 || !start.node.isConnected || !last.node.isConnected) continue;
    found.push([span.strong, new StaticRange({ startContainer: start.node, startOffset: start.offset, endContainer: last.node, endOffset: last.offset + 1 })]);
  }
  return found;
}
