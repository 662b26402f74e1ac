import { CommandHandler, IllegalStateError, type Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { randomUUID } from 'node:crypto';
import type { ClusterModule, ClusterStore } from '../cluster-store.js';
import type { OrderInput } from '../peer.js';
import { orderOf } from '../workload.js';

type OrderCreated = Event<'OrderCreated', OrderInput>;

const handle = CommandHandler<{ readonly created: boolean }, OrderCreated>({
  initialState: () => ({ created: false }),
  evolve: () => ({ created: true }),
  mapToStreamId: (id) => `order-${id}`,
});

/** Emmett by its documentation: a CommandHandler on its PostgreSQL store, with the pool that it brings. */
export const peer: ClusterModule = { stores: { 'Emmett PostgreSQL': open } };

async function open(url: string): Promise<ClusterStore> {
  const store = getPostgreSQLEventStore(url);
  await store.schema.migrate();
  return {
    createOrder: (n) =>
      handle(store, randomUUID(), ({ created }) => {
        if (created) throw new IllegalStateError('The order is there already.');
        return { type: 'OrderCreated', data: orderOf(n) };
      }),
    close: () => store.close(),
  };
}
