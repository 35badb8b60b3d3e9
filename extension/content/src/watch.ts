// Owns noticing that the page changed: one observer for the document and every open shadow root, which only
// queues. What to do about it is the session's business. Never looks at our own nodes.

import { isText, parentOf } from "./dom";

/** Above this many records since the last look, single changes are not worth telling apart. */
export const FULL_PASS_RECORDS = 1_000;

/** What changed since the last look. */
export interface Changes {
  /** Too much to tell apart: look at everything. */
  all: boolean;
  /** Elements whose own text or content changed. */
  touched: Set<Element>;
  /** Added elements, without those inside other added ones. */
  added: Set<Element>;
  removed: boolean;
  records: number;
}

const nothing = (): Changes => ({ all: false, touched: new Set(), added: new Set(), removed: false, records: 0 });

export class Watch {
  readonly #observer: MutationObserver;
  #roots = new WeakSet<Node>();
  #changes = nothing();

  constructor(
    private readonly ours: (node: Node) => boolean,
    private readonly wake: () => void,
  ) {
    this.#observer = new MutationObserver((records) => this.#note(records));
  }

  /** Watches a document or shadow root, once. */
  add(root: Node): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    this.#observer.observe(root, { childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ["href", "hidden"] });
  }

  stop(): void {
    this.#observer.disconnect();
    this.#roots = new WeakSet();
    this.#changes = nothing();
  }

  /** Hands over what changed. */
  take(): Changes {
    this.#note(this.#observer.takeRecords(), false);
    const changes = this.#changes;
    this.#changes = nothing();
    return changes;
  }

  #note(records: readonly MutationRecord[], wake = true): void {
    const c = this.#changes;
    const before = c.records;
    for (const record of records) {
      if (this.ours(record.target)) continue;
      c.records++;
      if (c.records > FULL_PASS_RECORDS) {
        // The rest is only counted; the full pass sees it all.
        c.all = true;
        continue;
      }
      if (record.type === "childList") {
        let foreign = false;
        for (const node of record.addedNodes) {
          if (this.ours(node)) continue;
          foreign = true;
          if (node.nodeType === Node.ELEMENT_NODE) c.added.add(node as Element);
        }
        for (const node of record.removedNodes) {
          if (this.ours(node)) continue;
          foreign = true;
          c.removed = true;
        }
        if (!foreign) {
          c.records--;
          continue;
        }
      }
      const target = isText(record.target) ? parentOf(record.target) : record.target.nodeType === Node.ELEMENT_NODE ? (record.target as Element) : null;
      if (target !== null) c.touched.add(target);
    }
    if (c.all) {
      c.touched.clear();
      c.added.clear();
    }
    if (wake && c.records > before) this.wake();
  }
}

/** `nodes` without those that lie inside another of them. */
export function outermost(nodes: ReadonlySet<Element>): Element[] {
  return [...nodes].filter((node) => {
    if (!node.isConnected) return false;
    for (let el = parentOf(node); el !== null; el = parentOf(el)) if (nodes.has(el)) return false;
    return true;
  });
}
