import type { BenchResult } from './harness.js';

/** Where in the results a figure is: part of a section's title, and a row by name (without what follows in brackets) or place. */
export interface Place {
  readonly bench: string;
  readonly section: string;
  /** Of several, the one with the highest figure. */
  readonly row: string | number | readonly string[];
  readonly metric: string;
}

/** What a figure has to be. `over` divides it by another one, `minus` takes another one off; what they leave out is as in `at`. */
export interface Bar {
  readonly what: string;
  readonly at: Place;
  readonly over?: Partial<Place>;
  readonly minus?: Partial<Place>;
  readonly limit: { readonly min: number } | { readonly max: number };
}

/** A bar and what was measured; undefined where no result has it. */
export interface Reading {
  readonly bar: Bar;
  readonly value: number | undefined;
  readonly met: boolean | undefined;
  readonly result: BenchResult | undefined;
}

const together: Place = {
  bench: 'commands',
  section: '64 in flight',
  row: 'kernel, no projections',
  metric: 'commands/s',
};
const alone: Place = {
  bench: 'commands',
  section: ' 1 in flight',
  row: 'kernel, no projections',
  metric: 'ack p50 ms',
};
const peers: Place = {
  bench: 'peers',
  section: '64 in flight: ',
  row: 'tidemark, no projections',
  metric: 'commands/s',
};
const durablePeers = [
  'Emmett SQLite, one connection',
  'Emmett SQLite, default pool',
  'evtstore, Knex and sqlite3',
];
const dispatch: Place = {
  bench: 'peers',
  section: 'Dispatch alone',
  row: 'tidemark, three middlewares',
  metric: 'ns/dispatch',
};
const http: Place = {
  bench: 'http',
  section: 'Mutation createOrder',
  row: 'tidemark',
  metric: 'requests/s × constant resolvers',
};
const path: Place = {
  bench: 'http',
  section: 'What the way through Apollo costs',
  row: 'order(id), constant resolvers',
  metric: 'server CPU µs × node:http hello',
};
const replay: Place = {
  bench: 'replay',
  section: 'orders: ',
  row: 'kernel, batch 500',
  metric: 'events/s',
};
const live: Place = {
  bench: 'rebuild-commands',
  section: '64 in flight',
  row: 'both',
  metric: 'commands/s × commands alone',
};
const signal: Place = {
  bench: 'read-your-writes',
  section: 'In process, 1 in flight',
  row: 'projections woken by signal',
  metric: 'visible p50 ms',
};
const growth: Place = { bench: 'growth', section: 'addOrderItem', row: -1, metric: 'commands/s' };
const entity: Place = {
  bench: 'long-entity',
  section: 'an order of 10000 events',
  row: 'state in memory',
  metric: 'command p50 ms',
};
const start: Place = { bench: 'start', section: 'Start of', row: -1, metric: 'ready ms' };
const loop: Place = {
  bench: 'event-loop',
  section: 'full load',
  row: 'this disk',
  metric: 'loop delay p99 ms',
};

const fanout: Place = {
  bench: 'fanout',
  section: '10,000 sockets',
  row: 'one for all',
  metric: 'last p50 ms',
};

const cluster: Place = {
  bench: 'cluster',
  section: '1 node, 64 in flight',
  row: 'kernel, no projections',
  metric: 'commands/s',
};
const elsewhere: Place = {
  bench: 'cluster',
  section: 'In process, two nodes',
  row: '1 in flight',
  metric: 'visible p50 ms',
};

