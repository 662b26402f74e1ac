/**
 * The session in Apollo Client.
 *
 * @module tidemark/client/apollo
 */
export { tidemarkLink } from './link.js';
export { apolloPort } from './port.js';
