// Owns finding posts: repeated parts of a page with somebody's name that is a link, a time, and text of their own that is
// no link; comments stand inside. Needs no price, no picture, no stylesheet, and knows no network.
//
// How: every sign of a time and its ancestors form a small tree. From its leaves upwards, each element asks whether its
// children are posts by what they hold besides the posts inside them. So a post wins against its comments, and a column
// loses against its posts.

import { leadsToSeller } from "./address";
import { DEPTH, LISTINGS } from "./bounds";
import { lettersIn } from "./characters";
import { allWithin, attr, attribute, includes, isLonger, isOutOfBounds, matches, nearest, parentOf, tagOf, textIn } from "./dom";
import { isDocument, type Place } from "./places";
import { hintsAtPrice } from "./price";
import { isWhen, saysWhen } from "./when";

/** Signs of a time that are looked at. */
const SIGNS = 1_500;
/** Elements that may be one. */
const LOOKED_AT = 12_000;
/** Most text of one post with its comments. */
const POST_TEXT = 30_000;
/** Fewest letters of a post's own text. */
const OWN_LETTERS = 12;
/** Letters of a link that is a title, not a name. */
const TITLE_LETTERS = 25;

interface Branch {
  readonly el: Element;
  readonly parent: Branch | null;
  readonly kids: Branch[];
  posts: Element[];
}

const DECLARED = "article,[role=article],[itemtype$=SocialMediaPosting],[itemtype$=DiscussionForumPosting]";
const isDeclared = (el: Element): boolean => matches(el, DECLARED);
/** Conversations, and what is no part of a page's matter. */
const NEVER = "nav,footer,[role=navigation],[role=contentinfo],[role=log],[role=banner],[aria-modal=false],[contenteditable],form";

/** The posts below `scope`, in steps, in no order. */
export function* findPosts(scope: Element | Document, roots: readonly Place[], ours: (el: Element) => boolean): Generator<void, Element[]> {
  const nodes = new Map<Element, Branch>();
  const tops: Branch[] = [];
  const stop = isDocument(scope) ? null : parentOf(scope);
  let signs = 0;
  let seen = 0;
  for (const place of [scope, ...roots]) {
    for (const el of allWithin(place, "time,relative-time,abbr,a,span")) {
      if (++seen > LOOKED_AT || signs > SIGNS) break;
      if (seen % 64 === 0) yield;
      if (!isSign(el)) continue;
      signs++;
      grow(el, nodes, tops, stop, ours);
    }
  }
  const order: Branch[] = [];
  const stack = [...tops];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    order.push(node);
    stack.push(...node.kids);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i];
    if (node === undefined || node.kids.length === 0) continue;
    decide(node);
    yield;
  }
  return tops.flatMap((top) => top.posts).slice(0, LISTINGS);
}

/** An element that says when: made for it, or a link or piece of text that says nothing else. */
function isSign(el: Element): boolean {
  if (saysWhen(el)) return true;
  // Whole cards are links too.
  if (el.childElementCount > (tagOf(el) === "a" ? 2 : 0)) return false;
  const text = textIn(el) ?? "";
  return text.length <= 48 && isWhen(text);
}

function grow(el: Element, nodes: Map<Element, Branch>, tops: Branch[], stop: Element | null, ours: (el: Element) => boolean): void {
  const path: Element[] = [];
  let known: Branch | undefined;
  for (let at: Element | null = el; at !== null && at !== stop; at = parentOf(at)) {
    if (path.length > DEPTH || isOutOfBounds(at) || matches(at, NEVER) || ours(at)) return;
    known = nodes.get(at);
    if (known !== undefined) break;
    path.push(at);
  }
  let parent: Branch | null = known ?? null;
  for (const at of path.reverse()) {
    const node: Branch = { el: at, parent, kids: [], posts: [] };
    nodes.set(at, node);
    if (parent === null) tops.push(node);
    else parent.kids.push(node);
    parent = node;
  }
}

