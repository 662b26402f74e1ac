import { CommandError, createAggregate, createCommands, createDomain, type Provider } from 'evtstore';
import { createProvider, migrate } from 'evtstore/provider/knex.js';
import { createProvider as createMemoryProvider } from 'evtstore/provider/memory.js';
import knex from 'knex';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ItemInput, OrderInput, OrderStore, PeerModule } from '../peer.js';

type OrderEvent = ({ type: 'created' } & OrderInput) | { type: 'itemAdded'; item: ItemInput };
type OrderCommand = ({ type: 'create' } & OrderInput) | { type: 'addItem'; item: ItemInput };
interface Order {
  quantities: Record<string, number>;
}

/** evtstore by its documentation: `createCommands` on its Knex provider with sqlite3, and in memory. */
export const peer: PeerModule = {
  stores: {
    'evtstore, Knex and sqlite3': sqlite,
    'evtstore in memory': async () => ordersIn(createMemoryProvider<OrderEvent>(), async () => undefined),
  },
};

async function sqlite(folder: string): Promise<OrderStore> {
  const connection = { filename: join(folder, 'evtstore.sqlite') };
  const client = knex({ client: 'sqlite3', connection, useNullAsDefault: true });
  await migrate({ client, events: 'events', bookmarks: 'bookmarks' });
  const provider = createProvider<OrderEvent>({
    limit: 1_000,
    events: () => client.table('events'),
    bookmarks: () => client.table('bookmarks'),
  });
  return ordersIn(provider, () => client.destroy());
}

function ordersIn(provider: Provider<OrderEvent>, close: () => Promise<void>): OrderStore {
  const aggregate = createAggregate<OrderEvent, Order, 'orders'>({
    stream: 'orders',
    create: () => ({ quantities: {} }),
    fold: (event, { quantities }) => {
      const items = event.type === 'created' ? event.items : [event.item];
      const added = items.map(({ sku, quantity }) => [sku, (quantities[sku] ?? 0) + quantity] as const);
      return { quantities: { ...quantities, ...Object.fromEntries(added) } };
    },
  });
  const { domain } = createDomain({ provider }, { order: aggregate });
  const commands = createCommands<OrderEvent, Order, OrderCommand>(domain.order, {
    create: async ({ type: _, aggregateId: __, ...input }, { version }) => {
      if (version > 0) throw new CommandError('The order is there already.');
      return { type: 'created', ...input };
    },
    addItem: async ({ item }, { version }) => {
      if (version === 0) throw new CommandError('There is no such order.');
      return { type: 'itemAdded', item };
    },
  });
  return {
    createOrder: async (input) => {
      const id = randomUUID();
      await commands.create(id, input);
      return id;
    },
    addItem: async (id, item) => void (await commands.addItem(id, { item })),
    close,
  };
}
