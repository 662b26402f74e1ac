export type { Condition, Conditions, ListInput, ListOutput, SortColumn, SortTerm, ViewDb } from './keyset.js';
export type { ListSource } from './list.js';

export { SortDirection } from './sort-direction.js';
export { connectionOf, sorting } from './list.js';
export {
  folded,
  likePattern,
  matchesFilter,
  orderName,
  prepareCount,
  prepareList,
  searchTerm,
  sortTerms,
} from './keyset.js';
export { rowMaker } from './rows.js';
