import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

/** A file as it goes over the wire, in both encodings. */
export interface AssetContent {
  readonly contentType: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** A file under a URL that names its content or version, so that the URL can be cached for ever. */
export interface Asset {
  /** Relative to the page, without a leading slash. */
  readonly url: string;
  /** Reads and compresses on the first call and remembers the result; a failed call is tried again by the next. */
  readonly load: () => Promise<AssetContent>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

const gzipAsync = promisify(gzip);
const nodeRequire = createRequire(import.meta.url);

/** A file of an installed package, with the package's version in its URL. Throws if the package is not installed. */
export function bundledAsset(packageName: string, file: string): Asset {
  const manifest = nodeRequire.resolve(`${packageName}/package.json`);
  // Every installed package's manifest has a version: npm refuses one without.
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const extension = extname(file);
  return {
    url: `playground/${packageName}-${version}${extension}`,
    load: once(() => readFile(join(dirname(manifest), file)).then((plain) => contentOf(extension, plain))),
  };
}

/** A text of our own, with a digest of it in its URL. */
export function textAsset(name: string, text: string): Asset {
  const plain = Buffer.from(text);
  const extension = extname(name);
  return {
    url: `playground/${name.slice(0, -extension.length)}-${digestOf(plain)}${extension}`,
    load: once(() => contentOf(extension, plain)),
  };
}

async function contentOf(extension: string, plain: Buffer): Promise<AssetContent> {
  const gzipped = await gzipAsync(plain, { level: constants.Z_BEST_COMPRESSION });
  // Weak, because one tag stands for both encodings.
  return {
    contentType: contentTypes[extension] ?? 'application/octet-stream',
    etag: `W/"${digestOf(plain)}"`,
    plain,
    gzipped,
  };
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 16);
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
}