/** Chooses between a node's children as posts and the posts inside them. */
function decide(node: Branch): void {
  const chosen = new Set<Branch>();
  const byTag = new Map<string, Branch[]>();
  for (const kid of node.kids) {
    const same = byTag.get(tagOf(kid.el));
    if (same === undefined) byTag.set(tagOf(kid.el), [kid]);
    else same.push(kid);
  }
  for (const group of byTag.values()) {
    const posts = group.filter((kid) => isPost(kid.el, kid.posts));
    // One alone must call itself a post.
    if (posts.length >= 2 || (posts.length === 1 && isDeclared((posts[0] as Branch).el))) for (const kid of posts) chosen.add(kid);
  }
  for (const kid of node.kids) node.posts.push(...(chosen.has(kid) ? [kid.el] : kid.posts));
}

const isFeed = (el: Element | null): boolean => el !== null && attr(el, "role") === "feed";

/** Whether an element is a post by what it holds besides `inner`. */
function isPost(el: Element, inner: readonly Element[]): boolean {
  if (isLonger(el, POST_TEXT)) return false;
  const own = ownOf(el, inner);
  if (own.author === null || own.when === null || (own.letters < OWN_LETTERS && own.title === null && !own.media)) return false;
  // A price beside a title that leads elsewhere, or without a way to the words themselves: an offer, not a post.
  if (own.price && (own.title !== null || !leadsThere(own))) return false;
  return isDeclared(el) || own.actions >= 2 || (own.letters >= 2 * OWN_LETTERS && !own.price) || isFeed(parentOf(el)) || attr(el, "aria-posinset") !== null;
}

/** Whether the time is a link of its own, as that of a post is. */
function leadsThere({ when, author }: Own): boolean {
  const link = when?.closest("a[href]") ?? null;
  return link !== null && link !== author && isWhen(link.textContent ?? "");
}

/** What a post holds. */
export interface Own {
  author: HTMLAnchorElement | null;
  /** What says when it was written. */
  when: Element | null;
  /** The link that is its title, where it has one. */
  title: HTMLAnchorElement | null;
  /** Letters that are no link. */
  letters: number;
  price: boolean;
  media: boolean;
  actions: number;
}

/** What stands in a post besides `inner`. */
export function ownOf(el: Element, inner: readonly Element[]): Own {
  const own: Own = { author: null, when: null, title: null, letters: 0, price: false, media: false, actions: 0 };
  const within = new Set(inner);
  const walker = document.createTreeWalker(el, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return within.has(node as Element) || isOutOfBounds(node as Element) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  });
  let seen = 0;
  for (let node = walker.nextNode(); node !== null && ++seen < 3_000; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = (node as Text).data.trim();
      if (text === "") continue;
      const around = nearest(parentOf(node) ?? el, "a[href],button,[role=button]");
      if (around !== null && includes(el, around) && around !== el) continue;
      if (text.length <= 40 && hintsAtPrice(text)) own.price = true;
      else if (!isWhen(text)) own.letters += lettersIn(text);
      continue;
    }
    const at = node as Element;
    if (tagOf(at) === "a" && attr(at, "href") !== null) takeLink(at as HTMLAnchorElement, own);
    else if (own.when === null && isSign(at)) own.when = at;
    if (tagOf(at) === "button" || attr(at, "role") === "button") own.actions++;
    if (tagOf(at) === "img" || tagOf(at) === "video") own.media = true;
  }
  return own;
}

function takeLink(a: HTMLAnchorElement, own: Own): void {
  const text = ((a.textContent ?? "").trim() || attribute(a, "aria-label")).replace(/\s+/g, " ");
  if (isSign(a) || [...a.querySelectorAll("time,relative-time,abbr")].some(saysWhen)) {
    own.when ??= a;
    return;
  }
  if (/^[#@]/.test(text) && own.author !== null) return;
  const letters = lettersIn(text);
  if (own.author !== null && letters >= 2 && leadsToSeller(a.href) && !leadsToSeller(own.author.href)) {
    // The title, or the name of a group, came first.
    if ((own.author.textContent ?? "").length >= TITLE_LETTERS) own.title ??= own.author;
    own.author = a;
    return;
  }
  if (own.author === null && text.length <= 60 && (letters >= 2 || /^[@\w.]{3,30}$/.test(text))) {
    own.author = a;
    return;
  }
  const headed = nearest(a, "h1,h2,h3,h4,h5,h6,[role=heading]") !== null || a.querySelector("h1,h2,h3,h4,h5,h6,[role=heading]") !== null;
  if (own.title === null && (headed ? letters >= 4 : letters >= TITLE_LETTERS && nearest(a, "p") === null)) own.title = a;
}
