import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openAcknowledged, type RawSocket } from '../support/raw-socket.js';
import { breakHandler, rebuilt, untilParked } from '../support/operators.js';
import { accepted, createOrder, send } from '../support/order-operations.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { until } from '../support/until.js';

const RUNS = 15;
const LIVE = `subscription Live($filter: OrderFilter, $after: Position) {
  orders(filter: $filter, after: $after) {
    position snapshot discontinuity totalCount changes { kind orderId order { id status } }
  }
}`;
const LIST =
  'query($filter: OrderFilter) { orders(filter: $filter, first: 100) { totalCount nodes { id status } } }';
const FILTERS = [
  {},
  { status: ['DRAFT'] },
  { status: ['PLACED', 'CANCELLED'] },
  { customerId: 'ALFKI' },
  { customerId: 'BOLID', status: ['DRAFT', 'PLACED'] },
] as const;

type Filter = (typeof FILTERS)[number];

interface Frame {
  readonly position: string;
  readonly snapshot: boolean;
  readonly discontinuity: boolean;
  readonly totalCount: number | null;
  readonly changes: readonly {
    readonly kind: 'ADDED' | 'UPDATED' | 'REMOVED';
    readonly orderId: string;
    readonly order: { readonly id: string; readonly status: string } | null;
  }[];
}

/** A client that keeps a list by its frames alone, and complains of any that cannot be true. */
function createFolder() {
  const orders = new Map<string, string>();
  let position: string | undefined;
  let isMissing = false;
  let discontinuities = 0;
  return {
    orders,
    position: () => position,
    discontinuities: () => discontinuities,
    fold: (frame: Frame): void => {
      expect(frame.position >= (position ?? '')).toBe(true);
      position = frame.position;
      if (frame.discontinuity) {
        expect(frame).toMatchObject({ snapshot: false, changes: [] });
        isMissing = true;
        discontinuities += 1;
        return;
      }
      if (frame.snapshot) {
        orders.clear();
        isMissing = false;
        expect(frame.totalCount).toBe(frame.changes.length);
      }
      expect(isMissing).toBe(false);
      for (const { kind, orderId, order } of frame.changes) {
        // Nothing is told twice, and nothing was left out before.
        expect({ kind, had: orders.has(orderId) }).toEqual({ kind, had: kind !== 'ADDED' });
        if (order === null) orders.delete(orderId);
        else orders.set(orderId, order.status);
      }
    },
  };
}

/** The same client over connections that come and go. */
async function createLiveList(service: Service, filter: Filter) {
  const folder = createFolder();
  let socket: RawSocket | undefined;
  let folded = 0;
  const read = (): void => {
    for (const { type, payload } of socket?.received.slice(1 + folded) ?? []) {
      expect(type).toBe('next');
      folded += 1;
      folder.fold((payload as { data: { orders: Frame } }).data.orders);
    }
  };
  const connect = async (): Promise<void> => {
    folded = 0;
    socket = await openAcknowledged(service.url);
    const after = folder.position();
    socket.subscribe('1', LIVE, { filter, after });
    // Else most would go again before they have anything to come back with.
    if (after === undefined) await socket.message('next');
  };
  return {
    folder,
    filter,
    read,
    connect,
    isConnected: () => socket !== undefined,
    disconnect: () => {
      read();
      socket?.socket.terminate();
      socket = undefined;
    },
  };
}

type Step =
  | { readonly do: 'create'; readonly customerId: string }
  | { readonly do: 'placeOrder' | 'cancelOrder'; readonly nth: number }
  | { readonly do: 'comeOrGo'; readonly client: number }
  | { readonly do: 'settle' | 'rebuild' | 'poison' };

const nth = fc.nat({ max: 9 });
const client = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      customerId: fc.constantFrom('ALFKI', 'BOLID'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('placeOrder' as const), nth }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancelOrder' as const), nth }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('comeOrGo' as const), client }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebuild' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('poison' as const) }) },
);

/** Places an order with a handler that fails, and retries it: its rows change at a position that was seen before. */
async function poison(service: Service): Promise<string> {
  const { orderId } = await createOrder(service);
  const heal = breakHandler(service, 'orders', 'OrderPlaced', orderId);
  const { receipt } = await accepted(service, 'placeOrder', { orderId });
  await untilParked(service, 'orders', 1);
  heal();
  await service.gql(
    'mutation($at: Position!) { retryParked(projection: "orders", position: $at) { applied } }',
    { at: receipt.position },
  );
  return orderId;
}

test('A list that is kept by frames alone is what the query says, whatever happens and however often its client comes back', async () => {
  const seen = { resumed: 0, discontinuities: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...FILTERS), { minLength: 4, maxLength: 4 }),
      fc.array(step, { minLength: 20, maxLength: 60 }),
      async (filters, steps) => {
        const service = await startService();
        const created: string[] = [];
        const clients = await Promise.all(filters.map((filter) => createLiveList(service, filter)));
        const handlers = {
          create: async ({ customerId }: Extract<Step, { do: 'create' }>) => {
            created.push((await createOrder(service, { customerId })).orderId);
          },
          change: async (name: string, at: number) => {
            const orderId = created[at % Math.max(1, created.length)];
            if (orderId === undefined) return;
            await send(service, name, { orderId, ...(name === 'cancelOrder' && { reason: 'mistake' }) });
          },
        };
        for (const next of steps) {
          if (next.do === 'create') await handlers.create(next);
          else if ('nth' in next) await handlers.change(next.do, next.nth);
          else if (next.do === 'settle') await settled(service);
          else if (next.do === 'poison') created.push(await poison(service));
          else if (next.do === 'rebuild') await rebuilt(service, 'orders');
          else if ('client' in next) {
            const chosen = clients[next.client];
            if (chosen?.isConnected() === true) chosen.disconnect();
            else {
              if (chosen?.folder.position() !== undefined) seen.resumed += 1;
              await chosen?.connect();
            }
          }
          for (const each of clients) each.read();
        }
        for (const each of clients) if (!each.isConnected()) await each.connect();
        // Of every customer and status, so that each of the lists ends with a change.
        for (const customerId of ['ALFKI', 'BOLID']) {
          await createOrder(service, { customerId });
          const { orderId } = await createOrder(service, { customerId });
          await accepted(service, 'placeOrder', { orderId });
        }
        await settled(service);
        for (const { read, folder, filter } of clients) {
          const { body } = await service.gql(LIST, { filter });
          const expected = (body.data.orders.nodes as { id: string; status: string }[]).map(
            ({ id, status }) => [id, status] as const,
          );
          await until(() => {
            read();
            expect([...folder.orders].sort()).toEqual([...expected].sort());
          });
          seen.discontinuities += folder.discontinuities();
        }
        await service.stop();
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(seen.resumed).toBeGreaterThan(RUNS);
  expect(seen.discontinuities).toBeGreaterThan(0);
}, 120_000);
