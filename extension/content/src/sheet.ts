// Owns the look of badges and their reasons: one constructed sheet for the closed shadow root.
// Colours follow the tokens that panel, options and console share; system fonts; logical properties; no motion.

export const SHEET = `
:host {
  all: initial !important;
  position: absolute !important;
  inset-block-start: 0 !important;
  left: 0 !important;
  inline-size: 0 !important;
  block-size: 0 !important;
  z-index: 2147483647 !important;
  color-scheme: light dark !important;
}
* { box-sizing: border-box; }
.root {
  --likely-fg: #633800; --likely-bg: #fdedcc; --likely-line: #a06a14;
  --possible-fg: #2f4357; --possible-bg: #e6ecf2; --possible-line: #74869a;
  --done-fg: #29573f; --done-bg: #e3efe8; --done-line: #5e8a73;
  --sheet-fg: #1a1f1c; --sheet-bg: #ffffff; --sheet-line: #7b857f; --muted: #515a55; --accent: #0b5c4d; --on-accent: #ffffff;
  --mark: #8a5a00;
  font: 400 12px/1.35 system-ui, sans-serif;
  color: var(--sheet-fg);
}
@media (prefers-color-scheme: dark) {
  .root {
    --likely-fg: #ffd081; --likely-bg: #3b2907; --likely-line: #a9802f;
    --possible-fg: #c9d8e8; --possible-bg: #25313e; --possible-line: #74869a;
    --done-fg: #93d3b1; --done-bg: #1c3428; --done-line: #5f8f77;
    --sheet-fg: #eceeec; --sheet-bg: #1c211f; --sheet-line: #7f8a84; --muted: #aab3ae; --accent: #74d4bf; --on-accent: #06231d;
    --mark: #e0b35a;
  }
}
.spot { position: absolute; left: 0; top: 0; }
.spot[hidden] { display: none; }
.badge {
  appearance: none;
  position: relative;
  display: inline-flex;
  align-items: center;
  gap: 4px;
  block-size: 24px;
  min-inline-size: 24px;
  margin: 0;
  padding: 0 4px;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--bg);
  color: var(--fg);
  font: 600 12px/1 system-ui, sans-serif;
  white-space: nowrap;
  cursor: pointer;
  box-shadow: 0 1px 2px rgb(0 0 0 / 0.25);
}
.likely { --fg: var(--likely-fg); --bg: var(--likely-bg); --line: var(--likely-line); }
.possible { --fg: var(--possible-fg); --bg: var(--possible-bg); --line: var(--possible-line); }
.reported { --fg: var(--done-fg); --bg: var(--done-bg); --line: var(--done-line); }
.badge svg { inline-size: 14px; block-size: 14px; flex: none; }
.word { padding-inline-end: 4px; }
.possible:not(.reported):not(:focus):not(:hover):not([aria-expanded="true"]) .word { display: none; }
.badge:focus-visible, .send:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.why {
  position: absolute;
  inset-block-start: 28px;
  left: 0;
  inline-size: max-content;
  max-inline-size: min(304px, calc(100vw - 16px));
  padding: 12px;
  border: 1px solid var(--sheet-line);
  border-radius: 8px;
  background: var(--sheet-bg);
  color: var(--sheet-fg);
  box-shadow: 0 4px 16px rgb(0 0 0 / 0.28);
  cursor: default;
}
.why[hidden] { display: none; }
.why.up { inset-block-start: auto; inset-block-end: 28px; }
.what { margin: 0 0 2px; font: 600 14px/1.35 system-ui, sans-serif; }
.names { margin: 0; font-style: italic; color: var(--muted); }
.cites { margin: 0; color: var(--muted); }
.reasons { margin: 8px 0 0; padding: 0; list-style: none; }
.reasons li { margin: 0; padding: 2px 0; overflow-wrap: anywhere; }
.quote { font-weight: 600; text-decoration: underline 1.5px var(--mark); text-underline-offset: 2px; }
.against .quote { text-decoration: none; font-weight: 400; }
.more { margin: 6px 0 0; color: var(--muted); }
.send {
  appearance: none;
  margin: 10px 0 0;
  min-block-size: 28px;
  padding: 4px 14px;
  border: 1px solid var(--accent);
  border-radius: 6px;
  background: var(--accent);
  color: var(--on-accent);
  font: 600 12px/1.2 system-ui, sans-serif;
  cursor: pointer;
}
.done { margin: 8px 0 0; font-weight: 600; color: var(--done-fg); }
@media (forced-colors: active) {
  .badge, .why, .send { border-color: ButtonText; background: ButtonFace; color: ButtonText; forced-color-adjust: auto; }
  .badge:focus-visible, .send:focus-visible { outline-color: Highlight; }
  .quote { text-decoration-color: Highlight; }
}
@media print { .root { display: none; } }
`;
