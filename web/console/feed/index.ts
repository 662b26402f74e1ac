export type { Cell } from './cell.js';
export type { Cluster, ClusterNode, Feed, Lag, Operation, Projection, Status } from './feed.js';
export type { Buckets, Point } from './points.js';

export { FeedProvider, useCell, useFeed } from './context.js';
export { REMEMBERED_SECONDS, createFeed, headOf } from './feed.js';
