import 'reflect-metadata/lite';
import { expect, it } from 'vitest';
import { encodeCursor, pageOf } from '../../src/graphql/index.js';
import { customerOrderBy } from '../../src/orders/queries/customers.queries.js';
import { orderName } from '../../src/derive/index.js';

it('a cursor after the longest name and id that a customer may have is taken back', () => {
  const row = { id: '客'.repeat(64), name: '漢'.repeat(200), orderCount: 1, lastOrderAt: 1, firstOrderAt: 1 };
  const customer = { ...row, lifetimeValue: {}, lastOrderId: null, position: 1 };
  const order = customerOrderBy([
    { field: 'NAME', descending: false },
    { field: 'ORDER_COUNT', descending: true },
    { field: 'LAST_ORDER_AT', descending: true },
  ]);
  const values = order.map((term) => term.of(customer));
  const after = encodeCursor(orderName(order), values);
  expect(pageOf({ first: 1, after }, orderName(order), values.length, 100).cursor).toEqual(values);
});
