// Runs before the page that is loading has a line of its own, so that the background wakes up meanwhile instead of when it is
// asked. Opens a port that the background closes at once: nothing is said over it, and nothing is read here.

// As the content script begins, and nowhere else: a page that the browser loads ahead, or behind another tab, is none that a
// person looks at. In a private window the browser runs it where it runs the content script.
if (window === window.top && !document.hidden && (document as { prerendering?: boolean }).prerendering !== true) {
  try {
    // Whether it was there to close it is nobody's business here; unasked, the browser would complain of it.
    chrome.runtime.connect({ name: "early" }).onDisconnect.addListener(() => void chrome.runtime.lastError);
  } catch {
    // The extension is gone.
  }
}
