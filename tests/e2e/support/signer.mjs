// A device that joined an endpoint and signs as the extension does, for tests that need reports and no browser for them.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

const of = (what) => `application/vnd.wildlife-${what}.v1+json`;

export const TYPES = {
  report: of('report'), suggestion: of('suggestion'), feedback: of('feedback'), contact: of('contact'), attestation: of('attestation'),
  frame: of('survey-frame'), coding: of('survey-coding'),
  blob: 'application/vnd.wildlife-blob-sha256', request: 'application/vnd.wildlife-request',
};

/** Joins; `put(path, type, body)` sends a signed body and gives the answer, `picture` sends one and gives its hash, `get` asks. */
export async function signer(endpoint) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const id = crypto.createHash('sha256').update(raw).digest('base64url');
  const sign = (type, body) => crypto.sign(null, Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(body)} `), Buffer.from(body)]), privateKey).toString('base64');
  const signed = (type, body) => ({ 'Spotter-Key': id, 'Spotter-Signature': sign(type, body) });
  // Behind the server's fingerprint; keys of packs may follow.
  const [, code] = endpoint.invite().split('#')[1].split('.');
  const joined = await fetch(`${endpoint.origin}/v1/enrolments`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, public_key: raw.toString('base64'), proof: sign(TYPES.request, `enrol ${code}`) }),
  });
  assert.equal(joined.status, 201);
  return {
    put: (path, type, body) => fetch(`${endpoint.origin}${path}`, { method: 'PUT', headers: { 'content-type': type, ...signed(type, body) }, body }),
    async picture(bytes) {
      const sha256 = crypto.createHash('sha256').update(bytes).digest('hex');
      const sent = await fetch(`${endpoint.origin}/v1/blobs/${sha256}`, { method: 'PUT', headers: signed(TYPES.blob, sha256), body: bytes });
      assert.equal(sent.status, 201, await sent.text());
      return sha256;
    },
    async get(path) {
      const date = new Date().toISOString();
      const answer = await fetch(`${endpoint.origin}${path}`, { headers: { 'Spotter-Date': date, ...signed(TYPES.request, `GET ${path} ${date}`) } });
      assert.equal(answer.status, 200, await answer.clone().text());
      return answer.json();
    },
  };
}
