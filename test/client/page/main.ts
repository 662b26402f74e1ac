import { StrictMode, createElement as h, useEffect, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../../../src/client/index.js';
import {
  TidemarkProvider,
  overlay,
  useCommand,
  useConnection,
  useConsistency,
  useLive,
  usePosition,
  useQuery,
} from '../../../src/client/react/index.js';
import { countOrders, createOrder, liveOrder, placeOrder } from '../documents.js';

/** What the test finds in the page. */
interface Page {
  /** The service. */
  readonly service: string;
  readonly order: string;
  /** Every status that was shown, one after another. */
  readonly shown: string[];
  renders: number;
}

type Container = Parameters<typeof createRoot>[0];

// The test has put `test` there; the types of the tests are not those of a browser.
const { test: page, document } = globalThis as unknown as {
  readonly test: Page;
  readonly document: { getElementById(id: string): Container | null };
};
const client = createClient({ url: `${page.service}/graphql`, user: 'ann' });

function Status(): ReactElement {
  const live = useLive(liveOrder, { id: page.order });
  const place = useCommand(placeOrder, { projection: 'orders' });
  const guessed = overlay(live, place.state, (data) => ({
    order: { ...data.order, order: { status: 'PLACED' } },
  }));
  const status = guessed?.order.order?.status ?? 'none';
  useEffect(() => {
    page.renders += 1;
    if (page.shown.at(-1) !== status) page.shown.push(status);
  });
  return h(
    'div',
    null,
    h('output', { id: 'status' }, status),
    h('output', { id: 'real' }, live.data?.order.order?.status ?? 'none'),
    h('output', { id: 'phase' }, place.state.phase),
    h('button', { id: 'place', onClick: () => void place.send({ input: { orderId: page.order } }) }, 'Place'),
  );
}

function Count(): ReactElement {
  const { data } = useQuery(countOrders);
  const create = useCommand(createOrder);
  const input = {
    customerId: 'ANN',
    items: [{ sku: 'tea', quantity: 1, unitPrice: '1.00' }],
    shippingAddress: { recipient: 'Ann', line1: '1 High Street', city: 'Bath', country: 'UK' },
  };
  return h(
    'div',
    null,
    h('output', { id: 'count' }, data?.orders.totalCount),
    h('output', { id: 'created' }, create.state.phase),
    h('button', { id: 'create', onClick: () => void create.send({ input }) }, 'Create'),
  );
}

function Strip(): ReactElement {
  const position = usePosition();
  const consistency = useConsistency();
  const connection = useConnection();
  return h(
    'footer',
    null,
    h('output', { id: 'position' }, position ?? 'none'),
    h('output', { id: 'stale' }, String(consistency?.stale)),
    h('output', { id: 'connection' }, connection),
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(h(StrictMode, null, h(TidemarkProvider, { client }, h(Status), h(Count), h(Strip))));
