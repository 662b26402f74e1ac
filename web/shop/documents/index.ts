export { ordersLive, ordersPage } from './orders.js';
export { basketQuantity } from './compare.js';
export { orderLive, orderPage } from './order.js';
export {
  addOrderItem,
  cancelOrder,
  changeShippingAddress,
  createOrder,
  deliverOrder,
  payOrder,
  placeOrder,
  removeOrderItem,
  shipOrder,
} from './commands.js';
export { customersPage, delayOrders, ordersDelay, salesReport, whoMay } from './reports.js';
