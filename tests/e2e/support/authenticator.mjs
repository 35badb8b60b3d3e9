// A device with a passkey, in the two real browsers: the authenticator that each brings for tests. It is unlocked whenever it is
// asked to be, until `lock`.

/** Firefox's preferences: its own authenticator in place of what is plugged in. */
export const AUTHENTICATOR_PREFS = { 'security.webauth.webauthn_enable_softtoken': true, 'security.webauth.webauthn_enable_usbtoken': false };

/** Chromium: by its debugging protocol. It belongs to a page. */
async function inChromium(page) {
  const client = await page.createCDPSession();
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', { options: {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  return {
    keys: async () => (await client.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    lock: () => client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
    forget: () => client.send('WebAuthn.clearCredentials', { authenticatorId }),
  };
}

/** Firefox: by the service that WebDriver's commands speak to, from the browser's own scope. It belongs to the browser. */
async function inFirefox(page) {
  const { connection } = page.browser();
  const [{ context }] = (await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' })).result.contexts;
  const run = async (call) => {
    const expression = `(() => { const service = Cc["@mozilla.org/webauthn/service;1"].getService(Ci.nsIWebAuthnService); return ${call}; })()`;
    const { result } = await connection.send('script.evaluate', { expression, target: { context }, awaitPromise: true });
    if (result.type !== 'success') throw new Error(result.exceptionDetails?.text ?? JSON.stringify(result));
    return result.result.value;
  };
  const id = JSON.stringify(await run('service.addVirtualAuthenticator("ctap2_1", "internal", true, true, true, true)'));
  return {
    keys: () => run(`service.getCredentials(${id}).length`),
    lock: () => run(`(service.setUserVerified(${id}, false), true)`),
    forget: () => run(`(service.removeAllCredentials(${id}), true)`),
  };
}

/** @param {'chromium'|'firefox'} which */
export const authenticator = (which, page) => (which === 'chromium' ? inChromium(page) : inFirefox(page));
