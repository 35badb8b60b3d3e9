// Registers every listener in the first turn, as both browsers demand of a background that may be started
// by any event, and forwards the events to the Rust exports once the module stands. Here alone is what must
// happen inside a gesture, before anything is awaited: opening the panel; and what a page must not wait for while most of the
// module is still to be read: which half of it is needed. Decides nothing else.
import init, * as rust from './background/spotter_background.js';

const api = globalThis.chrome;
const base = api.runtime.getURL('');

// A file of the package. A background that cannot read it answers nobody for as long as it lives, so it is asked for again first.
async function file(name) {
  for (let left = 3; ; left -= 1) {
    try {
      return await fetch(api.runtime.getURL(`background/spotter_background_${name}`));
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((done) => { setTimeout(done, 100); });
    }
  }
}

// The module comes without its memory, which was made ready when the extension was built: how many stretches there are, where
// each begins and how long it is, then the stretches themselves. Data that is no part of the module need not be compiled. A second
// file has what only words of other than Latin letters are looked up in.
function fill(memory, image) {
  const numbers = new DataView(image);
  const [from, to] = [new Uint8Array(image), new Uint8Array(memory.buffer)];
  const count = numbers.getUint32(0, true);
  let at = 4 + 8 * count;
  for (let run = 0; run < count; run += 1) {
    const end = at + numbers.getUint32(8 + 8 * run, true);
    to.set(from.subarray(at, end), numbers.getUint32(4 + 8 * run, true));
    at = end;
  }
  if (at !== from.length) throw new RangeError('the memory was cut off');
}

// The half that assesses, which is all that a page waits for. Nothing of it runs before its memory stands.
const memory = () => file('memory.bin').then((answer) => answer.arrayBuffer());
// The memory is the longer of the two to come.
let woken = Promise.all([memory(), init({ module_or_path: file('bg.wasm') })]).then(([image, first]) => {
  fill(first.memory, image);
  return first;
});

// Letters of other scripts: whoever reads them looks into the second file, or traps as long as that is not there. A text that has
// none may still be read as one that has some; so this is only so that the file is asked for before somebody waits for it.
const OTHER = /[\u0380-\u0fff\u3000-\ud7ff]/u;
let others;
const other = () => (others ??= file('others.bin').then((answer) => answer.arrayBuffer()));

// What that half holds is what the listings of the corpus need. One that needs more traps in the middle of its work, and leaves a
// memory behind that is good for nothing: another instance begins where the build left off. Whatever was kept was kept by the
// other half, which had not run yet.
async function again() {
  const image = await memory();
  rust.__wbg_reset_state();
  const first = rust.initSync();
  fill(first.memory, image);
  return first;
}

// The other half: one instance of it for the life of this background. What comes earlier waits here, in order.
let whole;
let started = false;
async function complete() {
  const [rest, image] = await Promise.all([
    file('rest.wasm').then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes)),
    other(),
  ]);
  let first;
  for (let now; now !== woken;) {
    now = woken;
    first = await now;
  }
  fill(first.memory, image);
  // In the turn in which it was clear that the first half is a good one: it works no more without the other.
  new WebAssembly.Instance(rest, { first });
  started = true;
  rust.start();
}
const ready = () => (whole ??= complete());
const when = (handle) => (...args) => { ready().then(() => handle(...args)); };

// What nobody looks at, and whatever else waits to be sent: behind the first answer, or after a second.
let answered;
const later = new Promise((done) => {
  answered = done;
  setTimeout(done, 1000);
}).then(ready);

// Settings that the page and its first batch depend on. Where they can't be read, the other half is asked, as it would be later.
const chosen = () => chrome.storage.local.get(['words_held', 'masked', 'quiet']).catch(() => ({ words_held: true }));
const settings = chosen();

// The marks of a batch by the first half; nothing where both must be asked: where they stand already, where a programme's own words
// are kept, which the other half lays over the built-in ones, and where the first half has trapped.
let alone = true;
function assessed(message, held) {
  if (!alone || started || held) return undefined;
  try {
    return rust.assess(message);
  } catch {
    alone = false;
    woken = again();
    return undefined;
  }
}

async function assess(port, tab, message) {
  const wanted = !started && OTHER.test(JSON.stringify(message)) ? other() : undefined;
  const [first, { words_held: held }, image] = await Promise.all([woken, settings, wanted]);
  if (image && !started) fill(first.memory, image);
  const answer = assessed(message, held);
  if (answer === undefined) {
    await ready();
    rust.from_content(port, tab, message, undefined);
    return;
  }
  try {
    port.postMessage(answer);
  } catch {
    // A port that closed meanwhile belongs to a page that is gone.
  }
  answered();
}

// A content script starts quiet and uncovered; it is told only what is otherwise.
async function greet(tab) {
  const { masked, quiet } = await (started ? chosen() : settings);
  const tell = (message) => api.tabs.sendMessage(tab.id, message, { frameId: 0 }).catch(() => undefined);
  if (masked === true) await tell({ type: 'set_mask', masked: true });
  if (quiet === false) await tell({ type: 'set_quiet', quiet: false });
}

// Resolves to whether the panel stands open. Must be called inside a gesture: everything up to the first
// `await` runs in the caller's turn.
async function openPanel(tab) {
  try {
    await (api.sidePanel ? api.sidePanel.open({ windowId: tab.windowId }) : api.sidebarAction.open());
    return true;
  } catch {
    await ready();
    return rust.panel_is_open(tab.windowId);
  }
}

api.runtime.onConnect.addListener((port) => {
  if (port.name !== 'content' || port.sender?.tab === undefined) {
    port.disconnect();
    return;
  }
  const { tab } = port.sender;
  port.onMessage.addListener((message) => {
    if (message?.type === 'assess') {
      assess(port, tab, message);
      return;
    }
    if (message?.type === 'counts') {
      later.then(() => rust.from_content(port, tab, message, undefined));
      return;
    }
    // The browser carries a click on a badge over to here where it allows that.
    const opened = message?.type === 'open_report' ? openPanel(tab) : undefined;
    ready().then(() => rust.from_content(port, tab, message, opened));
  });
  greet(tab);
});

api.runtime.onMessage.addListener((message, sender, answer) => {
  // Only our own pages ask; content scripts speak over their port, and their events are for the panel.
  if (!sender.url?.startsWith(base)) return false;
  ready().then(() => rust.ask(message)).then(answer, () => answer({ type: 'refused', message: 'bg_internal', args: [] }));
  return true;
});

api.action.onClicked.addListener((tab) => {
  openPanel(tab);
  ready().then(() => rust.scan(tab));
});

api.commands.onCommand.addListener((command, tab) => {
  const opened = command === 'report' || command === 'panel' ? openPanel(tab) : undefined;
  ready().then(() => rust.command(command, tab, opened));
});

(api.menus ?? api.contextMenus).onClicked.addListener((info, tab) => {
  const opened = openPanel(tab);
  if (info.menuItemId === 'suggest') ready().then(() => rust.suggest(tab, info.selectionText, info.pageUrl, opened));
  else ready().then(() => rust.report_at_pointer(tab, opened));
});

api.alarms.onAlarm.addListener(when((alarm) => rust.alarm(alarm.name)));
api.runtime.onInstalled.addListener(when(({ reason }) => rust.installed(reason === 'install')));
api.runtime.onStartup.addListener(when(() => {}));
api.permissions.onAdded.addListener(when(() => rust.sites_changed()));
api.permissions.onRemoved.addListener(when(() => rust.sites_changed()));
