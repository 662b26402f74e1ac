import cors from 'cors';
import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser may remember what a preflight said, in seconds. */
const PREFLIGHT_MAX_AGE_S = 600;

/** Sets security headers and answers CORS preflights; true where the answer is complete. */
export function createSecurity(
  origins: readonly string[],
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const headers = helmet({
    // Pages bring their own policy; this one is for everything else, which is no page.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: origins.length > 0 ? 'cross-origin' : 'same-origin' },
  });
  const share = cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'idempotency-key',
      'tidemark-read-after',
      'x-correlation-id',
      'apollo-require-preflight',
    ],
    // Else pages of other origins are not shown when to try again.
    exposedHeaders: ['retry-after'],
    maxAge: PREFLIGHT_MAX_AGE_S,
  });
  const nothing = (): void => undefined;
  return (request, response) => {
    headers(request, response, nothing);
    if (origins.length > 0) share(request, response, nothing);
    return response.writableEnded;
  };
}
