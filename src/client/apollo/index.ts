export { tidemarkLink } from './link.js';
export { apolloPort } from './port.js';
