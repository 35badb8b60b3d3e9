// Owns taking away what an earlier script of ours left on the page: after an update or a crash it may be dead, or
// alive without knowing that its extension is gone. Recognises our own things by their inside; touches nothing else.

import { NAMES } from "./highlights";
import { MASK } from "./mask";

type Inside = (el: Element) => ShadowRoot | null;

/** Closed roots, too: browsers show them to extensions alone. */
function inside(el: Element): ShadowRoot | null {
  const { dom: chromium } = chrome as unknown as { dom?: { openOrClosedShadowRoot: Inside } };
  if (chromium !== undefined && el instanceof HTMLElement) return chromium.openOrClosedShadowRoot(el);
  return (el as { openOrClosedShadowRoot?: ShadowRoot | null }).openOrClosedShadowRoot ?? null;
}

/** Whether `el` is the element that holds our badges. */
const isHost = (el: Element): boolean =>
  el.localName === "div" && el.attributes.length === 0 && el.firstChild === null && inside(el)?.firstElementChild?.className === "root";

const isSheet = (sheet: CSSStyleSheet): boolean => {
  const first = sheet.cssRules[0];
  return first !== undefined && [...NAMES, MASK].some((name) => first.cssText.startsWith(`::highlight(${name})`));
};

/** Removes what is left. A page without anything of ours is only looked at. */
export function sweepLeftovers(): void {
  for (const el of [...document.documentElement.children]) if (isHost(el)) el.remove();
  const sheets = [...document.adoptedStyleSheets];
  const others = sheets.filter((sheet) => !isSheet(sheet));
  if (others.length === sheets.length) return;
  document.adoptedStyleSheets = others;
  for (const name of [...NAMES, MASK]) CSS.highlights.delete(name);
}
