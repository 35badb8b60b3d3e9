// Owns how prices are written: many currencies, notations and ranges, and the words that stand in a
// price's place. Knows text alone, never the page.

import { amountExpression, DIGIT, DIGITS, firstAmount, GAP, LETTER, NUMBER, type Place, SIGN } from "./amount";

const FROM =
  "(?:[Ff]rom|[Nn]ow|[Oo]nly|[Cc]urrent|[Aa]b|[Nn]ur|[Jj]etzt|[Dd]esde|[Pp]or|[Aa] partir de|[Àà] partir de|[Dd]ès|[Dd]a|[Oo]d|[Оо]т|[Вв]ід|[Vv]anaf|現在|即決|现价|[Kk]un|[Ff]ra|" +
  "[Mm]ulai(?: dari)?|(?:[Pp]reis|[Pp]rice|[Pp]rix|[Pp]recio|[Pp]rezzo|[Cc]ena|[Цц]ена|[Ff]iyat|[Hh]arga):?)";
const AFTER =
  `(?:\\*|\\+|[~〜～]|から|起|[(（](?:税込|税抜|税別)[)）]|incl\\.?|VB|VHB|FP|NP|ono|o\\.n\\.o\\.?|obo|OBO|ca\\.?|each|neg\\.?|negotiable|(?:/|per|pro|par|por)\\s?[${LETTER}]{1,10}\\.?)`;

// Browsers take ten milliseconds and more to make the large expressions ready. They wait until a text comes that needs
// them: mostly what stands around its first amount tells.
const lazily = (source: (range: string) => string): (() => RegExp) => {
  let made: RegExp | null = null;
  return () => (made ??= new RegExp(source(rangeExpression())));
};
/** An amount, or from one to another. */
function rangeExpression(): string {
  const one = amountExpression();
  return `${one}(?:${GAP}*(?:-|–|—|[~〜～]|to|bis|à|a|до|do|hingga|至|から)${GAP}*(?:${one}|${NUMBER}))?`;
}
const whole = lazily((range) => `^(?:${FROM}${GAP}*)?${range}(?:${GAP}*${AFTER})?$`);
const within = lazily((range) => `(?<![${DIGITS}.,])${range}(?![${DIGITS}])`);
const leading = lazily((range) => `^${range}`);
const ONLY_FROM = new RegExp(`^${FROM}${GAP}*$`);
const ONLY_AFTER = new RegExp(`^${GAP}*${AFTER}$`);
const IN_NUMBER = new RegExp(`[${DIGITS}.,]$`);
const ANY_DIGIT = new RegExp(DIGIT);
const PART = new RegExp(`${DIGIT}|${SIGN}`);
const BARE = new RegExp(`^${NUMBER}$`);

/** Words that stand in a price's place, the whole text. */
const IN_PLACE = new Set(
  (
    "free|for free|gratis|kostenlos|zu verschenken|verschenke|gratuit|à donner|regalo|se regala|grátis|doação|gratuito|" +
    "za darmo|oddam za darmo|zdarma|daruji|бесплатно|даром|отдам даром|безкоштовно|ingyen|免费|免費|無料|무료|나눔|" +
    "ücretsiz|miễn phí|ฟรี|مجاني|مجانا|swap|trade|swap/trade|swap / trade|tausch|zu tauschen|échange|intercambio|troca|scambio|" +
    "zamiana|zamienię|výměna|обмен|обмін|price on request|on request|poa|preis auf anfrage|auf anfrage|prix sur demande|faire offre|faire une offre|" +
    "precio a consultar|a consultar|a combinar|prezzo su richiesta|trattativa riservata|cena do uzgodnienia|cena dohodou|" +
    "dohodou|договорная|договірна|цена договорная|negotiable|vb|make offer|make an offer|please contact|contact for price|" +
    "面议|面議|価格応談|bieden|prijs op aanvraag|t.e.a.b.|bidding|see description|zie omschrijving|pazarlık|hubungi penjual|nego|가격문의|연락요망|liên hệ|giá liên hệ|thỏa thuận"
  ).split("|"),
);

