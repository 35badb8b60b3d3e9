// Owns what is known of single marketplaces: which description an address belongs to, the id that it holds, and where
// never to read. Data alone (`marketplaces.json`, made from `lexicon/marketplaces/`); reads no page but for one
// question, whether a group says of itself that it is open.

import bundled from "./marketplaces.json";
import { type Parts, parametersOf } from "./parts";

/** CSS selectors, as a description gives them. */
export type Selectors = Partial<Record<"card" | "ignore" | "title" | "price" | "link" | "picture" | "description" | "seller" | "location", string>>;

/** One marketplace's description. */
export interface Marketplace {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly ids?: readonly string[];
  readonly private?: readonly string[];
  readonly privateHosts?: readonly string[];
  readonly closed?: { readonly paths: readonly string[]; readonly open: readonly string[] };
  readonly search?: Selectors;
  readonly item?: Selectors;
}

/** All that is known. A later list has a higher version. */
export interface MarketplaceList {
  readonly version: number;
  readonly marketplaces: readonly Marketplace[];
}

/** A host with its description. */
export interface Known {
  readonly host: string;
  readonly market: Marketplace;
}

let version = -1;
const byHost = new Map<string, Known>();
const answers = new Map<string, Known | null>();
const patterns = new Map<string, RegExp>();

/**
 * Takes another list instead, where it is a later one: for lists that come signed. Whoever calls has checked
 * signature and form; says whether it was taken.
 */
export function useList(list: MarketplaceList): boolean {
  if (list.version <= version) return false;
  version = list.version;
  byHost.clear();
  answers.clear();
  for (const market of list.marketplaces) for (const host of market.hosts) byHost.set(host, { host, market });
  return true;
}
useList(bundled);

/** The description that a host belongs to: its own, or that of the longest host above it. */
export function knownHost(hostname: string): Known | null {
  let known = answers.get(hostname);
  if (known !== undefined) return known;
  known = null;
  for (let at = hostname; known === null && at.includes("."); at = at.slice(at.indexOf(".") + 1)) known = byHost.get(at) ?? null;
  if (answers.size > 500) answers.clear();
  answers.set(hostname, known);
  return known;
}

const LONGEST_ID = 64;

/** The id of the listing at an address, by its marketplace's templates; "" where none fits. */
export function knownId(url: Parts): string {
  for (const template of knownHost(url.hostname)?.market.ids ?? []) {
    const [shape = "", parameter] = template.split("?");
    const found = pattern(shape).exec(url.pathname.replace(/(?<=.)\/$/, ""));
    if (found === null) continue;
    const ids = found.slice(1);
    if (parameter !== undefined) {
      const [name = "", mark = ""] = parameter.split("=");
      const value = pattern(mark).exec(parametersOf(url).find(([key]) => key === name)?.[1] ?? "");
      if (value === null) continue;
      ids.push(...value.slice(1));
    }
    const id = ids.join(".");
    if (id !== "" && id.length <= LONGEST_ID) return id;
  }
  return "";
}

/**
 * A template as a pattern: `{n}` at least three digits, `{id}` letters, digits, `-` and `_`, `*` anything without `/`.
 * Templates are checked before they get here: few wildcards, each with an end.
 */
function pattern(template: string): RegExp {
  let made = patterns.get(template);
  if (made === undefined) {
    const source = template.replace(/\/$/, "").replace(/[.?+()[\]\\^$|]/g, "\\$&").replace(/\*/g, "[^/]*").replace(/\{n\}/g, "(\\d{3,64})").replace(/\{id\}/g, "([\\w-]{1,64})");
    patterns.set(template, (made = new RegExp(`^${source}$`)));
  }
  return made;
}

/** Whether a path lies at or below another, given in whole words; "/" is the first page alone. */
function isBelow(path: string, prefix: string): boolean {
  const parts = path.toLowerCase().split("/").filter(Boolean);
  const wanted = prefix.split("/").filter(Boolean);
  if (wanted.length === 0) return parts.length === 0;
  return wanted.every((want, n) => want === parts[n] || (want === "*" && parts[n] !== undefined));
}

/** Whether a description says that this address is the visitor's own. */
export function isKnownPrivate(url: Parts): boolean {
  const market = knownHost(url.hostname)?.market;
  if (market === undefined) return false;
  if (market.privateHosts?.includes(url.hostname.split(".", 1)[0] ?? "") === true) return true;
  return market.private?.some((path) => isBelow(url.pathname, path)) === true;
}

/** Elements looked at for a group's own word on who may read it. */
const LOOKED_AT = 3_000;

/**
 * Whether this is a part of a network that may be closed to others, and the page does not say that it is open. Asked
 * before anything is read: what cannot be told counts as closed.
 */
export function isClosed(doc: Document, address: string): boolean {
  const url = URL.parse(address);
  const closed = url === null ? undefined : knownHost(url.hostname)?.market.closed;
  if (url === null || closed === undefined || !closed.paths.some((path) => isBelow(url.pathname, path))) return false;
  let seen = 0;
  // What members write does not count.
  for (const el of doc.querySelectorAll("span,div,a,h1,h2")) {
    if (++seen > LOOKED_AT) break;
    const text = (el.childElementCount === 0 ? el.textContent ?? "" : "").trim();
    if (text === "" || text.length > 80 || !closed.open.some((open) => text.startsWith(open))) continue;
    if (el.closest("[role=article],[role=feed],[role=dialog],article,[contenteditable]") === null) return false;
  }
  return true;
}
