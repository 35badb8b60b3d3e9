// Owns turning findings into words of the reader's language. No sentence is glued from fragments: each is
// one message with its placeholders.

import type { Appendix } from "./generated/Appendix";
import type { What } from "./generated/What";

/** One message, or "" where the language has none. */
export function say(key: string, ...args: string[]): string {
  try {
    return chrome.i18n.getMessage(key, args);
  } catch {
    return "";
  }
}

/** "Elephant ivory", "Parrots, live". */
export function whatIn(what: What): string {
  const group = what.groups[0];
  const term = what.commodities[0]?.toLowerCase();
  if (group === undefined) return say("what_unknown");
  const id = group.replace(/-/g, "_");
  const whole = term === undefined ? "" : say(`what_${id}_${term}`);
  if (whole !== "") return whole;
  const name = say(`group_${id}`);
  const part = term === undefined ? "" : say(`term_${term}`);
  return part === "" ? name : say("what_group_term", name, part);
}

/** "CITES I, or II depending on origin". */
export function citesIn(appendices: readonly Appendix[]): string {
  const [first, second, third] = appendices;
  if (first === undefined) return "";
  if (second === undefined) return say("cites_one", first);
  return third === undefined ? say("cites_two", first, second) : say("cites_three", first, second, third);
}

/** A bound on foreign text in our own sentences, without controls that could turn the line around. */
export function quoted(text: string, chars = 80): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "");
  const cut = [...clean].slice(0, chars).join("");
  return cut.length < clean.length ? `${cut}…` : cut;
}
