import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Projection } from '../../src/kernel/index.js';
import {
  customerConditions,
  customerOrderBy,
  type CustomerFilter,
} from '../../src/orders/queries/customers.queries.js';
import {
  matchesFilter,
  prepareCount,
  prepareList,
  type Conditions,
  type ListInput,
  type ListOutput,
  type SortTerm,
  type ViewDb,
} from '../../src/derive/index.js';
import { orderBy, orderConditions, type OrderFilter } from '../../src/orders/queries/orders.queries.js';
import { customersProjection } from '../../src/orders/views/customers.projection.js';
import { customers, type CustomerRow } from '../../src/orders/views/customers.tables.js';
import { ordersProjection } from '../../src/orders/views/orders.projection.js';
import { orders, type OrderRow } from '../../src/orders/views/orders.tables.js';
import { openLiveView } from '../support/live-view.js';
import { tempDir } from '../support/temp-dir.js';
import { address } from './samples.js';

type Read<Row, Filter> = (input: ListInput<Row, Filter>) => ListOutput<Row>;

/** A view file with exactly these rows, as queries read it. */
function viewWith(projection: Projection, table: string, rows: readonly object[]): ViewDb {
  const store = openLiveView(tempDir(), projection, { id: 'log', epoch: 1 }, 1);
  onTestFinished(() => {
    store.close();
  });
  store.commit(1, (batch) => {
    for (const row of rows) batch.rows[table]?.put(row);
  });
  // The sqlite engine's handle is drizzle's.
  return store.reader as ViewDb;
}

/** All rows, page by page, in the order asked for, whichever way the pages are turned. */
function turnPages<Row, Filter>(
  read: Read<Row, Filter>,
  filter: Filter,
  order: readonly SortTerm<Row>[],
  size: number,
  backward: boolean,
): readonly Row[] {
  const all: Row[] = [];
  for (let cursor: (string | number)[] | undefined; ;) {
    const { rows, hasMore } = read({ filter, order, page: { size, backward, cursor } });
    expect(rows.length).toBe(hasMore ? size : Math.min(rows.length, size));
    if (backward) all.unshift(...rows);
    else all.push(...rows);
    const edge = backward ? rows[0] : rows.at(-1);
    if (!hasMore || edge === undefined) return all;
    cursor = order.map((term) => term.of(edge));
  }
}

