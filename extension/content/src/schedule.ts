// Owns time: one clock, one way to give the page its turn back, and work cut into slices.
// Everything that could take long runs through here; nothing else asks what time it is.

/** Milliseconds that one slice may take. */
export const SLICE_MS = 3;

/**
 * So many slices do not wait for an idle page in Firefox, which lets a page that does nothing wait for the whole of the limit:
 * what a page with one listing needs until it asks for an assessment. Chromium's idle page is told of at once, and a slice that
 * runs before it is longer there.
 */
const AT_ONCE = 3;

/** What the scheduler needs from the world; tests bring their own. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Wall time, RFC 3339 UTC. */
  stamp(): string;
  /** Comes back when the page had its turn. */
  turn(): Promise<void>;
  /** Calls `then` after `ms`; gives back how to cancel that. */
  after(ms: number, then: () => void): () => void;
}

/** The browser's clock. Slices start when the page is idle, at the latest after a tenth of a second; in Firefox the first ones at once. */
export function browserClock(): Clock {
  let atOnce = navigator.userAgent.includes("Firefox/") ? AT_ONCE : 0;
  return {
    // Asked at every step: bound, as looking it up is as dear as asking.
    now: performance.now.bind(performance),
    stamp: () => new Date().toISOString(),
    turn: () =>
      new Promise((done) => {
        if (atOnce-- <= 0 && typeof requestIdleCallback === "function" && !document.hidden) {
          requestIdleCallback(() => done(), { timeout: 100 });
          return;
        }
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
          channel.port1.close();
          done();
        };
        channel.port2.postMessage(0);
      }),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Thrown out of work that was called off. */
export class CalledOff extends Error {}

/** Work cut into slices: one after the other, never two at once. */
export class Slicer {
  #last: Promise<unknown> = Promise.resolve();
  /** The longest slice so far, for tests and budgets. */
  longest = 0;
  slices = 0;
  total = 0;

  constructor(
    private readonly clock: Clock,
    private readonly budget = SLICE_MS,
  ) {}

  /** Runs `steps` to its end, behind whatever runs already. Rejects with `CalledOff` when `signal` says so. */
  run<T>(steps: () => Generator<void, T>, signal?: AbortSignal): Promise<T> {
    const work = this.#last.then(() => this.#work(steps(), signal));
    this.#last = work.catch(() => undefined);
    return work;
  }

  async #work<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      await this.clock.turn();
      if (signal?.aborted === true) throw new CalledOff();
      const start = this.clock.now();
      let spent = 0;
      try {
        do {
          const step = steps.next();
          spent = this.clock.now() - start;
          if (step.done === true) return step.value;
        } while (spent < this.budget);
      } finally {
        this.slices++;
        this.total += spent;
        this.longest = Math.max(this.longest, spent);
      }
    }
  }
}
