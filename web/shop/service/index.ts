export type { Failure, Problem } from './failure.js';
export type { Service } from './service.js';
export type { Visitor } from './visitor.js';
export { consistencyOf } from './consistency-of.js';
export { ServiceContext, useReads, useService } from './context.js';
export { failureFrom, failureOf } from './failure.js';
export { keepLive } from './keep-live.js';
export { numberOf } from './position.js';
export { clientOf, serviceFor } from './service.js';
