// Owns finding the results of a search engine: headings that lead to other sites, each with a few words, as long as most
// of the page's headings do. Knows no engine. Tiles with pictures and prices are cards like any others.

import { siteAtEnd, siteOf } from "./address";
import { LISTINGS } from "./bounds";
import { hrefOf } from "./parts";
import { allWithin, documentOf, includes, isLink, isLonger, isOutOfBounds, matches, nearest, parentOf, tagOf } from "./dom";
import { isDocument } from "./places";

const HEADINGS = "h2,h3,h4,[role=heading]";
const LOOKED_AT = 1_000;
/** Fewest results, and fewest sites among them. */
const FEWEST = 3;
const SITES = 2;
/** Levels from a heading's link up to all of its result. */
const LEVELS = 8;
const RESULT_TEXT = 2_500;
const NEVER = "nav,footer,header,[role=navigation],[role=contentinfo],[role=banner],aside,[role=complementary]";

/** The results of a page, in steps, in its order. */
export function* findResults(scope: Element | Document, address: string, ours: (el: Element) => boolean): Generator<void, Element[]> {
  const leading = new Map<Element, HTMLAnchorElement>();
  let headings = 0;
  let n = 0;
  const sites = new Set<string>();
  const own = new Set([siteOf(address), siteOf((isDocument(scope) ? scope : documentOf(scope) ?? document).URL)]);
  const all: Array<[Element, HTMLAnchorElement, string]> = [];
  let away = 0;
  for (const heading of allWithin(scope, HEADINGS)) {
    if (++n > LOOKED_AT) break;
    if (n % 16 === 0) yield;
    const link = nearest(heading, "a[href]") ?? heading.querySelector("a[href]");
    if (!isLink(link) || ours(link)) continue;
    const site = siteAtEnd(hrefOf(link));
    all.push([heading, link, site]);
    if (site !== "" && !own.has(site)) away++;
  }
  // Most pages end here: their headings lead to themselves.
  if (away < FEWEST) return [];
  for (const [i, [heading, link, site]] of all.entries()) {
    if (i % 16 === 0) yield;
    if (!/\S/.test(heading.textContent ?? "") || nearest(link, NEVER) !== null) continue;
    headings++;
    if (site === "" || own.has(site)) continue;
    sites.add(site);
    leading.set(heading, link);
  }
  if (leading.size < FEWEST || sites.size < SITES || leading.size * 2 < headings) return [];
  yield;
  const results: Element[] = [];
  for (const [heading, link] of leading) {
    if (results.length >= LISTINGS) break;
    const el = wholeOf(includes(heading, link) ? heading : link, leading);
    if (el !== null && !results.includes(el)) results.push(el);
    yield;
  }
  return results;
}

/** The largest part of the page around a heading that holds no other result. */
function wholeOf(heading: Element, all: ReadonlyMap<Element, HTMLAnchorElement>): Element | null {
  let best: Element | null = null;
  let levels = 0;
  for (let at = parentOf(heading); at !== null && tagOf(at) !== "body" && levels < LEVELS; at = parentOf(at), levels++) {
    if (isOutOfBounds(at)) return null;
    let inside = 0;
    for (const h of all.keys()) if (includes(at, h) && ++inside > 1) break;
    if (inside > 1 || isLonger(at, RESULT_TEXT) || matches(at, "main,[role=main]")) break;
    best = at;
  }
  return best;
}
