// Owns what is on this page: which listings were read, what the background said about them, and which page
// (address) they belong to. Reads through the finder, speaks through the link, tells the marks what to show.
// Nothing here touches the page.

import { BATCH_LISTINGS } from "./generated/limits";
import type { Field } from "./generated/Field";
import type { Finding } from "./generated/Finding";
import type { Findings } from "./generated/Findings";
import type { Level } from "./generated/Level";
import type { Listed } from "./generated/Listed";
import type { Listing } from "./generated/Listing";
import type { Mark } from "./generated/Mark";
import { canonical, isPrivate, listingId, plain, routeOf, siteOf, target } from "./address";
import { BATCH, cut, LISTINGS, SHORT_BYTES, URL_BYTES } from "./bounds";
import { forgetOutlines, outlineNow, takeOutline } from "./cards";
import { attr, documentOf, firstIn, includes, isConnected, isLink, isVisible, matches, nearest, parentOf, rectangleOf, tagOf } from "./dom";
import { inOrder, isDead, isDocument, isHere, mayHoldPlaces, openPlaces, type Place } from "./places";
import { isClosed } from "./marketplaces";
import type { Fields } from "./fields";
import { findItem, findPage, findPart, type How, type Listings, PLAIN, readCard, readQuickly } from "./find";
import type { Item } from "./item";
import type { Flow } from "./leaves";
import { Link, type Port } from "./link";
import { hrefOf, withRoute } from "./parts";
import { CalledOff, type Clock, Slicer } from "./schedule";
import { outermost, Watch } from "./watch";

/** One listing on the page. */
export interface Entry {
  readonly key: string;
  el: Element;
  /** The page's own listing, not a card. */
  readonly item: boolean;
  fields: Fields;
  /** How it was first read: it is read again in the same way. */
  how: How;
  listing: Listing;
  /** Everything that was sent, as one string: the same text is never sent twice. */
  print: string;
  mark: Mark | null;
  urlAtMatch: string;
  matchedAt: string;
  reported: boolean;
  /** Not answered yet. */
  waiting: boolean;
  /** How often its text changed. */
  changes: number;
}

/** Told about changes. */
export interface SessionEvents {
  /** Findings changed in some way. */
  changed(): void;
  /** The page went elsewhere without loading. */
  moved(): void;
  orphaned(): void;
  /** A frame's document is read from now on. */
  entered(doc: Document): void;
}

/** A page that changes its cards' text without end is read no further. */
const CHANGES_EACH = 20;
const RESENT = 2_000;
/** Records in one flush that no honest page reaches often. */
const STORM_RECORDS = 20_000;
const STORMS = 5;
/** Answers and former keys: as many as a page may have listings. */
const REMEMBERED = LISTINGS;
/** Milliseconds between a change and looking at it; and the longest wait when looking finds nothing new. */
const SETTLE_MS = 60;
const PATIENCE_MS = 5_000;
/** Looks at a page that changes, without one listing found, after which it is left alone until a person does something. */
const LOOKS_IN_VAIN = 12;

export class Session {
  readonly entries = new Map<string, Entry>();
  gaveUp = false;
  readonly slicer: Slicer;
  readonly link: Link;
  #byElement = new WeakMap<Element, Entry>();
  /** Elements whose children are cards, each with one of them. */
  #lists = new WeakMap<Element, Entry>();
  /** Answers by text, so that a re-rendered card is known at once. */
  #answers = new Map<string, Mark | null>();
  /** Entries whose element went away, by text: a re-render brings them back under the same key. */
  #lost = new Map<string, Entry>();
  /** Keys of former pages. */
  #past = new Map<string, string>();
  #watch: Watch;
  /** Open shadow roots and frames of the last look at everything. */
  #places: readonly Place[] = [];
  #url: string;
  #page = new AbortController();
  #counter = 0;
  #resent = 0;
  #storms = 0;
  #scheduled = false;
  #passes = 0;
  #patience = SETTLE_MS;
  #vain = 0;
  #started = false;
  #stopped = false;
  #counts = "";
  /** When the pass that reads now began, at which address, on a page in which language. */
  #now = "";
  #at = "";
  #language = "";
  #cancel: (() => void) | null = null;
  /** Nodes of flagged listings are being looked for. */
  #finding = false;

