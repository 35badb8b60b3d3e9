// Owns where the first amount stands in a text: a number beside a currency. Knows text alone.
//
// `amountExpression` says what an amount is, and larger expressions are made of it. It is not used to find the first one:
// it holds two hundred spellings of currencies, and to make it ready takes browsers longer than to read all the prices of a page.

// Plain ranges instead of Unicode properties, and no flags: these are compiled on every page, and what
// `u` and `i` make of \p{L} costs more than all the matching.
export const DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\uff10-\uff19";
export const DIGIT = `[${DIGITS}]`;
export const SIGN = "[$\u00a2-\u00a5\u058f\u060b\u09f2\u09f3\u0e3f\u17db\u20a0-\u20c0\ufdfc\ufe69\uff04\uffe0\uffe1\uffe5\uffe6]";
export const LETTER = "A-Za-z\u00aa-\u024f\u0370-\u052f\u0590-\u065f\u066e-\u06d3\u0e01-\u0e2e";
export const GAP = "[\\s\\u00a0\\u2009\\u202f]";
const MULTIPLE = `(?:(?:万|萬|億|亿|千|만|억)|(?:[kK]|mln|mio|млн|тыс\\.?|jt|juta|rb|ribu|[Ll]akh|[Ll]acs?|[Cc]rore|tr|triệu|ล้าน)(?![${LETTER}]))`;
const CORE = `(?:${DIGIT}{1,3}(?:(?:${GAP}|[.,'’٬])${DIGIT}{2,3})+(?:[.,٫]${DIGIT}{1,2})?|${DIGIT}+(?:[.,٫]${DIGIT}{1,3})?)`;
/** What stands for no cents. */
const DASH = "(?:\\s?[.,]\\s?[-–—]{1,2})";
const TIMES = `(?:${GAP}?${MULTIPLE})`;
export const NUMBER = `${CORE}${DASH}?${TIMES}?`;
const CODES =
  "AED|AMD|ARS|AUD|AZN|BAM|BDT|BGN|BHD|BRL|BYN|CAD|CHF|CLP|CNY|COP|CRC|CZK|DKK|DZD|EGP|ETB|EUR|GBP|GEL|GHS|HKD|HRK|HUF|IDR|ILS|INR|" +
  "IQD|IRR|JOD|JPY|KES|KGS|KRW|KWD|KZT|LBP|LKR|MAD|MDL|MMK|MXN|MYR|NGN|NOK|NPR|NZD|OMR|PEN|PHP|PKR|PLN|QAR|RMB|RON|" +
  "RSD|RUB|RUR|SAR|SEK|SGD|THB|TJS|TMT|TND|TRY|TWD|TZS|UAH|UGX|USD|UYU|UZS|VND|XAF|XOF|ZAR|ZMW";
/** Words and short forms, as they are written: of two that begin alike the longer one first. */
const WORDS =
  "zł|zl|Kč|Kc|Ft|Kr.|kr.|Kr|kr|lei|Lei|лв.|лв|руб.|руб|рублей|р.|грн.|грн|сум|сўм|so'm|so‘m|so’m|soʻm|som|тг.|тг|тенге|сом|ден.|ден|" +
  "дин.|дин|din.|din|Rp.|Rp|Rs.|Rs|RM|TL|Tk.|Tk|Fr.|SFr.|SFr|KSh|Ksh.|Ksh|TSh|USh|Sh|DH|Dh|DA|Euro|euro|EURO|euros|dollars|dollar|" +
  "Dollars|Dollar|đồng|đ|triệu|tỷ|Dhs.|Dhs|บาท|د.إ.|د.إ|ر.س.|ر.س|ر.ق.|ر.ق|د.ك.|د.ك|د.ع.|د.ع|د.ت.|د.ت|د.ب.|د.ب|ر.ع.|ر.ع|ج.م.|ج.م|ريال|" +
  "درهم|دينار|جنيه|ليرة|تومان|ریال|रुपये|रु.|रु|Bs.|Bs|B/.|S/.|S/|Gs.|Gs|Q|F CFA|FCFA|CFA";
const MARKED = `(?:(?:[A-Z]{1,3}|Mex)${GAP}?)?${SIGN}`;
const RAND = `R(?=${GAP}?${DIGIT}{1,3}(?:[,\\s]${DIGIT}{3})+(?!${DIGIT}))`;
const DOLLARS = `(?:${GAP}(?:USD|CAD|AUD|NZD|MXN|SGD|HKD|GBP|EUR)(?![${LETTER}]))`;

/** What an amount is, as an expression; large, and rarely needed. */
export function amountExpression(): string {
  const words = WORDS.replace(/[./]/g, "\\$&");
  const currency = `(?:${MARKED}|円|元|圆|圓|원|塊|:-|(?<![${LETTER}])${RAND}|(?<![${LETTER}])(?:${CODES}|${words})(?![${LETTER}]))`;
  return `(?:${currency}${GAP}*${NUMBER}${DOLLARS}?|${NUMBER}${GAP}*${currency}|${CORE}${NO_CENTS})`;
}

/** Where something stands in a text. */
export type Place = readonly [at: number, length: number];

/** Codes and words, as they may be written. */
const spellings = new Set(`${CODES}|${WORDS}`.split("|"));
/** The longest of them has so many signs. */
const LONGEST = 7;
const ALONE = new Set(["円", "元", "圆", "圓", "원", "塊", ":-"]);

