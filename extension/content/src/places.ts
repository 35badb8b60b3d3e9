// Owns where a page is read: its document, the open shadow roots in it, and the documents of its same-origin frames.
// Finds them within bounds; never enters closed roots, frames of other origins or pages that are the visitor's own.

import { isPrivate } from "./address";
import { allIn, allWithin, attr, comparePlaces, DOCUMENT, documentOf, ELSEWHERE, firstIn, FOLLOWS, isConnected, openRootOf, rectangleOf, rootOf, tagOf } from "./dom";
import { FRAME_DEPTH, FRAMES, LATE_HOSTS, NODES, ROOTS } from "./bounds";

/** What is walked as one tree. */
export type Place = Document | ShadowRoot;

export const isDocument = (node: Node): node is Document => node.nodeType === DOCUMENT;

/** The element that holds a place in the tree around it: a root's host, or a frame; null for the page's own document. */
export function holderOf(place: Node): Element | null {
  if (isDocument(place)) return place === document ? null : (place.defaultView?.frameElement ?? null);
  return "host" in place ? (place as ShadowRoot).host : null;
}

/** The document of a frame, where it may be read. */
export function documentIn(frame: Element): Document | null {
  // Null for another origin; a sandbox without its own word is one.
  const doc = (frame as HTMLIFrameElement).contentDocument;
  if (doc?.documentElement == null || attr(frame, "hidden") !== null) return null;
  return /^https?:/.test(doc.URL) && isPrivate(doc.URL) ? null : doc;
}

/** Whether a node is on the page: connected, and every frame around it still shows its document. */
export const isHere = (node: Node): boolean => !isGone(node) && isStanding(node);

/** Firefox takes the nodes of a frame that went elsewhere away from content scripts: touching one throws this, asking a method about one that. */
export const isDead = (error: unknown): boolean => error instanceof TypeError && /dead object|not implement interface/.test(error.message);

/** Whether a node was taken away so that nothing may be asked of it. */
export function isGone(node: Node): boolean {
  try {
    // The property itself: of a dead node it says so, and a form's field of that name is no 0.
    return node.nodeType === 0;
  } catch (error) {
    if (isDead(error)) return true;
    throw error;
  }
}

function isStanding(node: Node): boolean {
  if (!isConnected(node)) return false;
  for (let doc = documentOf(node); doc !== null && doc !== document;) {
    const frame: Element | null = doc.defaultView?.frameElement ?? null;
    if (frame === null || !isConnected(frame) || (frame as HTMLIFrameElement).contentDocument !== doc) return false;
    doc = frame.ownerDocument;
  }
  return true;
}

/** Sorts by place on the page, through roots and frames. */
export function inOrder(a: Element, b: Element): number {
  if (a === b) return 0;
  const bits = comparePlaces(a, b);
  if ((bits & ELSEWHERE) === 0) return bits & FOLLOWS ? -1 : 1;
  const [as, bs] = [holdersOf(a), holdersOf(b)];
  for (let i = 0; i < Math.min(as.length, bs.length); i++) {
    const [outerA, outerB] = [as[i], bs[i]];
    if (outerA !== undefined && outerB !== undefined && outerA !== outerB) return comparePlaces(outerA, outerB) & FOLLOWS ? -1 : 1;
  }
  // One holds the other.
  return as.length - bs.length;
}

/** An element and what holds the places around it, the outermost first. */
function holdersOf(el: Element): Element[] {
  const chain = [el];
  for (let at = holderOf(rootOf(el)); at !== null && chain.length < 64; at = holderOf(rootOf(at))) chain.unshift(at);
  return chain;
}

/** What may yet become a host: what no script has defined so far, and empty boxes. */
const MAY_BE_HOST = ":not(:defined),div:empty,section:empty,article:empty,main:empty";

/** What holds a page's words, and hardly ever anything else: a host only where nothing stands in it that its root would hide. */
const TEXTS = "p,span,h1,h2,h3,h4,h5,h6";

/**
 * What may be a host: neither what the platform gives no root (its commonest names) nor drawings. Asking each element for
 * its root is the dear part, and most of a page are links, pictures, rows of lists and words.
 */
