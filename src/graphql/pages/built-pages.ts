import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { assetOf, type Asset } from './asset.js';
import { answerNotFound, answerPage, newNonce, redirect, sendAsset } from './respond.js';

/** Where a build keeps the files that its pages load; their names have a digest of what is in them. */
const ASSETS = 'web';
/** What a build writes wherever the nonce of a response goes. */
const NONCE_PLACEHOLDER = '__TIDEMARK_NONCE__';

/** Which pages are served from where. */
export interface BuiltPagesOptions {
  /** The folder that `npm run build:web` has written. */
  readonly folder: string;
  /** The pages: each is `name/index.html` in the folder, and is served at `/name/`. */
  readonly names: readonly string[];
}

/**
 * Our own files and connections to our own origin, nothing inline. The nonce admits the `<style>` elements that the
 * component library writes for its theme.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Answers GET and HEAD of `/name/` for each page and of the files that they load (404 for an unknown one there), and
 * false for any other path or method. Pages keep where they are in the fragment, so that one file is all of a page.
 * Throws where a page has not been built.
 */
export function createBuiltPages({
  folder,
  names,
}: BuiltPagesOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  const pages = new Map(
    names.map((name) => [`/${name}/`, readFileSync(join(folder, name, 'index.html'), 'utf8')]),
  );
  const assets = assetsIn(folder);
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    // The path is compared as it was sent and never decoded, so no spelling of `..` can name another file.
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const html = pages.get(path);
    if (html !== undefined) {
      const nonce = newNonce();
      answerPage(request, response, html.replaceAll(NONCE_PLACEHOLDER, nonce), contentSecurityPolicy(nonce));
      return true;
    }
    if (pages.has(`${path}/`)) {
      // Relative, so that a path prefix in front works.
      redirect(response, `${path.slice(1)}/`);
      return true;
    }
    if (names.length === 0 || !path.startsWith(`/${ASSETS}/`)) return false;
    const asset = assets.get(path);
    if (asset === undefined) answerNotFound(response);
    else void sendAsset(request, response, asset);
    return true;
  };
}

function assetsIn(folder: string): ReadonlyMap<string, Asset> {
  const files = readdirSync(join(folder, ASSETS), { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ name }) => [
      `/${ASSETS}/${name}`,
      assetOf(`${ASSETS}/${name}`, extname(name), () => readFile(join(folder, ASSETS, name))),
    ]),
  );
}
