import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerNotFound, answerPage, newNonce, sendAsset } from '../pages/index.js';
import { bundledAsset, textAsset } from './asset.js';
import { bootScript } from './boot-script.js';
import { examplesScript } from './examples-script.js';
import { markSvg } from './mark.js';
import { contentSecurityPolicy, renderPage } from './page.js';
import type { PageAssets } from './page.js';
import { styleSheet } from './style-sheet.js';

/** One ready operation: opened as an editor tab on the first visit, and always listed under "Ready operations". */
export interface PlaygroundTab {
  /** The words in the list; the tab itself shows the operation's name, so give the operation one. */
  readonly title: string;
  readonly query: string;
  /** JSON text. */
  readonly variables?: string;
  /** JSON text; HTTP headers of a query or mutation, the `connection_init` payload of a subscription. */
  readonly headers?: string;
}

/** What a playground shows and which API it talks to. */
export interface PlaygroundOptions {
  /** The path of the GraphQL endpoint on the same origin, for HTTP and WebSocket alike. */
  readonly endpoint: string;
  /** The title of the page. */
  readonly title: string;
  /** The examples that it opens with. */
  readonly tabs: readonly PlaygroundTab[];
}

/** Answers a request and returns true, or returns false and leaves the request alone. */
export type PlaygroundHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Answers GET and HEAD of `/` and `/playground/*` (404 for an unknown file there) from local files alone; returns
 * false for any other path or method. Throws when an option is wrong or a package of the page is not installed.
 */
export function createPlayground(options: PlaygroundOptions): PlaygroundHandler {
  refuseWrongOptions(options);
  const assets = assetsOf(options);
  const files = new Map(
    [...assets.scripts, ...assets.styleSheets, assets.icon].map((asset) => [`/${asset.url}`, asset]),
  );
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    // The path is compared as it was sent and never decoded, so no spelling of `..` can name another file.
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (path === '/') {
      const nonce = newNonce();
      answerPage(request, response, renderPage(options.title, assets, nonce), contentSecurityPolicy(nonce));
      return true;
    }
    if (!path.startsWith('/playground/')) return false;
    const asset = files.get(path);
    if (asset) void sendAsset(request, response, asset);
    else answerNotFound(response);
    return true;
  };
}

function assetsOf({ endpoint, tabs }: PlaygroundOptions): PageAssets {
  const config = `globalThis.tidemarkPlayground = ${JSON.stringify({ endpoint, tabs })};\n`;
  return {
    scripts: [
      bundledAsset('react-umd', 'umd/react.production.min.js'),
      bundledAsset('react-dom-umd', 'umd/react-dom.production.min.js'),
      bundledAsset('graphiql', 'graphiql.min.js'),
      textAsset('config.js', config),
      textAsset('examples.js', examplesScript),
      textAsset('boot.js', bootScript),
    ],
    styleSheets: [bundledAsset('graphiql', 'graphiql.min.css'), textAsset('playground.css', styleSheet)],
    icon: textAsset('mark.svg', markSvg),
  };
}

function refuseWrongOptions({ endpoint, title, tabs }: PlaygroundOptions): void {
  if (!/^\/(?!\/)/.test(endpoint)) {
    throw new TypeError(
      `playground: endpoint must be a path such as "/graphql", got ${JSON.stringify(endpoint)}`,
    );
  }
  if (title.trim() === '') throw new TypeError('playground: title must not be empty');
  for (const tab of tabs) {
    if (tab.title.trim() === '' || tab.query.trim() === '') {
      throw new TypeError('playground: every tab needs a title and a query');
    }
  }
}
