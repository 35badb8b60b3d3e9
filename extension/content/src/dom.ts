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
export const isOutOfBounds = (el: Element): boolean => isOutside(el.localName, el.getAttribute("hidden"), el.getAttribute("contenteditable"));

/** Kinds of nodes: asking `Node` for them is as dear in Firefox as asking the page. */
export const ELEMENT = 1;
export const TEXT = 3;
export const FRAGMENT = 11;

/** The parent across the edge of an open shadow root. */
export function parentOf(node: Node): Element | null {
  const near = node.parentElement;
  // A form whose fields are named like methods is nobody's parent: Chromium would take the fields for the methods.
  if (near?.nodeType === ELEMENT) return near;
  const parent = node.parentNode;
  return parent?.nodeType === FRAGMENT && "host" in parent ? (parent as ShadowRoot).host : null;
}

/** Whether `outer` is `inner` or above it, across open shadow roots. */
export function holds(outer: Element, inner: Node): boolean {
  if (outer.contains(inner)) return true;
  for (let root = inner.getRootNode(); "host" in root; root = (root as ShadowRoot).host.getRootNode()) {
    if (outer.contains((root as ShadowRoot).host)) return true;
  }
  return false;
}

/** First child to walk: an open shadow root's content stands for its host. */
export function firstChildOf(el: Element): Node | null {
  return (el.shadowRoot ?? el).firstChild;
}

const XHTML = "http://www.w3.org/1999/xhtml";
/** Whether an element is a link of HTML, in whichever frame. */
export const isLink = (el: Element | null): el is HTMLAnchorElement => el !== null && el.localName === "a" && el.namespaceURI === XHTML;

export const isElement = (node: Node): node is Element => node.nodeType === ELEMENT;
export const isText = (node: Node): node is Text => node.nodeType === TEXT;

/** Whether an element holds more than so many characters of text; looks no further than that. */
export function isLonger(el: Element, chars: number): boolean {
  const walker = el.ownerDocument.createTreeWalker(el, NodeFilter.SHOW_TEXT);
  let left = chars;
  // An empty node costs a look too.
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) if ((left -= (node as Text).length + 1) < 0) return true;
  return false;
}

/** An attribute, bounded. */
export const attribute = (el: Element, name: string): string => (el.getAttribute(name) ?? "").slice(0, 2_000);

/** What stands below a row or a term and belongs to it: the next ones, as far as nothing there leads anywhere. */
export function below(el: Element): Element[] {
  const found: Element[] = [];
  if (el.localName !== "tr" && el.localName !== "dt") return found;
  for (let next = el.nextElementSibling; next !== null && found.length < 2 && next.querySelector("a[href]") === null; next = next.nextElementSibling) found.push(next);
  return found;
}
