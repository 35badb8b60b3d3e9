// Owns addresses: what identifies a page or a listing, what only tracks a visitor, and where never to read.
// Names no marketplace; where a description knows an address better, it is asked.

import { URL_BYTES } from "./bounds";
import { isKnownPrivate, knownHost, knownId } from "./marketplaces";
import { isOwnOrigin, type Parts, parametersOf, partsOf, routeIn, withRoute } from "./parts";

/** Parameters that say where a visitor came from, never which listing it is. */
const TRACKING =
  /^(?:utm_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl|_hs.*|_tr.*|_skw|_from|hash|itmmeta|itmprp|epid|amdata|mkevt|mkcid|mkrid|campid|toolid|ref|ref_|refid|referrer|referer|src|source|from|spm|scm|algo_.*|pvid|aff_.*|sk|tracking_?id|track|trk|trkparms|trksid|search_reason|reco_.*|position|sid|session.*|click_?id|clickid|impression.*|extparam|is_advertising|ad_?origin|pos|rank|hl|lang|locale)$/i;
/** Parameters that name the listing. */
const NAMES_LISTING = /^(?:id|item|item_?id|itm|listing|listing_?id|ad|ad_?id|product|product_?id|pid|sku|v|p|offer|offer_?id|nr|no|lot|lot_?id|post|story_fbid|wid)$/i;

/** An absolute address without user-info and fragment, or "" where it is none of the web's. */
export const plain = (href: string, base?: string): string => partsOf(href, base)?.href ?? "";

/** The same address with only those parameters whose names are wanted; by text, as taking them apart is dear. */
function keep(url: Parts, wanted: (name: string) => boolean): Parts {
  const all = url.search.slice(1).split("&");
  const kept = all.filter((pair) => wanted(pair.split("=", 1)[0] ?? ""));
  return kept.length === all.length ? url : withSearch(url, kept.join("&"));
}

function withSearch(url: Parts, text: string): Parts {
  const search = text === "" ? "" : `?${text}`;
  return { ...url, search, href: url.origin + url.pathname + search };
}

/** Longest route that is part of an address. */
const ROUTE_UNITS = 512;

/** The route behind an address, without what only tracks; "" where there is none, or a long one. */
export function routeOf(href: string): string {
  const route = routeIn(href);
  if (route.length > ROUTE_UNITS || /\s/.test(route)) return "";
  const at = route.indexOf("?");
  if (at === -1) return route;
  const kept = route.slice(at + 1).split("&").filter((pair) => isOfListing(pair.split("=", 1)[0] ?? ""));
  return route.slice(0, at) + (kept.length === 0 ? "" : `?${kept.join("&")}`);
}

const isOfListing = (name: string): boolean => !TRACKING.test(name) || NAMES_LISTING.test(name);

/**
 * A listing's own address: without what only tracks. Falls back to no parameters at all where it is too long. On a site
 * that shows every listing under one address, the route behind it is what tells them apart.
 */
export function canonical(href: string, base?: string): string {
  const own = withoutRoute(href, base);
  const route = own === "" ? "" : routeOf(href);
  return own.length + route.length > URL_BYTES ? own : own + route;
}

function withoutRoute(href: string, base?: string): string {
  let url = partsOf(href, base);
  if (url === null) return "";
  if (url.search !== "") url = keep(url, isOfListing);
  // A parsed address is ASCII: its length is its size.
  if (url.href.length > URL_BYTES) url = keep(url, (name) => NAMES_LISTING.test(name));
  if (url.href.length > URL_BYTES) url = withSearch(url, "");
  return url.href.length > URL_BYTES ? `${url.origin}/` : url.href;
}

/** Where a link leads, for telling the links of one card apart: parameters that name no listing count clicks or places. */
export function placeOf(href: string): string {
  const plain = withRoute(href);
  const at = plain.indexOf("?");
  if (at === -1) return plain;
  const kept = plain.slice(at + 1).split("&").filter((pair) => NAMES_LISTING.test(/^[^=]*/.exec(pair)?.[0] ?? ""));
  return plain.slice(0, at) + (kept.length === 0 ? "" : `?${kept.join("&")}`);
}

/** Parameters in which a link that counts its clicks holds the address that it leads on to. */
const LEADS_ON = /^(?:q|u|url|uddg|to|target|dest|destination|redirect|redirect_url|adurl|imgrefurl|link|l|goto)$/i;

/** A whole address among the parameters. */
const FORWARDS = /=https?(?::|%3a)/i;

