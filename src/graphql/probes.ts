import type { ServerResponse } from 'node:http';
import type { Kernel } from '../kernel/index.js';
import type { Page } from './server.js';

/** `/livez`: the process answers. `/readyz`: every projection works and is no further behind than it may be. */
export function probes(kernel: Kernel): Page {
  return ({ url }, response) => {
    if (url === '/livez') answer(response, 200, { status: 'ok' });
    else if (url === '/readyz') ready(kernel, response);
    else return false;
    return true;
  };
}

function ready(kernel: Kernel, response: ServerResponse): void {
  const projections = kernel.status().map(({ name, state, healthy, lagEvents, lagMs }) => ({
    name,
    state,
    healthy,
    lagEvents,
    lagMs,
  }));
  const ok = projections.every(({ healthy }) => healthy);
  answer(response, ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', projections });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(body)}\n`);
}
