// Owns what the page shows in badge mode: word highlights and badges. In quiet mode there is nothing at all.

import type { Entry } from "./entry";
import { Badges } from "./badges";
import { isAlive } from "./link";
import { Highlights } from "./highlights";

export interface MarkEvents {
  report(key: string): void;
  focused(key: string): void;
  /** The page fights our marks: there are none on it any more. */
  gaveUp(): void;
}

/** How often a page may take our marks away before we leave it alone. */
const FIGHTS = 5;

export class Marks {
  #badges: Badges | null = null;
  #highlights: Highlights | null = null;
  #quiet = true;
  #shown: Entry[] = [];
  #fights = 0;

  constructor(private readonly events: MarkEvents) {}

  /** Marks were wanted here, and the page did not let them be. */
  get gaveUp(): boolean {
    return !this.#quiet && this.#badges === null;
  }

  /** Whether a node is ours, so that our own changes are never read as the page's. */
  isOurs(node: Node): boolean {
    return this.#badges !== null && node === this.#badges.host;
  }

  /** No marks on the page. */
  get quiet(): boolean {
    return this.#quiet;
  }

  setQuiet(quiet: boolean): void {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    if (quiet) this.#remove();
    else this.#begin();
  }

  /** The page went elsewhere without loading: what it did before is forgotten. */
  freshPage(): void {
    this.#fights = 0;
    if (this.gaveUp) this.#begin();
  }

  #begin(): void {
    this.#fights = 0;
    this.#badges = new Badges({ ...this.events, thrownOut: () => this.#thrownOut() });
    this.#highlights = new Highlights();
  }

  #remove(): void {
    this.#badges?.remove();
    this.#highlights?.remove();
    this.#badges = null;
    this.#highlights = null;
    this.#shown = [];
  }

  /** Some pages clear the document for good reason; one that does nothing else is left alone. */
  #thrownOut(): void {
    // A newer script of ours takes out what it finds: then this one has retired.
    if (++this.#fights <= FIGHTS && isAlive()) {
      this.#badges?.settle();
      return;
    }
    this.#remove();
    this.events.gaveUp();
  }

  /** Shows these, and nothing else. Listed but usually fine here is for the panel alone. */
  show(entries: readonly Entry[]): void {
    this.#shown = entries.filter((e) => e.mark !== null && e.mark.reportable !== "no");
    this.#badges?.show(this.#shown);
    this.#highlights?.show(this.#shown);
  }

  focus(key: string): void {
    this.#badges?.focus(key);
  }
}
