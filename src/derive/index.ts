/**
 * GraphQL derived from deciders and projection tables: mutations, lookups, lists with filters and orders.
 *
 * @module tidemark/derive
 */
export type { CommandAccess, CommandSource, CommandsOptions, DerivedCommands } from './commands.js';
export type { DerivedView, RowOf, ViewOptions } from './view.js';
export type { Roles, TypeThunk } from './types.js';
export type { Condition, Conditions, ListInput, ListOutput, SortColumn, SortTerm, ViewDb } from './keyset.js';
export type { ListSource } from './list.js';
export type { RowQuery } from './view-queries.js';

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
export { deriveView } from './view.js';
export { deriveCommands } from './commands.js';
