import type { ServerResponse } from 'node:http';
import type { Kernel } from '../kernel/index.js';
import { readinessOf } from './readiness.js';
import type { Page } from './server.js';

/**
 * `/livez`: the process answers. `/readyz`: the log can be written, and every projection works and is no further
 * behind than it declares acceptable; 503 with the reason otherwise.
 */
export function probes(kernel: Kernel): Page {
  return ({ url }, response) => {
    if (url === '/livez') answer(response, 200, { status: 'ok' });
    else if (url === '/readyz') void ready(kernel, response);
    else return false;
    return true;
  };
}

async function ready(kernel: Kernel, response: ServerResponse): Promise<void> {
  const { ready: ok, log, projections: all } = await readinessOf(kernel);
  const projections = all.map(
    ({ name, state, healthy, lagEvents, lagMs, parked, parkedEntities, rebuild }) => ({
      name,
      state,
      healthy,
      lagEvents,
      lagMs,
      parked,
      parkedEntities,
      // Why it fails is not for everybody.
      rebuild: rebuild && { state: rebuild.state, progress: rebuild.progress },
    }),
  );
  answer(response, ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', log, projections });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(body)}\n`);
}

/** A page of text that is made anew for each GET; 500 without a word where that fails. */
export function textPage(
  path: string,
  make: () => Promise<{ readonly contentType: string; readonly text: string }>,
): Page {
  return ({ url, method }, response) => {
    if (url !== path || method !== 'GET') return false;
    make().then(
      ({ contentType, text }) => {
        response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
        response.end(text);
      },
      () => {
        response.writeHead(500);
        response.end();
      },
    );
    return true;
  };
}