/** The bars, in the order in which they were set. A figure moves by editing its place. */
export const bars: readonly Bar[] = [
  {
    what: 'commands, 64 in flight × bare group commit of the same rows',
    at: { ...together, metric: 'commands/s × bare group commit' },
    limit: { min: 0.7 },
  },
  {
    what: 'the same with three projections running',
    at: { ...together, row: 'kernel, three projections', metric: 'commands/s × bare group commit' },
    limit: { min: 0.7 },
  },
  {
    what: 'commands, 64 in flight × bare, a transaction each',
    at: together,
    over: { row: 'bare, a transaction each' },
    limit: { min: 10 },
  },
  {
    what: 'commands, 64 in flight × Emmett SQLite on one connection',
    at: peers,
    over: { row: 'Emmett SQLite, one connection' },
    limit: { min: 15 },
  },
  {
    what: 'one command at a time, p50 × bare',
    at: alone,
    over: { row: 'bare group commit' },
    limit: { max: 1.3 },
  },
  {
    what: 'one command at a time, p99 × bare',
    at: { ...alone, metric: 'ack p99 ms' },
    over: { row: 'bare group commit' },
    limit: { max: 2 },
  },
  {
    what: 'one command at a time × the fastest durable peer',
    at: { ...peers, section: '1 in flight: ' },
    over: { row: durablePeers },
    limit: { min: 2 },
  },
  { what: 'dispatch with three middlewares, ns', at: dispatch, limit: { max: 1_000 } },
  {
    what: 'dispatch × @nestjs/cqrs',
    at: dispatch,
    over: { row: '@nestjs/cqrs, no middleware' },
    limit: { max: 2 },
  },
  { what: 'createOrder over HTTP × constant resolvers', at: http, limit: { min: 0.8 } },
  {
    what: 'order(id) over HTTP × constant resolvers',
    at: { ...http, section: 'Query order(id)' },
    limit: { min: 0.85 },
  },
  {
    what: 'orders, 20 with a filter, over HTTP × constant resolvers',
    at: { ...http, section: 'Query orders(first: 20, filter' },
    limit: { min: 0.7 },
  },
  { what: 'CPU of the Apollo path × node:http hello, free mode', at: path, limit: { max: 6 } },
  {
    what: 'CPU of the Apollo path × node:http hello, trusted documents',
    at: { ...path, row: 'order(id), constant resolvers, trusted' },
    limit: { max: 4.2 },
  },
  {
    what: 'replay of orders × raw, coalesced per batch',
    at: replay,
    over: { row: 'raw, coalesced, batch 500' },
    limit: { min: 0.6 },
  },
  {
    what: 'replay of orders × raw, a statement each',
    at: replay,
    over: { row: 'raw, a statement each, batch 500' },
    limit: { min: 1 },
  },
  {
    what: 'rebuild of orders × Emmett’s consumer',
    at: { bench: 'peers', section: 'Rebuild of', row: 'tidemark', metric: 'events/s' },
    over: { row: 'Emmett SQLite, consumer of 100' },
    limit: { min: 50 },
  },
  { what: 'commands beside a rebuild × without', at: live, limit: { min: 0.85 } },
  {
    what: 'their p99 × without',
    at: { ...live, metric: 'ack p99 ms × commands alone' },
    limit: { max: 3 },
  },
  { what: 'acknowledged until visible, p50 ms, alone', at: signal, limit: { max: 0.5 } },
  {
    what: 'acknowledged until visible, p50 ms, 64 in flight',
    at: { ...signal, section: 'In process, 64 in flight' },
    limit: { max: 1 },
  },
  {
    what: 'acknowledged until visible, p99 ms, 64 in flight',
    at: { ...signal, section: 'In process, 64 in flight', metric: 'visible p99 ms' },
    limit: { max: 5 },
  },
  {
    what: 'acknowledged until visible over HTTP, p50 ms',
    at: { ...signal, section: 'Over HTTP, 1 client', row: '@readAfter' },
    limit: { max: 2 },
  },
  {
    what: 'polling every 100 ms × the signal, until visible',
    at: { ...signal, row: 'projections polling every 100 ms' },
    over: { row: signal.row },
    limit: { min: 100 },
  },
  {
    what: 'commands/s at 10 million events × at 10 thousand',
    at: growth,
    over: { row: 0 },
    limit: { min: 0.8 },
  },
  {
    what: 'order query p99 at 10 thousand events × at 10 million',
    at: { ...growth, section: 'orderById', row: 0, metric: 'query p99 ms' },
    over: { row: -1 },
    limit: { min: 0.8 },
  },
  {
    what: 'the same over HTTP',
    at: { ...growth, section: 'order(id) over HTTP', row: 0, metric: 'query p99 ms' },
    over: { row: -1 },
    limit: { min: 0.8 },
  },
  {
    what: 'a command on an order of 10,000 events × of 10',
    at: entity,
    over: { section: 'an order of 10 events' },
    limit: { max: 2 },
  },
  {
    what: 'start with 1 million events × empty',
    at: start,
    over: { row: 'empty' },
    limit: { max: 1.2 },
  },
  {
    what: 'memory after the start, MB more than with 1,000 events',
    at: { ...start, metric: 'RSS MB' },
    minus: { row: '1,001 events' },
    limit: { max: 25 },
  },
  {
    what: 'bytes on disk × the event as JSON',
    at: { ...start, section: 'Bytes an event', row: 0, metric: 'file × event' },
    limit: { max: 1.5 },
  },
  { what: 'event loop p99 ms at full command load', at: loop, limit: { max: 20 } },
  {
    what: 'the same where an fsync takes 10 ms more',
    at: { ...loop, row: 'a disk whose fsync takes 10 ms more' },
    limit: { max: 20 },
  },
  {
    what: 'a change to the last of 10,000 sockets × raw ws',
    at: fanout,
    over: { row: 'raw ws' },
    limit: { max: 1.55 },
  },
  {
    what: 'kB that a socket with a live view keeps',
    at: { ...fanout, metric: 'kB/socket' },
    limit: { max: 12 },
  },
  {
    what: 'commands on PostgreSQL, one node, 64 in flight × the bare batched append',
    at: { ...cluster, metric: 'commands/s × bare batched append' },
    limit: { min: 0.5 },
  },
  {
    what: 'the same × Emmett on PostgreSQL',
    at: cluster,
    over: { row: 'Emmett PostgreSQL' },
    limit: { min: 10 },
  },
  {
    what: 'three nodes, 64 in flight on each × the bare batched append',
    at: { ...cluster, section: '3 nodes, 64 in flight', metric: 'commands/s × bare batched append' },
    limit: { min: 0.5 },
  },
  {
    what: 'the same × Emmett on PostgreSQL, three nodes each',
    at: { ...cluster, section: '3 nodes, 64 in flight' },
    over: { row: 'Emmett PostgreSQL' },
    limit: { min: 10 },
  },
  {
    what: 'acknowledged on one node until visible on another, p50 ms, in process',
    at: elsewhere,
    limit: { max: 10 },
  },
  {
    what: 'the same over HTTP, three nodes',
    at: { ...elsewhere, section: 'Over HTTP, 1 client, three nodes', row: 'on another node' },
    limit: { max: 10 },
  },
];

