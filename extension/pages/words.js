// The sentences that only these pages say, in the language that the browser chose: an array for each language, in the order of
// `words/keys.json`. Beside `_locales`, where each of them would stand with its key, they are a third smaller. `cargo xtask
// dist` writes them from `extension/_locales`.

/** Each sentence by its key, with U+E001 and what follows it for the placeholders. */
export async function words() {
  const read = async (name) => (await fetch(new URL(`./words/${name}.json`, import.meta.url))).json();
  const language = (globalThis.browser ?? globalThis.chrome).i18n.getMessage('locale_tag');
  const [keys, said] = await Promise.all([read('keys'), read(language)]);
  return new Map(keys.map((key, at) => [key, said[at]]));
}
