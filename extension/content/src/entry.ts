// What is known of one listing on the page, and the shapes in which others hear of it. Pure but for the page's own
// address and language.

import type { Field } from "./generated/Field";
import type { Finding } from "./generated/Finding";
import type { Listing } from "./generated/Listing";
import type { Mark } from "./generated/Mark";
import { canonical, target } from "./address";
import { cut, SHORT_BYTES } from "./bounds";
import type { Fields } from "./fields";
import type { How } from "./find";
import type { Flow } from "./leaves";

/** One listing on the page. */
export interface Entry {
  readonly key: string;
  el: Element;
  /** The page's own listing, not a card. */
  readonly item: boolean;
  fields: Fields;
  /** How it was first read: it is read again in the same way. */
  how: How;
  listing: Listing;
  /** Everything that was sent, as one string: the same text is never sent twice. */
  print: string;
  mark: Mark | null;
  urlAtMatch: string;
  matchedAt: string;
  reported: boolean;
  /** Not answered yet. */
  waiting: boolean;
  /** How often its text changed. */
  changes: number;
}

/** The address that a card leads to; a post without one of its own has the page's. */
export function addressOf({ kind, href }: Fields): string {
  if (href === "") return kind === "post" ? canonical(location.href) : "";
  return canonical(kind === "result" ? target(href) : href);
}

/** The language that a page says it is in, or "". */
export function languageOf(doc: Document): string {
  const lang = (doc.documentElement.lang || "").slice(0, 35);
  return /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/.test(lang) ? lang.replace(/_/g, "-") : "";
}

/** The message about one listing. */
export function listingOf(id: string, fields: Fields, url: string, language = languageOf(document)): Listing {
  return {
    id,
    kind: fields.kind,
    title: fields.title.text,
    description: fields.description.text,
    price: fields.price.text,
    category: fields.category,
    seller: fields.seller,
    location: fields.location,
    url,
    lang: language,
    images: cut(fields.images, SHORT_BYTES),
  };
}

/** Everything of a listing but its key. */
export const printOf = (l: Listing): string =>
  [l.kind, l.title, l.description, l.price, l.category, l.seller, l.location, l.url, l.images].join("\u0000");

/**
 * Whether two readings are the same listing with the same text. Numbers in running text may tick (views,
 * "ends in 3:21"): they are no reason to refuse a report; title, price and address must be what they were.
 */
export function sameListing(a: Listing, b: Listing): boolean {
  const calm = (text: string): string => text.replace(/\p{Nd}+/gu, "0");
  return (
    a.title === b.title && a.price === b.price && a.url === b.url && a.seller === b.seller &&
    calm(a.description) === calm(b.description) && calm(a.location) === calm(b.location)
  );
}

export function findingOf(e: Entry): Finding {
  const mark = e.mark;
  return {
    key: e.key,
    title: e.listing.title,
    price: e.listing.price,
    url: e.listing.url,
    level: mark?.level ?? "none",
    reportable: mark?.reportable ?? "check",
    what: mark?.what ?? { groups: [], commodities: [], scientific_names: [], appendices: [] },
    reasons: mark?.reasons ?? [],
    sentences: mark?.sentences ?? [],
    reported: e.reported,
  };
}

/** The text that spans of a field point into. */
export function flowOf(fields: Fields, field: Field): Flow | null {
  return field === "title" ? fields.title : field === "description" ? fields.description : field === "price" ? fields.price : null;
}
