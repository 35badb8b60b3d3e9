// Holds what ships to the oldest browsers that the manifest admits, by @mdn/browser-compat-data.
//
// Reads dist/chrome and dist/firefox: manifest keys and permissions, every extension API that a script names
// (`chrome.x.y`, `browser.x.y`), every global (`Highlight`), every member of a known global (`CSS.highlights`),
// and every member name at all: a name is refused where everything of that name came too late. The scripts
// include the glue that wasm-bindgen wrote, so the Rust parts are read too.
//
// Usage: node xtask/js/compat.mjs [DIST]. Prints one line a finding; exits 1 where there is any.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import * as espree from 'espree';

const bcd = createRequire(import.meta.url)('@mdn/browser-compat-data');
const dist = process.argv[2] ?? path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../dist');

/**
 * The version from which `entry` works in `browser` without a flag or prefix and under its own name (or `alias`);
 * Infinity: never; undefined: nothing is known.
 */
export function since(entry, browser, alias = '') {
  const support = entry?.__compat?.support?.[browser];
  if (support === undefined) return undefined;
  let best = Infinity;
  for (const s of [support].flat()) {
    if (s === 'mirror' || s.flags || s.prefix || (s.alternative_name ?? alias).split('.')[0] !== alias || s.version_removed) continue;
    if (s.version_added === true) best = Math.min(best, 0);
    else if (typeof s.version_added === 'string') best = s.version_added === 'preview' ? best : Math.min(best, parseFloat(s.version_added.replace('≤', '')));
  }
  return best;
}

/** Every member name of the DOM's interfaces and the language's builtins, with all that bear it. */
function memberIndex() {
  const index = new Map();
  const add = (name, entry) => index.set(name, [...(index.get(name) ?? []), entry]);
  for (const [interfaceName, members] of Object.entries(bcd.api)) {
    // What the data has in lower case are functions of the global: `fetch`, also called as `window.fetch`.
    if (/^[a-z]/.test(interfaceName)) add(interfaceName, members);
    for (const [name, entry] of Object.entries(members)) if (!name.startsWith('__')) add(name.replace(/_static$/, ''), entry);
  }
  for (const [name, entry] of Object.entries(bcd.javascript.builtins)) {
    for (const [member, inner] of Object.entries(entry)) if (!member.startsWith('__') && member !== name) add(member, inner);
  }
  return index;
}
const members = memberIndex();

const literal = (node) => (node.computed ? (node.property.type === 'Literal' ? String(node.property.value) : null) : node.property.name);

/** `a.b.c` as ['a', 'b', 'c'], or null where the root is not a plain name. `globalThis.` and `self.` are dropped. */
function chain(node) {
  if (node.type === 'Identifier') return [node.name];
  if (node.type === 'ChainExpression') return chain(node.expression);
  if (node.type !== 'MemberExpression') return null;
  const before = chain(node.object);
  const name = literal(node);
  if (!before || name === null) return null;
  return ['globalThis', 'self', 'window'].includes(before[0]) && before.length === 1 ? [name] : [...before, name];
}

