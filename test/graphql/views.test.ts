import { describe, expect, test } from 'vitest';
import { accepted, createOrder } from '../support/order-operations.js';
import { startService, type Body, type Service, type Variables } from '../support/service.js';
import { settled, someOrders } from '../support/some-orders.js';

async function read(service: Service, query: string, variables?: Variables): Promise<Body['data']> {
  const { body } = await service.gql(query, variables);
  expect(body.errors).toBeUndefined();
  return body.data;
}

describe('node', () => {
  test('finds an order by its id', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const { node } = await read(
      service,
      '{ node(id: "ID") { __typename id ... on Order { reference } } }'.replace('ID', orderId),
    );
    expect(node).toEqual({ __typename: 'Order', id: orderId, reference: 'PO-1' });
  });
});

describe('customer', () => {
  test('counts placed orders that were not cancelled, and what they come to in each currency', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service, { orderedAt: '2026-01-31T12:00:00Z' });
    const euros = await createOrder(service, { currencyCode: 'EUR', orderedAt: '2026-02-01T12:00:00Z' });
    const query = `{ customer(id: "ALFKI") {
      id name orderCount lifetimeValue { amount currencyCode } firstOrderAt lastOrderAt lastOrderId position
    } }`;
    await settled(service);
    expect((await read(service, query)).customer).toMatchObject({
      id: 'ALFKI',
      name: 'Maria Anders',
      orderCount: 0,
      lifetimeValue: [],
      firstOrderAt: null,
      lastOrderAt: null,
      lastOrderId: null,
    });
    await accepted(service, 'placeOrder', { orderId });
    const placed = await accepted(service, 'placeOrder', { orderId: euros.orderId });
    await settled(service);
    expect((await read(service, query)).customer).toMatchObject({
      orderCount: 2,
      lifetimeValue: [
        { amount: '180.00', currencyCode: 'USD' },
        { amount: '180.00', currencyCode: 'EUR' },
      ],
      firstOrderAt: '2026-01-31T12:00:00.000Z',
      lastOrderAt: '2026-02-01T12:00:00.000Z',
      lastOrderId: euros.orderId,
      position: placed.receipt.position,
    });
    await accepted(service, 'cancelOrder', { orderId, reason: 'mistake' });
    await settled(service);
    const { customer } = await read(service, query);
    expect(customer.orderCount).toBe(1);
    expect(customer.lifetimeValue).toEqual([
      { amount: '0.00', currencyCode: 'USD' },
      { amount: '180.00', currencyCode: 'EUR' },
    ]);
  });
});

