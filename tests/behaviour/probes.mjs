// What a page can do to find out whether an extension runs on it. `watchful` is the page's own first script;
// `report` disarms it and gives what each probe noticed, as lines. Knows nothing of our extension but its address,
// which a real page would have to guess.

/** Runs in the page, before anything else. Serialised: uses nothing from outside. */
export function watchful() {
  const noticed = {};
  const note = (probe, line) => { (noticed[probe] ??= []).push(String(line).slice(0, 200)); };
  const state = { armed: false, quietly: 0 };
  const { apply, ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;
  const ErrorNow = Error;
  /** A call of something that only scripts call: by whom? */
  const trapped = (name) => {
    if (!state.armed || state.quietly > 0) return;
    state.quietly++;
    note('traps', name);
    const stack = new ErrorNow().stack ?? '';
    if (/extension:\/\//.test(stack)) note('stacks', stack);
    state.quietly--;
  };

  const TABLE = 'globals,traps,stacks,attributes,styles,sheets,highlights,elements,children,hits,mutations,resources,entries,console,messages,errors,events,reports,storage,navigation,focus,layout,animations';
  for (const probe of TABLE.split(',')) noticed[probe] = [];

  // Every method and accessor of every prototype, and of the window itself.
  const wrap = (owner, path) => {
    for (const key of ownKeys(owner)) {
      const d = getOwnPropertyDescriptor(owner, key);
      if (d === undefined || !d.configurable || key === 'constructor') continue;
      const name = `${path}.${String(key)}`;
      try {
        if (typeof d.value === 'function' && !/^class\b/.test(Function.prototype.toString.call(d.value)) && d.value.prototype === undefined) {
          const real = d.value;
          defineProperty(owner, key, { ...d, value: function (...args) { trapped(name); return apply(real, this, args); } });
        } else if (d.get !== undefined || d.set !== undefined) {
          const { get, set } = d;
          defineProperty(owner, key, {
            ...d,
            get: get && function () { trapped(`get ${name}`); return apply(get, this, []); },
            set: set && function (value) { trapped(`set ${name}`); return apply(set, this, [value]); },
          });
        }
      } catch { /* What can't be wrapped is no trap. */ }
    }
  };
  const keep = { observe: MutationObserver.prototype.observe, add: EventTarget.prototype.addEventListener, Observer: MutationObserver, Performance: PerformanceObserver };
  const BASIC = new Set(['Object', 'Function', 'Reflect', 'Proxy', 'Error']);
  for (const name of Object.getOwnPropertyNames(window)) {
    let value;
    try { value = window[name]; } catch { continue; }
    if (typeof value === 'function' && value.prototype && !BASIC.has(name)) wrap(value.prototype, name);
  }
  // Constructors: a proxy notes who builds one.
  for (const name of ['MutationObserver', 'IntersectionObserver', 'ResizeObserver', 'CSSStyleSheet', 'Highlight', 'StaticRange', 'Range', 'URL', 'TextEncoder', 'MessageChannel', 'Map', 'Set', 'WeakMap', 'Promise', 'AbortController']) {
    const real = window[name];
    if (typeof real === 'function') window[name] = new Proxy(real, { construct: (target, args, made) => { trapped(`new ${name}`); return Reflect.construct(target, args, made); } });
  }
  for (const name of ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame', 'requestIdleCallback', 'getComputedStyle', 'postMessage', 'queueMicrotask', 'fetch', 'structuredClone', 'addEventListener']) {
    const real = window[name];
    window[name] = function (...args) { trapped(`window.${name}`); return apply(real, window, args); };
  }
  for (const name of ['then', 'toJSON', 'type', 'chrome', 'browser', 'listings', 'marks', 'findings', 'signal']) {
    if (!(name in Object.prototype)) defineProperty(Object.prototype, name, { configurable: true, enumerable: false, get() { trapped(`get Object.prototype.${name}`); return undefined; }, set(value) { defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true }); } });
  }
  for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'assert', 'group', 'time', 'count']) {
    const real = console[name];
    console[name] = function (...args) { if (state.armed) note('console', `${name} ${args.join(' ')}`); return apply(real, console, args); };
  }

  const listen = (target, type, probe) => apply(keep.add, target, [type, (e) => {
    if (!state.armed) return;
    state.quietly++;
    note(probe, `${type}${e.message ? `: ${e.message}` : ''}`);
    state.quietly--;
  }, true]);
  for (const type of ['message', 'messageerror']) listen(window, type, 'messages');
  for (const type of ['error', 'unhandledrejection', 'rejectionhandled']) listen(window, type, 'errors');
  for (const type of ['securitypolicyviolation']) listen(document, type, 'reports');
  // What every page hears once, sooner or later: `pagereveal` at its first frame, which a slow machine draws late.
  const ORDINARY = new Set(['load', 'pageshow', 'pagereveal', 'readystatechange', 'message', 'messageerror', 'error', 'unhandledrejection', 'rejectionhandled', 'securitypolicyviolation']);
  const types = new Set();
  for (const owner of [window, Document.prototype, HTMLElement.prototype, Element.prototype, SVGElement.prototype, document]) {
    for (let at = owner; at !== null; at = Object.getPrototypeOf(at)) for (const key of ownKeys(at)) if (typeof key === 'string' && key.startsWith('on')) types.add(key.slice(2));
  }
  for (const type of [...types, 'focusin', 'focusout', 'DOMActivate', 'slotchange', 'contentvisibilityautostatechange']) if (!ORDINARY.has(type)) listen(window, type, 'events');
  listen(document, 'selectionchange', 'events');
  listen(document, 'visibilitychange', 'events');

  const observer = new keep.Observer((records) => {
    if (!state.armed) return;
    state.quietly++;
    for (const r of records) {
      const where = r.target.nodeName;
      if (r.type === 'attributes') note('mutations', `attribute ${r.attributeName} of ${where}`);
      else if (r.type === 'characterData') note('mutations', `text of ${where}`);
      for (const n of r.addedNodes) note('mutations', `${n.nodeName} added to ${where}`);
      for (const n of r.removedNodes) note('mutations', `${n.nodeName} removed from ${where}`);
    }
    state.quietly--;
  });
  const all = { subtree: true, childList: true, attributes: true, characterData: true, attributeOldValue: true };
  const entries = [];
  for (const type of keep.Performance.supportedEntryTypes) {
    // What measures time differs from one load to the next anyway.
    if (/^(?:longtask|long-animation-frame|event|first-input|paint|visibility-state|navigation|largest-contentful-paint|interaction-contentful-paint)$/.test(type)) continue;
    try { new keep.Performance((list) => { state.quietly++; for (const e of list.getEntries()) entries.push(`${e.entryType} ${e.name}`); state.quietly--; }).observe({ type, buffered: true }); } catch { /* Not this one. */ }
  }
  if (typeof ReportingObserver === 'function') new ReportingObserver((reports) => { state.quietly++; for (const r of reports) if (state.armed) note('reports', `${r.type} ${r.body?.message ?? ''}`); state.quietly--; }, { buffered: true }).observe();

  let known = [];
  const looks = () => known.map((el) => {
    const s = getComputedStyle(el);
    return Array.from(s, (p) => s.getPropertyValue(p)).join(';').length + [s.display, s.position, s.color, s.outline, s.cursor, s.textDecoration, s.zIndex, s.width].join('|');
  }).join('\n');
  const look = () => ({
    globals: [...ownKeys(window), ...ownKeys(document), ...ownKeys(navigator)].map(String).sort().concat([typeof window.chrome?.runtime, String(window.length)]).join(),
    attributes: document.documentElement.outerHTML,
    styles: looks(),
    sheets: `${document.styleSheets.length} style sheets, ${document.adoptedStyleSheets.length} adopted`,
    highlights: [...(CSS.highlights?.keys() ?? [])].join() || 'none',
    elements: String(document.getElementsByTagName('*').length),
    children: String(document.documentElement.childNodes.length),
    layout: `${document.documentElement.scrollWidth} x ${document.documentElement.scrollHeight}`,
    hits: [...document.querySelectorAll('.card, .card img')].map((el) => { const r = el.getBoundingClientRect(); return document.elementFromPoint(r.left + 12, r.top + 12)?.nodeName; }).join(),
    storage: `${document.cookie}|${localStorage.length}|${sessionStorage.length}`,
    navigation: `${history.length}|${location.href}|${history.state}`,
    focus: `${document.activeElement?.nodeName}|${getSelection().rangeCount}`,
    animations: `${document.getAnimations().length}`,
  });
  let before;
  apply(keep.add, document, ['DOMContentLoaded', () => {
    known = [...document.querySelectorAll('html, html *')];
    before = look();
    for (const root of [document, document.documentElement, document.head, document.body]) apply(keep.observe, observer, [root, all]);
    state.armed = true;
  }, { once: true }]);

  /** Disarms, looks once more, tries the extension's own addresses. */
  window.report = async (bases, again = true) => {
    state.armed = false;
    const after = look();
    // The document is given as what differs, not whole.
    const size = (text) => text.length;
    for (const [probe, now] of Object.entries(after)) {
      if (before[probe] === now) continue;
      if (probe === 'globals') note(probe, now.split(',').filter((k) => !before.globals.split(',').includes(k)).join());
      else if (probe === 'attributes' || probe === 'styles') note(probe, `differs (${size(now) - size(before[probe])} characters)`);
      else if (probe === 'hits') note(probe, `${now.split(',').filter((x, i) => x !== before.hits.split(',')[i]).join()} instead`);
      else if (probe === 'elements' || probe === 'children') note(probe, `${now - before[probe]} more`);
      else note(probe, now);
    }
    for (const line of entries) note('entries', line);
    for (const base of bases) {
      for (const file of ['manifest.json', 'content.js', 'background.js', 'icons/16.png', 'pages/panel.html', '_locales/en/messages.json']) {
        const ways = [
          fetch(base + file).then(() => 'fetch'),
          new Promise((done, failed) => { const img = new Image(); img.onload = () => done('image'); img.onerror = failed; img.src = base + file; }),
          new Promise((done, failed) => { const s = document.createElement('script'); s.onload = () => done('script'); s.onerror = failed; s.src = base + file; document.head.append(s); }),
        ];
        for (const way of await Promise.allSettled(ways)) if (way.status === 'fulfilled') note('resources', `${file} by ${way.value}`);
      }
    }
    // Without a prototype: what waits for this looks for a `then` on it.
    const out = Object.create(null);
    for (const [probe, lines] of Object.entries(noticed)) { out[probe] = lines; noticed[probe] = []; }
    entries.length = 0;
    // Our own attempts have been heard by now.
    await new Promise((done) => { setTimeout(done, 50); });
    if (again) before = look();
    state.armed = again;
    return out;
  };
}