/** Everything that one script names: extension APIs, globals, members. */
export function uses(source) {
  const tree = espree.parse(source, { ecmaVersion: 'latest', sourceType: 'module', loc: true });
  const declared = new Set();
  const found = [];
  const declare = (p) => {
    if (!p) return;
    if (p.type === 'Identifier') declared.add(p.name);
    else if (p.type === 'ObjectPattern') p.properties.forEach((q) => declare(q.value ?? q.argument));
    else if (p.type === 'ArrayPattern') p.elements.forEach(declare);
    else if (p.type === 'AssignmentPattern') declare(p.left);
    else if (p.type === 'RestElement') declare(p.argument);
  };
  const walk = (node, visit, parent) => {
    visit(node, parent);
    for (const [key, value] of Object.entries(node)) {
      if (key === 'loc') continue;
      for (const child of [value].flat()) if (child && typeof child.type === 'string') walk(child, visit, node);
    }
  };
  walk(tree, (n) => {
    if (n.type === 'VariableDeclarator') declare(n.id);
    if (/Function/.test(n.type)) { declare(n.id); n.params?.forEach(declare); }
    if (n.type === 'ClassDeclaration' || n.type === 'ClassExpression') declare(n.id);
    if (/^Import.*Specifier$/.test(n.type)) declare(n.local);
    if (n.type === 'CatchClause') declare(n.param);
  });
  walk(tree, (n, parent) => {
    const line = n.loc.start.line;
    if (n.type === 'FunctionDeclaration') found.push({ kind: 'own', names: [n.id.name], line });
    if (/^(?:Property|MethodDefinition|PropertyDefinition)$/.test(n.type) && !n.computed && n.key.name) found.push({ kind: 'own', names: [n.key.name], line });
    if (n.type === 'MemberExpression') {
      const names = chain(n);
      const whole = !(parent?.type === 'MemberExpression' && parent.object === n && !(parent.computed && parent.property.type !== 'Literal'));
      if (names && (names[0] === 'chrome' || names[0] === 'browser') && !declared.has(names[0])) {
        if (whole) found.push({ kind: 'extension', names: names.slice(1), line });
        return;
      }
      if (names && names.length > 1 && !declared.has(names[0])) found.push({ kind: 'path', names: names.slice(0, 2), line });
      const name = literal(n);
      if (name !== null) found.push({ kind: 'member', names: [name], line });
    } else if (n.type === 'Identifier' && !declared.has(n.name)) {
      const isName = (parent?.type === 'MemberExpression' && parent.property === n && !parent.computed)
        || (parent?.type === 'Property' && parent.key === n && !parent.computed && !parent.shorthand)
        || /^(MethodDefinition|PropertyDefinition|LabeledStatement|BreakStatement|ContinueStatement|ExportSpecifier)$/.test(parent?.type ?? '');
      if (!isName) found.push({ kind: 'global', names: [n.name], line });
    }
  });
  return found;
}

/** What is wrong with one use in one browser, or null. */
export function fault(use, browser, minimum) {
  if (use.kind === 'own') return null;
  const late = (entry) => { const v = since(entry, browser); return v !== undefined && v > minimum ? v : null; };
  const say = (v) => `${use.names.join('.')} (${v === Infinity ? 'not supported' : `since ${v}`})`;
  if (use.kind === 'extension') {
    let at = bcd.webextensions.api;
    const [first] = use.names;
    // The data files this namespace under its Firefox name.
    const alias = first === 'contextMenus' ? first : '';
    const lateNamed = (entry) => { const v = since(entry, browser, browser === 'chrome' ? alias : ''); return v !== undefined && v > minimum ? v : null; };
    if (first === undefined) return null;
    if (!at[first] && !alias) return `${first} is no extension API that the compatibility data knows`;
    for (const name of alias ? ['menus', ...use.names.slice(1)] : use.names) {
      if (!at[name]) return null;
      at = at[name];
      const v = lateNamed(at);
      if (v !== null) return say(v);
    }
    return null;
  }
  if (use.kind === 'global') {
    const entry = bcd.api[use.names[0]] ?? bcd.javascript.builtins[use.names[0]];
    const v = entry ? late(entry) : null;
    return v === null ? null : say(v);
  }
  if (use.kind === 'path') {
    const [root, name] = use.names;
    const holder = bcd.api[root] ?? bcd.javascript.builtins[root] ?? bcd.api[{ document: 'Document', navigator: 'Navigator', crypto: 'Crypto', performance: 'Performance', history: 'History', location: 'Location' }[root]];
    const v = holder ? late(holder[`${name}_static`] ?? holder[name] ?? {}) : null;
    return v === null ? null : say(v);
  }
  const all = members.get(use.names[0]) ?? [];
  const versions = all.map((e) => since(e, browser)).filter((v) => v !== undefined);
  if (versions.length === 0) return null;
  const earliest = Math.min(...versions);
  return earliest > minimum ? say(earliest) : null;
}

