export { NewOrderPage } from './new-order-page.js';
