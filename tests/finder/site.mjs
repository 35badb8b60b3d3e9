// Serves saved pages at their own addresses: a proxy on loopback takes every host that is known, and refuses the
// rest, so that nothing leaves this machine. Owns its certificate, which only the browser started for it accepts.
// Never alters a saved file; what is taken out of a page is taken out on its way to the browser.
import crypto from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

/** No script, picture or style of a saved page is fetched, and none of its scripts runs. */
const OFFLINE = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * Where a page is served: its own address, over https in any case, as the extension is never granted plain http; a
 * made-up host where none is known.
 */
export const addressOf = (name, truth) => new URL(truth.url ?? `https://www.${name.toLowerCase().replace(/[^a-z0-9]+/gu, '-')}.example/${encodeURIComponent(name)}.html`)
  .href.replace(/^http:/u, 'https:');

/**
 * Starts the proxy for `pages`, each `{ url, html }`.
 * @param {{heard?: string[], policy?: string, routes?: Record<string, number>}} [options] `heard`: gets every request,
 *   and every host that was refused; `policy`: the pages' own instead of one that lets nothing run; `routes`: hosts that
 *   somebody else serves on loopback
 * @returns {Promise<{port: number, spki: string, close: () => Promise<void>}>}
 */
export async function servePages(pages, { heard = [], policy = OFFLINE, routes = {} } = {}) {
  const byAddress = new Map(pages.map(({ url, html }) => [key(url), html]));
  if (byAddress.size < pages.length) throw new Error('two pages have the same address');
  const hosts = new Set(pages.map(({ url }) => new URL(url).hostname));

  const answer = (scheme) => (request, response) => {
    // A proxy is asked with the whole address, a server with the path alone.
    const url = URL.parse(request.url, `${scheme}://${request.headers.host}`);
    heard.push(`${request.method} ${url?.href ?? request.url}`);
    const html = url === null ? undefined : byAddress.get(key(url.href));
    if (html === undefined) return void response.writeHead(404, { 'cache-control': 'no-store' }).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'cache-control': 'no-store' });
    return void response.end(html);
  };

  const identity = selfSigned([...hosts]);
  const secure = https.createServer({ key: identity.key, cert: identity.certificate }, answer('https'));
  const proxy = http.createServer(answer('http'));
  proxy.on('connect', (request, client) => {
    const host = request.url.replace(/:\d+$/u, '');
    client.on('error', () => client.destroy());
    const port = routes[host] ?? (hosts.has(host) ? secure.address().port : null);
    if (port === null) heard.push(`CONNECT ${host}`);
    if (port === null) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const inner = net.connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      inner.pipe(client).pipe(inner);
    });
    return void inner.on('error', () => client.destroy());
  });
  const sockets = new Set();
  for (const server of [secure, proxy]) {
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  }
  return {
    port: proxy.address().port,
    spki: identity.spki,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([secure, proxy].map((server) => new Promise((done) => { server.close(done); })));
    },
  };
}

/** An address as a browser asks for it. */
function key(href) {
  const url = new URL(href);
  url.hash = '';
  return url.href;
}

/** A saved page as it is served; it stays where it is. */
export const served = (html) => html.replace(/<meta\b[^>]*http-equiv\s*=\s*["']?refresh[^>]*>/giu, '');

/** The page without what it says about itself to machines: JSON-LD, microdata, Open Graph and its kin. */
export const withoutStatements = (html) => html
  .replace(/<script\b[^>]*type\s*=\s*["']?application\/ld\+json[^>]*>.*?<\/script\s*>/gisu, '')
  .replace(/<meta\b[^>]*\b(?:property|itemprop)\s*=[^>]*>/giu, '')
  .replace(/<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/giu, (tag) => (/\sitem/iu.test(tag) ? tag.replace(ATTRIBUTE, (said, name) => (MICRODATA.test(name) ? '' : said)) : tag));

const ATTRIBUTE = /\s+([^\s=>"'/]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?/gu;
const MICRODATA = /^item(?:prop|type|scope|id|ref)$/iu;

/** A key and a certificate for these hosts, signed by itself, good for a day. */
export function selfSigned(hosts) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, 'saved pages')))); // commonName
  const day = 86_400_000;
  const time = (at) => der(0x17, `${new Date(at).toISOString().slice(2, 19).replace(/[-:T]/gu, '')}Z`);
  const names = sequence(...hosts.map((host) => der(0x82, host)));
  const extensions = der(0xa3, sequence(sequence(oid('551d11'), der(0x04, names)))); // subjectAltName
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), crypto.randomBytes(8)]));
  const said = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), serial, algorithm, name,
    sequence(time(Date.now() - day), time(Date.now() + day)), name, spki, extensions,
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), crypto.sign('sha256', said, privateKey)]));
  const body = sequence(said, algorithm, signature).toString('base64').replace(/.{64}(?=.)/gu, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    certificate: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    spki: crypto.createHash('sha256').update(spki).digest('base64'),
  };
}

/** One value in DER. */
function der(tag, content) {
  const bytes = Buffer.from(content);
  const length = bytes.length < 128 ? [bytes.length] : bytes.length < 256 ? [0x81, bytes.length] : [0x82, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
}
const sequence = (...parts) => der(0x30, Buffer.concat(parts));
const oid = (hex) => der(0x06, Buffer.from(hex, 'hex'));
