// Owns turning findings into words of the reader's language. No sentence is glued from fragments: each is
// one message with its placeholders.

import type { Arg } from "./generated/Arg";
import type { Appendix } from "./generated/Appendix";
import type { Phrase } from "./generated/Phrase";
import type { What } from "./generated/What";

/** One message, or "" where the language has none. */
export function say(key: string, ...args: string[]): string {
  try {
    return chrome.i18n.getMessage(key, args);
  } catch {
    return "";
  }
}

/** What has a name of its own. Firefox writes to its console when a message is asked for that does not exist. */
const WHOLE = new Set(["what_elephant_ivc", "what_elephant_tus", "what_rhino_hor", "what_pangolin_sca", "what_bear_gal", "what_sharks_fin", "what_fish_cav"]);

/** "Elephant ivory", "Parrots, live". */
export function whatIn(what: What): string {
  const group = what.groups[0];
  const term = what.commodities[0]?.toLowerCase();
  if (group === undefined) return say("what_unknown");
  const id = group.replace(/-/g, "_");
  const whole = `what_${id}_${term ?? ""}`;
  if (WHOLE.has(whole)) return say(whole);
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

/** A day in the reader's language: "6 May 2024". */
function dayIn(day: string): string {
  const [year = "", month = "", date = ""] = day.split("-");
  return say("date_long", String(Number(date)), say(`month_${Number(month)}`), year);
}

/** A country in the reader's language. */
function countryIn(code: string): string {
  try {
    return new Intl.DisplayNames([chrome.i18n.getUILanguage()], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** What fills a placeholder: foreign words as text in elements of their own, ours as text. */
function nodeOf(arg: Arg): Node {
  const of = (name: string, text: string, className = ""): HTMLElement => {
    const el = document.createElement(name);
    if (className !== "") el.className = className;
    el.textContent = text;
    return el;
  };
  switch (arg.is) {
    case "quote": return of("bdi", quoted(arg.value), "quote");
    case "term": return document.createTextNode(say(arg.value));
    case "name": return of("bdi", quoted(arg.value));
    case "latin": {
      const names = document.createElement("span");
      arg.value.forEach((name, i) => {
        if (i > 0) names.append(say("list_comma") || ", ");
        const el = of("i", quoted(name, 60));
        el.lang = "la";
        names.append(el);
      });
      return names;
    }
    case "country": return document.createTextNode(countryIn(arg.value));
    case "day": return document.createTextNode(dayIn(arg.value));
  }
}

/** One sentence of the detector, put into an element. Foreign text never passes through the template. */
export function phraseInto(item: Element, phrase: Phrase): void {
  // Private-use signs stand for what fills the sentence while it is built; no text of the page is in it then.
  const first = 0xe001;
  const sentence = say(phrase.key, ...phrase.args.map((_, i) => String.fromCharCode(first + i)));
  let text = "";
  const flush = (): void => {
    if (text !== "") item.append(text);
    text = "";
  };
  for (const c of sentence) {
    const arg = phrase.args[c.charCodeAt(0) - first];
    if (arg === undefined) text += c;
    else {
      flush();
      item.append(nodeOf(arg));
    }
  }
  flush();
}
