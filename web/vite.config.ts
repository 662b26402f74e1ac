import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** A running service, for `npm run dev:web`. */
const service = process.env['TIDEMARK_URL'] ?? 'http://127.0.0.1:4000';

// vite wants a default export.
export default defineConfig({
  root: here('.'),
  // Relative, so that the pages work behind a path prefix.
  base: './',
  plugins: [react()],
  // The service puts a nonce of its own into each response.
  html: { cspNonce: '__TIDEMARK_NONCE__' },
  resolve: {
    alias: [
      { find: /^tidemark\/client$/, replacement: here('../src/client/index.ts') },
      { find: /^tidemark\/client\/(urql|apollo|react)$/, replacement: here('../src/client/$1/index.ts') },
    ],
  },
  build: {
    outDir: process.env['WEB_OUT'] ?? here('../dist/web'),
    emptyOutDir: true,
    assetsDir: 'web',
    // A policy without data: scripts and a page without inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { shop: here('shop/index.html'), console: here('console/index.html') } },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/graphql': { target: service, ws: true } },
  },
});
