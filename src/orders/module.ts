import type { ResolverClass } from '../graphql/index.js';
import type { Module } from '../kernel/index.js';
import { CustomersResolver } from './customers.graphql.js';
import { LiveOrdersResolver } from './live-orders.graphql.js';
import { order } from './order.js';
import { OrdersResolver } from './orders.graphql.js';
import { customerCount, customerList, customersById } from './queries/customers.queries.js';
import { orderById, orderCount, orderList, orderSnapshot, orderTimeline } from './queries/orders.queries.js';
import { salesReport } from './queries/sales.queries.js';
import { SalesResolver } from './sales.graphql.js';
import { customersProjection } from './views/customers.projection.js';
import { ordersProjection } from './views/orders.projection.js';
import { salesProjection } from './views/sales.projection.js';

/** The orders domain. */
export const orders: Module = {
  name: 'orders',
  deciders: [order],
  projections: [ordersProjection, customersProjection, salesProjection],
  queries: [
    orderById,
    orderList,
    orderSnapshot,
    orderCount,
    orderTimeline,
    customersById,
    customerList,
    customerCount,
    salesReport,
  ],
};

/** What the domain adds to the GraphQL schema. */
export const orderResolvers: readonly ResolverClass[] = [
  OrdersResolver,
  CustomersResolver,
  SalesResolver,
  LiveOrdersResolver,
];
