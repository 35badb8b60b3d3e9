// Test double of the background, for the pages' layout states alone: it answers from the scene that a test
// put into storage and notes what it was asked. The journey with the real background is tested elsewhere.
const api = globalThis.browser ?? globalThis.chrome;

// What is never answered.
const DEAF = {};

async function scene() {
  return (await api.storage.local.get('scene')).scene;
}

async function change(next) {
  await api.storage.local.set({ scene: next });
  // Nobody may listen: that is no fault here. Nor is it waited for: whoever listens may ask in return.
  api.runtime.sendMessage({ type: 'state_changed' }).catch(() => {});
}

// One after the other: storage is read, changed and written back, and of two at once one would be lost.
let line = Promise.resolve();
function inTurn(work) {
  const done = line.then(work);
  line = done.catch(() => {});
  return done;
}

async function answer(ask) {
  const now = await scene();
  await api.storage.local.set({ asked: [...((await api.storage.local.get('asked')).asked ?? []), ask] });
  const refused = now.refuse?.[ask.type];
  if (refused) return { type: 'refused', message: refused.message, args: refused.args ?? [] };
  const state = () => ({ type: 'state', ...now.state });
  const item = (id) => now.state.outbox.find((i) => i.report_id === id);
  switch (ask.type) {
    case 'prepare':
      return now.draft ? { type: 'draft', ...now.draft, key: ask.key, tab_id: ask.tab_id } : undefined;
    case 'take_draft': {
      if (!now.waiting) return state();
      const draft = now.waiting;
      await api.storage.local.set({ scene: { ...now, waiting: null } });
      return { type: 'draft', ...draft, tab_id: ask.tab_id };
    }
    case 'queue': {
      const due = Date.now() + now.draft.undo_ms;
      now.state.outbox.unshift({ report_id: ask.report_id, title: now.draft.report.listing.title, url: '', created_at: '2026-11-23T22:13:54Z',
        state: 'undoable', next_try_ms: due, tries: 0, trouble: null, number: null, status: null, reason: '', evidence: [] });
      await change(now);
      setTimeout(() => inTurn(async () => {
        const later = await scene();
        // By its time: an earlier scene's report of the same id was taken back, and its end is not this one's.
        const sent = later.state.outbox.find((i) => i.report_id === ask.report_id && i.state === 'undoable' && i.next_try_ms === due);
        if (sent) {
          Object.assign(sent, { next_try_ms: null, ...later.afterUndo });
          await change(later);
        }
      }), now.draft.undo_ms);
      return { type: 'queued', report_id: ask.report_id, undo_ms: now.draft.undo_ms };
    }
    case 'undo':
    case 'delete':
      now.state.outbox = now.state.outbox.filter((i) => i.report_id !== ask.report_id);
      await change(now);
      return state();
    case 'retry':
      item(ask.report_id).trouble = null;
      await change(now);
      return state();
    case 'looked_again':
      Object.assign(item(ask.report_id), { asked: false, saw: ask.saw });
      await change(now);
      return state();
    case 'ask_me_again':
      now.state.ask_again = ask.wanted;
      await change(now);
      return state();
    case 'set_quiet':
      now.state.quiet = ask.quiet;
      await change(now);
      return state();
    case 'remind':
      now.state.reminder = ask.minutes > 0 ? { minutes: ask.minutes, at_ms: Date.now() + ask.minutes * 60_000 } : null;
      await change(now);
      return state();
    case 'prepare_current':
      return { type: 'draft', ...now.whole, tab_id: ask.tab_id };
    case 'set_mask':
      now.state.masked = ask.masked;
      await change(now);
      return state();
    case 'enrol':
      now.state.enrolled = now.willEnrol;
      await change(now);
      return state();
    case 'leave':
      now.state.enrolled = null;
      await change(now);
      return state();
    case 'agree':
      now.state.agreed = true;
      await change(now);
      return state();
    case 'law':
      return { type: 'law', ...now.law, ...ask.country === '' ? {} : { country: ask.country } };
    case 'survey':
      if (ask.step === 'code' && now.deaf > 0) {
        await api.storage.local.set({ scene: { ...now, deaf: now.deaf - 1 } });
        // As one that dies while it is asked: neither an answer nor a failure.
        return DEAF;
      }
      return ask.step === 'draft' ? { type: 'kept' } : { type: 'survey', ...now.surveyTask };
    case 'audit': {
      if (ask.step === 'look') return { type: 'audit', offer: now.offer ?? null };
      now.offer = null;
      await change(now);
      return { type: 'audit', offer: null };
    }
    case 'export':
      return { type: 'exported', name: `wildlife-report-${ask.report_id}.zip`, bytes: btoa('a file') };
    case 'stored':
      return { type: 'stored', ...now.stored };
    case 'erase':
      now.state = { ...now.state, enrolled: null, agreed: false, outbox: [], sites: [] };
      await change(now);
      return state();
    case 'sync_sites':
      now.state.sites = (await api.permissions.getAll()).origins.filter((o) => !o.includes('127.0.0.1'));
      await change(now);
      return state();
    default:
      return state();
  }
}

api.runtime.onMessage.addListener((message, sender, respond) => {
  if (message?.type === 'set_scene') {
    inTurn(() => api.storage.local.set({ asked: [] }).then(() => change(message.scene))).then(() => respond(true));
    return true;
  }
  if (['findings_changed', 'state_changed', 'draft_ready'].includes(message?.type)) return false;
  // As from the real one, internally tagged: the fields of the state stand beside `type`.
  inTurn(() => answer(message)).then((said) => {
    if (said !== DEAF) respond(said);
  });
  return true;
});
