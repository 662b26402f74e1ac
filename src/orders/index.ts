export type { OrderInputs } from './inputs.js';
export type { OrderEvents } from './events.js';
export type { OrderState } from './order.js';

export { order } from './order.js';
export { orderEvents } from './events.js';
export { orderResolvers, orders } from './module.js';
export { ordersPlayground } from './playground.js';
