import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tempDir } from './temp-dir.js';

/** A folder with one migration, as drizzle-kit would have written it. */
export function migrationsOf(sql: string): URL {
  const folder = tempDir();
  mkdirSync(join(folder, 'meta'));
  writeFileSync(join(folder, '0000_tables.sql'), sql);
  const entry = { idx: 0, version: '6', when: 1_700_000_000_000, tag: '0000_tables', breakpoints: true };
  const journal = { version: '7', dialect: 'sqlite', entries: [entry] };
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify(journal));
  return pathToFileURL(folder);
}
