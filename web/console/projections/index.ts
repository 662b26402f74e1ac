export { Projections } from './projections.js';
export { STATES } from './words.js';
