import 'reflect-metadata/lite';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { readAfter, type Recorded } from '../src/kernel/index.js';
import { order, orders as domain } from '../src/orders/index.js';
import { orderById } from '../src/orders/queries/orders.queries.js';
import { GROUP_MAX, openBareLog, readCommands, readNames, type CommandRows } from './bare-log.js';
import { eventsOf, openBareView, type BareView } from './bare-views.js';
import { bench, compare, latency, type Sample, type Section, type Variant } from './harness.js';
import { createHttpClient, type GraphQLAnswer } from './http-client.js';
import { composeIn, type InProcess } from './in-process.js';
import { operations } from './operations.js';
import { startService } from './service.js';
import { closedLoop, orderOf, subjectOf, timed } from './workload.js';

const POLL_MS = 100;
const CLIENTS_MAX = 64;

/** What the bare variants do, for who reads the table. */
const NOTES = [
  'bare, three views: better-sqlite3 commits the log’s rows of all commands that wait in one transaction with an fsync, and acknowledges them. In the next turn of the event loop it applies their events to the views of orders, customers and sales, one after the other, a transaction each without an fsync, through the projections’ own handlers; each row is read once, kept in memory, and its changed columns are written once a transaction. Visible is what all three have committed. Nothing is validated, decided, looked up or queried, no event is parsed, no change is told to anybody, and no view notes how far it is. The views’ write-ahead logs are copied back as in the product, by another thread, for which writing pauses at times.',
  'bare, the view of orders: the same, but visible is what the view of orders has committed, which comes first; the other two follow, and nobody waits for them.',
];

/** What one run notes: write and read together, from the acknowledgement until visible, and the service's own wait. */
interface Noted {
  readonly total: number[];
  readonly visible: number[];
  readonly waited: number[];
  stale: number;
}

