// The line between a spotter and the endpoint, over TLS, which fails as lines in the field do.
// Owns what is done to an answer on its way, and counts what the endpoint itself said; alters no request.
import crypto from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { selfSigned } from '../../finder/site.mjs';

const REPORT = /^\/v1\/reports\/([0-9a-f-]{36})$/u;
/** A survey's frame or coding, a check's answer, the counts of a day, or what was seen again. */
const RECORD = /^\/v1\/(?:surveys\/[^/]+\/)?(frames|codings|audits|audit-days|rechecks)\/([0-9a-f-]{36})$/u;
const problem = (status, name, more = {}) => ({ status, headers: { 'content-type': 'application/problem+json', ...more },
  body: JSON.stringify({ type: `urn:wildlife-spotter:problem:${name}`, title: name, status, detail: '' }) });
const page = (status, text) => ({ status, headers: { 'content-type': 'text/html' }, body: `<!doctype html><title>${text}</title><p>${text}` });

/** Answers that are not the endpoint's: it never sees the request. */
const ANSWERS = {
  busy: () => problem(429, 'too-many-requests', { 'retry-after': '7200', 'access-control-expose-headers': 'date, retry-after' }),
  failing: () => problem(500, 'internal'),
  away: () => page(502, 'Bad gateway'),
  portal: () => page(200, 'Please log in to this network'),
  blocked: () => page(403, 'This address is blocked here'),
  proxy_login: () => page(407, 'Log in to the proxy'),
  too_large: () => page(413, 'Request entity too large'),
  redirect: () => ({ status: 302, headers: { location: '/login' }, body: '' }),
};

/** What may be done to an exchange: see `through` below. */
export const FAULTS = [...Object.keys(ANSWERS), 'reset_before', 'reset_after', 'half_answer', 'half_head', 'not_tls'];

/** Headers that are for both ends, not for this connection alone. */
const ends = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !['host', 'connection', 'transfer-encoding', 'content-length'].includes(name)));

/** @param {{origin: string}} endpoint its origin is asked for at every request: it may be started anew */
export async function startLine(endpoint) {
  const own = selfSigned(['localhost']);
  const stranger = selfSigned(['localhost']);
  const certificate = ({ key, certificate: cert }) => ({ key, cert });
  let fault = null;
  let ahead = 0;
  let onStep = () => {};
  const stored = new Map(); // report -> how often the endpoint said 201
  const again = new Map(); // report -> how often the endpoint said 200
  const bodies = new Map(); // report -> the hashes of the bodies that came
  const records = new Map(); // record of a survey -> its kind, its body, how often the endpoint said 201
  const heard = [];

  const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

  /** The endpoint's own answer, in full. */
  const upstream = (request, body) => new Promise((resolve, reject) => {
    const to = new URL(request.url, endpoint.origin);
    const forward = http.request(to, { method: request.method, headers: { ...ends(request.headers), 'content-length': body.length } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
      answer.on('error', reject);
    });
    forward.on('error', reject);
    forward.end(body);
  });

  const pass = (response, { status, headers, body }) => {
    const date = ahead && headers.date ? { date: new Date(Date.parse(headers.date) + ahead).toUTCString() } : {};
    response.writeHead(status, { ...ends(headers), ...date, 'content-length': Buffer.byteLength(body) }).end(body);
  };

  const through = async (request, response, body) => {
    const record = request.method === 'PUT' ? RECORD.exec(request.url) : null;
    const report = request.method === 'PUT' ? REPORT.exec(request.url)?.[1] ?? record?.[2] : undefined;
    if (request.method !== 'OPTIONS') heard.push(`${request.method} ${request.url}`);
    if (report) {
      if (!bodies.has(report)) bodies.set(report, new Set());
      bodies.get(report).add(crypto.createHash('sha256').update(body).digest('hex'));
      await onStep('asked', report);
    }
    const faulty = request.method === 'OPTIONS' ? null : fault;
    if (ANSWERS[faulty]) return pass(response, { ...ANSWERS[faulty](), headers: { ...ANSWERS[faulty]().headers, 'access-control-allow-origin': '*' } });
    if (faulty === 'reset_before') return request.socket.destroy();
    let answer;
    try {
      answer = await upstream(request, body);
    } catch {
      // The endpoint is down: so is the line.
      return request.socket.destroy();
    }
    if (record && answer.status === 201) records.set(report, { kind: record[1], body: JSON.parse(body.toString()), times: (records.get(report)?.times ?? 0) + 1 });
    if (report && !record && answer.status === 201) count(stored, report);
    if (report && answer.status === 200) count(again, report);
    if (report) await onStep('stored', report);
    if (faulty === 'reset_after') return request.socket.destroy();
    if (faulty === 'half_head') {
      request.socket.write(`HTTP/1.1 ${answer.status} Created\r\ncontent-type: applic`);
      return setTimeout(() => request.socket.destroy(), 20);
    }
    if (faulty === 'half_answer') {
      response.writeHead(answer.status, { ...ends(answer.headers), 'content-length': answer.body.length });
      response.write(answer.body.subarray(0, answer.body.length / 2));
      return setTimeout(() => request.socket.destroy(), 20);
    }
    pass(response, answer);
    if (report) await onStep('answered', report);
    return undefined;
  };

  const secure = https.createServer(certificate(own), (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => through(request, response, Buffer.concat(parts)));
    request.on('error', () => {});
    response.on('error', () => {});
  });
  // Whoever does not like the certificate ends the handshake.
  secure.on('tlsClientError', () => {});
  const sockets = new Set();
  const front = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    // What a network's login page does to whoever speaks TLS to it.
    if (fault === 'not_tls') return void socket.once('data', () => { socket.end('HTTP/1.1 302 Found\r\nlocation: http://login.invalid/\r\n\r\n'); });
    return void secure.emit('connection', socket);
  });
  await new Promise((done) => { front.listen(0, '127.0.0.1', done); });

  /** Connections that stand would carry on as before. */
  const cut = () => { for (const socket of sockets) socket.destroy(); };
  return {
    origin: `https://127.0.0.1:${front.address().port}`,
    spki: own.spki,
    /** From now on this happens to every exchange; `null`: nothing does. */
    fails(next) {
      fault = next;
      secure.setSecureContext(certificate(next === 'other_certificate' ? stranger : own));
      cut();
    },
    cut,
    /** So many milliseconds is the endpoint's clock ahead, as `--clock-ahead-h` says: its answers are dated by the machine's. */
    ahead(ms) { ahead = ms; },
    /** Is told when a report or a survey's record is `asked`, `stored` and `answered`, and awaited. */
    watch(step) { onStep = step ?? (() => {}); },
    /** Every request so far, preflights apart. */
    heard,
    port: front.address().port,
    stored: () => Object.fromEntries(stored),
    again: () => Object.fromEntries(again),
    /** Records that the endpoint took, in the order in which it did: `frames` or `codings` of a survey, `audits`, `audit-days` or `rechecks`. */
    records: (kind) => [...records.values()].filter((record) => record.kind === kind),
    /** Reports that came with more than one body. */
    rewritten: () => [...bodies].filter(([, hashes]) => hashes.size > 1).map(([id]) => id),
    async close() {
      cut();
      await Promise.all([front, secure].map((server) => new Promise((done) => { server.close(done); server.closeAllConnections?.(); })));
    },
  };
}
