export { forwardSubscriptions, tidemarkExchange } from './exchange.js';
export { urqlPort } from './port.js';