await bench('read-your-writes', async ({ by, scratch }) => {
  const runMs = by(300, 400, 2_500);
  const rounds = by(1, 5, 5);
  let orders = 0;

  const variant =
    (
      inFlight: number,
      run: (noted: Noted, client: number) => Promise<void>,
      more: () => boolean = () => true,
    ): Variant =>
    async () => {
      const noted: Noted = { total: [], visible: [], waited: [], stale: 0 };
      const started = performance.now();
      let clients = 0;
      const free: number[] = [];
      await closedLoop(
        inFlight,
        () => more() && performance.now() - started < runMs,
        async () => {
          const client = free.pop() ?? clients++;
          await timed(noted.total, () => run(noted, client));
          free.push(client);
        },
      );
      if (noted.stale > 0) throw new Error(`${noted.stale} stale answers.`);
      return sampleOf(noted, performance.now() - started);
    };

  const pushed = await composeIn(scratch(), { projections: true });
  const polled = await composeIn(scratch(), { projections: true, pollMs: POLL_MS });
  const writeAndAsk =
    ({ kernel }: InProcess) =>
    async (noted: Noted): Promise<void> => {
      const written = await kernel.commands.send(order.commands.createOrder, orderOf(orders++));
      const { value, consistency } = await timed(noted.visible, () =>
        kernel.queries.ask(orderById, subjectOf(written), { readAfter: readAfter(written.position) }),
      );
      note(noted, consistency, (value?.position ?? 0) >= written.position);
    };
  const recorded = await record(scratch(), by(300, 3_000, 20_000));
  const bare =
    (inFlight: number, visible: (applied: readonly Promise<void>[]) => Promise<unknown>): Variant =>
    async () => {
      const folder = scratch();
      const log = openBareLog(join(folder, 'log.sqlite'), GROUP_MAX);
      const views = openViews(folder);
      const applied: Promise<void>[] = [];
      let next = 0;
      const run = variant(
        inFlight,
        async (noted) => {
          const { rows, events } = recorded[next++] as Written;
          await log.append(rows);
          await timed(noted.visible, () => {
            const all = views.map((view) => view.apply(events));
            applied.push(...all);
            return visible(all);
          });
        },
        () => next < recorded.length,
      );
      const sample = await run();
      await Promise.all(applied);
      for (const opened of [log, ...views]) opened.close();
      return sample;
    };
  const inProcess = async (inFlight: number): Promise<Section> => {
    const compared = await compare({
      title: `In process, ${inFlight} in flight: a command, then a query with readAfter`,
      rounds,
      compare: { metric: 'write→read p50 ms', reference: 'projections woken by signal' },
      variants: {
        'projections woken by signal': variant(inFlight, writeAndAsk(pushed)),
        [`projections polling every ${POLL_MS} ms`]: variant(inFlight, writeAndAsk(polled)),
        'bare, three views': bare(inFlight, (applied) => Promise.all(applied)),
        'bare, the view of orders': bare(inFlight, async ([first]) => first),
      },
    });
    return { ...compared, notes: NOTES };
  };
  const sections = [await inProcess(1), await inProcess(CLIENTS_MAX)];
  await pushed.close();
  await polled.close();

  const service = await startService('service', scratch());
  const http = createHttpClient(service.url, CLIENTS_MAX);
  const sockets = Array.from({ length: CLIENTS_MAX }, () =>
    createClient({
      url: `${service.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
    }),
  );
  const create = async () => {
    const { data } = await http.send(operations.createOrder, { input: orderOf(orders++) });
    const { orderId: id, receipt } = data['createOrder'];
    return { id: id as string, position: receipt.position as string };
  };
  const overHttp = (clients: number) =>
    compare({
      title: `Over HTTP, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
      rounds,
      compare: { metric: 'write→read p50 ms', reference: '@readAfter' },
      variants: {
        'payload selection': variant(clients, async (noted) => {
          const answer = await http.send(operations.createAndRead, { input: orderOf(orders++) });
          const { receipt, order: seen } = answer.data['createOrder'];
          noteAnswer(noted, answer, seen?.position >= receipt.position);
        }),
        '@readAfter': variant(clients, async (noted) => {
          const written = await create();
          const answer = await timed(noted.visible, () => http.send(operations.orderAfter, written));
          noteAnswer(noted, answer, answer.data['order']?.position >= written.position);
        }),
        projectionCaughtUp: variant(clients, async (noted, client) => {
          const { id, position } = await create();
          const answer = await timed(noted.visible, async () => {
            await frameOf(sockets[client] as Client, { position });
            return http.send(operations.order, { id });
          });
          noteAnswer(noted, answer, answer.data['order']?.position >= position);
        }),
        [`plain query, repeated every ${POLL_MS} ms`]: variant(clients, async (noted) => {
          const { id, position } = await create();
          await timed(noted.visible, async () => {
            for (;;) {
              const { data } = await http.send(operations.order, { id });
              if (data['order']?.position >= position) return;
              await sleep(POLL_MS);
            }
          });
        }),
      },
    });
  sections.push(await overHttp(1), await overHttp(CLIENTS_MAX));
  for (const socket of sockets) void socket.dispose();
  http.close();
  await service.stop();
  return sections;
});

/** What a command wrote: its rows, and the events that are in them as handlers get them. */
interface Written {
  readonly rows: CommandRows;
  readonly events: readonly Recorded[];
}

/** What the kernel writes for the first commands of this load, for the bare variants to write again. */
async function record(folder: string, count: number): Promise<readonly Written[]> {
  const { kernel, close } = await composeIn(folder, { projections: false });
  await closedLoop(
    CLIENTS_MAX,
    (n) => n < count,
    async (n) => void subjectOf(await kernel.commands.send(order.commands.createOrder, orderOf(n))),
  );
  await close();
  const file = join(folder, 'log.sqlite');
  const names = readNames(file);
  return readCommands(file).map((rows) => ({ rows, events: eventsOf(rows, names) }));
}

/** The domain's views, empty, that of the orders first. */
function openViews(folder: string): readonly BareView[] {
  return (domain.projections ?? []).map((projection) =>
    openBareView(join(folder, `${projection.name}.sqlite`), projection),
  );
}

/** The one frame of a subscription. */
async function frameOf(client: Client, variables: Record<string, unknown>): Promise<void> {
  for await (const { errors } of client.iterate({ query: operations.caughtUp, variables })) {
    if (errors !== undefined) throw new Error(`The service answered ${JSON.stringify(errors)}`);
  }
}

function noteAnswer(noted: Noted, { extensions }: GraphQLAnswer, seen: boolean): void {
  // A read without its consistency counts as stale: the contract promises one.
  note(noted, extensions?.consistency ?? { stale: true, waitedMs: NaN }, seen);
}

function note(
  noted: Noted,
  consistency: { readonly stale: boolean; readonly waitedMs: number },
  seen: boolean,
): void {
  noted.waited.push(consistency.waitedMs);
  if (consistency.stale || !seen) noted.stale += 1;
}

function sampleOf({ total, visible, waited, stale }: Noted, ms: number): Sample {
  return {
    'writes/s': (total.length / ms) * 1_000,
    ...latency('write→read', total),
    ...(visible.length > 0 && latency('visible', visible)),
    ...(waited.length > 0 && latency('waited', waited)),
    'stale answers': stale,
  };
}
