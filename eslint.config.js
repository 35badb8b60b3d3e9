// Lint rules for the content script (TypeScript), the background's and pages' loaders, and the tests.
// TypeScript's own compiler checks types and names; here the types are blanked out in place, so that every
// position stays true and no second TypeScript is needed.
import js from '@eslint/js';
import { transformSync } from 'amaro';
import globals from 'globals';

/** `constructor(private readonly x: X)` stores its argument, which blanking alone cannot say: the modifiers go too. */
const MODIFIERS = /(?<=constructor\s*\([^{]*)\b(?:private|protected|public|readonly)\b/g;
const blank = (text) => {
  try {
    return transformSync(text.replace(MODIFIERS, (word) => ' '.repeat(word.length)), { mode: 'strip-only' }).code;
  } catch (error) {
    // What is thrown is text without a place; ESLint wants an error.
    throw new Error(String(error), { cause: error });
  }
};

const blankTypes = {
  meta: { name: 'blank-types', version: '1' },
  supportsAutofix: false,
  preprocess: (text) => [blank(text)],
  postprocess: (messages) => messages.flat(),
};

const strict = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'off',
  // Control characters are what hostile text is made of; they are named on purpose.
  'no-control-regex': 'off',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-script-url': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-unused-vars': ['error', { args: 'after-used', caughtErrors: 'none' }],
};

/** What must never be in a script that handles foreign text. */
const hostile = {
  'no-restricted-properties': [
    'error',
    ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'createContextualFragment'].map((property) => ({
      property,
      message: 'Foreign text is never parsed as markup: use textContent.',
    })),
  ],
};

export default [
  { ignores: ['dist/', 'target/', 'node_modules/', 'extension/content/src/generated/'] },
  js.configs.recommended,
  {
    files: ['extension/content/**/*.ts'],
    plugins: { types: { processors: { blank: blankTypes } } },
    processor: 'types/blank',
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    rules: {
      ...strict,
      ...hostile,
      // A page must not be able to tell, and a spotter's console is not ours.
      'no-console': 'error',
      // The compiler knows names, overloads and unused types better.
      'no-undef': 'off',
      'no-redeclare': 'off',
      'no-unused-vars': 'off',
    },
  },
  {
    files: ['extension/**/*.js'],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module', globals: { ...globals.browser, ...globals.webextensions, ...globals.serviceworker } },
    rules: { ...strict, ...hostile },
  },
  {
    files: ['**/*.mjs', 'eslint.config.js', 'tests/**/*.js', 'crates/**/*.js'],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module', globals: { ...globals.node, ...globals.browser, ...globals.webextensions } },
    // Addresses that must be refused are named.
    rules: { ...strict, 'no-script-url': 'off' },
  },
];
