// The content script: wires session, marks and messages together, once per page.
// In quiet mode, the default, the page is only read: nothing is added to it that it could notice.

import type { Collected } from "./generated/Collected";
import type { Event as Told } from "./generated/Event";
import type { Findings } from "./generated/Findings";
import type { Listing } from "./generated/Listing";
import type { ToContent } from "./generated/ToContent";
import { collect, collectAt, targetOf } from "./collect";
import { documentOf, rectangleOf, scrollTo } from "./dom";
import { sweepLeftovers } from "./leftovers";
import { isAlive, type Port } from "./link";
import { Mask } from "./mask";
import { Marks } from "./marks";
import { isHere } from "./places";
import { withoutFragment } from "./parts";
import { browserClock } from "./schedule";
import type { Entry } from "./entry";
import { Session } from "./session";

/** How often a script that shows something looks whether its extension is still there. */
const ALIVE_MS = 1_000;

/** Where this script leaves word of itself: its own global, which the page cannot see. */
const HERE = Symbol.for("page-reader");

interface Instance {
  alive(): boolean;
  /** How much of the page's time was taken, for budgets. */
  spent(): { slices: number; total: number; longest: number };
  /** Everything that was read, for measuring the finder; null while reading goes on. */
  found(): Array<Pick<Listing, "kind" | "title" | "price" | "url" | "description" | "seller">> | null;
  stop(): void;
}

