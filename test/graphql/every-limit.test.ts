import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/settings/index.js';
import { LIMITS, limitNames, variableOf, type LimitName } from '../../src/graphql/index.js';
import {
  GET,
  HEAD,
  COUNT,
  asking,
  withVariables,
  secondWaiter,
  waitingRead,
  overQueue,
  rawGet,
  rawPost,
  bodyOf,
  batchOf,
  readAfter,
  besidesHangingCommand,
  ping,
  pinged,
  subscriptions,
  caughtUp,
  deafReader,
  quickReader,
} from '../support/limit-probes.js';
import { ORDER, send } from '../support/order-operations.js';
import {
  openConnection,
  outcomeOf,
  outcomeOfClose,
  outcomeOfUpgrade,
  type Outcome,
} from '../support/outcomes.js';
import { openAcknowledged, openSocket } from '../support/raw-socket.js';
import { post, startService, type Service } from '../support/service.js';

/** What is set to a small value, and what then is just within it and just over it. */
interface Row {
  readonly value: number;
  /** Other limits that have to be small, too. */
  readonly besides?: Readonly<Record<string, string>>;
  readonly at: (service: Service) => Promise<Outcome>;
  readonly over: (service: Service) => Promise<Outcome>;
}

const rows: { readonly [Name in LimitName]: Row } = {
  connectionsPerAddress: {
    value: 1,
    at: rawGet,
    over: async (service) => {
      const { outcome } = await openConnection(service);
      return outcome();
    },
  },
  idleTimeoutMs: {
    value: 1_000,
    at: async (service) => {
      const { socket, outcome } = await openConnection(service);
      socket.write(`${GET}\r\n`);
      await outcome();
      socket.write(`${GET}\r\n`);
      return outcome();
    },
    over: async (service) => {
      const { socket, outcome } = await openConnection(service);
      socket.write(`${GET}\r\n`);
      expect(await outcome()).toBe('fine');
      return outcome();
    },
  },
  headersBytes: {
    value: 1_000,
    // Node counts names and values, not every byte between them.
    at: (service) => rawGet(service, `a: ${'x'.repeat(950)}\r\n`),
    over: (service) => rawGet(service, `a: ${'x'.repeat(1_000)}\r\n`),
  },
  headersTimeoutMs: {
    value: 200,
    at: rawGet,
    over: (service) => rawPost(service, `${HEAD}a`),
  },
  requestTimeoutMs: {
    value: 200,
    at: rawGet,
    over: (service) => rawPost(service, `${HEAD}content-length: 400\r\n\r\n{"query":"mutation`),
  },
  bodyBytes: {
    value: 100,
    at: async ({ url }) => outcomeOf(await post(url, bodyOf(100))),
    over: async ({ url }) => outcomeOf(await post(url, bodyOf(101))),
  },
  operations: {
    value: 1,
    besides: { LIMIT_OPERATIONS_QUEUED: '1' },
    at: asking(COUNT),
    over: overQueue,
  },
  operationsQueued: { value: 1, besides: { LIMIT_OPERATIONS: '1' }, at: asking(COUNT), over: overQueue },
  operationMs: {
    value: 1_000,
    at: asking(COUNT),
    over: async (service) => {
      const { read, release } = await waitingRead(service);
      const outcome = await read;
      release();
      return outcome;
    },
  },
  batch: { value: 2, at: batchOf(2), over: batchOf(3) },
  documentTokens: {
    value: 11,
    at: asking(COUNT),
    over: asking('{ orders(first: 1) { totalCount __typename } }'),
  },
  definitions: {
    value: 1,
    at: asking('{ __typename }'),
    over: asking('{ ...F } fragment F on Query { __typename }'),
  },
  depth: { value: 2, at: asking(COUNT), over: asking('{ orders(first: 1) { nodes { id } } }') },
  rootFields: {
    value: 1,
    at: asking(COUNT),
    over: asking('{ orders(first: 1) { totalCount } customers(first: 1) { totalCount } }'),
  },
  aliases: {
    value: 1,
    at: asking('{ a: __typename __typename }'),
    over: asking('{ a: __typename b: __typename }'),
  },
  directives: {
    value: 1,
    at: asking('{ __typename @include(if: true) }'),
    over: asking('{ __typename @include(if: true) @skip(if: false) }'),
  },
  cost: { value: 2, at: asking(COUNT), over: asking('{ orders(first: 2) { totalCount } }') },
  pageSize: {
    value: 2,
    at: asking('{ orders(first: 2) { totalCount } }'),
    over: asking('{ orders(last: 3) { totalCount } }'),
  },
  variables: { value: 1, at: withVariables({ a: 1 }), over: withVariables({ a: 1, b: 1 }) },
  variableItems: { value: 2, at: withVariables({ a: [1, 2] }), over: withVariables({ a: { b: [1, 2, 3] } }) },
  variableValues: {
    value: 3,
    at: withVariables({ a: [1], b: { c: 1, d: 2 } }),
    over: withVariables({ a: [1], b: { c: 1, d: [2] } }),
  },
  variableDepth: { value: 1, at: withVariables({ a: [1] }), over: withVariables({ a: [{ b: 1 }] }) },
  readAfterMs: {
    value: 3_000,
    at: (service) => readAfter(service, 3_000),
    over: (service) => readAfter(service, 3_001),
  },
  waiters: {
    value: 1,
    at: async (service) => {
      const { read, release } = await waitingRead(service);
      release();
      return read;
    },
    over: secondWaiter,
  },
  commandsInFlight: {
    value: 1,
    at: async (service) => outcomeOf(await send(service, 'createOrder', ORDER)),
    over: besidesHangingCommand,
  },
  sockets: { value: 1, at: outcomeOfUpgrade, over: outcomeOfUpgrade },
  initTimeoutMs: {
    value: 1_000,
    at: async (service) => pinged(await openAcknowledged(service.url), [ping(100)]),
    over: async ({ url }) => outcomeOfClose(await openSocket(url)),
  },
  messageBytes: {
    value: 200,
    at: async ({ url }) => pinged(await openAcknowledged(url), [ping(200)]),
    over: async ({ url }) => pinged(await openAcknowledged(url), [ping(201)]),
  },
  messagesPerSecond: {
    value: 5,
    at: async ({ url }) => pinged(await openAcknowledged(url), Array<string>(4).fill(ping(100))),
    // Twice as many, as a new second may begin among them. Without connection_init, too.
    over: async ({ url }) => pinged(await openSocket(url), Array<string>(12).fill(ping(100))),
  },
  subscriptionsPerSocket: {
    value: 1,
    at: (service) => subscriptions(service, 1),
    over: (service) => subscriptions(service, 2),
  },
  caughtUpMs: {
    value: 500,
    at: (service) => caughtUp(service, false),
    over: (service) => caughtUp(service, true),
  },
  bufferedBytes: { value: 1_000, at: quickReader, over: deafReader },
  slowReaderMs: { value: 1, at: quickReader, over: deafReader },
};

describe('A limit that is set to a small value', () => {
  for (const name of limitNames) {
    const { value, besides, at, over } = rows[name];
    test(`lets through what reaches ${variableOf(name)}, and answers ${LIMITS[name].answer} to what is over it`, async () => {
      const { limits } = readConfig({ [variableOf(name)]: String(value), ...besides });
      expect(limits[name]).toBe(value);
      const service = await startService({ limits });
      expect(await at(service)).toBe('fine');
      expect(await over(service)).toBe(LIMITS[name].answer);
      expect(service.logged).toEqual([]);
    });
  }

  test('is each one of the catalogue', () => {
    expect(Object.keys(rows)).toEqual(limitNames);
  });
});
