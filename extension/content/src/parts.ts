// Owns taking addresses apart. Most are plain: their parts are read as text, at a fraction of what the browser's own
// parser costs; whatever is not plain goes to that parser. Knows no marketplace and decides nothing.

import { URL_BYTES } from "./bounds";

/** What is asked of an address: without user-info and fragment. */
export interface Parts {
  readonly href: string;
  readonly origin: string;
  readonly host: string;
  readonly hostname: string;
  readonly pathname: string;
  /** With its question mark, or empty. */
  readonly search: string;
}

/** A host that every parser leaves as it is: no port, no number at its end, nothing encoded. */
const HOST = /^https?:\/\/(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,}(?=\/)/;
/** Path and parameters in which a parser changes nothing, as long as no part of the path is made of dots. */
const REST = /^\/[\w\-.~%@:,;+!$*=&/()]*(?:\?[\w\-.~%@:,;+!$*=&/()?]*)?$/;
const DOTS = /\/\.|%2e/i;

/** How much of a plain address is scheme and host; 0 where that is not plain. */
function authority(href: string, known: string): number {
  if (known !== "" && href.startsWith(known) && href.charCodeAt(known.length) === 0x2f) return known.length;
  const host = HOST.exec(href)?.[0] ?? "";
  return host.includes("xn--") ? 0 : host.length;
}

const isPlainRest = (rest: string): boolean => REST.test(rest) && !DOTS.test(rest);

/** The page's own origin, which its browser wrote. */
const here = typeof location === "object" && /^https?:/.test(location.origin) ? location.origin : "";

const hereName = here === "" ? "" : location.hostname;

/** Whether an address is of the page's own origin, as far as its text says. */
export const isOwnOrigin = (href: string): boolean => here !== "" && href.startsWith(here) && href.charCodeAt(here.length) === 0x2f;

/** The last ones: the same address is asked about several times while its card is read. */
const known = new Map<string, Parts | null>();

/** An address taken apart, or null where it is none of the web's. */
export function partsOf(href: string, base?: string): Parts | null {
  if (href.length > URL_BYTES * 4) return null;
  if (base !== undefined) return takenApart(href, base);
  let parts = known.get(href);
  if (parts === undefined) {
    if (known.size >= 256) known.clear();
    known.set(href, (parts = takenApart(href)));
  }
  return parts;
}

function takenApart(href: string, base?: string): Parts | null {
  const whole = withoutFragment(href);
  const end = authority(whole, here);
  const rest = whole.slice(end);
  if (end === 0 || !isPlainRest(rest)) return parsed(href, base);
  const origin = whole.slice(0, end);
  const host = origin.slice(origin.indexOf("//") + 2);
  const query = rest.indexOf("?");
  return {
    href: whole, origin, host,
    hostname: origin === here ? hereName : host,
    pathname: query === -1 ? rest : rest.slice(0, query),
    search: query === -1 || query === rest.length - 1 ? "" : rest.slice(query),
  };
}

/** By the browser. */
function parsed(href: string, base?: string): Parts | null {
  const url = URL.parse(href, base);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  // Setting writes the whole address anew, and hardly any has them.
  if (url.username !== "") url.username = "";
  if (url.password !== "") url.password = "";
  const { origin, host, hostname, pathname, search } = url;
  return { href: withoutFragment(url.href), origin, host, hostname, pathname, search };
}

/** Parameters as pairs, decoded. */
export function parametersOf({ search }: Parts): Array<[string, string]> {
  if (search === "") return [];
  const pairs: Array<[string, string]> = [];
  if (/[%+]/.test(search)) {
    // Firefox shows content scripts no iterators of this class, only `forEach`.
    new URLSearchParams(search).forEach((value, name) => pairs.push([name, value]));
    return pairs;
  }
  for (const pair of search.slice(1).split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    pairs.push(at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)]);
  }
  return pairs;
}

/** Where relative addresses of the page begin, and the page's own address without fragment; asked once a pass. */
let base = "";
let page = "";

/** Looks anew where relative addresses of a page at `address` begin: it may change both, and asking is dear. */
export function lookAtBase(doc: Pick<Document, "baseURI">, address: string): void {
  base = partsOf(doc.baseURI)?.origin ?? "";
  page = withoutFragment(address);
}

/** Whether an address without fragment is the page's own. */
export const isThisPage = (href: string): boolean => href === page;

/** The address that a link's `href` leads to, without a fragment that is no route, or "" where no parser takes it; `ask` asks the browser. */
export function addressIn(raw: string, ask: () => string): string {
  const whole = withRoute(raw);
  if (base !== "" && raw.length <= URL_BYTES) {
    if (whole.charCodeAt(0) === 0x2f && whole.charCodeAt(1) !== 0x2f && isPlainRest(whole)) return base + whole;
    const end = authority(whole, base);
    if (end > 0 && isPlainRest(whole.slice(end))) return whole;
  }
  const asked = ask();
  return URL.canParse(asked) ? withRoute(asked) : "";
}

/** The address that a link leads to, without a fragment that is no route, or "". */
export const hrefOf = (a: HTMLAnchorElement): string => addressIn(a.getAttribute("href") ?? "", () => a.href);

/** `href` up to its fragment; cheap, for comparing. */
export function withoutFragment(href: string): string {
  const at = href.indexOf("#");
  return at === -1 ? href : href.slice(0, at);
}

/** Which of its views a page shows that never loads another: a path of its own behind the sign. */
const ROUTE = /^#!?\/+[^/?#]/;

/** The route behind an address, or "" where its fragment is none. */
export function routeIn(href: string): string {
  const at = href.indexOf("#");
  return at !== -1 && ROUTE.test(href.slice(at)) ? href.slice(at) : "";
}

/** `href` up to its fragment, and with that where it is a route; cheap, for comparing. */
export function withRoute(href: string): string {
  const at = href.indexOf("#");
  return at === -1 || ROUTE.test(href.slice(at)) ? href : href.slice(0, at);
}
