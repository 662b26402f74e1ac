export type { Metrics } from './metrics.js';
export type { HistogramReading, Readings } from './readings.js';
export type { SampleSource, Sampler } from './sampler.js';
export type { ServiceSample } from './service-samples.js';
export type { Tracing } from './tracing.js';

export { createMetrics } from './metrics.js';
export { createSampler } from './sampler.js';
export { createServiceSampler } from './service-samples.js';
export { createTracing } from './tracing.js';
