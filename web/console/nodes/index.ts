export { Nodes } from './nodes.js';
export { Together } from './together.js';