/** Every bar with what the results say. */
export function readBars(results: readonly BenchResult[]): readonly Reading[] {
  return bars.map((bar) => {
    const value = valueOf(bar, results);
    const result = results.find(({ bench }) => bench === bar.at.bench);
    return { bar, value, met: value === undefined ? undefined : isMet(bar, value), result };
  });
}

function isMet({ limit }: Bar, value: number): boolean {
  return 'min' in limit ? value >= limit.min : value <= limit.max;
}

function valueOf({ at, over, minus }: Bar, results: readonly BenchResult[]): number | undefined {
  const value = figureAt(at, results);
  const other = over ?? minus;
  if (value === undefined || other === undefined) return value;
  const reference = figureAt({ ...at, ...other }, results);
  if (reference === undefined) return undefined;
  return over === undefined ? value - reference : value / reference;
}

function figureAt(
  { bench, section, row, metric }: Place,
  results: readonly BenchResult[],
): number | undefined {
  const sections = results.find((result) => result.bench === bench)?.sections ?? [];
  const rows = sections.find(({ title }) => title.includes(section))?.rows ?? [];
  const chosen =
    typeof row === 'number'
      ? [rows.at(row)]
      : [row].flat().map((name) => rows.find((found) => found.name.replace(/ \(.*\)$/, '') === name));
  const figures = chosen.flatMap((found) => found?.metrics[metric] ?? []);
  return figures.length === 0 ? undefined : Math.max(...figures);
}
