import { markPath } from './mark.js';

/** The script that starts the page, served as a file: text rather than code, because it runs in the browser only. */
export const bootScript = `'use strict';
(() => {
  const { createElement: h } = React;
  const { endpoint, tabs } = globalThis.tidemarkPlayground;

  // A library inside GraphiQL looks for this name before it adds a <style> element.
  globalThis.__webpack_nonce__ = document.querySelector('meta[property="csp-nonce"]').nonce;

  const url = new URL(endpoint, location.href);
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const fetcher = GraphiQL.createFetcher({
    url: url.href,
    subscriptionUrl: socketUrl.href,
    enableIncrementalDelivery: false,
  });

  // Other services are often opened on the same localhost port, and GraphiQL's own prefix would mix their tabs with ours.
  const storage = GraphiQL.createLocalStorage({ namespace: 'tidemark-playground' });

  const mark = h('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d: '${markPath}' }));
  const logo = h(GraphiQL.Logo, null, h('span', { className: 'tidemark-logo' }, mark, 'Tidemark'));

  // GraphiQL shows the first default tab's query but forgets its variables and headers, unless they are given apart.
  const firstTab = storage.getItem('graphiql:tabState') ? undefined : tabs[0];
  const { variables, headers } = firstTab ?? {};

  const app = h(
    GraphiQL,
    {
      fetcher,
      storage,
      defaultTabs: tabs.length > 0 ? tabs : undefined,
      defaultQuery: '# Write an operation here. Ctrl-Space completes, Ctrl-Enter runs it.\\n',
      defaultEditorToolsVisibility: 'variables',
      variables,
      headers,
      plugins: tabs.length > 0 ? [tidemarkExamples(tabs)] : [],
    },
    logo,
  );
  ReactDOM.createRoot(document.getElementById('playground')).render(app);
})();
`;