describe('customers', () => {
  const LIST = `query List($filter: CustomerFilter, $orderBy: [CustomerOrder!], $first: Int, $after: String, $last: Int, $before: String) {
    customers(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      totalCount nodes { id name orderCount } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;
  const list = async (service: Service, variables: Variables = {}): Promise<Body['data']> =>
    (await read(service, LIST, variables)).customers;
  const ids = ({ nodes }: Body['data']): string[] => (nodes as { id: string }[]).map(({ id }) => id);

  test('are listed by id, in pages, forward and backward', async () => {
    const service = await startService();
    await someOrders(service);
    const first = await list(service, { first: 2 });
    expect(ids(first)).toEqual(['ALFKI', 'BOLID']);
    expect(first.totalCount).toBe(3);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(ids(await list(service, { first: 2, after: first.pageInfo.endCursor }))).toEqual(['CHOPS']);
    const last = await list(service, { last: 2 });
    expect(ids(last)).toEqual(['BOLID', 'CHOPS']);
    expect(ids(await list(service, { last: 2, before: last.pageInfo.startCursor }))).toEqual(['ALFKI']);
  });

  test('are sorted by name, number of orders and last order', async () => {
    const service = await startService();
    await someOrders(service);
    const sorted = async (field: string, direction: string): Promise<string[]> =>
      ids(await list(service, { orderBy: [{ field, direction }] }));
    expect(await sorted('NAME', 'DESC')).toEqual(['CHOPS', 'BOLID', 'ALFKI']);
    // Placed are the even ones; of those 0 and 6 were cancelled, both of ALFKI.
    expect(await sorted('ORDER_COUNT', 'ASC')).toEqual(['ALFKI', 'BOLID', 'CHOPS']);
    expect(await sorted('ORDER_COUNT', 'DESC')).toEqual(['CHOPS', 'BOLID', 'ALFKI']);
    expect(await sorted('LAST_ORDER_AT', 'DESC')).toEqual(['BOLID', 'CHOPS', 'ALFKI']);
  });

  test('are filtered by text and by number of orders', async () => {
    const service = await startService();
    await someOrders(service);
    expect(ids(await list(service, { filter: { search: 'olid' } }))).toEqual(['BOLID']);
    expect(ids(await list(service, { filter: { search: 'customer 2' } }))).toEqual(['CHOPS']);
    expect(await list(service, { filter: { orderCountMin: 2 } })).toMatchObject({
      totalCount: 2,
      nodes: [{ id: 'BOLID' }, { id: 'CHOPS' }],
    });
  });
});

describe('salesReport', () => {
  const REPORT = `query Report($groupBy: SalesGroup!, $from: DateTime, $to: DateTime) {
    salesReport(groupBy: $groupBy, from: $from, to: $to) {
      key label orders quantity gross { amount currencyCode } discount { amount } net { amount } freight { amount }
    }
  }`;
  const report = async (service: Service, variables: Variables): Promise<Body['data']> =>
    (await read(service, REPORT, variables)).salesReport;
  const short = (rows: readonly { key: string; orders: number; gross: { amount: string } }[]): string[] =>
    rows.map(({ key, orders, gross }) => `${key} ${orders} ${gross.amount}`);

  // Of the even orders 0 and 6 were cancelled: 2 and 10 are of 30.00, 4 and 8 of 10.00.
  const groups: Record<string, string[]> = {
    DAY: ['2026-01-03 1 30.00', '2026-01-05 1 10.00', '2026-01-09 1 10.00', '2026-01-11 1 30.00'],
    MONTH: ['2026-01 4 80.00'],
    YEAR: ['2026 4 80.00'],
    PRODUCT: ['SKU-0 4 80.00'],
    CUSTOMER: ['BOLID 2 40.00', 'CHOPS 2 40.00'],
    COUNTRY: ['France 2 40.00', 'Spain 2 40.00'],
  };

  test('groups placed orders that were not cancelled, in each way', async () => {
    const service = await startService();
    await someOrders(service);
    for (const [groupBy, expected] of Object.entries(groups)) {
      expect(short(await report(service, { groupBy })), groupBy).toEqual(expected);
    }
  });

  test('has labels for people, and freight but with products', async () => {
    const service = await startService();
    await someOrders(service);
    const [product] = await report(service, { groupBy: 'PRODUCT' });
    expect(product).toMatchObject({ key: 'SKU-0', label: 'Thing 0', freight: null });
    const [customer] = await report(service, { groupBy: 'CUSTOMER' });
    expect(customer).toMatchObject({ key: 'BOLID', label: 'Customer 1', freight: { amount: '0.00' } });
    const [day] = await report(service, { groupBy: 'DAY' });
    expect(day).toMatchObject({ key: '2026-01-03', label: '2026-01-03' });
  });

  test('is of the days that overlap the time asked for', async () => {
    const service = await startService();
    await someOrders(service);
    const days = async (from?: string, to?: string): Promise<string[]> =>
      ((await report(service, { groupBy: 'DAY', from, to })) as { key: string }[]).map(({ key }) =>
        key.slice(8),
      );
    expect(await days('2026-01-05T00:00:00Z')).toEqual(['05', '09', '11']);
    expect(await days(undefined, '2026-01-09T00:00:00Z')).toEqual(['03', '05']);
    expect(await days('2026-01-05T00:00:00Z', '2026-01-09T00:00:00.001Z')).toEqual(['05', '09']);
    expect(await days('2026-01-05T23:59:59Z', '2026-01-06T00:00:00Z')).toEqual(['05']);
    expect(await days('2026-01-05T01:00:00+02:00', '2026-01-05T02:00:00+02:00')).toEqual([]);
    expect(await days('2030-01-01T00:00:00Z')).toEqual([]);
  });

  test('keeps currencies apart, and takes discounts and freight into account', async () => {
    const service = await startService();
    const orderedAt = '2026-03-01T00:00:00Z';
    const items = [{ sku: 'A', quantity: 3, unitPrice: '0.99', discount: '0.15' }];
    for (const currencyCode of ['USD', 'EUR']) {
      const { orderId } = await createOrder(service, { items, currencyCode, freight: '5.00', orderedAt });
      await accepted(service, 'placeOrder', { orderId });
    }
    await settled(service);
    const row = {
      key: '2026',
      label: '2026',
      orders: 1,
      quantity: 3,
      discount: { amount: '0.45' },
      net: { amount: '2.52' },
      freight: { amount: '5.00' },
    };
    expect(await report(service, { groupBy: 'YEAR' })).toEqual([
      { ...row, gross: { amount: '2.97', currencyCode: 'EUR' } },
      { ...row, gross: { amount: '2.97', currencyCode: 'USD' } },
    ]);
  });
});

describe('orderHistory', () => {
  test('tells what happened to an order, oldest first', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service, { orderedAt: '2026-01-31T12:00:00Z' });
    await createOrder(service);
    await accepted(service, 'placeOrder', { orderId });
    await accepted(service, 'placeOrder', { orderId });
    const cancelled = await accepted(service, 'cancelOrder', { orderId, reason: 'too late' });
    await settled(service);
    const { orderHistory } = await read(
      service,
      '{ orderHistory(orderId: "ID") { type summary at recordedAt position commandId } }'.replace(
        'ID',
        orderId,
      ),
    );
    expect(orderHistory).toMatchObject([
      {
        type: 'OrderCreated',
        summary: 'Created with 1 item',
        at: '2026-01-31T12:00:00.000Z',
        position: receipt.position,
        commandId: receipt.commandId,
      },
      { type: 'OrderPlaced', summary: 'Placed for 180.00 USD' },
      {
        type: 'OrderCancelled',
        summary: 'Cancelled: too late',
        position: cancelled.receipt.position,
        commandId: cancelled.receipt.commandId,
      },
    ]);
  });
});

describe('projections', () => {
  test('says how each projection is doing', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    await settled(service);
    const query =
      '{ projections { name version generation state checkpoint head lagEvents lagMs healthy parked progress } }';
    const { projections } = await read(service, query);
    expect(projections).toEqual(
      ['orders', 'customers', 'sales'].map((name) => ({
        name,
        version: expect.any(Number) as number,
        generation: 1,
        state: 'LIVE',
        checkpoint: receipt.position,
        head: receipt.position,
        lagEvents: 0,
        lagMs: 0,
        healthy: true,
        parked: 0,
        progress: 1,
      })),
    );
  });

  test('says how far behind they are', async () => {
    const service = await startService();
    service.hold();
    const { receipt } = await createOrder(service);
    const query = '{ projections { name state checkpoint head lagEvents progress } }';
    for (const projection of (await read(service, query)).projections) {
      expect(projection).toMatchObject({ head: receipt.position, lagEvents: 1, progress: 0 });
      expect(projection.checkpoint < receipt.position).toBe(true);
    }
  });
});
