// How slow the machine is just now. A limit in milliseconds holds on the machine on which it was set; elsewhere, or
// beside other work, the same code takes longer, and only a ratio says anything.
import { median } from './median.mjs';

/** Milliseconds of the piece of work below on the machine on which the limits were set, when it did nothing else. */
const REFERENCE_MS = 40;
const TIMES = 5;

/** A fixed piece of work like ours: short texts, a map, small sums. */
function work() {
  const seen = new Map();
  let sum = 0;
  for (let i = 0; i < 400_000; i++) {
    const key = `k${(i * 7919) % 5003}`;
    seen.set(key, (seen.get(key) ?? 0) + i);
    sum = (sum * 31 + key.length) | 0;
  }
  return sum + seen.size;
}

/** By how much a limit is to be multiplied at this moment: 1 on the quiet machine it was set on, never less. */
export function slowness() {
  const took = Array.from({ length: TIMES }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.max(1, median(took) / REFERENCE_MS);
}
