// node tests/bench/cold.mjs PLAN.json: from a killed background to the first assessment, seen by the page.
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
import { PAGE, MESSAGE, corpus } from './page.mjs';

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

function sizes(subject, browserName) {
  const shipped = subject.shipped && path.join(subject.shipped[browserName], 'background');
  const files = subject.wasm
    ? [path.join(subject.wasm, 'coldbench_bg.wasm')]
    : shipped && fs.readdirSync(shipped).filter((name) => /\.(?:wasm|bin)$/u.test(name)).map((name) => path.join(shipped, name));
  if (!files) return {};
  const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
  return { wasm: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, build_ms: subject.build_ms };
}

function table({ browser, version, rounds, results, failed }) {
  const columns = ['name', 'ms', 'low', 'high', 'ratio', 'paired', 'asked', 'mbs', 'cues', 'wasm', 'gzip', 'build_ms'];
  const rows = [columns, ...results.map((r) => columns.map((c) => String(r[c] ?? '')))];
  const widths = columns.map((_, i) => Math.max(...rows.map((r) => r[i].length)));
  const line = (r) => r.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  const missing = failed.map((f) => `${f.name}: ${f.failed}`);
  return [`${browser} (${version}), ${rounds} kills each`, ...rows.map(line), ...missing].join('\n');
}

const server = http.createServer((_, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  response.end(PAGE);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${server.address().port}/`;
const all = [];
try {
  for (const name of plan.browsers) {
    const result = await measure(name, origin);
    all.push(result);
    console.log(`${table(result)}\n`);
  }
} finally {
  server.closeAllConnections();
  server.close();
}
const json = JSON.stringify({ bench: 'cold', browsers: all });
writeFileSync(path.join(plan.out, 'cold.json'), `${json}\n`);
console.log(json);