/** What stands for no cents where the currency goes without saying ("45.–"); between two numbers it is none. */
const NO_CENTS = `[.,][-–—]{1,2}(?![-–—]|\\s?${DIGIT})`;

const NEXT_DIGIT = new RegExp(DIGIT, "g");
const ONE_DIGIT = new RegExp(DIGIT);
const ONE_LETTER = new RegExp(`[${LETTER}]`);
const ONE_GAP = new RegExp(GAP);
const CORE_HERE = new RegExp(CORE, "y");
const DASH_HERE = new RegExp(DASH, "y");
const TIMES_HERE = new RegExp(TIMES, "y");
const MARKED_HERE = new RegExp(MARKED, "y");
const RAND_HERE = new RegExp(RAND, "y");
const DOLLARS_HERE = new RegExp(DOLLARS, "y");
const NO_CENTS_HERE = new RegExp(NO_CENTS, "y");
const ALL_MARKED = new RegExp(`^${MARKED}$`);

const isLetter = (text: string, at: number): boolean => at >= 0 && at < text.length && ONE_LETTER.test(text.charAt(at));
const isGap = (text: string, at: number): boolean => at >= 0 && at < text.length && ONE_GAP.test(text.charAt(at));

/** Signs, and letters of any script but the Latin one. */
const isFar = (text: string, at: number): boolean => text.charCodeAt(at) >= 0x80 || text.charCodeAt(at) === 0x24;
const isLatin = (text: string, at: number): boolean => text.charCodeAt(at) >= 0x41;

/** Where what begins at `at` ends, or -1. Each expression is made ready when it is first asked: most texts need none but the first. */
function endOf(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : -1;
}

/** Where the longest currency that ends at `end`, just before a number, begins; or -1. */
function currencyBefore(text: string, end: number): number {
  for (let at = Math.max(0, end - LONGEST); at < end; at++) {
    const word = text.slice(at, end);
    if (ALONE.has(word) || (isFar(text, end - 1) && ALL_MARKED.test(word))) return at;
    if (!isLetter(text, at - 1) && (spellings.has(word) || (word === "R" && endOf(RAND_HERE, text, at) !== -1))) return at;
  }
  return -1;
}

/** Where a currency that begins at `at` ends, or -1. */
function currencyAfter(text: string, at: number): number {
  const marked = isFar(text, at) || isLatin(text, at) ? endOf(MARKED_HERE, text, at) : -1;
  if (marked !== -1) return marked;
  for (const length of [1, 2]) if (ALONE.has(text.slice(at, at + length))) return at + length;
  if (isLetter(text, at - 1)) return -1;
  const rand = text.charAt(at) === "R" ? endOf(RAND_HERE, text, at) : -1;
  if (rand !== -1) return rand;
  for (let end = Math.min(text.length, at + LONGEST); end > at; end--) {
    if (spellings.has(text.slice(at, end)) && !isLetter(text, end)) return end;
  }
  return -1;
}

/** Where what stands for no cents ends behind a number, or -1. */
const dashAfter = (text: string, at: number): number => (at < text.length && (!isLatin(text, at) || isGap(text, at)) ? endOf(DASH_HERE, text, at) : -1);
/** Where "thousand" and the like ends behind a number, or -1. */
const timesAfter = (text: string, at: number): number => (isLatin(text, isGap(text, at) ? at + 1 : at) ? endOf(TIMES_HERE, text, at) : -1);

/** Where a number that begins at `at`, with everything that belongs to it, ends. */
function endOfNumber(text: string, at: number): number {
  let end = endOf(CORE_HERE, text, at);
  for (const after of [dashAfter, timesAfter]) {
    const more = after(text, end);
    if (more !== -1) end = more;
  }
  const dollars = isGap(text, end) && isLatin(text, end + 1) ? endOf(DOLLARS_HERE, text, end) : -1;
  return dollars === -1 ? end : dollars;
}

/** Where a number that begins at `at`, with a currency behind it, ends; or -1. */
function endWithCurrency(text: string, at: number): number {
  const core = endOf(CORE_HERE, text, at);
  if (core === text.length) return -1;
  const dash = dashAfter(text, core);
  for (const bare of dash === -1 ? [core] : [dash, core]) {
    const times = timesAfter(text, bare);
    for (let end of times === -1 ? [bare] : [times, bare]) {
      while (isGap(text, end)) end++;
      const found = end < text.length ? currencyAfter(text, end) : -1;
      if (found !== -1) return found;
    }
  }
  return isLatin(text, core) ? -1 : endOf(NO_CENTS_HERE, text, core);
}

/** The first amount in a text: what the expression finds. */
export function firstAmount(text: string): Place | null {
  NEXT_DIGIT.lastIndex = 0;
  for (let digit = NEXT_DIGIT.exec(text); digit !== null; digit = NEXT_DIGIT.exec(text)) {
    let at = digit.index;
    let before = at;
    while (isGap(text, before - 1)) before--;
    const from = currencyBefore(text, before);
    if (from !== -1) return [from, endOfNumber(text, at) - from];
    for (; at < text.length && ONE_DIGIT.test(text.charAt(at)); at++) {
      const end = endWithCurrency(text, at);
      if (end !== -1) return [at, end - at];
    }
    NEXT_DIGIT.lastIndex = at;
  }
  return null;
}
