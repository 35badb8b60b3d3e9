// Loads the compiled page. If that fails, says so: a white page helps nobody.
import init, { options } from './spotter_pages.js';
import { words } from './words.js';

try {
  const [said] = await Promise.all([words(), init({ module_or_path: new URL('./spotter_pages_bg.wasm', import.meta.url) })]);
  options(said);
} catch (error) {
  const sentence = document.createElement('p');
  sentence.setAttribute('role', 'alert');
  sentence.className = 'trouble';
  sentence.textContent = (globalThis.browser ?? globalThis.chrome).i18n.getMessage('broken');
  document.getElementById('app').replaceChildren(sentence);
  console.error(error);
}