  constructor(
    readonly clock: Clock,
    connect: () => Port,
    private readonly ours: (node: Node) => boolean,
    private readonly events: SessionEvents,
  ) {
    this.slicer = new Slicer(clock);
    this.link = new Link(connect, clock, {
      answered: (listings, marks) => this.#answered(listings, marks),
      orphaned: () => events.orphaned(),
    });
    this.#url = withRoute(location.href);
    this.#watch = new Watch(clock, ours, () => this.#wake());
  }

  /** Reads the page for the first time and starts watching it. */
  start(): void {
    this.#started = true;
    if (isPrivate(location.href)) return;
    this.#watch.add(document);
    void this.#pass(null);
  }

  stop(): void {
    this.#stopped = true;
    this.#page.abort();
    this.#cancel?.();
    this.#watch.stop();
    this.link.stop();
  }

  /** Whether the page is being read, or about to be. */
  get reading(): boolean {
    return this.#passes > 0 || this.#scheduled;
  }

  /** The page's address without user-info and without a fragment that is no route. */
  get url(): string {
    return plain(location.href) + routeOf(location.href);
  }

  /** A person did something: a page that was left alone, as nothing was ever found on it, is looked at once more. */
  again(): void {
    if (this.#vain < LOOKS_IN_VAIN || this.#stopped || isPrivate(location.href)) return;
    this.#vain = 0;
    this.#patience = SETTLE_MS;
    this.#watch.add(document);
    void this.#pass(null);
  }

  /** Looks whether the page went elsewhere without loading; if so, starts afresh. */
  checkAddress(): void {
    const now = withRoute(location.href);
    if (now === this.#url || this.#stopped) return;
    this.#url = now;
    if (!this.#started) return;
    this.#page.abort();
    this.#page = new AbortController();
    for (const e of this.entries.values()) this.#past.set(e.key, e.urlAtMatch);
    for (const key of [...this.#past.keys()].slice(0, Math.max(0, this.#past.size - REMEMBERED))) this.#past.delete(key);
    this.entries.clear();
    this.#byElement = new WeakMap();
    this.#lost.clear();
    this.link.forget();
    this.gaveUp = false;
    this.#resent = 0;
    this.#storms = 0;
    this.#patience = SETTLE_MS;
    this.#vain = 0;
    this.events.moved();
    this.events.changed();
    this.#tellCounts();
    if (!isPrivate(now)) {
      this.#watch.add(document);
      void this.#pass(null);
    }
  }

  /** The page came back out of the browser's memory: what was switched, counted or changed meanwhile is caught up. */
  returned(): void {
    this.checkAddress();
    this.link.renew();
    this.link.tell({ type: "returned" });
    this.#counts = "";
    this.#tellCounts();
  }

  /** Address at match of a key that belonged to a former page. */
  formerPage(key: string): string | undefined {
    return this.#past.get(key);
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

  /** Those that could be marked, but were read without their nodes: these are looked for now, in slices. */
  findNodes(): void {
    const without = this.flagged().filter((e) => e.fields.quick === true && e.mark?.reportable !== "no");
    if (without.length === 0 || this.#finding) return;
    this.#finding = true;
    void this.#again(without);
  }

  /** Looks for one listing's nodes at once, as a person asked for it. */
  findNodesOf(entry: Entry): void {
    if (entry.fields.quick !== true) return;
    const fresh: Entry[] = [];
    this.#look();
    this.#readAgain(entry, fresh, true);
    this.#send(fresh);
  }

  async #again(entries: readonly Entry[]): Promise<void> {
    const { signal } = this.#page;
    const fresh: Entry[] = [];
    const readAgain = this.#readAgain.bind(this);
    try {
      this.#look();
      await this.slicer.run(function* () {
        for (const e of entries) {
          readAgain(e, fresh, true);
          yield;
        }
      }, signal);
    } catch (error) {
      if (isDead(error)) this.#watch.everything();
      else if (!(error instanceof CalledOff)) throw error;
      return;
    } finally {
      this.#finding = false;
    }
    this.#send(fresh);
    this.events.changed();
  }

  findings(): Omit<Findings, "marks_gave_up"> {
    return {
      url: cut(this.url, URL_BYTES),
      read: this.entries.size,
      waiting: [...this.entries.values()].filter((e) => e.waiting).length,
      gave_up: this.gaveUp,
      findings: this.flagged().map((e) => findingOf(e)),
    };
  }

  /** All cards in page order, flagged or not, from a place on, and no more than one message holds. */
  listed(from: number): Listed {
    const cards = [...this.entries.values()].filter((e) => !e.item && isHere(e.el)).sort((a, b) => inOrder(a.el, b.el));
    const listings = cards.slice(from, from + BATCH_LISTINGS).map((e) => ({
      finding: { ...findingOf(e), sentences: [] }, seller: e.listing.seller, location: e.listing.location, listing_id: listingId(e.listing.url),
    }));
    return { total: cards.length, reading: this.#passes > 0 || cards.some((e) => e.waiting), listings };
  }

  /** Reads one element as a listing, without asking the background: for reports of what was not flagged. */
  readNow(el: Element, item: boolean, fields: Fields, url: string): Entry {
    this.#look();
    return this.#make(el, item, fields, url, this.#key());
  }

  /** Reads an entry's element again: its fields now, or null where they can't be read. */
  reread(entry: Entry): { fields: Fields; listing: Listing } | null {
    if (!isHere(entry.el)) return null;
    if (entry.item) {
      const steps = findItem(document, this.#places.filter((place) => isDocument(place) || isHere(place.host)), this.#cardElements(), location.href);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      if (step.value === null) return null;
      return { fields: step.value.fields, listing: listingOf("", step.value.fields, step.value.url) };
    }
    const fields = readCard(entry.el, entry.how, this.ours);
    return { fields, listing: listingOf("", fields, addressOf(fields)) };
  }

  /** Whether the page is a list of listings and not about one of them. */
  isList(): boolean {
    const all = [...this.entries.values()];
    return all.length > 0 && !all.some((e) => e.item && isConnected(e.el));
  }

  /** Elements of the listings that are cards. */
  cards(): Set<Element> {
    return new Set(this.#cardElements());
  }

  #cardElements(): Element[] {
    return [...this.entries.values()].filter((e) => !e.item && isHere(e.el)).map((e) => e.el);
  }

  #wake(): void {
    if (this.#scheduled || this.#stopped || this.gaveUp) return;
    this.#scheduled = true;
    this.#cancel = this.clock.after(this.#patience, () => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.checkAddress();
    if (isPrivate(location.href)) return;
    const changes = this.#watch.take();
    if (changes.records === 0) return;
    this.#storms = changes.records > STORM_RECORDS ? this.#storms + 1 : 0;
    if (this.#storms >= STORMS) return this.#giveUp();
    if (changes.all) return this.#pass(null);
    const dirty = new Set<Entry>();
    const scopes = new Set<Element>();
    const more = new Map<Element, How>();
    let everything = false;
    for (const el of changes.touched) {
      if (!isHere(el)) continue;
      const entry = this.around(el);
      if (entry !== null) dirty.add(entry);
      else if (this.#itemIsNear(el)) everything = true;
    }
    for (const el of outermost(changes.added)) {
      if (this.around(el) !== null) continue;
      if (!matches(el, "a[href]") && firstIn(el, "a[href]") === null && nearest(el, "a[href]") === null && !mayHoldPlaces(el)) {
        everything ||= this.#mayBeAlone(el);
        continue;
      }
      const like = this.#oneMoreLike(el);
      const list = this.#listAround(el);
      if (like !== null) more.set(el, like.how);
      else if (list === null) everything = true;
      else scopes.add(list);
    }
    if (scopes.size > 16) everything = true;
    if (changes.removed) this.#sweep();
    if (everything) return this.#pass(null, dirty);
    if (dirty.size > 0 || scopes.size > 0 || more.size > 0) return this.#pass([...scopes], dirty, more);
    if (changes.removed) this.events.changed();
  }

  /** Text of the page's own listing changed: only worth a look around its heading. */
  #itemIsNear(el: Element): boolean {
    for (const e of this.entries.values()) if (e.item) return includes(e.el, el);
    return nearest(el, "h1") !== null;
  }

  /** Something new without a link, where cards have none. */
  #mayBeAlone(el: Element): boolean {
    const [first] = this.entries.values();
    return (first === undefined || first.how.alone === true) && (tagOf(el) === "img" || firstIn(el, "img") !== null);
  }

  #listAround(el: Element): Element | null {
    let levels = 0;
    for (let at = parentOf(el); at !== null && levels < 4; at = parentOf(at), levels++) if (this.#lists.has(at)) return at;
    return null;
  }

  /**
   * The known card that a new element stands beside and looks like, else null. Where a list grows while somebody
   * scrolls, what it held before need not be weighed again for every piece that comes.
   */
  #oneMoreLike(el: Element): Entry | null {
    const parent = parentOf(el);
    const card = parent === null ? undefined : this.#lists.get(parent);
    if (card === undefined || !isHere(card.el) || tagOf(el) !== tagOf(card.el) || attr(el, "class") !== attr(card.el, "class")) return null;
    const link = matches(el, "a[href]") ? el : firstIn(el, "a[href]");
    return isLink(link) && siteOf(hrefOf(link)) === siteOf(card.listing.url) ? card : null;
  }

  async #pass(scopes: readonly Element[] | null, dirty: ReadonlySet<Entry> = new Set(), more: Listings["how"] = new Map()): Promise<void> {
    const signal = this.#page.signal;
    const before = this.#counter;
    this.#passes++;
    try {
      const fresh = await this.slicer.run(() => this.#read(scopes, dirty, more), signal);
      // Asking where they are and writing them out takes turns of its own: the last slice was one already.
      if (fresh.length > 1) await this.clock.turn();
      const ordered = await visibleFirst(fresh, this.clock);
      // A message is written out as it is sent: one a turn.
      for (let at = 0; at < ordered.length; at += BATCH) {
        if (at > 0) await this.clock.turn();
        if (signal.aborted) return;
        this.#send(ordered.slice(at, at + BATCH));
      }
      if (signal.aborted) return;
    } catch (error) {
      // A frame went elsewhere while it was read: what is left is looked at anew.
      if (isDead(error)) this.#watch.everything();
      else if (!(error instanceof CalledOff)) throw error;
      return;
    } finally {
      this.#passes--;
    }
    // Looking in vain makes us look less often.
    this.#patience = this.#counter > before || dirty.size > 0 ? SETTLE_MS : Math.min(this.#patience * 2, PATIENCE_MS);
    this.#vain = this.entries.size > 0 || this.#counter > 0 ? 0 : this.#vain + 1;
    if (this.#vain >= LOOKS_IN_VAIN) this.#watch.stop();
    this.events.changed();
    this.#tellCounts();
  }

  *#read(scopes: readonly Element[] | null, dirty: ReadonlySet<Entry>, more: Listings["how"]): Generator<void, Entry[]> {
    const fresh: Entry[] = [];
    this.#look();
    const address = location.href;
    if (isClosed(document, address)) return fresh;
    if (scopes === null) {
      const { places, late } = yield* openPlaces(document);
      this.#places = places;
      this.#watch.expect(late);
      for (const place of places) this.#enter(place);
      const found = yield* findPage(document, places, this.ours, address);
      yield* this.#readCards(found, fresh);
      if (found.item !== null) this.#readItem(found.item, fresh);
    } else {
      const about = [...this.entries.values()].some((e) => e.item);
      for (const scope of scopes) {
        if (!isHere(scope)) continue;
        const { places } = yield* openPlaces(scope);
        for (const place of places) this.#enter(place);
        yield* this.#readCards(yield* findPart(scope, places, this.ours, address, about), fresh);
      }
      yield* this.#readCards({ how: more }, fresh);
    }
    for (const entry of dirty) {
      yield;
      this.#readAgain(entry, fresh);
    }
    forgetOutlines();
    // What was found just now is looked after when the page tells of something that left.
    if (this.entries.size > fresh.length) this.#sweep();
    return fresh;
  }

  #enter(place: Place): void {
    if (this.#watch.add(place) && isDocument(place)) this.events.entered(place);
  }

  *#readCards({ how: all }: Pick<Listings, "how">, fresh: Entry[]): Generator<void, void> {
    for (const [el, how] of all) {
      if (this.#byElement.has(el)) continue;
      if (this.entries.size >= LISTINGS) return;
      yield;
      if (!isHere(el) || !isVisible(el) || this.#holdsKnown(el)) continue;
      const fields = readQuickly(el, how, takeOutline(el));
      const url = addressOf(fields);
      if (fields.title.text === "" || url === "") continue;
      const parent = parentOf(el);
      const listing = listingOf("", fields, url, this.#language);
      const print = printOf(listing);
      const back = this.#lost.get(print);
      if (back !== undefined) {
        // The page drew the same listing anew.
        this.#lost.delete(print);
        back.el = el;
        back.fields = back.fields.quick === true ? fields : readCard(el, how, this.ours);
        back.how = how;
        this.entries.set(back.key, back);
        this.#byElement.set(el, back);
        if (parent !== null) this.#lists.set(parent, back);
        continue;
      }
      const entry = this.#made(el, false, fields, { ...listing, id: this.#key() }, print, how);
      if (parent !== null) this.#lists.set(parent, entry);
      this.#keep(entry, fresh);
    }
  }

  /** A known card inside: the new find is a list around it. */
  #holdsKnown(el: Element): boolean {
    return this.#lists.has(el);
  }

  #readItem(item: Item, fresh: Entry[]): void {
    const old = [...this.entries.values()].find((e) => e.item);
    const entry = this.#make(item.el, true, item.fields, item.url, old?.key ?? this.#key());
    if (old !== undefined) {
      if (old.print === entry.print) {
        old.el = item.el;
        old.fields = item.fields;
        return;
      }
      entry.reported = old.reported;
      entry.changes = old.changes + 1;
      this.entries.delete(old.key);
      if (!this.#mayResend(entry)) return;
    }
    this.#keep(entry, fresh);
  }

  /** With its nodes where it is marked, or will be. */
  #readAgain(entry: Entry, fresh: Entry[], nodes = entry.fields.quick !== true): void {
    if (!this.entries.has(entry.key) || !isHere(entry.el)) return;
    const fields = nodes ? readCard(entry.el, entry.how, this.ours) : readQuickly(entry.el, entry.how, outlineNow(entry.el));
    const url = addressOf(fields);
    const listing = listingOf(entry.key, fields, url);
    const print = printOf(listing);
    entry.fields = fields;
    if (print === entry.print) return;
    entry.changes++;
    if (!this.#mayResend(entry)) return;
    entry.listing = listing;
    entry.print = print;
    entry.mark = null;
    entry.urlAtMatch = this.url;
    entry.matchedAt = this.#now;
    this.#keep(entry, fresh);
  }

  #mayResend(entry: Entry): boolean {
    this.#resent++;
    if (this.#resent > RESENT) this.#giveUp();
    return entry.changes <= CHANGES_EACH && !this.gaveUp;
  }

  #giveUp(): void {
    this.gaveUp = true;
    this.#watch.stop();
    this.events.changed();
  }

  /** What is the same for everything that is read now. */
  #look(): void {
    this.#now = this.clock.stamp();
    this.#at = this.url;
    this.#language = languageOf(document);
  }

  #key(): string {
    return `k${(++this.#counter).toString(36)}`;
  }

  #make(el: Element, item: boolean, fields: Fields, url: string, key: string, how: How = PLAIN): Entry {
    const listing = listingOf(key, fields, url, this.#language);
    return this.#made(el, item, fields, listing, printOf(listing), how);
  }

  #made(el: Element, item: boolean, fields: Fields, listing: Listing, print: string, how: How): Entry {
    return {
      key: listing.id, el, item, fields, how, listing, print, mark: null, urlAtMatch: this.#at,
      matchedAt: this.#now, reported: false, waiting: false, changes: 0,
    };
  }

  #keep(entry: Entry, fresh: Entry[]): void {
    this.entries.set(entry.key, entry);
    if (!entry.item) this.#byElement.set(entry.el, entry);
    const known = this.#answers.get(entry.print);
    entry.waiting = known === undefined;
    if (known === undefined) fresh.push(entry);
    else entry.mark = known;
  }

  /** Takes entries out whose element left the page; they come back when the page draws them anew. */
  #sweep(): void {
    for (const e of this.entries.values()) {
      if (isHere(e.el)) continue;
      this.entries.delete(e.key);
      this.#byElement.delete(e.el);
      this.#lost.set(e.print, e);
    }
    for (const print of [...this.#lost.keys()].slice(0, Math.max(0, this.#lost.size - 500))) this.#lost.delete(print);
  }

  #send(entries: readonly Entry[]): void {
    if (entries.length > 0) this.link.assess(entries.map((e) => e.listing));
  }

  #answered(listings: readonly Listing[], marks: readonly Mark[]): void {
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
    for (const print of [...this.#answers.keys()].slice(0, Math.max(0, this.#answers.size - REMEMBERED))) this.#answers.delete(print);
    this.events.changed();
    this.#tellCounts();
  }

  /** What is usually fine here is no finding to count. */
  #tellCounts(): void {
    const of = (level: Level): number => {
      let n = 0;
      for (const e of this.entries.values()) if (e.mark?.level === level && e.mark.reportable !== "no" && isHere(e.el)) n++;
      return n;
    };
    const counts = { type: "counts", read: this.entries.size, likely: of("likely"), possible: of("possible") } as const;
    const text = JSON.stringify(counts);
    if (text === this.#counts) return;
    this.#counts = text;
    this.link.tell(counts);
  }
}

/** The address that a card leads to; a post without one of its own has the page's. */
export function addressOf({ kind, href }: Fields): string {
  if (href === "") return kind === "post" ? canonical(location.href) : "";
  return canonical(kind === "result" ? target(href) : href);
}

/** The language that a page says it is in, or "". */
function languageOf(doc: Document): string {
  const lang = (doc.documentElement.lang || "").slice(0, 35);
  return /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/.test(lang) ? lang.replace(/_/g, "-") : "";
}

/** The message about one listing. */
export function listingOf(id: string, fields: Fields, url: string, language = languageOf(document)): Listing {
  return {
    id,
    kind: fields.kind,
    title: fields.title.text,
    description: fields.description.text,
    price: fields.price.text,
    category: fields.category,
    seller: fields.seller,
    location: fields.location,
    url,
    lang: language,
    images: cut(fields.images, SHORT_BYTES),
  };
}

/** Everything of a listing but its key. */
export const printOf = (l: Listing): string =>
  [l.kind, l.title, l.description, l.price, l.category, l.seller, l.location, l.url, l.images].join("\u0000");

/**
 * Whether two readings are the same listing with the same text. Numbers in running text may tick (views,
 * "ends in 3:21"): they are no reason to refuse a report; title, price and address must be what they were.
 */
export function sameListing(a: Listing, b: Listing): boolean {
  const calm = (text: string): string => text.replace(/\p{Nd}+/gu, "0");
  return (
    a.title === b.title && a.price === b.price && a.url === b.url && a.seller === b.seller &&
    calm(a.description) === calm(b.description) && calm(a.location) === calm(b.location)
  );
}

export function findingOf(e: Entry): Finding {
  const mark = e.mark;
  return {
    key: e.key,
    title: e.listing.title,
    price: e.listing.price,
    url: e.listing.url,
    level: mark?.level ?? "none",
    reportable: mark?.reportable ?? "check",
    what: mark?.what ?? { groups: [], commodities: [], scientific_names: [], appendices: [] },
    reasons: mark?.reasons ?? [],
    sentences: mark?.sentences ?? [],
    reported: e.reported,
  };
}

/** The text that spans of a field point into. */
export function flowOf(fields: Fields, field: Field): Flow | null {
  return field === "title" ? fields.title : field === "description" ? fields.description : field === "price" ? fields.price : null;
}

/** One card in so many is asked where it is; those before and behind one that is on screen may be so too. */
const ASKED = 4;

/** Whether those on screen come first as they stand: the first one was not scrolled past, and the second batch begins below. */
function beginsOnScreen(entries: readonly Entry[]): boolean {
  const [first, later] = [entries[0], entries[BATCH]];
  if (first === undefined || later === undefined || documentOf(first.el) !== document || documentOf(later.el) !== document) return false;
  return rectangleOf(first.el).bottom > 0 && rectangleOf(later.el).top >= innerHeight;
}

/** Those on screen first. Where their order does not say so, the browser tells where they are after its next frame. */
function visibleFirst(entries: Entry[], clock: Clock): Promise<Entry[]> {
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