/** The lengths of these words by their first letter, as bits: asked first, as putting a text into small letters is dear. */
const LENGTHS = new Map<number, number>();
for (const word of IN_PLACE) LENGTHS.set(word.charCodeAt(0), (LENGTHS.get(word.charCodeAt(0)) ?? 0) | (1 << (word.length - 1)));

/** Longest text that can be a price. */
export const PRICE_CHARS = 64;

/** What is known of a text by its form: no expression here tells one digit from another, and prices of a page look alike. */
interface Form {
  /** Its first amount. */
  readonly one: Place | null;
  whole?: boolean;
  leading?: number;
  within?: Place | null;
}
const forms = new Map<string, Form>();

const placeOf = (found: RegExpExecArray | null): Place | null => (found === null ? null : [found.index, found[0].length]);

/** The form of every text without a digit. */
const WITHOUT: Form = { one: null, whole: false, within: null };

/** The last one that was asked for: the same text is mostly asked for several times. */
let lastText = "";
let lastForm = WITHOUT;

/** The form of a text no longer than a price. */
function formOf(text: string): Form {
  if (text === lastText) return lastForm;
  let form: Form | undefined = WITHOUT;
  if (ANY_DIGIT.test(text)) {
    const key = text.replace(/[1-9]/g, "0");
    form = forms.get(key);
    if (form === undefined) {
      if (forms.size > 1_000) forms.clear();
      forms.set(key, (form = { one: firstAmount(text) }));
    }
  }
  lastText = text;
  lastForm = form;
  return form;
}

/** Whether the whole text is a price. */
export function isPrice(text: string): boolean {
  if (text.length > PRICE_CHARS) return false;
  const form = formOf(text);
  return (form.whole ??= form.one !== null && isWhole(text, form.one));
}

function isWhole(text: string, [at, length]: Place): boolean {
  if (at > 0 && !ONLY_FROM.test(text.slice(0, at))) return false;
  const tail = text.slice(at + length);
  return tail === "" || (!ANY_DIGIT.test(tail) && ONLY_AFTER.test(tail)) || whole().test(text);
}

/** Whether a text may be part of a price: it holds a digit or a currency's sign. */
export const mayBePrice = (text: string): boolean => PART.test(text);
/** Whether the whole text is a number without currency: a price only where the page says so. */
export const isBareNumber = (text: string): boolean => text.length <= 24 && BARE.test(text);
/** Whether the whole text stands in a price's place ("Free", "Swap"). */
export function isInPlaceOfPrice(text: string): boolean {
  if (text.length > 32) return false;
  const first = text.charCodeAt(0);
  const word = withoutEnd(text);
  if (first < 0x80 && ((LENGTHS.get(first | 0x20) ?? 0) & (1 << (word.length - 1))) === 0) return false;
  return IN_PLACE.has(word.toLowerCase());
}

/** Without the signs at its end that say no more. */
function withoutEnd(text: string): string {
  let end = text.length;
  for (; end > 0; end--) {
    const c = text.charCodeAt(end - 1);
    if (c !== 0x2e && c !== 0x21 && c !== 0x3a) break;
  }
  return end === text.length ? text : text.slice(0, end);
}

/** Whether there is a price somewhere; a cheap look before real reading. */
export const hintsAtPrice = (text: string): boolean =>
  text.length > PRICE_CHARS ? ANY_DIGIT.test(text) && firstAmount(text) !== null : formOf(text).one !== null;
/** The price that a text begins with, else "". */
export function leadingPrice(text: string): string {
  const start = text.slice(0, PRICE_CHARS);
  const form = formOf(start);
  const { one } = form;
  // Without a digit behind it there is no range.
  if (one === null || one[0] > 0) return "";
  form.leading ??= ANY_DIGIT.test(start.slice(one[1])) ? leading().exec(start)?.[0].length ?? 0 : one[1];
  return start.slice(0, form.leading);
}

