import 'reflect-metadata/lite';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { rootFieldsTable, verbsTable } from './reference/pages.js';

const FOLDER = new URL('../docs/reference/', import.meta.url);
const START = '<!-- npm run reference -->\n\n';
const END = '\n\n<!-- end of what is generated -->';

/** The pages that are made in part from the code: what they are now, and what they should be. */
export async function referencePages(): Promise<readonly { file: URL; now: string; wanted: string }[]> {
  return [await page('cli.md', await verbsTable()), await page('graphql.md', rootFieldsTable())];
}

async function page(name: string, generated: string): Promise<{ file: URL; now: string; wanted: string }> {
  const file = new URL(name, FOLDER);
  const now = readFileSync(file, 'utf8');
  const [from, to] = [now.indexOf(START) + START.length, now.indexOf(END)];
  if (from < START.length || to === -1) throw new Error(`${name} has no place for what is generated.`);
  const filepath = fileURLToPath(file);
  const wanted = await format(now.slice(0, from) + generated + now.slice(to), {
    ...(await resolveConfig(filepath)),
    filepath,
  });
  return { file, now, wanted };
}

if (process.argv[1]?.endsWith('reference.ts')) {
  for (const { file, wanted } of await referencePages()) writeFileSync(file, wanted);
}
