export type { GoOptions } from './fragment.js';
export { go, useFragment, useSearchState } from './fragment.js';
export { Go } from './link.js';
