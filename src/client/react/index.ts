/**
 * Hooks for React, over any of the clients.
 *
 * @module tidemark/client/react
 */
export type { CommandOptions, CommandState, CommandStore, Done, UserError } from './command-store.js';
export type { Fold, LiveOptions, LiveState } from './live-store.js';
export type { QueryOptions, QueryState } from './query-store.js';
export type { UsedCommand } from './use-command.js';
export type { UsedQuery } from './use-query.js';
export type { UsedLive } from './use-live.js';
export type { Shown } from './overlay.js';
export { overlay } from './overlay.js';
export { TidemarkProvider, usePort } from './provider.js';
export { useCommand } from './use-command.js';
export { useConnection, useConsistency, usePosition, useWritten } from './use-session.js';
export { useLive } from './use-live.js';
export { useQuery } from './use-query.js';