/** Where a link leads in the end, as far as it says: search engines and networks count clicks before they lead on. */
export function target(href: string): string {
  const url = partsOf(href);
  if (url === null) return "";
  if (!FORWARDS.test(url.search)) return url.href;
  for (const [name, value] of parametersOf(url)) {
    if (!LEADS_ON.test(name) || !/^https?:\/\//i.test(value)) continue;
    const inner = partsOf(value);
    if (inner !== null && siteOf(inner.href) !== siteOf(url.href)) return inner.href;
  }
  return url.href;
}

/**
 * The host as a marketplace's name, in lower case: a known one without what stands before it (`m.`, a town), any other
 * without a leading `www.`.
 */
export function marketplace(href: string): string {
  const url = partsOf(href);
  if (url === null) return "";
  return knownHost(url.hostname)?.host ?? url.host.toLowerCase().replace(/^www\./, "");
}

/** The marketplace that a listing on this page belongs to: a result of a search engine belongs to the site that it leads to. */
export function marketOf(url: string, item: boolean): string {
  return marketplace(item || siteOf(url) === siteOf(location.href) ? location.href : url);
}

const sites = new Map<string, string>();

/** The site of an address: its registrable name, as near as can be told without a list of all suffixes. */
export function siteOf(href: string): string {
  // The host says it all, and a page's links lead to few.
  const end = href.indexOf("/", "https://".length);
  const host = end === -1 || href.length > URL_BYTES ? href : href.slice(0, end);
  let site = sites.get(host);
  if (site === undefined) {
    if (sites.size > 500) sites.clear();
    sites.set(host, (site = siteIn(href)));
  }
  return site;
}

/** Whether a link may lead to another site in the end: a cheap look, which never misses one. */
export const mayLeadAway = (href: string): boolean => !isOwnOrigin(href) || FORWARDS.test(href);

/** The site that a link leads to in the end. */
export const siteAtEnd = (href: string): string => siteOf(href.includes("?") ? target(href) : href);

function siteIn(href: string): string {
  const url = partsOf(href);
  if (url === null) return "";
  const host = url.hostname.toLowerCase();
  if (/^[\d.]+$|^\[/.test(host)) return host;
  const parts = host.split(".");
  const second = parts.at(-2) ?? "";
  const short = (parts.at(-1) ?? "").length === 2 && (second.length <= 3 || second === "govt");
  return parts.slice(short ? -3 : -2).join(".");
}

/** The id that an address holds: as its marketplace writes them, else the longest run of at least six digits in its path, else an `id`-like parameter. */
export function listingId(href: string): string {
  const url = partsOf(href);
  return url === null ? "" : idIn(url);
}

function idIn(url: Parts): string {
  const known = knownId(url);
  if (known !== "") return known;
  let best = "";
  for (const run of url.pathname.match(/\d{6,}/g) ?? []) if (run.length > best.length) best = run;
  if (best !== "") return best.slice(0, 64);
  for (const [name, value] of parametersOf(url)) {
    if (NAMES_LISTING.test(name) && /^[\w.-]{1,64}$/.test(value) && /\d/.test(value)) return value;
  }
  return "";
}

/** Whether an address looks like one listing's, not a category's or a search's. */
export function looksLikeListing(href: string): boolean {
  const url = partsOf(href);
  if (url === null) return false;
  if (idIn(url) !== "") return true;
  const last = url.pathname.split("/").filter(Boolean).at(-1) ?? "";
  return (last.match(/-/g)?.length ?? 0) >= 3 || /\d{4,}|ID[0-9A-Za-z]{5,}|^(?=.*\d)(?=.*[A-Z])[A-Z0-9]{8,}$/.test(last);
}

const SELLERS = /^(?:u|users?|usr|sellers?|members?|profiles?|people|shops?|stores?|closet|author|dealers?|vendors?|memberlist|viewprofile|perfil|profil|usuarios?|utilisateurs?|vendeurs?|vendedor(?:es)?|benutzer|nutzer|mitglied(?:er)?|anbieter|utente|venditore|uzytkownik|sprzedawca|satici|penjual)(?:\.\w{2,5})?$/i;

/** Whether an address looks like a seller's, not a listing's: a telling word in the path, and at most a name behind it. */
export function leadsToSeller(href: string): boolean {
  const parts = (/^https?:\/\/[^/?#]*([^?#]*)/i.exec(href)?.[1] ?? "").split("/").filter(Boolean);
  const at = parts.findIndex((part) => SELLERS.test(part));
  return at !== -1 && parts.length - at <= 2;
}

const NEVER = new Set(
  (
    "login|log-in|signin|sign-in|signup|sign-up|register|registration|logout|password|passwort|forgot-password|reset-password|" +
    "checkout|payment|payments|pay|billing|cart|basket|warenkorb|panier|carrito|carrinho|carrello|koszyk|account|my-account|" +
    "myaccount|mein-konto|meinkonto|mon-compte|mi-cuenta|minha-conta|konto|settings|profile-settings|preferences|" +
    "messages|message|inbox|messenger|nachrichten|mensajes|mensagens|messaggi|wiadomosci|notifications|" +
    "orders|my-orders|order-history|wallet|addresses|2fa|mfa|verify-identity"
  ).split("|"),
);

/** Pages that are the visitor's own: accounts, messages, checkout, passwords. Whole path words alone. */
export function isPrivate(href: string): boolean {
  const url = partsOf(href);
  if (url === null || isKnownPrivate(url)) return true;
  const words = (path: string): string[] => path.toLowerCase().split("/").filter(Boolean).slice(0, 3);
  const route = withRoute(href).split("#", 2)[1] ?? "";
  if ([...words(url.pathname), ...words(route.split("?", 1)[0]?.replace(/^!/, "") ?? "")].some((w) => NEVER.has(w.replace(/\.(?:html?|php|aspx?|jsp|do)$/, "")))) return true;
  return /^(?:login|signin|accounts?|auth|checkout|pay|payments?|messages?|messenger|mail)\./.test(url.host.toLowerCase());
}
