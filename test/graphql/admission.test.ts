import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAdmission } from '../../src/graphql/admission.js';
import { until } from '../support/until.js';

/** A server whose requests stay in its hands until they are let go, one by one. */
async function held(limits: Parameters<typeof createAdmission>[1]) {
  const started: { url: string; finish: () => void }[] = [];
  const seen = { requests: 0, gone: 0 };
  const admission = createAdmission(
    (request, response) =>
      new Promise<void>((resolve) => {
        started.push({
          url: request.url ?? '',
          finish: () => {
            response.end('done');
            resolve();
          },
        });
      }),
    limits,
  );
  const server: Server = createServer((request, response) => {
    seen.requests += 1;
    response.once('close', () => (seen.gone += response.writableEnded ? 0 : 1));
    admission.admit(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { started, seen, url };
}

function ask(url: string) {
  let response: IncomingMessage | undefined;
  const request = get(url, { agent: false }, (answer) => {
    response = answer;
    answer.resume();
  });
  request.on('error', () => undefined);
  return {
    status: () => response?.statusCode,
    headers: () => response?.headers,
    leave: () => request.destroy(),
  };
}

describe('admission', () => {
  it('starts what fits, keeps a bounded queue, and refuses the rest with OVERLOADED and Retry-After', async () => {
    const { started, url } = await held({ operations: 1, operationsQueued: 2, startsPerTurn: 16 });
    const first = ask(`${url}/1`);
    await until(() => expect(started).toHaveLength(1));
    const others = Array.from({ length: 5 }, (_, nth) => ask(`${url}/other-${nth}`));
    const refused = () => others.filter(({ status }) => status() === 503);
    await until(() => expect(refused()).toHaveLength(3));
    for (const { headers } of refused()) expect(headers()?.['retry-after']).toBe('1');
    expect(started).toHaveLength(1);
    for (const turn of [1, 2, 3]) {
      started[turn - 1]?.finish();
      if (turn < 3) await until(() => expect(started).toHaveLength(turn + 1));
    }
    await until(() => expect(others.filter(({ status }) => status() === 200)).toHaveLength(2));
    expect(first.status()).toBe(200);
  });

  it('does not start what its client has left', async () => {
    const { started, seen, url } = await held({ operations: 1, operationsQueued: 5, startsPerTurn: 1 });
    ask(`${url}/1`);
    await until(() => expect(started).toHaveLength(1));
    const gone = ask(`${url}/gone`);
    const patient = ask(`${url}/patient`);
    await until(() => expect(seen.requests).toBe(3));
    gone.leave();
    await until(() => expect(seen.gone).toBe(1));
    started[0]?.finish();
    await until(() => expect(started.map(({ url: path }) => path)).toContain('/patient'));
    started.at(-1)?.finish();
    await until(() => expect(patient.status()).toBe(200));
    expect(started.map(({ url: path }) => path)).not.toContain('/gone');
  });
});
