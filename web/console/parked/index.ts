export { Parked } from './parked.js';
