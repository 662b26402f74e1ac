import { mkdirSync, writeFileSync } from 'node:fs';
import { boundary, commandFlow, readYourWrites } from './pictures/commands.js';
import { projectionFile, rebuild } from './pictures/views.js';

const FOLDER = new URL('../docs/images/concepts/', import.meta.url);

/** The pictures of docs/concepts by their files' names: `npm run pictures` writes them. */
export function pictures(): readonly { readonly file: URL; readonly svg: string }[] {
  const drawn = {
    'command-flow': commandFlow(),
    boundary: boundary(),
    'projection-file': projectionFile(),
    rebuild: rebuild(),
    'read-your-writes': readYourWrites(),
  };
  return Object.entries(drawn).map(([name, svg]) => ({ file: new URL(`${name}.svg`, FOLDER), svg }));
}

if (process.argv[1]?.endsWith('pictures.ts')) {
  mkdirSync(FOLDER, { recursive: true });
  for (const { file, svg } of pictures()) writeFileSync(file, svg);
}