/** What a manifest names that the browser's minimum does not know. */
export function manifestFaults(manifest, browser, minimum) {
  const faults = [];
  const known = bcd.webextensions.manifest;
  for (const key of Object.keys(manifest)) {
    const entry = known[key];
    // Chrome's own key, older than any version that we admit; the data leaves it out.
    if (key === 'minimum_chrome_version' && browser === 'chrome') continue;
    if (!entry) { faults.push(`manifest key ${key} is not known`); continue; }
    const v = since(entry, browser);
    if (v !== undefined && v > minimum) faults.push(`manifest key ${key} (${v === Infinity ? 'not supported' : `since ${v}`})`);
  }
  for (const list of ['permissions', 'optional_permissions']) {
    for (const permission of manifest[list] ?? []) {
      // The data files `menus` as another name of `contextMenus`; in Firefox it is a permission of its own.
      if (permission === 'menus' && browser === 'firefox') continue;
      const v = since(known.permissions[permission], browser);
      if (v === undefined) { if (!/[:/]/.test(permission)) faults.push(`permission ${permission} is not known`); } else if (v > minimum) faults.push(`permission ${permission} (${v === Infinity ? 'not supported' : `since ${v}`})`);
    }
  }
  for (const key of Object.keys(manifest.background ?? {})) {
    const v = since(known.background[key], browser);
    if (v !== undefined && v > minimum) faults.push(`background.${key} (${v === Infinity ? 'not supported' : `since ${v}`})`);
  }
  return faults;
}

/** The minimum that a manifest declares. */
export const minimumOf = (manifest, browser) => parseFloat(browser === 'chrome' ? manifest.minimum_chrome_version : manifest.browser_specific_settings?.gecko?.strict_min_version);

/** Names of the fields of the messages that the content script gets: plain data, defined in Rust. */
function messageFields() {
  const folder = path.join(dist, '../extension/content/src/generated');
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap((f) => [...fs.readFileSync(path.join(folder, f), 'utf8').matchAll(/(?:^|[{,]|\*\/)\s*"?(\w+)"?\??:/gmu)].map((m) => m[1]));
}

function scripts(folder) {
  return fs.readdirSync(folder, { recursive: true }).map(String).filter((f) => f.endsWith('.js')).sort();
}

/** What ships in one folder against what it declares. `allowed` are uses behind a check at run time. */
export function check(folder, browser, allowed = [], messageFields = []) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const minimum = minimumOf(manifest, browser);
  if (!(minimum >= 140)) return { faults: [`the manifest declares no minimum of at least 140 (${minimum})`], count: 0 };
  const faults = manifestFaults(manifest, browser, minimum);
  let count = 0;
  const read = scripts(folder).map((file) => [file, uses(fs.readFileSync(path.join(folder, file), 'utf8'))]);
  // A member that the scripts or the messages define themselves is not the platform's.
  const own = new Set([...messageFields, ...read.flatMap(([, all]) => all.filter((u) => u.kind === 'own').map((u) => u.names[0]))]);
  for (const [file, all] of read) {
    for (const use of all) {
      if (use.kind === 'own' || (use.kind === 'member' && own.has(use.names[0]))) continue;
      count += 1;
      const why = fault(use, browser, minimum);
      if (why && !allowed.some((a) => a.browser === browser && use.names.join('.').startsWith(a.name))) faults.push(`${file}:${use.line}: ${why}`);
    }
  }
  return { faults: [...new Set(faults)], count };
}

/**
 * What one browser lacks and the shared scripts use only where it is there: each with the check that guards it.
 * Kept short; a line here is a promise that a person looked.
 */
export const ALLOWED = [
  { browser: 'firefox', name: 'sidePanel', why: 'only where chrome.sidePanel exists' },
  { browser: 'chrome', name: 'sidebarAction', why: 'only where browser.sidebarAction exists' },
  { browser: 'firefox', name: 'memory', why: 'the memory of our own WebAssembly module, not performance.memory' },
  { browser: 'firefox', name: 'document.prerendering', why: 'Firefox prerenders nothing: undefined there, and compared with true' },
  { browser: 'firefox', name: 'prerendering', why: 'the same, by its last name' },
  { browser: 'chrome', name: 'menus', why: 'only where browser.menus exists, else contextMenus' },
];

if (process.argv[1] && path.resolve(process.argv[1]) === path.resolve(new URL(import.meta.url).pathname)) {
  let bad = 0;
  for (const browser of ['chrome', 'firefox']) {
    const { faults, count } = check(path.join(dist, browser), browser, ALLOWED, messageFields());
    for (const line of faults) console.log(`${browser}: ${line}`);
    console.log(`${browser}: ${count} uses read, ${faults.length} too new`);
    bad += faults.length;
  }
  process.exitCode = bad === 0 ? 0 : 1;
}
