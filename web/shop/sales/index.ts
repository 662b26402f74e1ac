export { SalesPage } from './sales-page.js';