const TIMES_BEFORE = /(?:^|\s)\p{Nd}{1,2}\s*(?:x|×|mal|cuotas?|parcelas?|rate)\s*(?:de|di|à|von|of|por|da)?\s*$/iu;
const MONTH_AFTER =
  /^\s*(?:\/|per|pro|a|al|por|par|w|na|в)?\s*(?:mo\b|mth|month|mes\b|mês|monat|mtl|mois|mese\b|mies|měs|мес|ay\b|bulan|x\s*\p{Nd}|×\s*\p{Nd}|sin inter|sem juros)/iu;
const FEE_AROUND =
  /\b(?:shipping|delivery|postage|versand|porto|livraison|envío|envio|frete|spedizione|wysyłk|dostaw|ongkir|coupon|coins?|save|cashback|deposit)/iu;
// Scripts without such word ends. What is paid for the way stands before its amount, also where that follows the price.
const FEE_BEFORE = /(?:доставк|送料|运费|運費|배송비|クーポン)[^\p{Nd}]{0,4}$/iu;
const FEE_AFTER = /^(?:OFF)?クーポン|^ポイント/u;

const ESTIMATE = /estimat|geschätzt|schätz(?:wert|preis)|taxe\b|tasación|valor estimado|stima\b|taxatie|szacun|wycen|эстимейт|оценка|预估|預估|見積|予想/iu;
/** Whether the words before an amount say that it is what somebody expects, not what is asked. */
export const isEstimate = (before: string): boolean => before !== "" && ESTIMATE.test(before.slice(-24));

const FORMER =
  /(?:^|[^\p{L}])(?:was|rrp|msrp|uvp|statt|former(?:ly)?|(?:original|previous|old|list|regular) price|(?:alter|bisheriger) preis|ancien prix|precio (?:anterior|original)|prezzo (?:originale|precedente)|preço (?:anterior|original)|старая цена|定価|原价|原價)\s*:?\s*$/iu;
/** Whether words before an amount, or what it is called, say that it was asked once. */
export const isFormer = (said: string): boolean => said !== "" && FORMER.test(said.slice(-24));

/** Most letters that may stand around a price in one text. */
const AROUND = 24;

/** The price in a short text that says little else ("Current bid: $5"), with what stands before and after it; else null. */
export function priceWithin(text: string): { before: string; price: string; after: string } | null {
  if (text.length > PRICE_CHARS) return null;
  const form = formOf(text);
  const { one } = form;
  if (one === null) return null;
  if (form.within === undefined) {
    const plain = !IN_NUMBER.test(text.slice(0, one[0])) && !ANY_DIGIT.test(text.slice(one[0] + one[1]));
    form.within = plain ? one : placeOf(within().exec(text));
  }
  if (form.within === null || text.length - form.within[1] > AROUND) return null;
  const [at, length] = form.within;
  return { before: text.slice(0, at), price: text.slice(at, at + length), after: text.slice(at + length) };
}

const LABEL = /^(?:price|preis|prix|precio|preço|prezzo|prijs|cena|цена|ціна|fiyat|harga|giá|価格|价格|價格|現在|即決|现价|現價|now|current (?:price|bid))\s*[:：]?\s*/iu;
/** Most prices: no word stands before them. */
const BEGINS_AS_PRICE = new RegExp(`^(?:${PART.source})`);
/** Whether a text begins with a word that only says that a price follows. */
export const isLabelled = (text: string): boolean => !BEGINS_AS_PRICE.test(text) && LABEL.test(text);

/** Whether the words around a price say that it is a part payment or a fee. */
export const isPartOrFee = (before: string, after: string): boolean =>
  (before !== "" && (TIMES_BEFORE.test(before) || FEE_AROUND.test(before.slice(-24)) || FEE_BEFORE.test(before))) ||
  (after !== "" && (MONTH_AFTER.test(after) || FEE_AROUND.test(after.slice(0, 24)) || FEE_AFTER.test(after)));
