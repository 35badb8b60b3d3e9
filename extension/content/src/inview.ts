// Which of the listings that were just read a person sees now. Reads places on the screen, never text.

import { BATCH } from "./bounds";
import { documentOf, rectangleOf } from "./dom";
import type { Entry } from "./entry";
import type { Clock } from "./schedule";

/** One card in so many is asked where it is; those before and behind one that is on screen may be so too. */
const ASKED = 4;

/** Whether those on screen come first as they stand: the first one was not scrolled past, and the second batch begins below. */
function beginsOnScreen(entries: readonly Entry[]): boolean {
  const [first, later] = [entries[0], entries[BATCH]];
  if (first === undefined || later === undefined || documentOf(first.el) !== document || documentOf(later.el) !== document) return false;
  return rectangleOf(first.el).bottom > 0 && rectangleOf(later.el).top >= innerHeight;
}

/** Those on screen first. Where their order does not say so, the browser tells where they are after its next frame. */
export function visibleFirst(entries: Entry[], clock: Clock): Promise<Entry[]> {
  // One batch is answered as a whole.
  if (entries.length <= BATCH || document.hidden || typeof IntersectionObserver !== "function" || beginsOnScreen(entries)) return Promise.resolve(entries);
  return new Promise((done) => {
    const asked = new Map<Element, number>();
    for (let at = 0; at < entries.length; at += ASKED) asked.set((entries[at] as Entry).el, at);
    const near = new Set<Entry>();
    let waiting = asked.size;
    const finish = (): void => {
      cancel();
      observer.disconnect();
      done([...entries.filter((e) => near.has(e)), ...entries.filter((e) => !near.has(e))]);
    };
    const cancel = clock.after(120, finish);
    const observer = new IntersectionObserver((changes) => {
      for (const c of changes) {
        const at = asked.get(c.target) ?? 0;
        if (c.isIntersecting) for (const e of entries.slice(Math.max(0, at - ASKED + 1), at + ASKED)) near.add(e);
      }
      waiting -= changes.length;
      if (waiting <= 0) finish();
    });
    for (const el of asked.keys()) observer.observe(el);
  });
}
