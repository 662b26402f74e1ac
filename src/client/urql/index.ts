/**
 * The session in urql.
 *
 * @module tidemark/client/urql
 */
export { forwardSubscriptions, tidemarkExchange } from './exchange.js';
export { urqlPort } from './port.js';
