// Owns the badges: one host element at the end of the document, one closed shadow root, one button a finding
// over its card's picture. Reads positions in one go and writes them in one go, once a frame at most.
// Never covers a title or price on purpose, never writes foreign text as markup.

import type { Entry } from "./entry";
import type { Phrase } from "./generated/Phrase";
import { isVisible } from "./dom";
import { boxOf, isGone, isHere } from "./places";
import { SHEET } from "./sheet";
import { citesIn, phraseInto, quoted, say, whatIn } from "./sentences";

/** Most badges at once; the panel lists the rest. */
const BADGES = 300;
const REASONS = 5;
/** A badge's height. */
const HEIGHT = 24;
/** How long a pointer may be off badge and reasons before they close. */
const LEAVE_MS = 180;

const SVG = "http://www.w3.org/2000/svg";
/** The sign's outline and its tick, drawn on a grid of 16. */
const SHIELD = "M8 .8 14.6 2.700v5.100c0 3.500-2.600 6-6.600 7.500-4-1.500-6.600-4-6.600-7.500V2.700Z";
const TICK = "M3.200 8.400 6.600 11.800 13 4.600";

export interface BadgeEvents {
  report(key: string): void;
  focused(key: string): void;
  /** The page took our element out, or put it elsewhere. */
  thrownOut(): void;
}

interface Badge {
  entry: Entry;
  spot: HTMLElement;
  button: HTMLButtonElement;
  word: HTMLElement;
  why: HTMLElement;
  /** What it was drawn for. */
  drawn: string;
  clipped: boolean;
}

