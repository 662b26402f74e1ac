export type { Limit, LimitName, Limits } from './catalogue.js';

export { LIMITS, defaultLimits, limitNames, variableOf } from './catalogue.js';
