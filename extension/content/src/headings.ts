// Owns telling which heading says what a page is about: by the page's own title, and by what is none of it (the
// site's name). Knows no cards and no prices.

import { isLink, nearest } from "./dom";

/** The words of a text. */
export const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{Nd}]+/gu) ?? [];

/** How much of `a`'s words stand in `b`, 0 to 1. */
export function share(a: string, b: string): number {
  const of = words(a).slice(0, 60);
  const set = new Set(words(b).slice(0, 200));
  return of.length === 0 ? 0 : of.filter((w) => set.has(w)).length / of.length;
}

/** Whether a heading is only a link to the site's first page. */
export function leadsHome(h: Element): boolean {
  const a = nearest(h, "a[href]") ?? h.querySelector("a[href]");
  return isLink(a) && a.pathname.length <= 1;
}

/** Whether the page's title begins with this text, or holds all of a longer one, and not by chance. */
export function isTitled(doc: Document, text: string): boolean {
  if (!isName(text)) return false;
  const of = words(text).join(" ");
  const title = words(doc.title).join(" ");
  if (`${title} `.startsWith(/[\u3040-\u9fff\u0e00-\u0e7f]/.test(of) ? of : `${of} `)) return true;
  return words(text).length >= 4 && share(text, title) >= 0.8;
}

/** Whether a text is long enough to be a listing's name: "Offers" is none. Some scripts put no space between words. */
export const isName = (text: string): boolean => words(text).length >= 2 || text.trim().length >= 9 || /[\u3040-\ud7af\u0e00-\u0e7f]{4}/.test(text);

/** The one heading that the page is about, where there is one and no more; no card holds it. */
export function onlyHeading(doc: Document): Element | null {
  const own = [...doc.getElementsByTagName("h1")].slice(0, 10).filter((h) => nearest(h, "header,[role=banner]") === null && !leadsHome(h));
  if (own.length > 0) return own.length === 1 ? (own[0] ?? null) : null;
  return [...doc.querySelectorAll("h2,[role=heading]")].slice(0, 40).find((h) => isTitled(doc, h.textContent ?? "")) ?? null;
}
