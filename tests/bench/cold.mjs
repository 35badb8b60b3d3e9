// node tests/bench/cold.mjs PLAN.json: from a killed background to the first assessment, seen by the page: from its question on an
// open page; then, for what ships, from the beginning of a navigation to a page of results.
//
// PLAN: { out, rounds, browsers, subjects: [{ name, wasm?: dir with coldbench.js, shipped?: { chromium, firefox },
// words?: how many words of a programme are laid over the shipped one's own, failed?: why it could not be made }] }.
// Every round measures every subject once, in an order that shifts by one each round, so that a slow minute of
// the machine falls on all alike. The ratio is the median over rounds of subject / bare of the same round.
import fs, { readFileSync, writeFileSync, existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { firstRunPage } from '../e2e/support/browser.mjs';
import { startEndpoint } from '../e2e/support/endpoint.mjs';
import { manyWords, workshop } from '../e2e/support/words.mjs';
import { browsers } from './browsers.mjs';
import * as extensions from './extensions.mjs';
import { median } from './median.mjs';
import { PAGE, MESSAGE, corpus, results } from './page.mjs';

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const round = (x, digits = 2) => (x === undefined ? undefined : Number(x.toFixed(digits)));

async function ask(page, name, message) {
  return page.evaluate(
    (bench, sent) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${bench}: no answer in 20 s`)), 20_000);
        addEventListener('message', function heard({ data }) {
          if (data?.benched !== bench) return;
          removeEventListener('message', heard);
          clearTimeout(timer);
          resolve({ ms: data.ms, asked: data.asked, answer: JSON.parse(data.answer) });
        });
        postMessage({ bench, message: sent }, '*');
      }),
    name,
    message,
  );
}

// The machine's other work must not fall on one side only: each probe starts from a page that has settled.
const settle = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150))));

function checkAnswer(subject, answer) {
  if (subject.name === 'bare') return;
  const marks = answer.marks;
  if (!Array.isArray(marks) || marks.length === 0) throw new Error(`${subject.name}: no assessment came back`);
  if (subject.wide ? !(marks[0].cues >= 0) : marks[0].level === 'none' || !marks[0].level) {
    throw new Error(`${subject.name}: the ivory listing was not found: ${JSON.stringify(marks[0])}`);
  }
}

/** The extension whose page this is joins an endpoint that hands on a pack of so many words, and takes it. */
async function takesWords(page, count) {
  const endpoint = await startEndpoint();
  const shop = workshop();
  try {
    const pack = shop.sign(shop.compile(manyWords(shop.at('terms'), count)), 1);
    writeFileSync(shop.at('signed.pack'), pack);
    endpoint.run(['publish', '--data', endpoint.data, '--pack-key', shop.key, '--pack', shop.at('signed.pack')]);
    const asks = [{ type: 'agree', adult: true, rules: true }, { type: 'enrol', link: endpoint.invite() }, { type: 'refresh_status' }];
    const words = await page.evaluate(async (messages) => {
      const { runtime } = globalThis.browser ?? globalThis.chrome;
      let said;
      for (const message of messages) said = await runtime.sendMessage(message);
      return said.words;
    }, asks);
    if (!words?.in_use) throw new Error(`the pack was not taken: ${JSON.stringify(words)}`);
    console.log(`a pack of ${count} words, ${words.spellings} spellings, ${pack.length} bytes`);
  } finally {
    shop.close();
    await endpoint.close();
  }
}

async function measure(browserName, origin) {
  const driver = await browsers[browserName]();
  try {
    const subjects = [];
    const failed = plan.subjects.filter((s) => s.failed);
    for (const subject of plan.subjects) {
      if (subject.failed) continue;
      const dir = path.join(plan.out, browserName, subject.name);
      if (subject.shipped) {
        const from = subject.shipped[browserName];
        if (!existsSync(from)) continue;
        extensions.shipped(dir, subject.name, from);
      } else if (subject.wasm) extensions.withWasm(dir, subject.name, subject.wasm);
      else extensions.bare(dir, subject.name);
      const id = await driver.install(dir);
      // A page of its own that stays open would keep the extension's process warm.
      if (subject.shipped) {
        const first = await firstRunPage(driver.browser);
        if (subject.words) await takesWords(first, subject.words);
        await first.close();
      }
      subjects.push({ ...subject, id, times: [], ratios: [], scans: [], asked: [] });
    }
    const page = await driver.browser.newPage();
    const probe = async (subject, cold) => {
      await page.goto(origin, { waitUntil: 'load' });
      if (cold && !(await driver.kill(subject.id))) throw new Error(`${subject.name}: its background was not running`);
      await settle(page);
      const { ms, asked, answer } = await ask(page, subject.name, MESSAGE);
      if (cold && asked !== undefined) subject.asked.push(asked);
      checkAnswer(subject, answer);
      return ms;
    };
    for (const subject of [...subjects]) {
      try {
        await probe(subject, false);
      } catch (error) {
        // A way that cannot answer at all is out of the comparison, and said so; without ours there is none.
        if (!subject.wasm) throw error;
        failed.push({ name: subject.name, failed: error.message });
        subjects.splice(subjects.indexOf(subject), 1);
      }
    }
    for (let n = 0; n < plan.rounds; n++) {
      const now = new Map();
      for (let i = 0; i < subjects.length; i++) {
        const subject = subjects[(i + n) % subjects.length];
        now.set(subject, await probe(subject, true));
      }
      const bare = now.get(subjects[0]);
      for (const [subject, ms] of now) {
        subject.times.push(ms);
        subject.ratios.push(ms / bare);
      }
    }
    const text = corpus();
    for (let n = 0; n < 5; n++) {
      for (const subject of subjects.filter((s) => s.wasm)) {
        const { answer } = await ask(page, subject.name, { scan: text });
        subject.scans.push(answer.bytes / 1e6 / (answer.ms / 1000));
        subject.cues = answer.cues;
      }
    }
    return {
      browser: browserName,
      version: driver.version,
      rounds: plan.rounds,
      failed,
      results: subjects.map((s) => ({
        name: s.name,
        ms: round(median(s.times), 1),
        low: round(Math.min(...s.times), 1),
        high: round(Math.max(...s.times), 1),
        ratio: round(median(s.times) / median(subjects[0].times)),
        paired: round(median(s.ratios)),
        // The real content script opens its port first and reads the page while the background wakes up.
        asked: s.asked.length ? round(median(s.asked), 1) : undefined,
        mbs: s.scans.length ? round(median(s.scans), 1) : undefined,
        cues: s.cues,
        ...sizes(s, browserName),
      })),
    };
  } finally {
    await driver.close();
  }
}

/** The hosts of those that arrive: what is granted one host runs nowhere else. The built extension reads no other hosts by http. */
const HOSTS = { bare: '127.0.0.2', 'with early.js': 'localhost', 'without it': '127.0.0.1' };
const CARDS = 60;
/** A page from afar comes in pieces: this long after the first of two comes the second. */
const APART_MS = 200;
const PAGES = { '/results': 'that comes at once', '/apart': `whose second half comes ${APART_MS} ms later` };

/**
 * From the beginning of a navigation to a page of results, the background killed before it, to the first assessment; beside them the
 * built one whose background runs all the while.
 */
async function arrivals(browserName, from, port) {
  const driver = await browsers[browserName]();
  try {
    const subjects = [];
    for (const [name, host] of Object.entries(HOSTS)) {
      const dir = path.join(plan.out, browserName, `arriving-${name}`.replaceAll(' ', '-'));
      const own = `arriving-${subjects.length}`;
      if (name === 'bare') extensions.bareOn(dir, own, host, MESSAGE);
      else extensions.shippedOn(dir, own, from, host, name === 'with early.js');
      const id = await driver.install(dir);
      if (name !== 'bare') await (await firstRunPage(driver.browser)).close();
      subjects.push({ name, id, origin: `http://${host}:${port}`, cold: true });
    }
    subjects.push({ ...subjects[1], name: 'not killed', cold: false });
    const page = await driver.browser.newPage();
    const probe = async ({ name, id, origin: at }, path_, cold) => {
      await page.goto('about:blank');
      if (cold && !(await driver.kill(id))) throw new Error(`${name}: its background was not running`);
      await settle(page);
      await page.goto(at + path_, { waitUntil: 'load' });
      const told = await page.waitForFunction(() => document.documentElement.getAttribute('data-assessed'), { timeout: 20_000 });
      const { ms, answer } = JSON.parse(await told.jsonValue());
      if (name !== 'bare' && !answer.marks.some((mark) => mark.level !== 'none')) throw new Error(`${name}: nothing was found`);
      return ms;
    };
    for (const subject of subjects) await probe(subject, '/results', false);
    const all = Object.keys(PAGES).map((at) => ({ at, measured: subjects.map((subject) => ({ ...subject, times: [], ratios: [] })) }));
    for (let n = 0; n < plan.rounds; n++) {
      for (const { at, measured } of all) {
        const now = new Map();
        for (let i = 0; i < measured.length; i++) {
          const subject = measured[(i + n) % measured.length];
          // Whoever was killed last may still be waking up its other half: the one that runs all the while is asked when it has.
          if (!subject.cold) await probe(subject, at, false);
          now.set(subject, await probe(subject, at, subject.cold));
        }
        for (const [subject, ms] of now) {
          subject.times.push(ms);
          subject.ratios.push(ms / now.get(measured[0]));
        }
      }
    }
    return all.map(({ at, measured }) => ({ page: PAGES[at], results: measured.map((s) => ({
      name: s.name,
      ms: round(median(s.times), 1),
      low: round(Math.min(...s.times), 1),
      high: round(Math.max(...s.times), 1),
      ratio: round(median(s.times) / median(measured[0].times)),
      paired: round(median(s.ratios)),
    })) }));
  } finally {
    await driver.close();
  }
}

