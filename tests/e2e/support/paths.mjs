// Where things are in the repository.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const dist = (browser) => path.join(root, 'dist', browser === 'chromium' ? 'chrome' : 'firefox');
/** Real saved pages, beside the project where they are at hand; they are never part of it. */
export const sharedPages = path.join(root, '..', 'shared', 'pages');
export const screenshots = path.join(root, 'target', 'screenshots');
