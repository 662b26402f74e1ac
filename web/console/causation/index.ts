export { Causation } from './causation.js';
