import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createMemory,
  createSession,
  newCommandId,
  type Fetch,
  type Memory,
  type Port,
} from '../../src/client/index.js';
import { randomOf, type Random } from '../durability/support/random.js';
import { startService, type Service } from '../support/service.js';
import { brokenIn, doubledIn, type Operation, type Truth } from './support/guarantees.js';
import { openApollo, openThin, openUrql, type Open } from './support/clients.js';
import { startProxy, type Fault, type Proxy } from './support/proxy.js';
import { disturb, historyOf, newRecord, truthOf, work, type Recorded } from './support/workload.js';

const SEED = Number(process.env['CLIENT_SEED'] ?? Date.now() % 1_000_000);
const OPERATIONS = 400;
/** Makes one of the two views that show the same thing so much older than the other that no client, however slow, is spared. */
const DELAY = `mutation { delayProjection(name: "customers", delayMs: 2000) { delayMs } }`;

/** A network that loses, delays and turns around. */
function faultsOf(random: Random): () => Fault {
  return () => {
    const kind = random.below(20);
    if (kind === 0) return { cut: 'before' };
    if (kind <= 2) return { cut: 'after' };
    if (kind === 3) return { arrivesLateMs: random.below(30) };
    if (kind <= 6) return { delayMs: random.below(15) };
    if (kind <= 9) return { answerDelayMs: random.below(15) };
    return {};
  };
}

/** A memory that remembers nothing: what clients without this library do. */
function noMemory(): Memory {
  return { ...createMemory({ storage: null, share: false }), position: () => undefined };
}

/** Each attempt under an id of its own: what a retry without this library does. */
const freshIds: Fetch = (url, init) => {
  const headers = new Headers(init.headers);
  if (headers.has('idempotency-key')) headers.set('idempotency-key', newCommandId());
  return fetch(url, { ...init, headers });
};

const open = (proxy: Proxy, memory: Memory, send: Fetch = fetch, kind: Open = openThin): Port =>
  kind(proxy, createSession({ memory, retry: { waitMs: 2, waitMsMax: 20, attemptsMax: 30 } }), send);

interface Outcome {
  readonly history: readonly Operation[];
  readonly truth: Truth;
  readonly record: Recorded;
  readonly proxy: Proxy;
}

type Setting = (proxy: Proxy) => readonly { readonly session: string; readonly port: Port }[];

async function play(setting: Setting, { operations = OPERATIONS, delayed = false } = {}): Promise<Outcome> {
  const random = randomOf(SEED);
  const service: Service = await startService({ dawdleMs: 4 });
  if (delayed) expect((await service.gql(DELAY)).body.errors).toBeUndefined();
  const proxy = await startProxy(service.url, faultsOf(random));
  const record = newRecord();
  const clients = setting(proxy);
  const working = Promise.all(clients.map((client) => work(client, operations, random, record)));
  await disturb(service, random, working);
  await working;
  const truth = await truthOf(service.app.kernel.log);
  return { history: historyOf(record, truth), truth, record, proxy };
}

const own = (): Memory => createMemory({ storage: null, share: false });

/** Two clients, two tabs with one memory, two tabs that tell each other. */
const everybody: Setting = (proxy) => {
  const shared = own();
  const told = [1, 2].map(() => createMemory({ key: `guarantees-${SEED}`, storage: null, share: true }));
  onTestFinished(() => {
    for (const memory of told) memory.dispose();
  });
  return [
    { session: 'ann', port: open(proxy, own()) },
    { session: 'bob', port: open(proxy, own()) },
    { session: 'shared', port: open(proxy, shared) },
    { session: 'shared', port: open(proxy, shared) },
    ...told.map((memory, at) => ({ session: `told ${at}`, port: open(proxy, memory) })),
  ];
};

describe(`Clients on a bad network, with projections that dawdle and stop (CLIENT_SEED=${SEED})`, () => {
  test('break no session guarantee, and do each command once', async () => {
    const { history, truth, record, proxy } = await play(everybody);
    expect(brokenIn(history, truth)).toEqual([]);
    expect(doubledIn(truth)).toEqual([]);
    // It was no walk in the park, and nothing was lost on the way.
    expect(history.length).toBe(6 * OPERATIONS);
    expect(record.failed).toBe(0);
    expect(proxy.cuts()).toBeGreaterThan(100);
    expect(record.duplicates).toBeGreaterThan(20);
    expect(record.announced).toBeLessThan(10);
  });

  test.each([
    ['urql', openUrql],
    ['Apollo Client', openApollo],
  ])('break none with %s either, and do each command once', async (_, kind) => {
    const { history, truth, record } = await play(
      (proxy) => {
        const ports = ['ann', 'bob'].map((session) => ({ session, port: open(proxy, own(), fetch, kind) }));
        return [...ports, ...ports.slice(0, 1)];
      },
      { operations: 200 },
    );
    expect(brokenIn(history, truth)).toEqual([]);
    expect(doubledIn(truth)).toEqual([]);
    expect(history.length).toBe(3 * 200);
    expect(record.duplicates).toBeGreaterThan(2);
  });

  test('break some when they remember nothing: the checker works', async () => {
    const { history, truth } = await play(
      (proxy) => ['ann', 'bob', 'cem', 'dot'].map((session) => ({ session, port: open(proxy, noMemory()) })),
      { delayed: true },
    );
    const guarantees = new Set(brokenIn(history, truth).map(({ guarantee }) => guarantee));
    expect(guarantees).toContain('read your writes');
    expect(guarantees).toContain('monotonic reads');
    expect(doubledIn(truth)).toEqual([]);
  });

  test('do some commands twice when each attempt has a new id: the checker works', async () => {
    const { truth } = await play((proxy) =>
      ['ann', 'bob'].map((session) => ({ session, port: open(proxy, own(), freshIds) })),
    );
    expect(doubledIn(truth).length).toBeGreaterThan(5);
  });
});
