import type { Server } from 'node:http';

/** How long requests in flight may take once the server is closing, in ms. */
export const DRAIN_TIMEOUT_MS = 8_000;

/**
 * Prepares a server for a graceful end. The returned function takes no more connections, lets requests in flight
 * finish (their connections close behind them, idle ones at once), and cuts off what is left after the time.
 */
export function drainable(server: Server, timeoutMs: number = DRAIN_TIMEOUT_MS): () => Promise<void> {
  let closing = false;
  server.prependListener('request', (_request, response) => {
    response.once('close', () => {
      // A connection that was kept alive would keep the server open until it times out.
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
    if (closing) response.setHeader('connection', 'close');
  });
  return () =>
    new Promise((resolve) => {
      closing = true;
      const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });
}
