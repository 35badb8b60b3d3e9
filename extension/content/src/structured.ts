// Owns reading what a page says about itself: JSON-LD, microdata and Open Graph. All of it is hostile:
// sizes, depth and counts are bounded before anything is parsed or visited. Never fetches anything.

import { cut, DESCRIPTION_BYTES, JSON_CHARS, JSON_DEPTH, JSON_SCRIPTS, JSON_VALUES, SHORT_BYTES, TITLE_BYTES } from "./bounds";
import { allIn, attr, attribute, firstIn, nearest, parentOf, tagOf, textIn } from "./dom";

/** A picture that the page declares; its width where it says so. */
export interface DeclaredPicture {
  url: string;
  width: number | null;
}

/** One product or offer as the page declares it. */
export interface Declared {
  name: string;
  description: string;
  price: string;
  seller: string;
  location: string;
  category: string;
  images: string;
  pictures: DeclaredPicture[];
  url: string;
  /** Many offers under one name: a category that calls itself a product. */
  many: boolean;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const isObject = (v: Json | undefined): v is JsonObject => typeof v === "object" && v !== null && !Array.isArray(v);
const PRODUCTS = new Set(["Product", "IndividualProduct", "ProductModel", "SomeProducts", "ProductGroup", "Offer", "Car", "Vehicle", "Book", "ClassifiedAd"]);

/** Declared items of a page and its breadcrumb. */
export interface Structured {
  items: Declared[];
  breadcrumb: string;
  ogTitle: string;
  ogType: string;
  ogDescription: string;
  ogPicture: string;
}

/** Parses JSON within bounds: length and nesting are measured before the parser sees it. */
export function parseBounded(text: string): Json | undefined {
  if (text.length > JSON_CHARS) return undefined;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > JSON_DEPTH * 2) return undefined;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What the page declares, in steps. */
export function* readStructured(doc: Document): Generator<void, Structured> {
  const found: Structured = { items: [], breadcrumb: "", ogTitle: "", ogType: "", ogDescription: "", ogPicture: "" };
  let scripts = 0;
  for (const script of doc.querySelectorAll('script[type="application/ld+json" i]')) {
    if (++scripts > JSON_SCRIPTS) break;
    const value = parseBounded(script.textContent ?? "");
    yield;
    if (value !== undefined) collect(value, found);
    yield;
  }
  microdata(doc, found);
  yield;
  for (const meta of [...doc.querySelectorAll("meta[property]")].slice(0, 200)) {
    const content = attribute(meta, "content");
    switch (attr(meta, "property")) {
      case "og:title": found.ogTitle ||= content; break;
      case "og:type": found.ogType ||= content; break;
      case "og:description": found.ogDescription ||= content; break;
      case "og:image": found.ogPicture ||= content; break;
    }
  }
  return found;
}

function collect(root: Json, found: Structured): void {
  const queue: Array<[Json, number]> = [[root, 0]];
  for (let i = 0; i < queue.length && i < JSON_VALUES && found.items.length < 200; i++) {
    const entry = queue[i];
    if (entry === undefined) break;
    const [value, depth] = entry;
    if (depth > JSON_DEPTH) continue;
    if (Array.isArray(value)) {
      for (const v of value.slice(0, 1_000)) queue.push([v, depth + 1]);
      continue;
    }
    if (!isObject(value)) continue;
    const types = list(value["@type"]).map((t) => (typeof t === "string" ? t.replace(/^.*[/#:]/, "") : ""));
    if (types.includes("BreadcrumbList")) {
      found.breadcrumb ||= breadcrumb(value);
      continue;
    }
    if (types.some((t) => PRODUCTS.has(t))) {
      found.items.push(product(value));
      continue;
    }
    for (const key of ["@graph", "mainEntity", "itemListElement", "item", "itemOffered", "offers", "hasVariant"]) {
      const inner = value[key];
      if (inner !== undefined) queue.push([inner, depth + 1]);
    }
  }
}

const list = (v: Json | undefined): Json[] => (v === undefined || v === null ? [] : Array.isArray(v) ? v.slice(0, 100) : [v]);

function text(v: Json | undefined, bytes: number): string {
  const first = list(v)[0];
  const s = typeof first === "string" ? first : typeof first === "number" ? String(first) : isObject(first) && typeof first["name"] === "string" ? first["name"] : "";
  return cut(s.slice(0, bytes * 2).replace(/<[^>]{0,200}>/g, " ").replace(/[ \t\r\f\v]+/g, " ").trim(), bytes);
}

function breadcrumb(v: JsonObject): string {
  const names: string[] = [];
  for (const entry of list(v["itemListElement"]).slice(0, 12)) {
    if (!isObject(entry)) continue;
    const name = text(entry["name"], 200) || (isObject(entry["item"]) ? text(entry["item"]["name"], 200) : "");
    if (name !== "") names.push(name);
  }
  return cut(names.join(" > "), SHORT_BYTES);
}

function product(v: JsonObject): Declared {
  const offers = list(v["offers"] ?? (v["price"] === undefined ? undefined : v));
  const offer = offers.find(isObject);
  const inner = isObject(v["itemOffered"]) ? v["itemOffered"] : v;
  const amount = offer === undefined ? "" : text(offer["price"] ?? offer["lowPrice"] ?? (isObject(offer["priceSpecification"]) ? offer["priceSpecification"]["price"] : undefined), 64);
  const currency = offer === undefined ? "" : text(offer["priceCurrency"], 16);
  const seller = isObject(offer) ? text(offer["seller"] ?? offer["offeredBy"], SHORT_BYTES) : "";
  const where = isObject(offer) ? offer["availableAtOrFrom"] ?? offer["areaServed"] : undefined;
  const address = isObject(where) && isObject(where["address"]) ? where["address"] : where;
  return {
    name: text(inner["name"] ?? v["name"] ?? v["title"], TITLE_BYTES),
    description: text(inner["description"] ?? v["description"], DESCRIPTION_BYTES),
    price: amount === "" ? "" : [currency, amount].filter(Boolean).join(" "),
    seller: seller || text(v["seller"], SHORT_BYTES),
    location: isObject(address) ? text(address["addressLocality"] ?? address["name"], SHORT_BYTES) : text(address, SHORT_BYTES),
    category: text(v["category"], SHORT_BYTES),
    images: cut(list(v["image"]).map((i) => (isObject(i) ? text(i["caption"] ?? i["name"], 200) : "")).filter(Boolean).join("\n"), SHORT_BYTES),
    pictures: list(v["image"] ?? inner["image"]).slice(0, 24).flatMap(picture),
    url: text(v["url"] ?? offer?.["url"], 2_048),
    many: offers.length > 1 || (isObject(offer) && (/AggregateOffer$/.test(text(offer["@type"], 64)) && Number(offer["offerCount"] ?? 0) !== 1)),
  };
}

/** An `ImageObject`, or an address alone. */
function picture(v: Json): DeclaredPicture[] {
  const url = isObject(v) ? text(v["contentUrl"] ?? v["url"], 2_048) : text(v, 2_048);
  const width = isObject(v) ? Number.parseInt(text(v["width"], 16), 10) : Number.NaN;
  return url === "" ? [] : [{ url, width: Number.isFinite(width) ? width : null }];
}

const DECLARED = '[itemscope][itemtype*="Product"],[itemscope][itemtype*="Offer"]';
const isDeclared = (around: Element | null): boolean => around !== null && nearest(around, DECLARED) !== null;

/** Microdata: top-level products. Values come from attributes and text, as the standard says. */
function microdata(doc: Document, found: Structured): void {
  let n = 0;
  for (const scope of doc.querySelectorAll(DECLARED)) {
    if (++n > 200 || found.items.length >= 200) break;
    if (isDeclared(parentOf(scope))) continue;
    const get = (names: string, bytes: number): string => {
      for (const name of names.split(",")) {
        const el = firstIn(scope, `[itemprop~="${name}"]`);
        if (el === null) continue;
        const value = attr(el, "content") ?? (tagOf(el) === "a" && name === "url" ? (el as HTMLAnchorElement).href : textIn(el) ?? "");
        const clean = cut(value.slice(0, bytes * 2).replace(/\s+/g, " ").trim(), bytes);
        if (clean !== "") return clean;
      }
      return "";
    };
    const amount = get("price,lowPrice", 64);
    found.items.push({
      name: get("name,title", TITLE_BYTES),
      description: get("description", DESCRIPTION_BYTES),
      price: amount === "" ? "" : [get("priceCurrency,currency", 16), amount].filter(Boolean).join(" "),
      seller: get("seller,author", SHORT_BYTES),
      location: get("addressLocality,locality", SHORT_BYTES),
      category: get("category", SHORT_BYTES),
      images: "",
      pictures: [],
      url: get("url", 2_048),
      many:
        allIn(scope, '[itemprop~="price"]').length > 1 ||
        firstIn(scope, '[itemprop~="offerCount"],[itemtype$="AggregateOffer"]') !== null ||
        /AggregateOffer$/.test(attribute(scope, "itemtype")),
    });
  }
}
