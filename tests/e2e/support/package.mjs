// An exported report, checked by other means than those that wrote it: zip without compression, hashes, signatures.
// Gives what is in it; throws where something does not hold.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
/** DSSE's pre-authentication encoding. */
const pae = (type, payload) => Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
const publicKey = (raw) => crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw, 'base64').toString('base64url') }, format: 'jwk' });
const holds = (raw, type, payload, signature) => crypto.verify(null, pae(type, payload), publicKey(raw), Buffer.from(signature, 'base64'));

/** The files of a zip that stores without compression. */
function unzip(zip) {
  const files = new Map();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, name, extra] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26), zip.readUInt16LE(at + 28)];
    const start = at + 30 + name + extra;
    files.set(zip.toString('utf8', at + 30, at + 30 + name), zip.subarray(start, start + size));
    at = start + size;
  }
  return files;
}

export function checkPackage(zip) {
  const files = unzip(zip);
  const envelope = JSON.parse(files.get('manifest.json'));
  const payload = Buffer.from(envelope.payload, 'base64');
  const manifest = JSON.parse(payload);
  assert.ok(holds(manifest.key, envelope.payloadType, payload, envelope.signatures[0].sig), 'the manifest is signed');
  assert.deepEqual(manifest.files.map((f) => [f.name, f.bytes, f.sha256]), [...files].slice(1).map(([name, bytes]) => [name, bytes.length, sha256(bytes)]));
  const signed = JSON.parse(files.get('signature.json'));
  assert.ok(holds(signed.public_key, 'application/vnd.wildlife-report.v1+json', files.get('report.json'), signed.signature), 'the report is signed');
  assert.equal(JSON.parse(files.get('report.json')).report_id, manifest.report_id);
  return { report: manifest.report_id, files: manifest.files.map((f) => f.name), absent: manifest.absent.map((a) => a.name) };
}
