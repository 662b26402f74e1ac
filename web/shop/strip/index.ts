export { ConsistencyStrip } from './strip.js';