function sizes(subject, browserName) {
  const shipped = subject.shipped && path.join(subject.shipped[browserName], 'background');
  const files = subject.wasm
    ? [path.join(subject.wasm, 'coldbench_bg.wasm')]
    : shipped && fs.readdirSync(shipped).filter((name) => /\.(?:wasm|bin)$/u.test(name)).map((name) => path.join(shipped, name));
  if (!files) return {};
  const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
  return { wasm: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, build_ms: subject.build_ms };
}

const COLUMNS = ['name', 'ms', 'low', 'high', 'ratio', 'paired'];

function lines(columns, measured) {
  const rows = [columns, ...measured.map((r) => columns.map((c) => String(r[c] ?? '')))];
  const widths = columns.map((_, i) => Math.max(...rows.map((r) => r[i].length)));
  const line = (r) => r.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  return rows.map(line);
}

function table({ browser, version, rounds, results: asked, arrived, failed }) {
  const missing = failed.map((f) => `${f.name}: ${f.failed}`);
  const strict = lines([...COLUMNS, 'asked', 'mbs', 'cues', 'wasm', 'gzip', 'build_ms'], asked);
  const whole = (arrived ?? []).flatMap((one) => [
    '', `${browser}, from the beginning of a navigation to a page of ${CARDS} results ${one.page}`, ...lines(COLUMNS, one.results)]);
  return [`${browser} (${version}), ${rounds} kills each, from the question on an open page`, ...strict, ...missing, ...whole].join('\n');
}

const answer = ({ url }, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  const text = url in PAGES ? results(CARDS) : PAGE;
  if (url !== '/apart') return void response.end(text);
  response.write(text.slice(0, text.length / 2));
  return void setTimeout(() => response.end(text.slice(text.length / 2)), APART_MS);
};
// One port on every address of HOSTS.
const servers = [http.createServer(answer), http.createServer(answer)];
const [server] = servers;
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
await new Promise((listening) => servers[1].listen(server.address().port, HOSTS.bare, listening));
const origin = `http://127.0.0.1:${server.address().port}/`;
const all = [];
try {
  for (const name of plan.browsers) {
    const result = await measure(name, origin);
    const built = plan.subjects.find((s) => s.shipped && !s.words)?.shipped[name];
    if (built && existsSync(built)) result.arrived = await arrivals(name, built, server.address().port);
    all.push(result);
    console.log(`${table(result)}\n`);
  }
} finally {
  for (const one of servers) {
    one.closeAllConnections();
    one.close();
  }
}
const json = JSON.stringify({ bench: 'cold', browsers: all });
writeFileSync(path.join(plan.out, 'cold.json'), `${json}\n`);
console.log(json);
