// Test double of the content script: answers with the scene's findings.
const api = globalThis.browser ?? globalThis.chrome;
// As the real one, once it has read.
api.runtime.sendMessage({ type: 'findings_changed' }).catch(() => {});
api.runtime.onMessage.addListener((message, sender, respond) => {
  if (message.type === 'show') document.title = `shown ${message.key}`;
  api.storage.local.get('scene').then(({ scene }) => respond(message.type === 'findings' ? { ...scene.findings, url: location.href } : null));
  return true;
});
