// Owns the reading of this page: when it is read, what of it anew, and which page (address) it is. Reads through the
// finder, keeps in the ledger, speaks through the link, tells the marks what to show.
// Nothing here touches the page.

import { BATCH_LISTINGS } from "./generated/limits";
import type { Findings } from "./generated/Findings";
import type { Listed } from "./generated/Listed";
import type { Listing } from "./generated/Listing";
import type { Mark } from "./generated/Mark";
import { isPrivate, listingId, marketOf, plain, routeOf } from "./address";
import { BATCH, cut, LISTINGS, URL_BYTES } from "./bounds";
import { forgetOutlines, outlineNow, takeOutline } from "./cards";
import { firstIn, includes, isVisible, matches, nearest, tagOf } from "./dom";
import { addressOf, type Entry, findingOf, languageOf, listingOf, printOf } from "./entry";
import { inOrder, isDead, isDocument, isHere, mayHoldPlaces, openPlaces, type Place } from "./places";
import { isClosed } from "./marketplaces";
import type { Fields } from "./fields";
import { findItem, findPage, findPart, type How, type Listings, PLAIN, readCard, readQuickly } from "./find";
import type { Item } from "./item";
import { visibleFirst } from "./inview";
import { Ledger } from "./ledger";
import { Link, type Port } from "./link";
import { withRoute } from "./parts";
import { CalledOff, type Clock, Slicer } from "./schedule";
import { outermost, Watch } from "./watch";

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
/** Milliseconds between a change and looking at it; and the longest wait when looking finds nothing new. */
const SETTLE_MS = 60;
const PATIENCE_MS = 5_000;
/** Looks at a page that changes, without one listing found, after which it is left alone until a person does something. */
const LOOKS_IN_VAIN = 12;

export class Session {
  readonly known = new Ledger();
  gaveUp = false;
  readonly slicer: Slicer;
  readonly link: Link;
  #watch: Watch;
  /** Open shadow roots and frames of the last look at everything. */
  #places: readonly Place[] = [];
  #url: string;
  #page = new AbortController();
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
    this.known.turn();
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

