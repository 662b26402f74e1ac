import { createHash } from 'node:crypto';
import type { Asset } from '../pages/index.js';

/** Every file of the page: the scripts in the order in which they run, the style sheets, the icon. */
export interface PageAssets {
  readonly scripts: readonly Asset[];
  readonly styleSheets: readonly Asset[];
  readonly icon: Asset;
}

/** The two `style` attributes that the editor's search and jump-to-line fields are made with. */
const editorStyleAttributes = ['width: 10em', 'color: #888'] as const;

const styleAttributeSources = editorStyleAttributes
  .map((style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`)
  .join(' ');

/**
 * The page's Content-Security-Policy: our own files and connections to our own origin, nothing inline.
 * Two exceptions stand for what the editor writes itself, and neither opens the door to injected styles: the nonce
 * admits the one `<style>` element that locks scrolling behind a dialog, the hashes admit two constant attributes.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `style-src-attr 'unsafe-hashes' ${styleAttributeSources}`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The page: links to the files and a place to draw in. Its URLs are relative, so a path prefix in front works. */
export function renderPage(title: string, assets: PageAssets, nonce: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta property="csp-nonce" nonce="${nonce}" />
    <title>${escapeHtml(title)}</title>
    <link rel="icon" type="image/svg+xml" href="${assets.icon.url}" />
${lines(assets.styleSheets, (url) => `    <link rel="stylesheet" href="${url}" />`)}
${lines(assets.scripts, (url) => `    <script src="${url}" defer></script>`)}
  </head>
  <body>
    <div id="playground"><p class="tidemark-loading">Loading… (needs JavaScript)</p></div>
  </body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function lines(assets: readonly Asset[], line: (url: string) => string): string {
  return assets.map(({ url }) => line(url)).join('\n');
}
