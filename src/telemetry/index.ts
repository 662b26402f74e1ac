export type { CommitMeasure, Metrics } from './metrics.js';
export type { Tracing } from './tracing.js';

export { createMetrics } from './metrics.js';
export { createTracing } from './tracing.js';
