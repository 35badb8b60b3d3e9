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

// What it says, what a name must hold to be worth a look, and how it is said. Making ten expressions ready on every page
// is dearer than all the matching: most are never asked. For small letters alone, as a flag costs too.
const TABLE: ReadonlyArray<readonly [bit: number, stems: string, pattern: RegExp]> = [
  [HIDDEN, "visually only reader clipped screen a11y assistive hidden", /(?:^|[\s_-])(?:visually-?hidden|sr-?only|screen-?reader(?:-text|-only|s)?|clipped|off-?screen|a11y-?(?:hidden|text|only)|assistive-text|hidden-text)(?:$|[\s_-])/],
  [STRUCK, "strike through crossed slash old was list original previous regular before compare", /strike|line-?through|crossed|slash(?:ed)?-?price|price-?slash|(?:old|was|list|original|previous|regular|before)[-_]?price|price[-_]*(?:old|was|before|original|previous|regular|compare)/],
  [BADGE, "badge ribbon sticker label flag tag chip pill bubble promo", /badge|ribbon|sticker|(?:^|[\s_-])(?:label|flag|tag|chip|pill|bubble|promo)(?:$|[\s_-])/],
  [PRICE, "price prix preis precio preço preco prezzo cena amount цена harga fiyat", /price|prix|preis|precio|preço|preco|prezzo|(?:^|[\s_-])cena|amount|цена|harga|fiyat/],
  [TITLE, "title headline name titel titre titulo", /(?<!sub)title|headline|(?:item|product|ad|listing|goods|card)[-_]*name|(?:^|[\s_-])name(?:$|[\s_-])|titel|titre|titulo/],
  [DESCRIPTION, "desc beschreibung snippet excerpt teaser subtitle", /desc(?:ription)?(?:$|[\s_-])|beschreibung|snippet|excerpt|teaser|subtitle/],
  [LOCATION, "locat locality place city region suburb address geo ort", /locat|locality|(?:^|[\s_-])(?:place|city|region|suburb|address|geo|ort)(?:$|[\s_-])/],
  [SELLER, "seller verkäufer vendor merchant name author", /seller|verkäufer|vendor|merchant|(?:shop|store|user|nick|dealer)[-_]*name|(?:^|[\s_-])author(?:$|[\s_-])/],
  [PARTIAL, "instal parcela cuota monthly coupon shipping delivery", /instal+ment|parcela|cuotas?(?:$|[\s_-])|monthly|coupon|(?<!price[-_]?)(?:shipping|delivery)(?!.*(?:price|amount))/],
  [CATEGORY, "breadcrumb category", /breadcrumb|(?:^|[\s_-])category/],
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
    const words = name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
    for (const [bit, stems, pattern] of TABLE) if (stems.split(" ").some((stem) => words.includes(stem)) && pattern.test(words)) bits |= bit;
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
