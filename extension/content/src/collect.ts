// Owns reading a listing again for a report, and refusing when the page is no longer what was matched.
// Never reports: it hands over what stands on the page now.

import type { Collected } from "./generated/Collected";
import type { CollectedListing } from "./generated/CollectedListing";
import { canonical, listingId, marketOf } from "./address";
import { cut, DESCRIPTION_BYTES, SHORT_BYTES, TITLE_BYTES } from "./bounds";
import { attr, documentOf, parentOf, tagOf } from "./dom";
import { type Fields, findPrice, kindBy, trimmed } from "./fields";
import { picturesOfCard, picturesOfPage } from "./pictures";
import { EMPTY, flow, readLeaves, shown } from "./leaves";
import { textOf } from "./outline";
import { boxOf, isHere } from "./places";
import { type Entry, listingOf, sameListing } from "./entry";
import type { Session } from "./session";

/** Everything for a report of this key. */
export function collect(session: Session, key: string, extras: ReadonlyMap<string, Entry>): Collected {
  session.checkAddress();
  const extra = extras.get(key);
  const entry = session.known.entries.get(key) ?? extra;
  if (entry === undefined) {
    const before = session.known.formerPage(key);
    return before !== undefined && before !== session.url ? movedOn(before, session.url) : { type: "gone" };
  }
  if (entry.urlAtMatch !== session.url) return movedOn(entry.urlAtMatch, session.url);
  if (entry === extra && entry.el === document.documentElement) {
    const again = wholePage();
    return again !== null && sameListing(listingOf("", again, ownUrl()), entry.listing) ? handOver(session, entry, again) : { type: "gone" };
  }
  const now = session.reread(entry);
  if (now === null || !sameListing(now.listing, entry.listing)) return { type: "gone" };
  return handOver(session, entry, now.fields);
}

/** Everything for a report of whatever stands under `target`: the card around it, else the page's own listing, else the page. */
export function collectAt(session: Session, target: Element | null, extras: Map<string, Entry>): Collected {
  session.checkAddress();
  if (target === null || !isHere(target)) return { type: "nothing" };
  const known = session.known.around(target) ?? [...session.known.entries.values()].find((e) => e.item && isHere(e.el));
  if (known !== undefined) return collect(session, known.key, extras);
  const fields = wholePage();
  if (fields === null) return { type: "nothing" };
  const entry = session.readNow(document.documentElement, true, fields, ownUrl());
  for (const key of [...extras.keys()].slice(0, Math.max(0, extras.size - 20))) extras.delete(key);
  extras.set(entry.key, entry);
  return handOver(session, entry, fields);
}

const movedOn = (before: string, now: string): Collected => ({ type: "moved_on", url_at_match: canonical(before), url_now: canonical(now) });

const ownUrl = (): string => canonical(location.href);

function handOver(session: Session, entry: Entry, fields: Fields): Collected {
  const url = entry.listing.url;
  const listing: CollectedListing = {
    key: entry.key,
    listing: listingOf(entry.key, fields, url),
    place: {
      marketplace: marketOf(url, entry.item),
      listing_id: listingId(url),
      url_canonical: url,
      url_at_match: canonical(entry.urlAtMatch),
      url_observed: canonical(session.url),
    },
    matched_at: entry.matchedAt,
    card_only: !entry.item,
    flagged: entry.mark !== null,
    pictures: entry.item ? picturesOfPage(documentOf(entry.el) ?? document, fields.title.text, new Set(session.known.cards())) : picturesOfCard(entry.el),
    viewport_box: seenOf(entry),
    pixel_ratio: devicePixelRatio,
  };
  return { type: "listing", ...listing };
}

/** The part of a listing's box that is on screen. */
function seenOf(entry: Entry): [number, number, number, number] | null {
  const { box, pane } = boxOf(entry.el);
  const left = Math.max(0, box.left, pane.left);
  const top = Math.max(0, box.top, pane.top);
  const width = Math.min(innerWidth, box.right, pane.right) - left;
  const height = Math.min(innerHeight, box.bottom, pane.bottom) - top;
  return width > 0 && height > 0 ? [left, top, width, height] : null;
}

/** The whole page as one listing, where nothing better is known; without what is the visitor's own. */
function wholePage(): Fields | null {
  const aside = (el: Element): boolean =>
    /^(?:nav|header|footer|aside|dialog)$/.test(tagOf(el)) || /^(?:navigation|banner|contentinfo|search|dialog)$/.test(attr(el, "role") ?? "");
  const main = document.querySelector("main,[role=main]") ?? document.body;
  if (main === null) return null;
  const { root, leaves, images } = readLeaves(main, aside, 2_000, 60_000);
  const first = [...document.querySelectorAll("h1")].find((h) => /\S/.test(h.textContent ?? ""));
  const heading = first === undefined ? [] : readLeaves(first).leaves.filter(shown);
  const title = heading.some((l) => l.raw !== " ") ? flow(heading) : { text: document.title.replace(/\s+/g, " ").trim(), pieces: [] };
  if (title.text === "") return null;
  const price = findPrice(root, leaves);
  const rest = leaves.filter((l) => shown(l) && !l.button && l.heading?.name !== "h1");
  const alts = images.slice(0, 12).map((i) => textOf(i, "alt").trim()).filter((a) => a.length > 2);
  const description = trimmed(flow(rest, "\n"), DESCRIPTION_BYTES);
  return {
    kind: kindBy(price.flow.text, description.text),
    title: trimmed(title, TITLE_BYTES),
    price: price.flow.text === "" ? EMPTY : trimmed(price.flow, SHORT_BYTES),
    description,
    location: "", seller: "", category: "",
    images: cut([...new Set(alts)].join("\n"), SHORT_BYTES),
    href: "",
    picture: images[0]?.dom ?? null,
  };
}

/** The element that a pointer event meant, through open shadow roots. */
export function targetOf(event: Event): Element | null {
  const first = event.composedPath()[0];
  // A window has no type of node.
  if (first === undefined || !("nodeType" in first)) return null;
  const node = first as Node;
  return node.nodeType === Node.ELEMENT_NODE ? (node as Element) : parentOf(node);
}

