// Owns noticing that the page changed: one observer for the document, every open shadow root and every frame that is
// read, which only queues; and what no observer is told: a frame that shows another document, an element that gets
// its root late. What to do about it is the session's business. Never looks at our own nodes.

import { isElement, isText, openRootOf, parentOf } from "./dom";
import { documentIn, isHere, type Place } from "./places";
import type { Clock } from "./schedule";

/** Above this many records since the last look, single changes are not worth telling apart. */
export const FULL_PASS_RECORDS = 1_000;

/** When elements that may become hosts are looked at: first, and at the latest. */
const LATE_MS = 250;
const LATE_MS_MOST = 8_000;

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
  #off = new AbortController();
  #late: Array<WeakRef<Element>> = [];
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly ours: (node: Node) => boolean,
    private readonly wake: () => void,
  ) {
    this.#observer = new MutationObserver((records) => this.#note(records));
  }

  /** Watches a place, once; says whether it is new. */
  add(root: Place): boolean {
    if (this.#roots.has(root)) return false;
    this.#roots.add(root);
    this.#observer.observe(root, { childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ["href", "hidden"] });
    // Does not bubble, and stays inside a root.
    root.addEventListener("load", (event) => this.#loaded(event.target), { capture: true, passive: true, signal: this.#off.signal });
    return true;
  }

  /** Looks at these a few times more, ever later: no observer is told when an element gets its root. */
  expect(late: readonly Element[]): void {
    this.#late = late.map((el) => new WeakRef(el));
    this.#cancel?.();
    this.#cancel = null;
    if (late.length > 0) this.#lookLater(LATE_MS);
  }

  #lookLater(ms: number): void {
    if (ms > LATE_MS_MOST) return;
    this.#cancel = this.clock.after(ms, () => {
      this.#cancel = null;
      if (this.#late.some((ref) => { const el = ref.deref(); return el !== undefined && isHere(el) && openRootOf(el) !== null; })) this.everything();
      else this.#lookLater(ms * 2);
    });
  }

  /** Another document in a frame: nothing of it was seen. */
  #loaded(target: EventTarget | null): void {
    const el = target as Element | null;
    if ((el?.localName !== "iframe" && el?.localName !== "frame") || documentIn(el) === null) return;
    this.everything();
  }

  /** What changed cannot be told: all of it is to be looked at. */
  everything(): void {
    this.#changes.records++;
    this.#changes.all = true;
    this.wake();
  }

  stop(): void {
    this.#observer.disconnect();
    this.#off.abort();
    this.#off = new AbortController();
    this.#cancel?.();
    this.#cancel = null;
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
          if (isElement(node)) c.added.add(node);
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
      const target = isText(record.target) ? parentOf(record.target) : isElement(record.target) ? record.target : null;
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
    if (!isHere(node)) return false;
    for (let el = parentOf(node); el !== null; el = parentOf(el)) if (nodes.has(el)) return false;
    return true;
  });
}
