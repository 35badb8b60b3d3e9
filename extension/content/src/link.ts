// Owns the port to the background: batches out, answers in. The background may die at any moment; what it
// has not answered is sent again over a new port. Never keeps the background alive on purpose.

import type { FromBackground } from "./generated/FromBackground";
import type { Listing } from "./generated/Listing";
import type { Mark } from "./generated/Mark";
import type { ToBackground } from "./generated/ToBackground";
import { BATCH } from "./bounds";
import type { Clock } from "./schedule";

/** What is used of `runtime.Port`. */
export interface Port {
  postMessage(message: ToBackground): void;
  disconnect(): void;
  onMessage: { addListener(f: (message: unknown) => void): void };
  onDisconnect: { addListener(f: () => void): void };
}

/** How often one batch is sent before it waits for the next listing to be sent. */
const TRIES = 6;
/** Batches under way at once. */
const UNDER_WAY = 4;
/** So long nothing may be heard of what was sent before its port counts as dead, which no event need say; at each further try twice as long. */
const PATIENCE_MS = 8_000;

interface Batch {
  listings: Listing[];
  tries: number;
}

export interface LinkEvents {
  /** One batch's answer: marks for those at least possible. */
  answered(listings: readonly Listing[], marks: readonly Mark[]): void;
  /** The extension was updated or removed: this script is an orphan. */
  orphaned(): void;
}

export class Link {
  #port: Port | null = null;
  #next = 1;
  #waiting: Listing[] = [];
  readonly #sent = new Map<number, Batch>();
  #resend: Batch[] = [];
  #cancel: (() => void) | null = null;
  /** Calls off the end of patience. */
  #calm: (() => void) | null = null;
  #stopped = false;

  constructor(
    private readonly connect: () => Port,
    private readonly clock: Clock,
    private readonly events: LinkEvents,
  ) {}

  /** Sends listings, in order, as soon as the background takes them. */
  assess(listings: readonly Listing[]): void {
    this.#waiting.push(...listings);
    for (const b of this.#resend) b.tries = Math.min(b.tries, TRIES - 1);
    this.#pump();
    this.#wait();
  }

  /** A message without answer; lost with the background, as the next one replaces it. */
  tell(message: ToBackground): void {
    // A port that died without a word takes one message with it.
    if (!this.#post(message)) this.#post(message);
  }

  /** Opens another port for what comes: the old one slept with the page, and the browser closes such ports. */
  renew(): void {
    this.#port?.disconnect();
    this.#lost();
  }

  /** Forgets what was not answered: the page went elsewhere. */
  forget(): void {
    this.#waiting = [];
    this.#resend = [];
    this.#sent.clear();
    this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    this.forget();
    this.#cancel?.();
    this.#port?.disconnect();
    this.#port = null;
  }

  #pump(): void {
    while (!this.#stopped && this.#sent.size < UNDER_WAY) {
      let batch = this.#resend.find((b) => b.tries < TRIES);
      if (batch !== undefined) this.#resend.splice(this.#resend.indexOf(batch), 1);
      else if (this.#waiting.length > 0) batch = { listings: this.#waiting.splice(0, BATCH), tries: 0 };
      else return;
      batch.tries++;
      const number = this.#next++;
      this.#sent.set(number, batch);
      if (!this.#post({ type: "assess", batch: number, listings: batch.listings })) return;
    }
  }

  #post(message: ToBackground): boolean {
    if (this.#stopped) return false;
    try {
      this.#port ??= this.#open();
      this.#port.postMessage(message);
      return true;
    } catch {
      // Either the port died under our hands, which its own event will say, or there is no extension any more.
      this.#lost();
      return false;
    }
  }

  #open(): Port {
    const port = this.connect();
    port.onMessage.addListener((message) => this.#heard(message as FromBackground));
    port.onDisconnect.addListener(() => {
      if (this.#port === port) this.#lost();
    });
    return port;
  }

  #heard(message: FromBackground): void {
    if (typeof message !== "object" || message === null) return;
    const batch = this.#sent.get(message.batch);
    if (batch === undefined) return;
    this.#sent.delete(message.batch);
    if (message.type === "assessed") this.events.answered(batch.listings, message.marks);
    else if (batch.listings.length > 1) {
      // Refused as a whole: in halves, so that one bad listing does not silence the others.
      const half = batch.listings.length >> 1;
      this.#resend.push({ listings: batch.listings.slice(0, half), tries: 0 }, { listings: batch.listings.slice(half), tries: 0 });
    } else this.events.answered(batch.listings, []);
    this.#pump();
    this.#wait();
  }

  /** From now on: what was sent and is not answered in time goes again over another port. */
  #wait(): void {
    this.#calm?.();
    this.#calm = null;
    if (this.#sent.size === 0) return;
    const tries = Math.max(...[...this.#sent.values()].map((b) => b.tries));
    this.#calm = this.clock.after(PATIENCE_MS * 2 ** (tries - 1), () => {
      this.#calm = null;
      this.renew();
    });
  }

  /** The port is gone: what was not answered goes again, soon at first, later and later when that fails. */
  #lost(): void {
    this.#port = null;
    if (this.#stopped) return;
    const again = [...this.#sent.values()];
    this.#sent.clear();
    this.#wait();
    this.#resend.unshift(...again);
    if (!isAlive()) {
      this.#stopped = true;
      this.events.orphaned();
      return;
    }
    const tries = Math.max(0, ...this.#resend.map((b) => b.tries));
    if (this.#resend.length === 0 || this.#cancel !== null) return;
    this.#cancel = this.clock.after(Math.min(50 * 4 ** tries, 10_000), () => {
      this.#cancel = null;
      this.#pump();
      this.#wait();
    });
  }
}

/** Whether the extension that this script belongs to is still there. */
export function isAlive(): boolean {
  try {
    return typeof chrome === "object" && chrome.runtime?.id !== undefined;
  } catch {
    return false;
  }
}
