// A coordinator who signs programmes offline, and an endpoint that somebody broke into.
// Owns the coordinator's key; what a device makes of a programme is the test's to see.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const TYPE = 'application/vnd.wildlife-programme.v1+json';

/** A key of its own, and what it signs. */
export function coordinator() {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const keyid = crypto.createHash('sha256').update(raw).digest('base64url');
  return {
    /** The public key as `spotter lexicon keygen` writes it. */
    file: `wildlife-spotter pack public key 1 ${raw.toString('hex')}\n`,
    sign(programme) {
      const payload = Buffer.from(JSON.stringify(programme));
      const signed = Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]);
      const sig = crypto.sign(null, signed, privateKey).toString('base64');
      return { payloadType: TYPE, payload: payload.toString('base64'), signatures: [{ keyid, sig }] };
    },
  };
}

const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A programme with one round that runs today. */
export const programme = (serial, name, more = {}) => ({
  schema: 'wildlife-programme/1', serial, expires: day(60), lead: 'mailto:lead@programme.example', debrief: 'https://programme.example/talk',
  rounds: [{
    id: 'ivory', name, from: day(-3), until: day(20), groups: ['elephant'], languages: ['en', 'de'], minimum_per_week: 3, training_required: false,
    marketplaces: [{ host: 'market.example', search: 'https://www.market.example/s?q={terms}' }], terms: [{ text: 'ox bone & "old"', lang: 'en', group: 'elephant' }], ...more,
  }],
});

/** Publishes a programme as the coordinator does: the key first, then what it signed. */
export function publish(endpoint, by, what) {
  const [key, signed] = ['pack.pub', 'programme.signed.json'].map((name) => path.join(endpoint.data, name));
  fs.writeFileSync(key, by.file);
  fs.writeFileSync(signed, JSON.stringify(by.sign(what)));
  endpoint.run(['publish', '--data', endpoint.data, '--pack-key', key, '--programme', signed]);
}

/**
 * Stands before an endpoint. Once that is asked for, it changes one letter of the round's name in what was signed, or
 * hands out a pack of its own.
 */
export async function startIntruder(endpoint) {
  let changes = false;
  let pack = null;
  const server = http.createServer((request, response) => {
    if (pack !== null && request.method === 'GET' && request.url === '/v1/packs/current') {
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-length': pack.length }).end(pack);
      return;
    }
    const headers = { ...request.headers, host: new URL(endpoint.origin).host, 'accept-encoding': 'identity' };
    const forward = http.request(new URL(request.url, endpoint.origin), { method: request.method, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        let body = Buffer.concat(parts);
        if (changes && request.url === '/v1/policy') body = Buffer.from(changed(body.toString()));
        response.writeHead(answer.statusCode, { ...answer.headers, 'content-length': body.length }).end(body);
      });
    });
    forward.on('error', () => response.destroy());
    request.pipe(forward);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://localhost:${server.address().port}`;
  return {
    change(on = true) { changes = on; },
    /** These bytes stand where the pack would; `null`: the endpoint's own. */
    offer(bytes) { pack = bytes; },
    /** The same endpoint for whoever is invited, through this. */
    before: { ...endpoint, invite: () => endpoint.invite().replace(/^https?:\/\/[^/]+/u, origin) },
    close: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }),
  };
}

function changed(text) {
  const policy = JSON.parse(text);
  const payload = JSON.parse(Buffer.from(policy.programme.payload, 'base64').toString());
  payload.serial += 1;
  payload.rounds[0].name = payload.rounds[0].name.replace('Ivory', 'Parrot');
  policy.programme.payload = Buffer.from(JSON.stringify(payload)).toString('base64');
  return JSON.stringify(policy);
}
