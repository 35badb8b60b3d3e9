// Passkeys: asks the server what to ask, hands it to the browser, and brings the answer back. Without this file nobody is kept
// out: name, password and code are a plain form.
"use strict";

(() => {
  const part = document.querySelector(".passkey");
  if (!part) return;
  const shows = (what) => part.querySelector(`[data-shows="${what}"]`);
  if (location.origin !== part.dataset.origin) {
    shows("elsewhere").hidden = false;
    return;
  }
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON || !PublicKeyCredential.parseRequestOptionsFromJSON) {
    shows("lacking").hidden = false;
    return;
  }
  shows("works").hidden = false;

  /** What a person is told. */
  class Told extends Error {}

  async function ask(path, body) {
    let answer;
    try {
      answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    } catch {
      throw new Told("The server does not answer. Nothing was changed; try again in a moment.");
    }
    // The session has ended.
    if (answer.redirected) {
      location.assign(answer.url);
      return new Promise(() => {});
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Told(said.detail || said.title || "The server did not understand. Nothing was changed.");
    return said;
  }

  const SENTENCES = {
    NotAllowedError: "Nothing happened: the device was not unlocked, has no passkey for this console, or waited too long.",
    InvalidStateError: "This device holds one of your passkeys already.",
    SecurityError: "The browser makes no passkeys at this address.",
  };

  part.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    shows("refused").textContent = "";
    shows("waits").textContent = "Your device asks you now.";
    const path = form.dataset.asks;
    const fields = Object.fromEntries(new FormData(form));
    try {
      const question = await ask(`${path}/ask`, fields);
      const credential = path.endsWith("/add")
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
      const { to } = await ask(path, { csrf: fields.csrf, credential: credential.toJSON() });
      location.assign(to);
    } catch (error) {
      shows("refused").textContent = error instanceof Told ? error.message : SENTENCES[error.name] ?? "The browser could not do this. Nothing was changed.";
      shows("waits").textContent = "";
      button.disabled = false;
    }
  });
})();
