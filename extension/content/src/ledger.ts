// Owns which listings of this page are known: by key, by element and by text, what the background said of each text, and
// which of them left. Never reads the page's text, never speaks.

import type { Level } from "./generated/Level";
import type { Listing } from "./generated/Listing";
import type { Mark } from "./generated/Mark";
import { siteOf } from "./address";
import { LISTINGS } from "./bounds";
import { attr, firstIn, isConnected, isLink, matches, parentOf, tagOf } from "./dom";
import { type Entry, printOf } from "./entry";
import { hrefOf } from "./parts";
import { inOrder, isHere } from "./places";

/** Answers and former keys: as many as a page may have listings. */
const REMEMBERED = LISTINGS;
/** Listings that left and may come back under their key. */
const LOST = 500;
/** A card added to a list is at most so far below the list's own element. */
const LEVELS = 4;

/** Takes the oldest out of a map until at most `most` are left. */
function bound(map: Map<string, unknown>, most: number): void {
  for (const key of [...map.keys()].slice(0, Math.max(0, map.size - most))) map.delete(key);
}

export class Ledger {
  readonly entries = new Map<string, Entry>();
  #byElement = new WeakMap<Element, Entry>();
  /** Elements whose children are cards, each with one of them. */
  #lists = new WeakMap<Element, Entry>();
  /** Answers by text, so that a re-rendered card is known at once. */
  readonly #answers = new Map<string, Mark | null>();
  /** Entries whose element went away, by text: a re-render brings them back under the same key. */
  readonly #lost = new Map<string, Entry>();
  /** Keys of former pages. */
  readonly #past = new Map<string, string>();
  #counter = 0;

  /** How many keys were given so far. */
  get given(): number {
    return this.#counter;
  }

  /** A key that none had before. */
  key(): string {
    return `k${(++this.#counter).toString(36)}`;
  }

  /** The page went elsewhere: what was known belongs to a former one. */
  turn(): void {
    for (const e of this.entries.values()) this.#past.set(e.key, e.urlAtMatch);
    bound(this.#past, REMEMBERED);
    this.entries.clear();
    this.#byElement = new WeakMap();
    this.#lost.clear();
  }

  /** Address at match of a key that belonged to a former page. */
  formerPage(key: string): string | undefined {
    return this.#past.get(key);
  }

  /** The page's own listing, where it has one. */
  item(): Entry | undefined {
    for (const e of this.entries.values()) if (e.item) return e;
    return undefined;
  }

  /** The nearest listing around an element. */
  around(el: Element): Entry | null {
    for (let at: Element | null = el; at !== null; at = parentOf(at)) {
      const entry = this.#byElement.get(at);
      if (entry !== undefined && !entry.item) return entry;
    }
    return null;
  }

  /** Listings at least possible, in page order. */
  flagged(): Entry[] {
    return [...this.entries.values()].filter((e) => e.mark !== null && isHere(e.el)).sort((a, b) => (a.el === b.el ? 0 : a.item ? -1 : b.item ? 1 : inOrder(a.el, b.el)));
  }

  /** Whether the page is a list of listings and not about one of them. */
  isList(): boolean {
    const item = this.item();
    return this.entries.size > 0 && (item === undefined || !isConnected(item.el));
  }

  /** Elements of the listings that are cards. */
  cards(): Element[] {
    return [...this.entries.values()].filter((e) => !e.item && isHere(e.el)).map((e) => e.el);
  }

  /** Whether this very element is known as a card. */
  isCard(el: Element): boolean {
    return this.#byElement.has(el);
  }

  /** Whether known cards are its children: a find of it is a list around them. */
  holdsCards(el: Element): boolean {
    return this.#lists.has(el);
  }

  /** The nearest list of cards around an element that is new. */
  listAround(el: Element): Element | null {
    let levels = 0;
    for (let at = parentOf(el); at !== null && levels < LEVELS; at = parentOf(at), levels++) if (this.#lists.has(at)) return at;
    return null;
  }

  /**
   * The known card that a new element stands beside and looks like, else null. Where a list grows while somebody
   * scrolls, what it held before need not be weighed again for every piece that comes.
   */
  oneMoreLike(el: Element): Entry | null {
    const parent = parentOf(el);
    const card = parent === null ? undefined : this.#lists.get(parent);
    if (card === undefined || !isHere(card.el) || tagOf(el) !== tagOf(card.el) || attr(el, "class") !== attr(card.el, "class")) return null;
    const link = matches(el, "a[href]") ? el : firstIn(el, "a[href]");
    return isLink(link) && siteOf(hrefOf(link)) === siteOf(card.listing.url) ? card : null;
  }

  /** The entry that left with this text, if any: it is no longer among those that left. */
  takeBack(print: string): Entry | undefined {
    const back = this.#lost.get(print);
    if (back !== undefined) this.#lost.delete(print);
    return back;
  }

  /** An entry stands at its element from now on. */
  keep(entry: Entry): void {
    this.entries.set(entry.key, entry);
    if (!entry.item) this.#byElement.set(entry.el, entry);
  }

  /** What holds the entry's element is a list of such cards. */
  list(entry: Entry): void {
    const parent = parentOf(entry.el);
    if (parent !== null) this.#lists.set(parent, entry);
  }

  /** Gives an entry the answer that its text had before; whether it had none and must be asked for. */
  unanswered(entry: Entry): boolean {
    const known = this.#answers.get(entry.print);
    entry.waiting = known === undefined;
    if (known !== undefined) entry.mark = known;
    return entry.waiting;
  }

  /** Takes entries out whose element left the page; they come back when the page draws them anew. */
  sweep(): void {
    for (const e of this.entries.values()) {
      if (isHere(e.el)) continue;
      this.entries.delete(e.key);
      this.#byElement.delete(e.el);
      this.#lost.set(e.print, e);
    }
    bound(this.#lost, LOST);
  }

  /** The background's answer to what was sent: each flagged listing's mark, by its place in the batch. */
  answered(listings: readonly Listing[], marks: readonly Mark[]): void {
    const byIndex = new Map(marks.map((m) => [m.index, m]));
    listings.forEach((listing, i) => {
      const mark = byIndex.get(i) ?? null;
      const flagged = mark !== null && mark.level !== "none" ? mark : null;
      const sent = this.entries.get(listing.id);
      const print = sent?.listing === listing ? sent.print : printOf(listing);
      this.#answers.set(print, flagged);
      // An entry whose text changed meanwhile waits for its own answer.
      for (const e of [sent, this.#lost.get(print)]) {
        if (e?.print !== print) continue;
        e.mark = flagged;
        e.waiting = false;
      }
    });
    bound(this.#answers, REMEMBERED);
  }

  /** How many on this page are at this level; what is usually fine here is no finding to count. */
  count(level: Level): number {
    let n = 0;
    for (const e of this.entries.values()) if (e.mark?.level === level && e.mark.reportable !== "no" && isHere(e.el)) n++;
    return n;
  }
}
