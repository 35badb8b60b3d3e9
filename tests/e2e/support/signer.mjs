// A device that joined an endpoint and signs as the extension does, for tests that need reports and no browser for them.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

export const TYPES = {
  report: 'application/vnd.wildlife-report.v1+json',
  suggestion: 'application/vnd.wildlife-suggestion.v1+json',
  contact: 'application/vnd.wildlife-contact.v1+json',
};

/** Joins; `put(path, type, body)` sends a signed body and gives the answer. */
export async function signer(endpoint) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const id = crypto.createHash('sha256').update(raw).digest('base64url');
  const sign = (type, body) => crypto.sign(null, Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(body)} `), Buffer.from(body)]), privateKey).toString('base64');
  const code = endpoint.invite().split('.').at(-1);
  const joined = await fetch(`${endpoint.origin}/v1/enrolments`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, public_key: raw.toString('base64'), proof: sign('application/vnd.wildlife-request', `enrol ${code}`) }),
  });
  assert.equal(joined.status, 201);
  return {
    put: (path, type, body) => fetch(`${endpoint.origin}${path}`, {
      method: 'PUT', headers: { 'content-type': type, 'Spotter-Key': id, 'Spotter-Signature': sign(type, body) }, body,
    }),
  };
}