export class Badges {
  readonly host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #all: HTMLElement;
  readonly #badges = new Map<string, Badge>();
  readonly #off = new AbortController();
  readonly #resized: ResizeObserver;
  readonly #seen: IntersectionObserver;
  readonly #guard: MutationObserver;
  readonly #followed = new WeakSet<Document>();
  #frame = 0;
  #open: Badge | null = null;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: BadgeEvents) {
    this.host = document.createElement("div");
    this.#root = this.host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    this.#root.adoptedStyleSheets.push(sheet);
    this.#all = document.createElement("div");
    this.#all.className = "root";
    // Of our own words, not of the page: what reads aloud changes its voice here.
    this.#all.lang = say("locale_tag");
    this.#all.dir = direction(this.#all.lang);
    this.#root.append(this.#all);
    this.#guard = new MutationObserver(() => {
      if (!this.#inPlace()) this.events.thrownOut();
    });
    this.settle();

    const { signal } = this.#off;
    const place = (): void => this.#place();
    addEventListener("scroll", (e) => { if (e.target !== document) place(); }, { capture: true, passive: true, signal });
    addEventListener("resize", place, { passive: true, signal });
    addEventListener("load", place, { capture: true, passive: true, signal });
    addEventListener("transitionend", place, { capture: true, passive: true, signal });
    this.#resized = new ResizeObserver(place);
    this.#resized.observe(document.documentElement);
    if (document.body !== null) this.#resized.observe(document.body);
    // Tells which cards are cut off by a carousel around them; the wide margin is for the window alone.
    this.#seen = new IntersectionObserver((changes) => {
      for (const c of changes) for (const b of this.#badges.values()) if (b.entry.el === c.target) b.clipped = !c.isIntersecting;
      place();
    }, { rootMargin: "100000px" });
    // What happens in here is no business of the page's own shortcuts.
    for (const type of ["click", "pointerdown", "mousedown", "keydown", "keyup", "keypress", "contextmenu"]) {
      this.host.addEventListener(type, (e) => e.stopPropagation());
    }
    this.#all.addEventListener("keydown", (e) => {
      if (e.key === "Escape" && this.#open !== null) {
        const badge = this.#open;
        // In this order: a badge that gets the focus opens.
        badge.button.focus();
        this.#close();
      }
    });
    this.#all.addEventListener("focusout", (e) => {
      if (this.#open !== null && !(e.relatedTarget instanceof Node && this.#open.spot.contains(e.relatedTarget))) this.#close();
    });
  }

  remove(): void {
    this.#off.abort();
    this.#resized.disconnect();
    this.#seen.disconnect();
    this.#guard.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#leaving);
    this.host.remove();
  }

  /** Puts our element where it belongs: last in the document. */
  settle(): void {
    const top = document.documentElement;
    if (top === null) return;
    if (!this.#inPlace()) top.append(this.host);
    this.#guard.disconnect();
    this.#guard.observe(document, { childList: true });
    this.#guard.observe(top, { childList: true });
    this.#place();
  }

  #inPlace(): boolean {
    return this.host.isConnected && this.host.parentNode === document.documentElement;
  }

  show(entries: readonly Entry[]): void {
    const wanted = new Map(entries.slice(0, BADGES).map((e) => [e.key, e]));
    for (const [key, badge] of this.#badges) {
      if (wanted.has(key)) continue;
      if (this.#open === badge) this.#close();
      this.#unobserve(badge.entry.el);
      badge.spot.remove();
      this.#badges.delete(key);
    }
    let before: Element | null = null;
    for (const entry of wanted.values()) {
      this.#follow(entry.el.ownerDocument);
      let badge = this.#badges.get(entry.key);
      if (badge === undefined) {
        badge = this.#make(entry);
        this.#badges.set(entry.key, badge);
      } else if (badge.entry.el !== entry.el) {
        this.#unobserve(badge.entry.el);
        this.#seen.observe(entry.el);
      }
      badge.entry = entry;
      const drawn = `${entry.reported}|${entry.print}|${entry.mark?.level}`;
      if (badge.drawn !== drawn) {
        badge.drawn = drawn;
        this.#draw(badge);
      }
      // Tab order is page order.
      const next: ChildNode | null = before === null ? this.#all.firstChild : before.nextSibling;
      if (next !== badge.spot) this.#all.insertBefore(badge.spot, next);
      before = badge.spot;
    }
    this.#place();
  }

  #unobserve(el: Element): void {
    if (!isGone(el)) this.#seen.unobserve(el);
  }

  /** A frame that scrolls, or whose content grows, moves its cards. */
  #follow(doc: Document): void {
    if (doc === document || this.#followed.has(doc)) return;
    this.#followed.add(doc);
    const options = { capture: true, passive: true, signal: this.#off.signal };
    const place = (): void => this.#place();
    for (const type of ["scroll", "load", "transitionend"]) doc.addEventListener(type, place, options);
    this.#resized.observe(doc.documentElement);
  }

  focus(key: string): void {
    const badge = this.#badges.get(key);
    if (badge === undefined) return;
    this.#placeNow();
    badge.button.focus({ preventScroll: true });
    this.#show(badge);
  }

  #make(entry: Entry): Badge {
    const spot = document.createElement("div");
    spot.className = "spot";
    spot.hidden = true;
    const button = document.createElement("button");
    button.type = "button";
    const word = document.createElement("span");
    word.className = "word";
    const why = document.createElement("div");
    why.className = "why";
    why.hidden = true;
    why.setAttribute("role", "group");
    spot.append(button, why);
    const badge: Badge = { entry, spot, button, word, why, drawn: "", clipped: false };
    button.addEventListener("focus", () => {
      this.events.focused(badge.entry.key);
      this.#show(badge);
    });
    button.addEventListener("click", () => (this.#open === badge && document.activeElement !== this.host ? this.#close() : this.#show(badge)));
    spot.addEventListener("pointerenter", () => {
      clearTimeout(this.#leaving);
      this.#show(badge);
    });
    spot.addEventListener("pointerleave", () => {
      clearTimeout(this.#leaving);
      this.#leaving = setTimeout(() => {
        if (this.#open === badge && !badge.spot.contains(this.#root.activeElement)) this.#close();
      }, LEAVE_MS);
    });
    this.#seen.observe(entry.el);
    return badge;
  }

  #draw(badge: Badge): void {
    const { entry, button, word, why } = badge;
    const level = entry.mark?.level === "likely" ? "likely" : "possible";
    button.className = `badge ${level}${entry.reported ? " reported" : ""}`;
    const title = quoted(entry.listing.title, 120);
    button.setAttribute("aria-label", say(entry.reported ? "page_badge_reported" : `page_badge_${level}`, title));
    button.setAttribute("aria-expanded", String(!why.hidden));
    word.textContent = say(entry.reported ? "level_reported" : `level_${level}`);
    button.replaceChildren(sign(entry.reported ? "tick" : level === "likely" ? "filled" : "outline"), word);
    this.#drawWhy(badge);
  }

  #drawWhy({ entry, why }: Badge): void {
    const mark = entry.mark;
    why.replaceChildren();
    if (mark === null) return;
    why.setAttribute("aria-label", say("page_reasons"));
    const line = (name: string, className: string, text: string, lang = ""): void => {
      if (text === "") return;
      const el = document.createElement(name);
      el.className = className;
      el.textContent = text;
      if (lang !== "") el.lang = lang;
      why.append(el);
    };
    line("p", "what", whatIn(mark.what));
    line("p", "names", mark.what.scientific_names.map((n) => quoted(n, 60)).join(say("list_comma") || ", "), "la");
    line("p", "cites", citesIn(mark.what.appendices));
    const list = document.createElement("ul");
    list.className = "reasons";
    // The appendices stand above, with the names.
    const sentences = mark.sentences.filter((s) => s.role !== "listed");
    for (const sentence of chosen(sentences)) {
      const item = document.createElement("li");
      item.className = sentence.role;
      phraseInto(item, sentence);
      list.append(item);
    }
    if (list.childElementCount > 0) why.append(list);
    if (sentences.length > REASONS) line("p", "more", say("page_more"));
    if (entry.reported) line("p", "done", say("level_reported"));
    else {
      const send = document.createElement("button");
      send.type = "button";
      send.className = "send";
      send.textContent = say("page_report");
      // Only a person's own click counts: scripts of the page cannot reach in here, and must not seem to.
      send.addEventListener("click", (e) => { if (e.isTrusted) this.events.report(entry.key); });
      why.append(send);
    }
  }

  #show(badge: Badge): void {
    if (this.#open === badge) return;
    this.#close();
    this.#open = badge;
    badge.why.hidden = false;
    badge.button.setAttribute("aria-expanded", "true");
    badge.spot.style.zIndex = "1";
    // As far to the side as keeps them on screen, and above where there is no room below.
    badge.why.classList.remove("up");
    badge.why.style.left = "0";
    // The badge has its word now; one that is held by its end stands elsewhere with that.
    this.#placeNow();
    const at = badge.button.getBoundingClientRect();
    const size = badge.why.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    const wanted = this.#all.dir === "rtl" ? at.right - size.width : at.left;
    badge.why.style.left = `${Math.max(4, Math.min(wanted, wide - size.width - 4)) - at.left}px`;
    badge.why.classList.toggle("up", at.bottom + size.height + 8 > innerHeight && at.top - size.height - 8 > 0);
  }

  #close(): void {
    const badge = this.#open;
    this.#open = null;
    if (badge === null) return;
    badge.why.hidden = true;
    badge.button.setAttribute("aria-expanded", "false");
    badge.spot.style.zIndex = "";
    this.#place();
  }

  #place(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => this.#placeNow());
  }

  #placeNow(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const origin = this.host.getBoundingClientRect();
    const rtl = this.#all.dir === "rtl";
    const places: Array<[Badge, { x: number; y: number } | null]> = [];
    for (const badge of this.#badges.values()) {
      places.push([badge, badge.clipped ? null : spotFor(badge.entry, badge.button.offsetWidth || 64, rtl)]);
    }
    for (const [badge, at] of places) {
      badge.spot.hidden = at === null;
      if (at !== null) badge.spot.style.transform = `translate(${Math.round(at.x - origin.left)}px, ${Math.round(at.y - origin.top)}px)`;
    }
  }
}