  /** Those that could be marked, but were read without their nodes: these are looked for now, in slices. */
  findNodes(): void {
    const without = this.known.flagged().filter((e) => e.fields.quick === true && e.mark?.reportable !== "no");
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
      read: this.known.entries.size,
      waiting: [...this.known.entries.values()].filter((e) => e.waiting).length,
      gave_up: this.gaveUp,
      findings: this.known.flagged().map((e) => findingOf(e)),
    };
  }

  /** All cards in page order, flagged or not, from a place on, and no more than one message holds. */
  listed(from: number): Listed {
    const cards = [...this.known.entries.values()].filter((e) => !e.item && isHere(e.el)).sort((a, b) => inOrder(a.el, b.el));
    const listings = cards.slice(from, from + BATCH_LISTINGS).map((e) => ({
      finding: { ...findingOf(e), sentences: [] }, seller: e.listing.seller, location: e.listing.location, listing_id: listingId(e.listing.url),
      marketplace: marketOf(e.listing.url, e.item),
    }));
    return { url: cut(this.url, URL_BYTES), total: cards.length, reading: this.#passes > 0 || cards.some((e) => e.waiting), listings };
  }

  /** Reads one element as a listing, without asking the background: for reports of what was not flagged. */
  readNow(el: Element, item: boolean, fields: Fields, url: string): Entry {
    this.#look();
    return this.#make(el, item, fields, url, this.known.key());
  }

  /** Reads an entry's element again: its fields now, or null where they can't be read. */
  reread(entry: Entry): { fields: Fields; listing: Listing } | null {
    if (!isHere(entry.el)) return null;
    if (entry.item) {
      const steps = findItem(document, this.#places.filter((place) => isDocument(place) || isHere(place.host)), this.known.cards(), location.href);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      if (step.value === null) return null;
      return { fields: step.value.fields, listing: listingOf("", step.value.fields, step.value.url) };
    }
    const fields = readCard(entry.el, entry.how, this.ours);
    return { fields, listing: listingOf("", fields, addressOf(fields)) };
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
      const entry = this.known.around(el);
      if (entry !== null) dirty.add(entry);
      else if (this.#itemIsNear(el)) everything = true;
    }
    for (const el of outermost(changes.added)) {
      if (this.known.around(el) !== null) continue;
      if (!matches(el, "a[href]") && firstIn(el, "a[href]") === null && nearest(el, "a[href]") === null && !mayHoldPlaces(el)) {
        everything ||= this.#mayBeAlone(el);
        continue;
      }
      const like = this.known.oneMoreLike(el);
      const list = this.known.listAround(el);
      if (like !== null) more.set(el, like.how);
      else if (list === null) everything = true;
      else scopes.add(list);
    }
    if (scopes.size > 16) everything = true;
    if (changes.removed) this.known.sweep();
    if (everything) return this.#pass(null, dirty);
    if (dirty.size > 0 || scopes.size > 0 || more.size > 0) return this.#pass([...scopes], dirty, more);
    if (changes.removed) this.events.changed();
  }

  /** Text of the page's own listing changed: only worth a look around its heading. */
  #itemIsNear(el: Element): boolean {
    const item = this.known.item();
    if (item !== undefined) return includes(item.el, el);
    return nearest(el, "h1") !== null;
  }

  /** Something new without a link, where cards have none. */
  #mayBeAlone(el: Element): boolean {
    const [first] = this.known.entries.values();
    return (first === undefined || first.how.alone === true) && (tagOf(el) === "img" || firstIn(el, "img") !== null);
  }

  async #pass(scopes: readonly Element[] | null, dirty: ReadonlySet<Entry> = new Set(), more: Listings["how"] = new Map()): Promise<void> {
    const signal = this.#page.signal;
    const before = this.known.given;
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
    this.#patience = this.known.given > before || dirty.size > 0 ? SETTLE_MS : Math.min(this.#patience * 2, PATIENCE_MS);
    this.#vain = this.known.entries.size > 0 || this.known.given > 0 ? 0 : this.#vain + 1;
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
      const about = this.known.item() !== undefined;
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
    if (this.known.entries.size > fresh.length) this.known.sweep();
    return fresh;
  }

  #enter(place: Place): void {
    if (this.#watch.add(place) && isDocument(place)) this.events.entered(place);
  }

  *#readCards({ how: all }: Pick<Listings, "how">, fresh: Entry[]): Generator<void, void> {
    for (const [el, how] of all) {
      if (this.known.isCard(el)) continue;
      if (this.known.entries.size >= LISTINGS) return;
      yield;
      if (!isHere(el) || !isVisible(el) || this.known.holdsCards(el)) continue;
      const fields = readQuickly(el, how, takeOutline(el));
      const url = addressOf(fields);
      if (fields.title.text === "" || url === "") continue;
      const listing = listingOf("", fields, url, this.#language);
      const print = printOf(listing);
      const back = this.known.takeBack(print);
      if (back !== undefined) {
        // The page drew the same listing anew.
        back.el = el;
        back.fields = back.fields.quick === true ? fields : readCard(el, how, this.ours);
        back.how = how;
        this.known.keep(back);
        this.known.list(back);
        continue;
      }
      const entry = this.#made(el, false, fields, { ...listing, id: this.known.key() }, print, how);
      this.known.list(entry);
      this.#keep(entry, fresh);
    }
  }

  #readItem(item: Item, fresh: Entry[]): void {
    const old = this.known.item();
    const entry = this.#make(item.el, true, item.fields, item.url, old?.key ?? this.known.key());
    if (old !== undefined) {
      if (old.print === entry.print) {
        old.el = item.el;
        old.fields = item.fields;
        return;
      }
      entry.reported = old.reported;
      entry.changes = old.changes + 1;
      this.known.entries.delete(old.key);
      if (!this.#mayResend(entry)) return;
    }
    this.#keep(entry, fresh);
  }

  /** With its nodes where it is marked, or will be. */
  #readAgain(entry: Entry, fresh: Entry[], nodes = entry.fields.quick !== true): void {
    if (!this.known.entries.has(entry.key) || !isHere(entry.el)) return;
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
    this.known.keep(entry);
    if (this.known.unanswered(entry)) fresh.push(entry);
  }

  #send(entries: readonly Entry[]): void {
    if (entries.length > 0) this.link.assess(entries.map((e) => e.listing));
  }

  #answered(listings: readonly Listing[], marks: readonly Mark[]): void {
    this.known.answered(listings, marks);
    this.events.changed();
    this.#tellCounts();
  }

  #tellCounts(): void {
    const { known } = this;
    const counts = { type: "counts", read: known.entries.size, likely: known.count("likely"), possible: known.count("possible") } as const;
    const text = JSON.stringify(counts);
    if (text === this.#counts) return;
    this.#counts = text;
    this.link.tell(counts);
  }
}
