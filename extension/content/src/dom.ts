// Owns walking the page's tree as a person sees it: light tree plus open shadow roots.
// Never follows closed roots, never reads what a person typed. Elements of frames have classes of their own: nothing is
// told by `instanceof`.

/** Elements whose content is no text of the page, or is the visitor's own. */
const NOT_TEXT = new Set([
  "script", "style", "noscript", "template", "svg", "math", "head", "title", "input", "textarea", "select",
  "option", "iframe", "frame", "object", "embed", "canvas", "video", "audio", "map", "dialog",
]);

const INLINE = new Set([
  "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
  "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
]);

/** Whether an element of this name stands inside a line. */
export const isInline = (name: string): boolean => INLINE.has(name);

/** Whether nothing below an element of this name, with these attributes, is ever read. */
export const isOutside = (name: string, hidden: string | null, editable: string | null): boolean =>
  NOT_TEXT.has(name) || hidden !== null || (editable !== null && editable !== "false");

/** Whether nothing below `el` is ever read. */
export const isOutOfBounds = (el: Element): boolean => isOutside(tagOf(el), attr(el, "hidden"), attr(el, "contenteditable"));

/** Kinds of nodes, and how they stand: asking `Node` for them is as dear in Firefox as asking the page. */
export const ELEMENT = 1;
export const TEXT = 3;
export const DOCUMENT = 9;
export const FRAGMENT = 11;
/** How two nodes stand: in different trees; the second behind the first. */
export const ELSEWHERE = 1;
export const FOLLOWS = 4;

/*
 * A form's fields are properties of it by their names, before its own: in Chromium, content scripts see them too. A field
 * named `children` or `getAttribute` would hide its form and everything in it from whoever asks the form itself. So the
 * platform's own methods are asked, for whatever may be a form.
 */
const reader = <T>(of: object, name: string): ((node: Node) => T) => {
  const get = Object.getOwnPropertyDescriptor(of, name)?.get as (this: Node) => T;
  return (node) => get.call(node);
};
const elements = Element.prototype;
const nodes = Node.prototype;
const { getAttribute: ATTRIBUTE, matches: MATCHES, closest: CLOSEST, querySelector: FIRST, querySelectorAll: ALL, getElementsByTagName: NAMED, checkVisibility: VISIBLE, getBoundingClientRect: BOX, scrollIntoView: SCROLL } = elements;
const { contains: CONTAINS, compareDocumentPosition: COMPARE, getRootNode: ROOT } = nodes;

export const tagOf: (el: Element) => string = reader(elements, "localName");
export const markupOf: (el: Element) => string = reader(elements, "outerHTML");
export const openRootOf: (el: Element) => ShadowRoot | null = reader(elements, "shadowRoot");
export const typeOf: (node: Node) => number = reader(nodes, "nodeType");
export const nextOf: (node: Node) => Node | null = reader(nodes, "nextSibling");
export const isConnected: (node: Node) => boolean = reader(nodes, "isConnected");
export const documentOf: (node: Node) => Document | null = reader(nodes, "ownerDocument");
export const textIn: (node: Node) => string | null = reader(nodes, "textContent");
export const attr = (el: Element, name: string): string | null => ATTRIBUTE.call(el, name);
export const matches = (el: Element, selector: string): boolean => MATCHES.call(el, selector);
export const nearest = (el: Element, selector: string): Element | null => CLOSEST.call(el, selector);
export const includes = (outer: Node, inner: Node | null): boolean => CONTAINS.call(outer, inner);
export const comparePlaces = (a: Node, b: Node): number => COMPARE.call(a, b);
export const rootOf = (node: Node): Node => ROOT.call(node);
export const isVisible = (el: Element): boolean => VISIBLE.call(el);
export const rectangleOf = (el: Element): DOMRect => BOX.call(el);
export const scrollTo = (el: Element, how: ScrollIntoViewOptions): void => SCROLL.call(el, how);
export const elementsIn = (el: Element): HTMLCollectionOf<Element> => NAMED.call(el, "*");
/** Below an element. */
export const firstIn = (el: Element, selector: string): Element | null => FIRST.call(el, selector);
export const allIn = (el: Element, selector: string): NodeListOf<Element> => ALL.call(el, selector);
/** The same of whatever holds elements; documents and roots have no fields. */
export const allWithin = (place: Node & ParentNode, selector: string): NodeListOf<Element> => (isElement(place) ? allIn(place, selector) : place.querySelectorAll(selector));
export const firstWithin = (place: Node & ParentNode, selector: string): Element | null => (isElement(place) ? firstIn(place, selector) : place.querySelector(selector));

const elementAround: (node: Node) => Element | null = reader(nodes, "parentElement");
const nodeAround: (node: Node) => Node | null = reader(nodes, "parentNode");
const firstBelow: (node: Node) => Node | null = reader(nodes, "firstChild");

/** The parent across the edge of an open shadow root. */
export function parentOf(node: Node): Element | null {
  const near = elementAround(node);
  if (near !== null) return near;
  const parent = nodeAround(node);
  return parent !== null && typeOf(parent) === FRAGMENT && "host" in parent ? (parent as ShadowRoot).host : null;
}

/** Whether `outer` is `inner` or above it, across open shadow roots. */
export function holds(outer: Element, inner: Node): boolean {
  if (includes(outer, inner)) return true;
  for (let root = rootOf(inner); "host" in root; root = rootOf((root as ShadowRoot).host)) {
    if (includes(outer, (root as ShadowRoot).host)) return true;
  }
  return false;
}

/** First child to walk: an open shadow root's content stands for its host. */
export function firstChildOf(el: Element): Node | null {
  return firstBelow(openRootOf(el) ?? el);
}

const XHTML = "http://www.w3.org/1999/xhtml";
/** Whether an element is one of HTML, in whichever frame. */
export const isHtml = (el: Element): boolean => el.namespaceURI === XHTML;
/** Whether an element is a link of HTML. */
export const isLink = (el: Element | null): el is HTMLAnchorElement => el !== null && tagOf(el) === "a" && isHtml(el);

export const isElement = (node: Node): node is Element => typeOf(node) === ELEMENT;
export const isText = (node: Node): node is Text => typeOf(node) === TEXT;

/** Whether an element holds more than so many characters of text; looks no further than that. */
export function isLonger(el: Element, chars: number): boolean {
  const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
  let left = chars;
  // An empty node costs a look too.
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) if ((left -= (node as Text).length + 1) < 0) return true;
  return false;
}

/** An attribute, bounded. */
export const attribute = (el: Element, name: string): string => (attr(el, name) ?? "").slice(0, 2_000);

/** What stands below a row or a term and belongs to it: the next ones, as far as nothing there leads anywhere. */
export function below(el: Element): Element[] {
  const found: Element[] = [];
  const name = tagOf(el);
  if (name !== "tr" && name !== "dt") return found;
  for (let next = el.nextElementSibling; next !== null && found.length < 2 && next.querySelector("a[href]") === null; next = next.nextElementSibling) found.push(next);
  return found;
}
