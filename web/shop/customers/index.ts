export { CustomersPage } from './customers-page.js';
