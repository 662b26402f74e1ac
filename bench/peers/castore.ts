import { Command, EventStore, EventType, tuple } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { randomUUID } from 'node:crypto';
import type { ItemInput, OrderInput, PeerModule } from '../peer.js';

interface Order {
  readonly aggregateId: string;
  readonly version: number;
  readonly quantities: Readonly<Record<string, number>>;
}

const created = new EventType<'ORDER_CREATED', OrderInput>({ type: 'ORDER_CREATED' });
const itemAdded = new EventType<'ORDER_ITEM_ADDED', { item: ItemInput }>({ type: 'ORDER_ITEM_ADDED' });
type OrderEvent = NonNullable<(typeof created | typeof itemAdded)['_types']>['detail'];

/** Castore by its documentation: commands that get an aggregate and push an event, on its adapter in memory. */
export const peer: PeerModule = {
  stores: {
    'Castore in memory': async () => {
      const store = createStore();
      const createOrder = new Command({
        commandId: 'CREATE_ORDER',
        requiredEventStores: tuple(store),
        handler: async (payload: OrderInput, [orders]): Promise<string> => {
          const aggregateId = randomUUID();
          await orders.pushEvent({ aggregateId, version: 1, type: 'ORDER_CREATED', payload });
          return aggregateId;
        },
      });
      const addItem = new Command({
        commandId: 'ADD_ORDER_ITEM',
        requiredEventStores: tuple(store),
        handler: async ({ id, item }: { id: string; item: ItemInput }, [orders]): Promise<void> => {
          const { aggregate } = await orders.getExistingAggregate(id);
          const version = aggregate.version + 1;
          await orders.pushEvent({ aggregateId: id, version, type: 'ORDER_ITEM_ADDED', payload: { item } });
        },
      });
      return {
        createOrder: (input) => createOrder.handler(input, [store]),
        addItem: (id, item) => addItem.handler({ id, item }, [store]),
        close: async () => undefined,
      };
    },
  },
};

function createStore() {
  return new EventStore({
    eventStoreId: 'ORDERS',
    eventTypes: [created, itemAdded],
    reducer: (order: Order, event: OrderEvent): Order => {
      const { aggregateId, version } = event;
      const quantities = { ...(event.type === 'ORDER_CREATED' ? {} : order.quantities) };
      const items = event.type === 'ORDER_CREATED' ? event.payload.items : [event.payload.item];
      for (const { sku, quantity } of items) quantities[sku] = (quantities[sku] ?? 0) + quantity;
      return { aggregateId, version, quantities };
    },
    eventStorageAdapter: new InMemoryEventStorageAdapter(),
  });
}