/** Where a badge belongs, in the viewport: the picture's leading corner, else on the card's trailing upper edge. */
function spotFor(entry: Entry, width: number, rtl: boolean): { x: number; y: number } | null {
  if (!isHere(entry.el)) return null;
  const { box: card, pane } = boxOf(entry.el);
  if (card.width < 8 || card.height < 8 || !isVisible(entry.el)) return null;
  // As far as a frame lets it be seen.
  const seen = (x: number, y: number, bottom: number): { x: number; y: number } | null => {
    const top = Math.max(y, pane.top + 2);
    return x >= pane.left && x < pane.right && top + HEIGHT <= Math.min(bottom, pane.bottom) ? { x, y: top } : null;
  };
  const picture = entry.fields.picture;
  if (picture !== null && isHere(picture)) {
    const r = boxOf(picture).box;
    // Pictures that have not loaded are lines; pictures outside the card belong to something else.
    if (r.width >= 40 && r.height >= 40 && (entry.item || (r.top >= card.top - 8 && r.bottom <= card.bottom + 8))) {
      return seen(rtl ? r.right - 4 - width : r.left + 4, r.top + 4, r.bottom);
    }
  }
  const x = rtl ? card.left + 4 : card.right - width - 4;
  return seen(Math.max(4, x, pane.left), Math.max(card.top - 12, -scrollY), Math.max(card.bottom, card.top - 12 + HEIGHT));
}

/** The strongest first, as they came; what speaks against and what the rules say stay in sight. */
function chosen(sentences: readonly Phrase[]): Phrase[] {
  if (sentences.length <= REASONS) return [...sentences];
  const kept = ["against", "rule", "law"].flatMap((role) => sentences.find((s) => s.role === role) ?? []);
  const rest = sentences.filter((s) => !kept.includes(s)).slice(0, REASONS - kept.length);
  return sentences.filter((s) => kept.includes(s) || rest.includes(s));
}

/** The shield, filled or as an outline, or the tick. */
function sign(kind: "filled" | "outline" | "tick"): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", kind === "tick" ? TICK : SHIELD);
  path.setAttribute("fill", kind === "filled" ? "currentColor" : "none");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", kind === "tick" ? "2.2" : "1.4");
  path.setAttribute("stroke-linejoin", "round");
  svg.append(path);
  return svg;
}

/** The direction of our own words: not the page's, nor that of a browser whose language we do not speak. */
function direction(lang: string): "ltr" | "rtl" {
  return lang === "ar" ? "rtl" : "ltr";
}
