// What Chromium's own trace says of one page's main thread. Reads trace events; measures nothing by itself.

/** What must be traced. */
export const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing', '__metadata'];

/**
 * The main thread of the process that loaded `url`, in milliseconds of processor time: `total` of all tasks, `longest`
 * of those in which a script of an extension ran (0 where none did), and how many such tasks there were.
 */
export function mainThread(events, url) {
  const start = events.find((e) => e.name === 'navigationStart' && e.args?.data?.documentLoaderURL === url);
  if (start === undefined) throw new Error(`the trace knows no navigation to ${url}`);
  const main = events.find((e) => e.name === 'thread_name' && e.pid === start.pid && e.args.name === 'CrRendererMain');
  if (main === undefined) throw new Error('the trace names no main thread');
  const here = events.filter((e) => e.pid === main.pid && e.tid === main.tid && e.ph === 'X');
  const tasks = here.filter((e) => e.name === 'RunTask' && e.ts >= start.ts).sort((a, b) => a.ts - b.ts);
  const calls = here.filter((e) => (e.name === 'FunctionCall' || e.name === 'EvaluateScript') && `${e.args?.data?.url}`.startsWith('chrome-extension:')).sort((a, b) => a.ts - b.ts);
  let longest = 0;
  let ours = 0;
  let at = 0;
  for (const task of tasks) {
    while (at < calls.length && calls[at].ts < task.ts) at++;
    if (at >= calls.length || calls[at].ts >= task.ts + task.dur) continue;
    ours++;
    longest = Math.max(longest, spent(task));
  }
  return { total: tasks.reduce((sum, task) => sum + spent(task), 0), longest, ours };
}

/** Processor time where the trace has it: other work on the machine does not count. */
const spent = (event) => (event.tdur ?? event.dur) / 1_000;
