import { mkdirSync } from 'node:fs';
import { buildService, filesOf, type Build } from '../durability/support/build.js';
import { builtOnceInOneGo } from './built-once.js';

let built: Build | undefined;

/** The service as plain JavaScript: tests start many processes, and none of them is to compile it anew. */
export function builtSources(): Build {
  if (built !== undefined) return built;
  const folder = builtOnceInOneGo({
    name: 'sources',
    sources: ['src', 'drizzle', 'package.json', 'tsconfig.json', 'test/durability/support'],
    build: (draft) => {
      mkdirSync(draft);
      buildService(draft);
    },
  });
  return (built = filesOf(folder));
}
