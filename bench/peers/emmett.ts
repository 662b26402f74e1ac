import {
  CommandHandler,
  IllegalStateError,
  getInMemoryEventStore,
  type Event,
  type EventStore,
} from '@event-driven-io/emmett';
import {
  getSQLiteEventStore,
  sqliteConnection,
  sqliteRawSQLProjection,
  type SQLiteConnection,
  type SQLiteEventStore,
} from '@event-driven-io/emmett-sqlite';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ItemInput, OrderInput, OrderStore, PeerModule, Rebuilding } from '../peer.js';
import { ITEMS_ADDED, itemOf, orderOf } from '../workload.js';

type OrderEvent = Event<'OrderCreated', OrderInput> | Event<'OrderItemAdded', { item: ItemInput }>;

interface Order {
  readonly created: boolean;
  readonly quantities: Readonly<Record<string, number>>;
}

const handle = CommandHandler<Order, OrderEvent>({
  initialState: () => ({ created: false, quantities: {} }),
  evolve: (order, event) =>
    event.type === 'OrderCreated'
      ? event.data.items.reduce(add, { ...order, created: true })
      : add(order, event.data.item),
  mapToStreamId: (id) => `order-${id}`,
});

/** Emmett by its documentation: a CommandHandler on its SQLite store, as it ships and on one connection, and in memory. */
export const peer: PeerModule = {
  stores: {
    'Emmett SQLite, one connection': oneConnection,
    'Emmett SQLite, default pool': defaultPool,
    'Emmett in memory': async () => ordersIn(getInMemoryEventStore()),
  },
  rebuilds: {
    'Emmett SQLite, consumer of 100': (folder, orders) => rebuildOf(folder, orders, 100),
    'Emmett SQLite, consumer of 1,000': (folder, orders) => rebuildOf(folder, orders, 1_000),
  },
};

function add(order: Order, { sku, quantity }: ItemInput): Order {
  const quantities = { ...order.quantities, [sku]: (order.quantities[sku] ?? 0) + quantity };
  return { ...order, quantities };
}

function ordersIn(store: EventStore): OrderStore {
  return {
    createOrder: async (data) => {
      const id = randomUUID();
      await handle(store, id, ({ created }) => {
        if (created) throw new IllegalStateError('The order is there already.');
        return { type: 'OrderCreated', data };
      });
      return id;
    },
    addItem: async (id, item) => {
      await handle(store, id, ({ created }) => {
        if (!created) throw new IllegalStateError('There is no such order.');
        return { type: 'OrderItemAdded', data: { item } };
      });
    },
    close: async () => undefined,
  };
}

async function oneConnection(folder: string): Promise<OrderStore> {
  const fileName = join(folder, 'emmett.sqlite');
  const connection = sqliteConnection({ fileName });
  const store = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } });
  return durable(fileName, store, connection);
}

async function defaultPool(folder: string): Promise<OrderStore> {
  const fileName = join(folder, 'emmett.sqlite');
  return durable(fileName, getSQLiteEventStore({ fileName }));
}

async function durable(
  fileName: string,
  store: SQLiteEventStore,
  connection?: SQLiteConnection,
): Promise<OrderStore> {
  await store.schema.migrate();
  // Of the same SQLite library: a second one in this process would break the locks of the first.
  const onlooker = sqliteConnection({ fileName });
  return {
    ...ordersIn(store),
    committed: async () => {
      const row = await onlooker.querySingle<{ events: number }>(
        'SELECT count(*) AS events FROM emt_messages',
      );
      return row?.events ?? 0;
    },
    close: async () => {
      onlooker.close();
      connection?.close();
    },
  };
}

/** A row for each order: less than Tidemark's view of orders has, which also keeps items and money. */
const projection = sqliteRawSQLProjection<OrderEvent>({
  canHandle: ['OrderCreated', 'OrderItemAdded'],
  evolve: (event) => {
    // The type of what `evolve` is given leaves out the metadata that it has.
    const { metadata } = event as unknown as { metadata: { streamName: string } };
    if (event.type === 'OrderItemAdded')
      return `UPDATE order_rows SET items = items + 1 WHERE id = '${metadata.streamName}'`;
    const { customerId, items } = event.data;
    return `INSERT INTO order_rows (id, customer, items) VALUES ('${metadata.streamName}', '${customerId}', ${items.length})`;
  },
});

/** There is no tool to rebuild in SQLite: a new consumer reads from the beginning into an empty table. */
async function rebuildOf(folder: string, orders: number, batchSize: number): Promise<Rebuilding> {
  const fileName = join(folder, 'emmett.sqlite');
  const connection = sqliteConnection({ fileName });
  const store = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } });
  await store.schema.migrate();
  for (let n = 0; n < orders; n += 1) {
    const added = Array.from({ length: ITEMS_ADDED }, (_, at) => itemOf(n + 2 + at));
    await store.appendToStream<OrderEvent>(`order-${randomUUID()}`, [
      { type: 'OrderCreated', data: orderOf(n) },
      ...added.map((item) => ({ type: 'OrderItemAdded' as const, data: { item } })),
    ]);
  }
  const events = orders * (1 + ITEMS_ADDED);
  const expected = orders * (2 + ITEMS_ADDED);
  let rebuilds = 0;
  return {
    events,
    rebuild: async () => {
      const started = performance.now();
      await connection.command('DROP TABLE IF EXISTS order_rows');
      await connection.command('CREATE TABLE order_rows (id TEXT PRIMARY KEY, customer TEXT, items INTEGER)');
      const consumer = store.consumer<OrderEvent>({ pulling: { batchSize } });
      consumer.processor<OrderEvent>({
        processorId: `order-rows-${rebuilds++}`,
        projection,
        startFrom: 'BEGINNING',
        stopAfter: ({ metadata }) => metadata.globalPosition >= BigInt(events),
      });
      await consumer.start();
      const ms = performance.now() - started;
      const row = await connection.querySingle<{ items: number }>(
        'SELECT sum(items) AS items FROM order_rows',
      );
      if (row?.items !== expected) throw new Error(`${row?.items} of ${expected} items are in the view.`);
      return ms;
    },
  };
}