const HOSTS =
  `:is(${TEXTS}):empty,:not(${TEXTS},a,img,li,ul,ol,dl,dt,dd,svg,path,g,use,circle,rect,button,input,label,option,select,form,b,i,em,strong,small,sup,sub,br,hr,s,del,u,abbr,time,picture,source,video,table,thead,tbody,tr,td,th,figure,figcaption,script,style,link,meta,noscript,template,title,head)`;

/** The places in and below `root`, without itself, in steps; and elements that may yet become hosts. */
export function* openPlaces(root: Element | Place): Generator<void, { places: Place[]; late: Element[] }> {
  const places: Place[] = [];
  const late: Element[] = [];
  const queue: Array<{ at: Element | Place; frames: number }> = [{ at: root, frames: 0 }];
  let nodes = 0;
  let frames = 0;
  for (const { at, frames: depth } of queue) {
    if (places.length >= ROOTS) break;
    const hosts = allWithin(at, HOSTS);
    // By number: what goes through a list of nodes costs as much again as asking each of them.
    for (let n = 0, all = hosts.length; n < all && nodes < NODES; n++) {
      const el = hosts[n];
      if (el === undefined) break;
      const inner = openRootOf(el);
      if (inner !== null && places.length < ROOTS) {
        places.push(inner);
        queue.push({ at: inner, frames: depth });
      }
      if (++nodes % 128 === 0) yield;
    }
    for (const el of allWithin(at, MAY_BE_HOST)) {
      if (late.length >= LATE_HOSTS) break;
      if (openRootOf(el) === null) late.push(el);
    }
    if (depth < FRAME_DEPTH) {
      for (const frame of allWithin(at, "iframe,frame")) {
        const doc = frames < FRAMES ? documentIn(frame) : null;
        if (doc === null) continue;
        frames++;
        places.push(doc);
        queue.push({ at: doc, frames: depth + 1 });
      }
    }
    yield;
  }
  return { places, late };
}

const isHost = (el: Element): boolean => openRootOf(el) !== null;

/** Elements that are looked at for a root when something new holds no link. */
const LOOKED_AT = 500;

/** Whether a new element has open roots or frames in it, as far as a short look tells. */
export function mayHoldPlaces(el: Element): boolean {
  if (isHost(el) || tagOf(el) === "iframe" || tagOf(el) === "frame" || firstIn(el, ":not(:defined),iframe,frame") !== null) return true;
  let seen = 0;
  for (const at of allIn(el, HOSTS)) if (isHost(at) || ++seen > LOOKED_AT) return true;
  return false;
}

/** What a place's own box is in the viewport of the page: where it begins, how it is scaled, what of it can be seen. */
interface Pane {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function paneOf(doc: Document): Pane {
  const frame = doc === document ? null : holderOf(doc);
  if (frame === null) return { x: 0, y: 0, scale: 1, left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  const around = paneOf(frame.ownerDocument);
  const r = frame.getBoundingClientRect();
  const { clientLeft, clientTop, clientWidth, clientHeight, offsetWidth } = frame as HTMLElement;
  const style = getComputedStyle(frame);
  const scale = around.scale * (offsetWidth > 0 ? r.width / offsetWidth : 1);
  const x = around.x + r.left * around.scale + (clientLeft + (parseFloat(style.paddingLeft) || 0)) * scale;
  const y = around.y + r.top * around.scale + (clientTop + (parseFloat(style.paddingTop) || 0)) * scale;
  return {
    x, y, scale,
    left: Math.max(around.left, x), top: Math.max(around.top, y),
    right: Math.min(around.right, x + clientWidth * scale), bottom: Math.min(around.bottom, y + clientHeight * scale),
  };
}

/** An element's box in the viewport of the page, and the part of the viewport in which frames let it be seen. */
export function boxOf(el: Element): { box: DOMRect; pane: Pane } {
  const pane = paneOf(documentOf(el) ?? document);
  const r = rectangleOf(el);
  return { box: pane.scale === 1 && pane.x === 0 && pane.y === 0 ? r : new DOMRect(pane.x + r.left * pane.scale, pane.y + r.top * pane.scale, r.width * pane.scale, r.height * pane.scale), pane };
}
