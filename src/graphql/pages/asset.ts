import { createHash } from 'node:crypto';
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
  /** Relative to where the service is mounted, without a leading slash. */
  readonly url: string;
  /** Reads and compresses on the first call and remembers the result; a failed call is tried again by the next. */
  readonly load: () => Promise<AssetContent>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};

const gzipAsync = promisify(gzip);

/** A file of this URL, whose bytes `read` gives when it is first asked for. */
export function assetOf(url: string, extension: string, read: () => Promise<Buffer>): Asset {
  return { url, load: once(async () => contentOf(extension, await read())) };
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

/** A short digest of the content, for URLs and tags. */
export function digestOf(content: Buffer): string {
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