function begin(): Instance {
  const clock = browserClock();
  const off = new AbortController();
  const extras = new Map<string, Entry>();
  let pointed: WeakRef<Element> | null = null;
  let current: string | null = null;
  /** Where the focus was when `current` was last gone to: what moved it since is the person. */
  let focusThen: Element | null = null;
  let told = "";
  let telling: (() => void) | null = null;
  let looking: (() => void) | null = null;
  let started = false;
  /** Set up, and not begun yet. */
  let soon = true;
  const frames = new WeakSet<Document>();

  const marks = new Marks({
    report: (key) => session.link.tell({ type: "open_report", key }),
    focused: (key) => { current = key; },
    gaveUp: changed,
  });
  const session: Session = new Session(
    clock,
    () => chrome.runtime.connect({ name: "content" }) as unknown as Port,
    (node) => marks.isOurs(node),
    { changed, moved: () => marks.freshPage(), orphaned: stop, entered },
  );

  let mask: Mask | null = null;
  function setMask(masked: boolean): void {
    if (masked === (mask !== null)) return;
    mask?.remove();
    mask = masked ? new Mask((node) => marks.isOurs(node), (work) => void session.slicer.run(work, off.signal).catch(() => undefined)) : null;
    known();
    outlive();
  }
  const known = (): void => mask?.know([...session.known.entries.values()].map((e) => e.listing));

  /** While something of ours is on the page: no event says that the extension was switched off or replaced. */
  function outlive(): void {
    if (looking !== null || (marks.quiet && mask === null)) return;
    looking = clock.after(ALIVE_MS, () => {
      looking = null;
      if (isAlive()) outlive();
      else stop();
    });
  }

  function changed(): void {
    if (!isAlive()) return stop();
    known();
    mark();
    // Whoever listens asks for details; often is no use to anybody.
    telling ??= clock.after(200, () => {
      telling = null;
      const f = findings();
      const now = JSON.stringify([f.url, f.read, f.waiting, f.gave_up, f.marks_gave_up, f.findings.map((x) => [x.key, x.level, x.reported, x.title, x.price])]);
      if (now === told || !isAlive()) return;
      told = now;
      const event: Told = { type: "findings_changed" };
      // Nobody listening is no failure.
      chrome.runtime.sendMessage(event).catch(() => undefined);
    });
  }

  function mark(): void {
    if (marks.quiet) return;
    marks.show(session.known.flagged().filter((e) => e.fields.quick !== true));
    session.findNodes();
  }

  function findings(): Findings {
    return { ...session.findings(), marks_gave_up: marks.gaveUp };
  }

  function entryOf(key: string): Entry | undefined {
    return session.known.entries.get(key) ?? extras.get(key);
  }

  function show(entry: Entry): void {
    current = entry.key;
    focusThen = focused();
    scrollToListing(entry);
    if (!marks.quiet) {
      session.findNodesOf(entry);
      mark();
    }
    marks.focus(entry.key);
  }

  /** Its middle; of one that is higher than the window the beginning, with room for the badge on its edge. */
  function scrollToListing({ el }: Entry): void {
    const high = rectangleOf(el).height > innerHeight;
    scrollTo(el, { block: high ? "start" : "center", inline: "nearest", behavior: "instant" });
    if (high) documentOf(el)?.defaultView?.scrollBy({ top: -innerHeight / 4, behavior: "instant" });
  }

  function step(forward: boolean): void {
    const list = session.known.flagged();
    const at = list.findIndex((e) => e.key === current);
    const next = list[at === -1 ? (forward ? 0 : list.length - 1) : (at + (forward ? 1 : -1) + list.length) % list.length];
    if (next !== undefined) show(next);
  }

  /** The listing that the person is at: where the focus went since the last step, else where that step led, else the first finding, else what the page is about. */
  function collectCurrent(): Collected {
    const at = focused();
    const near = at === null || (current !== null && focusThen === at) ? null : session.known.around(at);
    const list = session.known.flagged();
    const entry = near ?? list.find((e) => e.key === current) ?? list[0];
    if (entry !== undefined) return collect(session, entry.key, extras);
    return session.known.isList() ? { type: "nothing" } : collectAt(session, document.body, extras);
  }

  /** The element of the page that has the focus, through open shadow roots. */
  function focused(): Element | null {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement != null) at = at.shadowRoot.activeElement;
    return at === null || at === document.body || marks.isOurs(at) ? null : at;
  }

  function answer(message: ToContent): unknown {
    session.checkAddress();
    switch (message.type) {
      case "findings":
        session.again();
        return findings();
      case "listed":
        return session.listed(message.from);
      case "collect":
        return collect(session, message.key, extras);
      case "collect_at_pointer":
        return collectAt(session, pointed?.deref() ?? null, extras);
      case "collect_current":
        return collectCurrent();
      case "show": {
        const entry = entryOf(message.key);
        if (entry !== undefined && isHere(entry.el)) show(entry);
        return null;
      }
      case "step":
        step(message.forward);
        return null;
      case "set_quiet":
        marks.setQuiet(message.quiet);
        mark();
        outlive();
        return null;
      case "set_mask":
        setMask(message.masked);
        return null;
      case "reported": {
        const entry = entryOf(message.key);
        if (entry !== undefined) entry.reported = message.reported;
        changed();
        return null;
      }
      default:
        return undefined;
    }
  }

  const listener = (message: unknown, sender: chrome.runtime.MessageSender, reply: (value: unknown) => void): boolean => {
    if (sender.id !== chrome.runtime.id || typeof message !== "object" || message === null) return false;
    const value = answer(message as ToContent);
    if (value === undefined) return false;
    reply(value);
    return false;
  };

  function entered(doc: Document): void {
    if (frames.has(doc)) return;
    frames.add(doc);
    listen(doc);
  }

  /** What a person does in the page or in a frame of it. */
  function listen(doc: Document): void {
    const options = { capture: true, passive: true, signal: off.signal };
    const page = doc === document ? globalThis : doc;
    page.addEventListener("contextmenu", (event) => {
      const target = targetOf(event);
      pointed = target === null || marks.isOurs(target) ? null : new WeakRef(target);
    }, options);
    page.addEventListener("click", () => session.again(), options);
  }

  function stop(): void {
    off.abort();
    telling?.();
    looking?.();
    session.stop();
    marks.setQuiet(true);
    setMask(false);
    try {
      chrome.runtime.onMessage.removeListener(listener);
    } catch {
      // The extension is gone; so is its listener.
    }
  }

  function found(): ReturnType<Instance["found"]> {
    if (session.reading || soon) return null;
    return [...session.known.entries.values()].map(({ listing: { kind, title, price, url, description, seller } }) => ({ kind, title, price, url, description, seller }));
  }

  chrome.runtime.onMessage.addListener(listener);
  const { signal } = off;
  listen(document);
  // In-page navigation: by the event where there is one, else by what a change of address comes with.
  const look = (): void => session.checkAddress();
  const navigation = (globalThis as { navigation?: EventTarget }).navigation;
  navigation?.addEventListener("currententrychange", look, { signal });
  addEventListener("popstate", look, { signal });
  addEventListener("hashchange", look, { signal });
  addEventListener("pageshow", (event) => { if (event.persisted) session.returned(); }, { signal });

  // A page that the browser loads ahead, or behind another tab, is none that a person looks at.
  const start = (): void => {
    if (soon) return;
    if (started && !document.hidden) session.again();
    if (off.signal.aborted || started || document.hidden || (document as { prerendering?: boolean }).prerendering === true) return;
    started = true;
    session.start();
    // Opens the port, over which the background says whether to mark.
    session.link.tell({ type: "counts", read: 0, likely: 0, possible: 0 });
  };
  // Not in the turn in which this script was read and set up: that is long enough.
  void clock.turn().then(() => {
    soon = false;
    start();
  });
  for (const type of ["visibilitychange", "prerenderingchange"]) document.addEventListener(type, start, { signal });
  const { slicer } = session;
  return { alive: isAlive, spent: () => ({ slices: slicer.slices, total: slicer.total, longest: slicer.longest }), found, stop };
}

function run(): void {
  const here = globalThis as unknown as Record<symbol, Instance | undefined>;
  const before = here[HERE];
  if (before?.alive() === true) return;
  before?.stop();
  if (window !== window.top || !/^https?:/.test(withoutFragment(location.href)) || !(document.documentElement instanceof HTMLElement)) return;
  sweepLeftovers();
  here[HERE] = begin();
}

run();
