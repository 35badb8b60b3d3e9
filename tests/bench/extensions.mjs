// Throw-away extensions to measure in. All alike but for the background; their content script does nothing
// until the page calls it by name. `shipped` wraps the real content script instead of its own.
import fs from 'node:fs';
import path from 'node:path';

export const geckoId = (name) => `${name}@bench.invalid`;

const manifest = (name) => ({
  manifest_version: 3,
  name: `Bench ${name}`,
  version: '1',
  host_permissions: ['http://127.0.0.1/*'],
  background: { service_worker: 'background.js', scripts: ['background.js'], type: 'module' },
  // At the start: listening before the page has loaded, so that no call comes too early.
  content_scripts: [{ matches: ['http://127.0.0.1/*'], js: ['content.js'], run_at: 'document_start' }],
  content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'" },
  browser_specific_settings: { gecko: { id: geckoId(name) } },
});

// The same number of messages, of the same shape, as the real content script.
const content = (name) => `
addEventListener('message', ({ data }) => {
  if (data?.bench !== ${JSON.stringify(name)}) return;
  const start = performance.now();
  const port = chrome.runtime.connect({ name: 'content' });
  port.onMessage.addListener((answer) => {
    const ms = performance.now() - start;
    port.disconnect();
    postMessage({ benched: ${JSON.stringify(name)}, ms, answer: JSON.stringify(answer) }, '*');
  });
  port.postMessage(data.message);
});
`;

// The real content script starts at load; here it waits for the call. It sees \`chrome\` and \`browser\` through
// proxies that note when its port is opened and when the first assessment comes back; nothing else differs.
// The background registers the content script itself where it has a grant; it must then start but once.
const wrapped = (name, source) => `
globalThis.benched ??= addEventListener('message', function wait({ data }) {
  if (data?.bench !== ${JSON.stringify(name)}) return;
  removeEventListener('message', wait);
  let start, posted;
  const watch = (api) => api && new Proxy(api, { get: (t, k) => k === 'runtime' ? runtime(t.runtime) : t[k] });
  const runtime = (r) => new Proxy(r, { get(t, k) {
    if (k !== 'connect') return typeof t[k] === 'function' ? t[k].bind(t) : t[k];
    return (...args) => {
      start ??= performance.now();
      const port = t.connect(...args);
      const post = port.postMessage.bind(port);
      port.postMessage = (message) => {
        if (message.type === 'assess') posted ??= performance.now();
        post(message);
      };
      port.onMessage.addListener(function first(answer) {
        if (answer?.type !== 'assessed') return;
        const ms = performance.now() - start;
        port.onMessage.removeListener(first);
        postMessage({ benched: ${JSON.stringify(name)}, ms, asked: posted - start, answer: JSON.stringify(answer) }, '*');
      });
      return port;
    };
  } });
  (function (chrome, browser) {
${source}
  })(watch(globalThis.chrome), watch(globalThis.browser));
}) ?? true;
`;

const BARE = `
chrome.runtime.onConnect.addListener((port) => {
  port.onMessage.addListener(() => port.postMessage({ type: 'assessed', marks: [] }));
});
`;

const WASM = `
import init, { assess, scan } from './coldbench.js';
const ready = init({ module_or_path: chrome.runtime.getURL('coldbench_bg.wasm') });
chrome.runtime.onConnect.addListener((port) => {
  port.onMessage.addListener(async (message) => {
    await ready;
    if (message.scan) {
      const bytes = new TextEncoder().encode(message.scan).length;
      const start = performance.now();
      const cues = scan(message.scan);
      port.postMessage({ bytes, cues, ms: performance.now() - start });
    } else {
      port.postMessage({ type: 'assessed', marks: message.listings.map((l) => JSON.parse(assess(JSON.stringify(l)))) });
    }
  });
});
`;

function write(dir, files) {
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, name), text);
}

export function bare(dir, name) {
  write(dir, { 'manifest.json': JSON.stringify(manifest(name)), 'background.js': BARE, 'content.js': content(name) });
}

export function withWasm(dir, name, from) {
  write(dir, { 'manifest.json': JSON.stringify(manifest(name)), 'background.js': WASM, 'content.js': content(name) });
  for (const file of ['coldbench.js', 'coldbench_bg.wasm']) fs.copyFileSync(path.join(from, file), path.join(dir, file));
}

// A copy of the built extension in which only the content script is wrapped, and granted the loopback page.
export function shipped(dir, name, from) {
  fs.rmSync(dir, { recursive: true, force: true });
  fs.cpSync(from, dir, { recursive: true });
  const file = path.join(dir, 'manifest.json');
  const real = JSON.parse(fs.readFileSync(file, 'utf8'));
  const own = manifest(name);
  if (real.browser_specific_settings) real.browser_specific_settings.gecko.id = geckoId(name);
  real.host_permissions = own.host_permissions;
  real.content_scripts = [{ ...own.content_scripts[0], js: ['content.js'] }];
  fs.writeFileSync(file, JSON.stringify(real));
  const script = path.join(dir, 'content.js');
  fs.writeFileSync(script, wrapped(name, fs.readFileSync(script, 'utf8')));
}
