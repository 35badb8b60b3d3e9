// Owns what class names commonly say about an element. Conventions of the web at large, never one
// marketplace's: such knowledge belongs to marketplace descriptions. Answers are remembered, as cards
// share their class names.

export const HIDDEN = 1;
export const STRUCK = 2;
export const BADGE = 4;
export const PRICE = 8;
export const TITLE = 16;
export const DESCRIPTION = 32;
export const LOCATION = 64;
export const SELLER = 128;
export const PARTIAL = 256;
export const CATEGORY = 512;

const TABLE: ReadonlyArray<readonly [number, RegExp]> = [
  [HIDDEN, /(?:^|[\s_-])(?:visually-?hidden|sr-?only|screen-?reader(?:-text|-only|s)?|clipped|off-?screen|a11y-?(?:hidden|text|only)|assistive-text|hidden-text)(?:$|[\s_-])/i],
  [STRUCK, /strike|line-?through|crossed|slash(?:ed)?-?price|price-?slash|(?:old|was|list|original|previous|regular|before)[-_]?price|price[-_]*(?:old|was|before|original|previous|regular|compare)/i],
  [BADGE, /badge|ribbon|sticker|(?:^|[\s_-])(?:label|flag|tag|chip|pill|bubble|promo)(?:$|[\s_-])/i],
  [PRICE, /price|prix|preis|precio|preço|preco|prezzo|(?:^|[\s_-])cena|amount|цена|harga|fiyat/i],
  [TITLE, /title|headline|(?:item|product|ad|listing|goods|card)[-_]*name|(?:^|[\s_-])name(?:$|[\s_-])|titel|titre|titulo/i],
  [DESCRIPTION, /desc(?:ription)?(?:$|[\s_-])|beschreibung|snippet|excerpt|teaser|subtitle/i],
  [LOCATION, /locat|locality|(?:^|[\s_-])(?:place|city|region|suburb|address|geo|ort)(?:$|[\s_-])/i],
  [SELLER, /seller|verkäufer|vendor|merchant|(?:shop|store|user|nick|dealer)[-_]*name|(?:^|[\s_-])author(?:$|[\s_-])/i],
  [PARTIAL, /instal+ment|parcela|cuotas?(?:$|[\s_-])|monthly|coupon|(?<!price[-_]?)(?:shipping|delivery)(?!.*(?:price|amount))/i],
  [CATEGORY, /breadcrumb|(?:^|[\s_-])category/i],
];

const known = new Map<string, number>();

/** What a class attribute says, as bits. */
export function classWords(name: string | null): number {
  if (name === null || name === "") return 0;
  if (name.length > 300) name = name.slice(0, 300);
  let bits = known.get(name);
  if (bits === undefined) {
    bits = 0;
    // camelCase and BEM read as separate words.
    const words = name.replace(/([a-z])([A-Z])/g, "$1-$2");
    for (const [bit, pattern] of TABLE) if (pattern.test(words)) bits |= bit;
    if (known.size > 4_000) known.clear();
    known.set(name, bits);
  }
  return bits;
}

const PROPERTIES: Record<string, number> = {
  name: TITLE, title: TITLE, price: PRICE, lowprice: PRICE, description: DESCRIPTION, seller: SELLER, author: SELLER,
  category: CATEGORY, addresslocality: LOCATION, locality: LOCATION, areaserved: LOCATION, availableatorfrom: LOCATION,
};

/** What a microdata property says, as bits. */
export const propertyWords = (name: string | null): number => (name === null ? 0 : (PROPERTIES[name.trim().toLowerCase()] ?? 0));
