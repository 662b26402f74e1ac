import { readFileSync } from 'node:fs';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  // The package's own file.
) as { readonly version: string };

/** The version of this program. */
export const VERSION = version;
