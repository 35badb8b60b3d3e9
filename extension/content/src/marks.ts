// Owns what the page shows in badge mode: word highlights and badges. In quiet mode there is nothing at all.

import type { Entry } from "./session";
import { Badges } from "./badges";
import { Highlights } from "./highlights";

export interface MarkEvents {
  report(key: string): void;
  focused(key: string): void;
}

export class Marks {
  #badges: Badges | null = null;
  #highlights: Highlights | null = null;
  #quiet = true;
  #shown: Entry[] = [];

  constructor(private readonly events: MarkEvents) {}

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
    if (quiet) {
      this.#badges?.remove();
      this.#highlights?.remove();
      this.#badges = null;
      this.#highlights = null;
      this.#shown = [];
    } else {
      this.#badges = new Badges(this.events);
      this.#highlights = new Highlights();
      this.show(this.#shown);
    }
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
