// Owns the limits on everything that a page can make arbitrarily large. Never reads the page.
// Byte limits follow `limits` in the shared model; a text beyond its limit is cut, never refused.

export const TITLE_BYTES = 2 * 1024;
export const DESCRIPTION_BYTES = 8 * 1024;
export const SHORT_BYTES = 512;
export const URL_BYTES = 2 * 1024;

/** Links looked at in one pass; a page with more is read as far as this. */
export const LINKS = 6_000;
/** Elements of a page that are looked at in one pass. */
export const NODES = 60_000;
/** Levels from a link upwards; deeper pages are built to hurt. */
export const DEPTH = 256;
/** Listings of one page. */
export const LISTINGS = 3_000;
/** Listings in one message. */
export const BATCH = 60;
/** Text nodes and characters that are read inside one card. */
export const CARD_TEXT_NODES = 400;
export const CARD_CHARS = 20_000;
/** Open shadow roots and frames that are read and watched. */
export const ROOTS = 2_000;
/** Same-origin frames that are read, and how deep they may stand in each other. */
export const FRAMES = 20;
export const FRAME_DEPTH = 3;
/** Empty elements of the page's own making that may become hosts later. */
export const LATE_HOSTS = 2_000;
/** Structured data: characters of one script, scripts, depth and values visited. */
export const JSON_CHARS = 400_000;
export const JSON_SCRIPTS = 40;
export const JSON_DEPTH = 12;
export const JSON_VALUES = 20_000;

const encoder = new TextEncoder();

/** Cuts `text` to at most `bytes` bytes of UTF-8 at a character boundary and mends lone surrogates. */
export function cut(text: string, bytes: number): string {
  // Three bytes are the most that one UTF-16 code unit can need.
  if (text.length * 3 > bytes) {
    const { read } = encoder.encodeInto(text.slice(0, bytes), new Uint8Array(bytes));
    if (read < text.length) text = text.slice(0, read);
  }
  return text.isWellFormed() ? text : text.toWellFormed();
}
