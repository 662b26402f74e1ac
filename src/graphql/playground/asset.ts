import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { assetOf, digestOf, type Asset } from '../pages/index.js';

const nodeRequire = createRequire(import.meta.url);

/** A file of an installed package, with the package's version in its URL. Throws if the package is not installed. */
export function bundledAsset(packageName: string, file: string): Asset {
  const manifest = nodeRequire.resolve(`${packageName}/package.json`);
  // Every installed package's manifest has a version: npm refuses one without.
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const extension = extname(file);
  const url = `playground/${packageName}-${version}${extension}`;
  return assetOf(url, extension, () => readFile(join(dirname(manifest), file)));
}

/** A text of our own, with a digest of it in its URL. */
export function textAsset(name: string, text: string): Asset {
  const plain = Buffer.from(text);
  const extension = extname(name);
  const url = `playground/${name.slice(0, -extension.length)}-${digestOf(plain)}${extension}`;
  return assetOf(url, extension, async () => plain);
}
