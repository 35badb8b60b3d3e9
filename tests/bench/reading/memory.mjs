// Memory of a browser with all its processes, as the system counts it: shared pages are divided among their users.
import fs from 'node:fs';

/** Proportional set size of `pid` and everything below it, in bytes; null where the system has no such figure. */
export function proportional(pid) {
  if (!fs.existsSync('/proc/self/smaps_rollup')) return null;
  const below = new Map();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    const parent = read(`/proc/${name}/stat`)?.replace(/^.*\) \S /su, '').split(' ')[0];
    if (parent !== undefined) below.set(Number(parent), [...(below.get(Number(parent)) ?? []), Number(name)]);
  }
  let bytes = 0;
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    queue.push(...(below.get(next) ?? []));
    bytes += Number(/^Pss:\s+(\d+) kB/mu.exec(read(`/proc/${next}/smaps_rollup`) ?? '')?.[1] ?? 0) * 1024;
  }
  return bytes;
}

/** A process may end while it is looked at. */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
