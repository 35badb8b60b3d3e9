// Registers every listener in the first turn, as both browsers demand of a background that may be started
// by any event, and forwards the events to the Rust exports once the module stands. Here alone is what must
// happen inside a gesture, before anything is awaited: opening the panel. Decides nothing else.
import init, * as rust from './background/spotter_background.js';

const api = globalThis.chrome;
const base = api.runtime.getURL('');

// One instance for the life of this background; what comes earlier waits here, in order.
const ready = init({ module_or_path: api.runtime.getURL('background/spotter_background_bg.wasm') }).then(() => rust.start());
const when = (handle) => (...args) => { ready.then(() => handle(...args)); };

// Resolves to whether the panel stands open. Must be called inside a gesture: everything up to the first
// `await` runs in the caller's turn.
async function openPanel(tab) {
  try {
    await (api.sidePanel ? api.sidePanel.open({ windowId: tab.windowId }) : api.sidebarAction.open());
    return true;
  } catch {
    await ready;
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
    // The browser carries a click on a badge over to here where it allows that.
    const opened = message?.type === 'open_report' ? openPanel(tab) : undefined;
    ready.then(() => rust.from_content(port, tab, message, opened));
  });
  ready.then(() => rust.connected(tab.id));
});

api.runtime.onMessage.addListener((message, sender, answer) => {
  // Only our own pages ask; content scripts speak over their port, and their events are for the panel.
  if (!sender.url?.startsWith(base)) return false;
  ready.then(() => rust.ask(message)).then(answer, () => answer({ type: 'refused', message: 'bg_internal', args: [] }));
  return true;
});

api.action.onClicked.addListener((tab) => {
  openPanel(tab);
  ready.then(() => rust.scan(tab));
});

api.commands.onCommand.addListener((command, tab) => {
  const opened = command === 'report' || command === 'panel' ? openPanel(tab) : undefined;
  ready.then(() => rust.command(command, tab, opened));
});

(api.menus ?? api.contextMenus).onClicked.addListener((info, tab) => {
  const opened = openPanel(tab);
  if (info.menuItemId === 'suggest') ready.then(() => rust.suggest(tab, info.selectionText, info.pageUrl, opened));
  else ready.then(() => rust.report_at_pointer(tab, opened));
});

api.alarms.onAlarm.addListener(when((alarm) => rust.alarm(alarm.name)));
api.runtime.onInstalled.addListener(when(({ reason }) => rust.installed(reason === 'install')));
api.runtime.onStartup.addListener(when(() => {}));
api.permissions.onAdded.addListener(when(() => rust.sites_changed()));
api.permissions.onRemoved.addListener(when(() => rust.sites_changed()));
