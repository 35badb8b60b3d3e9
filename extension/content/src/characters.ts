// Owns questions about single characters that reading asks many thousand times: answered without a regular expression
// or an array for each. Knows nothing of pages.

const LETTER = /\p{L}/u;
/** What is known of each code unit: 0 not asked yet, 1 a letter, 2 none. Made when first needed. */
let known: Uint8Array | null = null;

const FAR = /[^\0-\x7f]/;
const NEAR_DIGIT = /[0-9]/;
const NO_LETTERS = /[^A-Za-z]+/g;

/** How many letters a text has. */
export function lettersIn(text: string): number {
  // The browser's own way is the quickest in a script that just began; other scripts' letters are looked up.
  if (!FAR.test(text)) return text.replace(NO_LETTERS, "").length;
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) {
      const lower = c | 0x20;
      if (lower >= 0x61 && lower <= 0x7a) letters++;
    } else if (c >= 0xd800 && c <= 0xdbff) {
      const whole = text.codePointAt(i) ?? c;
      if (whole > 0xffff) i++;
      if (LETTER.test(String.fromCodePoint(whole))) letters++;
    } else {
      known ??= new Uint8Array(0x1_0000);
      if (known[c] === 0) known[c] = LETTER.test(text.charAt(i)) ? 1 : 2;
      if (known[c] === 1) letters++;
    }
  }
  return letters;
}

const NOT_ABOUT = /[^A-Za-z\u00aa-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufaff]+/g;

/** About how many letters a text has, signs of scripts without case included; for deciding whether it says anything. */
export const lettersAbout = (text: string): number => text.replace(NOT_ABOUT, "").length;

/** White space as a page shows it: collapsed. Zero-width signs are none: the detector wants to see them. */
export const isSpace = (c: number): boolean =>
  c === 0x20 || (c >= 0x09 && c <= 0x0d) || (c >= 0xa0 && (c === 0xa0 || c === 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
    c === 0x2028 || c === 0x2029 || c === 0x202f || c === 0x205f || c === 0x3000));

const ANY_NUMBER = /\p{Nd}/u;

/** Whether a text holds a digit of any script. */
export const hasDigit = (text: string): boolean => NEAR_DIGIT.test(text) || (FAR.test(text) && ANY_NUMBER.test(text));