/** As SQLite compares: numbers by value, texts by their bytes. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function inOrder<Row>(rows: readonly Row[], order: readonly SortTerm<Row>[]): readonly Row[] {
  const by = (a: Row, b: Row): number => {
    for (const { of, descending } of order) {
      const way = compare(of(a), of(b));
      if (way !== 0) return descending ? -way : way;
    }
    return 0;
  };
  return [...rows].sort(by);
}

function check<Row, Filter>(
  view: { db: ViewDb; table: typeof orders | typeof customers; conditions: Conditions<Row, Filter> },
  rows: readonly Row[],
  filter: Filter,
  order: readonly SortTerm<Row>[],
  size: number,
): void {
  const read = prepareList(view.db, view.table, view.conditions);
  const expected = inOrder(
    rows.filter((row) => matchesFilter(view.conditions, row, filter)),
    order,
  );
  expect(turnPages(read, filter, order, size, false)).toEqual(expected);
  expect(turnPages(read, filter, order, size, true)).toEqual(expected);
  expect(prepareCount(view.db, view.table, view.conditions)(filter)).toBe(expected.length);
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
// Few letters, so that many are found: both cases, beyond A to Z too, and what LIKE takes for a sign.
const letter = fc.constantFrom('a', 'A', 'k', '\u212a', 'ä', 'Ä', 'ß', '%', '_', '\\', ' ');
const word = fc.string({ unit: letter, minLength: 1, maxLength: 3 });
const size = fc.integer({ min: 1, max: 7 });
const terms = <Field extends string>(...fields: Field[]) =>
  fc.array(fc.record({ field: fc.constantFrom(...fields), descending: fc.boolean() }), { maxLength: 3 });

describe('a list of orders', () => {
  const time = fc.constantFrom(1, 2, 3);
  const status = fc.constantFrom('DRAFT', 'PLACED', 'CANCELLED');
  const row: fc.Arbitrary<OrderRow> = fc
    .record({
      id: fc.uuid(),
      reference: fc.option(word),
      status,
      customerId: word,
      currencyCode: fc.constantFrom('USD', 'JPY'),
      total: fc.integer({ min: -2, max: 2 }),
      createdAt: time,
      placedAt: fc.option(time),
      position: fc.integer({ min: 1, max: 5 }),
      recipient: word,
      country: fc.constantFrom('Italy', 'Japan'),
    })
    .map(({ recipient, country, ...rest }) => ({
      items: [],
      shippingAddress: { ...address, recipient, country },
      subtotal: 0,
      discount: 0,
      freight: 0,
      paidAt: null,
      shippedAt: null,
      deliveredAt: null,
      cancelledAt: null,
      paymentReference: null,
      carrier: null,
      trackingNumber: null,
      cancelReason: null,
      degraded: false,
      ...rest,
    }));
  const filter: fc.Arbitrary<OrderFilter> = fc.record(
    {
      onlyStatus: maybe(fc.constantFrom('DRAFT', 'PLACED')),
      status: maybe(fc.subarray(['DRAFT', 'PLACED', 'CANCELLED'] as const)),
      customerId: maybe(word),
      currencyCode: maybe(fc.constant('USD')),
      country: maybe(fc.constant('Japan')),
      reference: maybe(word),
      createdFrom: maybe(time),
      createdTo: maybe(time),
      placedFrom: maybe(time),
      placedTo: maybe(time),
      totalMin: maybe(fc.integer({ min: -2, max: 2 })),
      totalMax: maybe(fc.integer({ min: -2, max: 2 })),
      search: maybe(word),
    },
    { requiredKeys: [] },
  );
  const order = terms('CREATED_AT', 'PLACED_AT', 'CHANGED_AT', 'TOTAL', 'STATUS', 'CUSTOMER_ID').map(orderBy);
  const rows = fc.uniqueArray(row, { maxLength: 25, selector: ({ id }) => id });

  it('gives every row that passes the filter exactly once, page by page, forward and backward', () => {
    fc.assert(
      fc.property(rows, order, size, (all, by, pageSize) => {
        const db = viewWith(ordersProjection, 'orders', all);
        check({ db, table: orders, conditions: orderConditions }, all, {}, by, pageSize);
      }),
      { numRuns: 60 },
    );
  });

  it('finds the rows that the same filter finds in memory', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.tuple(filter, order, size), { minLength: 8 }), (all, asked) => {
        const db = viewWith(ordersProjection, 'orders', all);
        const view = { db, table: orders, conditions: orderConditions };
        for (const [wanted, by, pageSize] of asked) check(view, all, wanted, by, pageSize);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a list of customers', () => {
  const row: fc.Arbitrary<CustomerRow> = fc
    .record({
      id: word,
      name: word,
      orderCount: fc.integer({ min: 0, max: 2 }),
      lastOrderAt: fc.option(fc.constantFrom(1, 2)),
    })
    .map((rest) => ({ lifetimeValue: {}, firstOrderAt: null, lastOrderId: null, position: 1, ...rest }));
  const filter: fc.Arbitrary<CustomerFilter> = fc.record(
    { search: maybe(word), orderCountMin: maybe(fc.integer({ min: 0, max: 2 })) },
    { requiredKeys: [] },
  );
  const order = terms('NAME', 'ORDER_COUNT', 'LAST_ORDER_AT').map(customerOrderBy);
  const rows = fc.uniqueArray(row, { maxLength: 25, selector: ({ id }) => id });

  it('gives every row that passes the filter exactly once, and finds what the filter finds in memory', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.tuple(filter, order, size), { minLength: 8 }), (all, asked) => {
        const db = viewWith(customersProjection, 'customers', all);
        const view = { db, table: customers, conditions: customerConditions };
        for (const [wanted, by, pageSize] of asked) check(view, all, wanted, by, pageSize);
      }),
      { numRuns: 40 },
    );
  });
});
