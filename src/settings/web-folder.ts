import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside the built service, or where `npm run build:web` puts it for one that runs from its sources. */
const CANDIDATES = ['../web/', '../../dist/web/'] as const;

/** The folder of the built pages; null where they have not been built. */
export function findWebFolder(): string | null {
  const folders = CANDIDATES.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}console/index.html`)) ?? null;
}
