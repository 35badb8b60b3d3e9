// Single keys for the console. Every one presses a link or a button that is on the page anyway, so nothing here is
// needed: without this file the same things are reached by Tab, Enter and access keys.
"use strict";

(() => {
  const typing = (node) =>
    node instanceof HTMLTextAreaElement ||
    node instanceof HTMLSelectElement ||
    (node instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(node.type));

  const rows = () => [...document.querySelectorAll("table.queue td.wide a")];

  function move(step) {
    const links = rows();
    if (links.length === 0) return false;
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
    const link = links[Math.max(0, Math.min(links.length - 1, next))];
    link.focus();
    link.scrollIntoView({ block: "nearest" });
    return true;
  }

  let afterG = -Infinity;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key !== "j" && event.key !== "k") return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.timeStamp - afterG < 1000) {
      afterG = -Infinity;
      const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (place) {
        event.preventDefault();
        place.click();
      }
      return;
    }
    if (event.key === "g") {
      afterG = event.timeStamp;
      return;
    }
    if ((event.key === "j" || event.key === "k") && move(event.key === "j" ? 1 : -1)) {
      event.preventDefault();
      return;
    }
    if (event.key === "x") {
      document.activeElement.closest("tr")?.querySelector("input[name=case]")?.click();
      return;
    }
    if (event.key.length !== 1) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target || target.disabled) return;
    event.preventDefault();
    // What needs a word first opens and waits for it.
    const shut = target.closest("details:not([open])");
    if (shut) {
      shut.open = true;
      shut.querySelector("input, textarea, select")?.focus();
      return;
    }
    if (typing(target)) {
      target.focus();
    } else {
      target.click();
    }
  });

  // A decision is sent once, however often the key is hit while the next case loads.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  // Coming back by the browser's Back button, a page may be shown as it was left.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
})();
