// Owns which texts the cards of a page share. A title tells cards apart; "Free shipping", a town or a shop's name
// does not. Knows texts alone, never the page.

/** How much a text is shared: 1 by some cards, 2 by many; absent where it is a card's own. */
export type Common = ReadonlyMap<string, 1 | 2>;

export const NONE: Common = new Map();

/** Longer texts are nobody's badge. */
const CHARS = 60;
const SOME = 3;
/** One card in so many. */
const MANY = 5;

/** A text as it is compared. */
export function keyOf(text: string): string {
  if (text.length > CHARS * 2) return "";
  const key = text.trim();
  return (/\s\s|[\t\n\u00a0]/.test(key) ? key.replace(/\s+/g, " ") : key).toLowerCase();
}

/** What is shared among cards, each given as its texts. In steps. */
export function* commonTexts(cards: ReadonlyArray<readonly string[]>): Generator<void, Common> {
  const counts = new Map<string, number>();
  let n = 0;
  for (const card of cards) {
    const own = new Set<string>();
    for (const line of card) {
      const key = keyOf(line);
      if (key !== "" && key.length <= CHARS) own.add(key);
    }
    for (const key of own) counts.set(key, (counts.get(key) ?? 0) + 1);
    if (++n % 16 === 0) yield;
  }
  const common = new Map<string, 1 | 2>();
  for (const [key, count] of counts) {
    if (count >= SOME) common.set(key, count * MANY >= cards.length ? 2 : 1);
  }
  return common;
}