/** What each probe means, in words. */
export const PROBES = {
  globals: 'new names on window, document, navigator',
  traps: 'methods and accessors of every prototype, wrapped before us; constructors',
  stacks: 'our address in the stack of a trapped call',
  attributes: "the document's markup, all attributes",
  styles: 'computed style of every element',
  sheets: 'style sheets, adopted style sheets',
  highlights: 'names in the highlight registry',
  elements: 'number of elements',
  children: 'children of html',
  hits: 'hit testing on every card',
  mutations: 'mutation observers on document, html, head, body',
  resources: "our files by their addresses (fetch, image, script)",
  entries: 'performance entries: resources, marks, layout shifts',
  console: 'the console, overridden',
  messages: 'postMessage listeners',
  errors: 'error and rejection events',
  events: 'every event type there is, in the capturing phase',
  reports: 'policy violations, reporting observer',
  storage: 'cookies and storage',
  navigation: 'history and address',
  focus: 'active element, selection',
  layout: 'size of the document',
  animations: 'running animations',
};

/** `all` without what `usual` holds as well, each counted once. */
export function beyond(all, usual) {
  const left = [...usual];
  return all.filter((line) => {
    const at = left.indexOf(line);
    if (at === -1) return true;
    left.splice(at, 1);
    return false;
  });
}
