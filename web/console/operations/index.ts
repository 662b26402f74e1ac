export { OperationsLog } from './operations-log.js';
