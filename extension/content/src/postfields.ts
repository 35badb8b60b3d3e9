// Owns turning one post into the fields of a listing: its first line as title, its author as seller, the rest and the
// visible comments as description, its own link as address. Finds no posts.

import { looksLikeListing, siteOf } from "./address";
import { cut, DESCRIPTION_BYTES, SHORT_BYTES, TITLE_BYTES } from "./bounds";
import { lettersIn } from "./characters";
import { type Common, keyOf } from "./common";
import { allIn, attribute, documentOf, holds, includes, isLink } from "./dom";
import { type Fields, findPrice, lines, trimmed } from "./fields";
import { flow, isClippedAway, type Leaf, readLeaves, shown } from "./leaves";
import { textOf } from "./outline";
import { hrefOf } from "./parts";
import { type Own, ownOf } from "./posts";
import { isWhen } from "./when";

/** Nodes and characters of a post with its comments. */
const NODES = 1_000;
const CHARS = 40_000;
/** Fewest letters of a line that can be the first of a text; of an offer's name, which has a line to itself. */
const FIRST_LETTERS = 12;
const NAME_LETTERS = 4;


/** Reads a post; `inner` are its comments, `common` what it shares with the other posts of its page. */
export function readPost(el: Element, inner: readonly Element[], common: Common, skip?: (el: Element) => boolean): Fields {
  const own = ownOf(el, inner);
  const { root, leaves, images } = readLeaves(el, skip, NODES, CHARS);
  const isInner = (l: Leaf): boolean => inner.some((comment) => l.nodes[0] !== undefined && holds(comment, l.nodes[0]));
  const mine = leaves.filter((l) => !isInner(l));
  const said = [...wordsOf(mine, own, common)];
  const price = findPrice(root, mine).flow;
  const first = said.find((line) => line.some((l) => l.heading !== null) && lettersIn(flow(line).text) >= 4 && own.title !== null)
    ?? said.find((line) => lettersIn(flow(line).text) >= (price.text === "" ? FIRST_LETTERS : NAME_LETTERS) && !flow(line).text.startsWith(price.text || "\n"))
    ?? said.find((line) => lettersIn(flow(line).text) >= 2 && flow(line).text !== price.text);
  const comments = lines(leaves.filter((l) => isInner(l) && shown(l) && !l.button)).filter((line) => !isIdle(flow(line).text, common));
  const rest = [...said.filter((line) => line !== first), ...comments].flat();
  const alts = [...new Set(images.map((i) => textOf(i, "alt").replace(/\s+/g, " ").trim()).filter((alt) => lettersIn(alt) >= 3))].slice(0, 12);
  const title = first === undefined ? { text: alts[0] ?? "", pieces: [] } : flow(first);
  return {
    kind: "post",
    title: trimmed(title, TITLE_BYTES),
    price: trimmed(price, SHORT_BYTES),
    description: trimmed(flow(rest, "\n"), DESCRIPTION_BYTES),
    location: "",
    seller: cut(nameOf(own), SHORT_BYTES),
    category: "",
    images: cut(alts.filter((alt) => alt !== title.text).join("\n"), SHORT_BYTES),
    href: hrefAt(ownLink(el, own, mine)),
    picture: images.find((i) => i.name === "img" && own.author?.contains(i.dom) !== true)?.dom ?? null,
  };
}

const hrefAt = (el: Element | null): string => (isLink(el) ? hrefOf(el) : "");

const nameOf = ({ author }: Own): string => (author === null ? "" : ((author.textContent ?? "").trim() || attribute(author, "aria-label")).replace(/\s+/g, " "));

/** What says nothing: a time, a number, a word of the page's own. */
function isIdle(text: string, common: Common): boolean {
  return text === "" || lettersIn(text) === 0 && text.length < 12 || isWhen(text) || common.get(keyOf(text)) === 2 && text.length <= 40;
}

/** The lines of a post's own words: without its author, its time, buttons, and what every post says. */
function* wordsOf(leaves: readonly Leaf[], own: Own, common: Common): Generator<Leaf[]> {
  const name = nameOf(own);
  const theirs = hrefAt(own.author);
  const head = (l: Leaf): boolean => (theirs !== "" && hrefAt(l.link?.dom ?? null) === theirs) || own.when?.contains(l.nodes[0] ?? null) === true;
  const visible = leaves.filter((l) => shown(l) && !l.button && !isClippedAway(l.el));
  for (const line of joined(visible)) {
    // A caption begins with its author's name.
    const used = line.filter((l) => !head(l));
    const text = flow(used).text;
    if (isIdle(text, common) || text === name || /^@[\w.]{1,30}$/.test(text) || /^[#@]?[^\s]{0,2}$/.test(text)) continue;
    yield used;
  }
}

/** Lines of a post: links and mentions inside of a line are part of it. */
function* joined(leaves: readonly Leaf[]): Generator<Leaf[]> {
  let line: Leaf[] = [];
  for (const leaf of leaves) {
    const last = line.at(-1);
    if (last !== undefined && (leaf.block !== last.block || leaf.heading !== last.heading)) {
      yield line;
      line = [];
    }
    line.push(leaf);
  }
  if (line.length > 0) yield line;
}

/** The link to the post itself: that of its time, its title, or the first that looks like one of a single thing. */
function ownLink(el: Element, own: Own, leaves: readonly Leaf[]): HTMLAnchorElement | null {
  const when = own.when === null ? null : isLink(own.when) ? own.when : own.when.closest("a[href]");
  // A thread's last word leads into it: the same page, with more said behind it.
  const page = (a: HTMLAnchorElement): string => a.origin + a.pathname;
  if (isLink(when) && includes(el, when) && when !== own.author && (own.title === null || page(when) !== page(own.title))) return when;
  if (own.title !== null) return own.title;
  const site = siteOf((documentOf(el)?.URL ?? ""));
  const links = [...new Set([...leaves.map((l) => l.link?.dom ?? null), ...allIn(el, "a[href]")])].filter(isLink);
  return links.find((a) => a !== own.author && siteOf(hrefOf(a)) === site && looksLikeListing(hrefOf(a))) ?? null;
}
