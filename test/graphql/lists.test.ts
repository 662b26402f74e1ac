import { describe, expect, test } from 'vitest';
import { accepted, createOrder } from '../support/order-operations.js';
import { startService, type Service, type Variables } from '../support/service.js';
import { settled, someOrders } from '../support/some-orders.js';

const PAGE = `query Page($filter: OrderFilter, $orderBy: [OrderOrder!], $first: Int, $after: String, $last: Int, $before: String) {
  orders(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    edges { cursor node { id } }
    nodes { id reference status customerId total { amount } createdAt placedAt position }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Row {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly customerId: string;
  readonly total: { readonly amount: string };
  readonly createdAt: string;
  readonly placedAt: string | null;
  readonly position: string;
}

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { cursor: string; node: { id: string } }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

async function page(service: Service, variables: Variables): Promise<Page> {
  const { body } = await service.gql(PAGE, variables);
  expect(body.errors).toBeUndefined();
  return body.data.orders as Page;
}

const references = (nodes: readonly Row[]): string[] => nodes.map(({ reference }) => reference);

/** All rows page by page, in the order in which they are listed. */
async function walk(service: Service, variables: Variables, size: number, backward = false): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (;;) {
    const at = backward ? { last: size, before: cursor } : { first: size, after: cursor };
    const { nodes, pageInfo } = await page(service, { ...variables, ...at });
    if (backward) rows.unshift(...nodes);
    else rows.push(...nodes);
    cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
    if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return rows;
  }
}

/** Counts the questions to the query bus by the query's name. */
function countQueries({ app }: Service): Map<string, number> {
  const counts = new Map<string, number>();
  const { queries } = app.kernel;
  const ask = queries.ask.bind(queries);
  const counted: typeof ask = (query, ...rest) => {
    counts.set(query.name, (counts.get(query.name) ?? 0) + 1);
    return ask(query, ...rest);
  };
  Object.assign(queries, { ask: counted });
  return counts;
}

describe('A list of orders', () => {
  test('has the newest first, 20 of them, when nothing is said', async () => {
    const service = await startService();
    for (let index = 0; index < 22; index += 1) await createOrder(service, { reference: `R-${index}` });
    await settled(service);
    const { nodes, edges, totalCount, pageInfo } = await page(service, {});
    expect(references(nodes)).toEqual(Array.from({ length: 20 }, (_, index) => `R-${21 - index}`));
    expect(edges.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id));
    expect(totalCount).toBe(22);
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor,
      endCursor: edges[19]?.cursor,
    });
  });

  test('that is empty has no cursors and no further pages', async () => {
    const service = await startService();
    expect(await page(service, {})).toEqual({
      totalCount: 0,
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('is the same forward and backward, in pages of any size', async () => {
    const service = await startService();
    await someOrders(service);
    const whole = references((await page(service, { first: 100 })).nodes);
    expect(whole).toEqual(Array.from({ length: 12 }, (_, index) => `NW-${11 - index}`));
    for (const size of [1, 2, 5, 11, 12, 100]) {
      expect(references(await walk(service, {}, size))).toEqual(whole);
      expect(references(await walk(service, {}, size, true))).toEqual(whole);
    }
  });

  test('says on every page whether there is more on either side', async () => {
    const service = await startService();
    await someOrders(service);
    const first = await page(service, { first: 6 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = await page(service, { first: 6, after: first.pageInfo.endCursor });
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const last = await page(service, { last: 6 });
    expect(last.nodes).toEqual(second.nodes);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  test('keeps its cursors in place while orders are added and changed', async () => {
    const service = await startService();
    const orders = await someOrders(service);
    const first = await page(service, { first: 4 });
    for (let each = 0; each < 5; each += 1) await createOrder(service, { reference: 'NEW' });
    for (const { id, index } of orders) {
      if (index % 2 === 1) await accepted(service, 'placeOrder', { orderId: id });
    }
    await settled(service);
    const rest = await page(service, { first: 100, after: first.pageInfo.endCursor });
    expect([...references(first.nodes), ...references(rest.nodes)]).toEqual(
      Array.from({ length: 12 }, (_, index) => `NW-${11 - index}`),
    );
    expect((await page(service, { last: 100, before: first.pageInfo.startCursor })).nodes).toHaveLength(5);
  });

  test('goes on behind a cursor whose order has changed its place', async () => {
    const service = await startService();
    const orders = await someOrders(service);
    const orderBy = [{ field: 'CHANGED_AT', direction: 'ASC' }];
    const first = await page(service, { first: 4, orderBy });
    const moved = orders.find(({ index }) => index === 3);
    expect(first.nodes[3]?.id).toBe(moved?.id);
    await accepted(service, 'cancelOrder', { orderId: moved?.id, reason: 'mistake' });
    await settled(service);
    const rest = await page(service, { first: 100, after: first.pageInfo.endCursor, orderBy });
    expect(rest.nodes).toHaveLength(9);
    expect(rest.nodes.at(-1)?.id).toBe(moved?.id);
  });
});

describe('The order of a list', () => {
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const comparators: Record<string, (a: Row, b: Row) => number> = {
    CREATED_AT: (a, b) => byText(a.createdAt, b.createdAt),
    PLACED_AT: (a, b) => byText(a.placedAt ?? '', b.placedAt ?? ''),
    CHANGED_AT: (a, b) => byText(a.position, b.position),
    TOTAL: (a, b) => Number(a.total.amount) - Number(b.total.amount),
    STATUS: (a, b) => byText(a.status, b.status),
    CUSTOMER_ID: (a, b) => byText(a.customerId, b.customerId),
  };
  type Term = readonly [string, 'ASC' | 'DESC'];
  const single = Object.keys(comparators).flatMap((field): Term[][] => [[[field, 'ASC']], [[field, 'DESC']]]);
  const mixed: Term[][] = [
    [
      ['CUSTOMER_ID', 'ASC'],
      ['TOTAL', 'DESC'],
    ],
    [
      ['STATUS', 'DESC'],
      ['PLACED_AT', 'ASC'],
    ],
    [
      ['TOTAL', 'ASC'],
      ['CUSTOMER_ID', 'DESC'],
      ['CREATED_AT', 'ASC'],
    ],
    [
      ['PLACED_AT', 'DESC'],
      ['TOTAL', 'DESC'],
      ['CUSTOMER_ID', 'ASC'],
    ],
  ];

  test('is by any field and by several, each in its own direction, over pages both ways', async () => {
    const service = await startService();
    await someOrders(service);
    const all = (await page(service, { first: 100 })).nodes;
    for (const terms of [...single, ...mixed]) {
      const tie = terms.at(-1)?.[1] === 'DESC' ? -1 : 1;
      const expected = [...all].sort((a, b) => {
        for (const [field, direction] of terms) {
          const difference = (comparators[field]?.(a, b) ?? 0) * (direction === 'DESC' ? -1 : 1);
          if (difference !== 0) return difference;
        }
        return byText(a.id, b.id) * tie;
      });
      const orderBy = terms.map(([field, direction]) => ({ field, direction }));
      const title = JSON.stringify(terms);
      expect(references(await walk(service, { orderBy }, 5)), title).toEqual(references(expected));
      expect(references(await walk(service, { orderBy }, 5, true)), title).toEqual(references(expected));
    }
  });
});

describe('A filter', () => {
  const odd = [1, 3, 5, 7, 9, 11];
  const filters: readonly (readonly [string, object, readonly number[]])[] = [
    ['status', { status: ['DRAFT'] }, odd],
    ['several statuses', { status: ['PLACED', 'CANCELLED'] }, [0, 2, 4, 6, 8, 10]],
    ['no status', { status: [] }, []],
    ['customerId', { customerId: 'BOLID' }, [1, 4, 7, 10]],
    ['currencyCode', { currencyCode: 'EUR' }, [11]],
    ['country', { country: 'France' }, [2, 5, 8, 11]],
    ['reference', { reference: 'NW-7' }, [7]],
    ['createdAt', { createdAt: { from: '2026-01-03T12:00:00Z', to: '2026-01-05T12:00:00Z' } }, [2, 3]],
    ['createdAt from', { createdAt: { from: '2026-01-11T00:00:00Z' } }, [10, 11]],
    ['placedAt', { placedAt: { to: '2026-01-04T00:00:00Z' } }, [0, 2]],
    ['total', { total: { min: '20.00', max: '30' }, currencyCode: 'USD' }, [1, 2, 5, 6, 9, 10]],
    ['total between cents', { total: { min: '29.999', max: '30.001' }, currencyCode: 'USD' }, [2, 6, 10]],
    ['search in the reference', { search: 'nw-1' }, [1, 10, 11]],
    ['search in the customer', { search: 'hops' }, [2, 5, 8, 11]],
    ['search in the recipient', { search: 'CUSTOMER 0' }, [0, 3, 6, 9]],
    ['search for a sign of LIKE', { search: '%' }, []],
    ['all at once', { status: ['DRAFT'], customerId: 'ALFKI', search: 'NW', country: 'Germany' }, [3, 9]],
    [
      'nulls',
      { status: null, customerId: null, createdAt: null, total: null, search: null },
      [...Array(12).keys()],
    ],
  ];

  test('by each field lets through what it says, and the count is of all that it lets through', async () => {
    const service = await startService();
    await someOrders(service);
    for (const [title, filter, expected] of filters) {
      const wanted = expected.map((index) => `NW-${index}`).sort();
      const { nodes, totalCount } = await page(service, { filter, first: 100 });
      expect(references(nodes).sort(), title).toEqual(wanted);
      expect(totalCount, title).toBe(expected.length);
      expect(references(await walk(service, { filter }, 2)).sort(), title).toEqual(wanted);
      expect((await page(service, { filter, first: 1 })).totalCount, title).toBe(expected.length);
    }
  });
});

describe('What is not selected is not read:', () => {
  test('totalCount is counted only when selected', async () => {
    const service = await startService();
    await someOrders(service);
    const counts = countQueries(service);
    await service.gql('{ orders { nodes { id } pageInfo { hasNextPage } } customers { nodes { id } } }');
    expect(Object.fromEntries(counts)).toEqual({ orderList: 1, customerList: 1 });
    await service.gql('{ orders { totalCount } }');
    expect(counts.get('orderCount')).toBe(1);
    await service.gql('{ customers { totalCount } }');
    expect(counts.get('customerCount')).toBe(1);
  });

  test('customers of a list of orders are read once, whatever its length', async () => {
    const service = await startService();
    await someOrders(service);
    const counts = countQueries(service);
    const { body } = await service.gql('{ orders { nodes { customerId customer { id orderCount } } } }');
    expect(Object.fromEntries(counts)).toEqual({ orderList: 1, customersById: 1 });
    for (const { customerId, customer } of body.data.orders.nodes) expect(customer.id).toBe(customerId);
    counts.clear();
    await service.gql('{ orders { nodes { id customerId } } }');
    expect(Object.fromEntries(counts)).toEqual({ orderList: 1 });
  });

  test('customers asked for by several fields are read together', async () => {
    const service = await startService();
    await someOrders(service);
    const counts = countQueries(service);
    const { body } = await service.gql(
      '{ a: customer(id: "ALFKI") { id } b: customer(id: "BOLID") { id } c: customer(id: "NONE") { id } }',
    );
    expect(body.data).toEqual({ a: { id: 'ALFKI' }, b: { id: 'BOLID' }, c: null });
    expect(counts.get('customersById')).toBe(1);
  });
});
