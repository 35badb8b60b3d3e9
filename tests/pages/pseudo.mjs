// A language that nobody speaks: English with every letter changed, in brackets and two fifths longer. What is shown without
// these letters was never given to a translator; what is cut or sticks out has no room for German or Thai.

const PAIRS = 'aáAÅbƀBƁcçCÇdđDĐeéEÉfƒFƑgğGĞhĥHĤiîIÎjĵJĴkķKĶlļLĻmɱMṀnñNÑoöOÖpþPÞqɋQɊrřRŘsšSŠtţTŢuûUÛvṽVṼwŵWŴxẋXẊyýYÝzžZŽ';
const LETTERS = new Map(Array.from({ length: PAIRS.length / 2 }, (_, i) => [PAIRS[2 * i], PAIRS[2 * i + 1]]));
const [OPEN, CLOSE] = ['⟦', '⟧'];
/** The tag of this language: one that browsers know as a kind of English, for their own dates and numbers. */
export const TAG = 'en-XA';

/** One sentence: placeholders stay as they are, what is added comes in words, as a longer language would. */
export function pseudo(sentence) {
  const changed = sentence.split(/(\$[a-z_]+\$)/iu).map((part, i) => (i % 2 ? part : part.replace(/[a-z]/giu, (c) => LETTERS.get(c)))).join('');
  const more = Math.ceil(sentence.replace(/\$[a-z_]+\$/giu, '').length * 0.4);
  const words = 'ô øðœ ŧħŋ ĳŀ '.repeat(Math.ceil(more / 14)).slice(0, more).trim();
  return `${OPEN}${changed}${words === '' ? '' : ` ${words}`}${CLOSE}`;
}

/** All messages of a language's file. What stands between the items of a list is no sentence. */
export function pseudoMessages(messages) {
  const said = (key, message) => (key === 'locale_tag' ? TAG : key === 'list_comma' ? message : pseudo(message));
  return Object.fromEntries(Object.entries(messages).map(([key, entry]) => [key, { ...entry, message: said(key, entry.message) }]));
}

/**
 * What is shown and was not translated. Free of that is what says itself that it is of another language or from elsewhere
 * (`lang`, `bdi`, `dir`, `kbd`), what `known` names (names and addresses of a scene), and dates and names of languages that the
 * browser writes.
 */
export const untranslated = (page, known = []) => page.evaluate(({ names, tag }) => {
  const tags = ['en', 'de', 'fr', 'es', 'zh-Hans', 'zh-Hant', 'ms', 'id', 'th', 'vi', 'pt', 'ar', 'ja', 'ru', 'ko', 'it', 'nl', 'pl'];
  const languages = new Intl.DisplayNames(tag, { type: 'language' });
  // Countries as well: the browser names them.
  const countries = new Intl.DisplayNames(tag, { type: 'region' });
  const codes = ['CN', 'DE', 'EU', 'FR', 'GB', 'HK', 'SG', 'US'];
  const free = [...names, ...tags.map((t) => languages.of(t)), ...codes.map((c) => countries.of(c))].sort((a, b) => b.length - a.length);
  const date = /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}, \d{4}(?:, \d{2}:\d{2} [AP]M (?:UTC|GMT[+\d:-]*|[A-Z]{3,4}))?|\b\d{2}:\d{2} [AP]M (?:UTC|GMT[+\d:-]*|[A-Z]{3,4})/gu;
  // Appendices of CITES are numbers.
  const left = (text) => free.reduce((rest, name) => rest.replaceAll(name, ' '), text.replace(date, ' ')).replace(/\b(?:I|II|III)\b/gu, ' ');
  const plain = (text) => /[a-z]/iu.test(left(text));
  const elsewhere = (el) => el.closest('bdi, [dir], [lang], kbd, script, style') !== document.documentElement;
  const out = [];
  const note = (where, text) => out.push(`${where}: "${text.trim().slice(0, 90)}"`);
  const name = (el) => `${el.localName}${el.id ? `#${el.id}` : ''}${el.className?.baseVal ?? el.className ? `.${el.className.baseVal ?? el.className}` : ''}`;
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { parentElement: at, data } = nodes.currentNode;
    if (elsewhere(at) || !plain(data)) continue;
    if (at.localName === 'option' || at.checkVisibility()) note(name(at), data);
  }
  for (const el of document.body.querySelectorAll('*')) {
    if (elsewhere(el)) continue;
    for (const attribute of ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'alt', 'title', 'placeholder']) {
      const text = el.getAttribute(attribute);
      if (text !== null && plain(text)) note(`${name(el)} ${attribute}`, text);
    }
  }
  if (plain(document.title)) note('title', document.title);
  return [...new Set(out)];
}, { names: known, tag: TAG });

/**
 * What of the text is cut or sticks out of its frame: over the window's edge, over an edge that is drawn, or away in a box that
 * neither scrolls nor says that it shortens.
 */
export const cut = (page) => page.evaluate(() => {
  const out = new Set();
  const name = (el) => `${el.localName}${el.id ? `#${el.id}` : ''}${el.className?.baseVal ?? el.className ? `.${el.className.baseVal ?? el.className}` : ''}`;
  const wide = document.documentElement.clientWidth;
  const drawn = (style) => style.backgroundColor !== 'rgba(0, 0, 0, 0)' || ['Top', 'Right', 'Bottom', 'Left'].some((side) => style[`border${side}Style`] !== 'none' && parseFloat(style[`border${side}Width`]) > 0);
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { currentNode: node } = nodes;
    const at = node.parentElement;
    if (node.data.trim() === '' || at.closest('.visually-hidden, option, script, style') || !at.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      if (r.width === 0) continue;
      if (r.left < -1 || r.right > wide + 1) out.add(`${name(at)} is over the window's edge: "${node.data.slice(0, 60)}"`);
      for (let el = at; el !== document.body; el = el.parentElement) {
        const style = getComputedStyle(el);
        if (style.display === 'inline' || style.display === 'contents') continue;
        const scrolls = /auto|scroll/u.test(`${style.overflowX} ${style.overflowY}`);
        // Said to be shortened: by lines that the reader can see end in three dots.
        const shortened = style.webkitLineClamp !== 'none' && style.webkitLineClamp !== '';
        if (scrolls || shortened) break;
        if (!drawn(style) && !/hidden|clip/u.test(`${style.overflowX} ${style.overflowY}`)) continue;
        const box = el.getBoundingClientRect();
        if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1) out.add(`${name(at)} sticks out of ${name(el)}: "${node.data.slice(0, 60)}"`);
      }
    }
  }
  // What is typed, or stands in a field for that, is cut by its field and scrolls there; the words in buttons and choices are not.
  for (const el of document.querySelectorAll('button, select')) {
    if (el.checkVisibility() && el.scrollWidth > el.clientWidth + 1) out.add(`${name(el)} is too narrow by ${el.scrollWidth - el.clientWidth} px`);
  }
  if (document.documentElement.scrollWidth > wide) out.add(`the page is wider than its window by ${document.documentElement.scrollWidth - wide} px`);
  return [...out];
});
