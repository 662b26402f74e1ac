import 'reflect-metadata/lite';
import { orderResolvers, orders, ordersPlayground } from './orders/index.js';
import { defineService } from './service/index.js';

/** The service of this repository: the orders domain. */
export const service = defineService({
  name: 'Tidemark',
  modules: [orders],
  resolvers: orderResolvers,
  playground: ordersPlayground,
  shop: true,
});
