/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Which events of the log; what is left out does not matter. */
export type EventFilter = {
  /** Only what comes after it. */
  afterPosition?: string | null | undefined;
  /** Only what comes before it. */
  beforePosition?: string | null | undefined;
  /** What one command wrote. */
  commandId?: string | null | undefined;
  /** All that belongs together. */
  correlationId?: string | null | undefined;
  /** Recorded then or later. */
  from?: string | null | undefined;
  /** All of these tags: `["order:0197…"]`. */
  tags?: Array<string> | null | undefined;
  /** Recorded before that. */
  to?: string | null | undefined;
  /** Any of these types, as they were recorded. */
  types?: Array<string> | null | undefined;
};

export type ProjectionState =
  /** Its views are being built; until then those of an older version are served, or none. */
  | 'BUILDING'
  /** Far behind the log, and reading. */
  | 'CATCHING_UP'
  /** Cannot go on; tries again by itself, and nothing is skipped. */
  | 'FAILED'
  /** Applies events as they come. */
  | 'LIVE'
  /** Waits for `resumeProjection`. */
  | 'PAUSED'
  /** Not running. */
  | 'STOPPED';

export type RebuildState =
  /** Applies the log from its beginning. */
  | 'BUILDING'
  /** Cannot go on; tries again by itself. The live views are not touched. */
  | 'FAILED';

/** What an event did to a row. */
export type RowChangeKind =
  | 'ADDED'
  | 'CHANGED'
  | 'REMOVED';

export type VerifyOutcome =
  /** There is nothing to compare; `message` says why. */
  | 'ABSENT'
  /** They are not; `differences` has the first rows that differ. */
  | 'DIFFERENT'
  /** It could not be told; `message` says why. */
  | 'FAILED'
  /** The live views are what a replay of the log gives. */
  | 'IDENTICAL';

export type CausationQueryVariables = Exact<{
  tag: string;
}>;


export type CausationQuery = { events: { nodes: Array<{ position: string, type: string, recordedAt: string, issuedAt: string, actor: string, commandId: string, correlationId: string, causationId: string | null, command: { name: string } | null }>, pageInfo: { hasPreviousPage: boolean } }, rowChanges: Array<{ position: string, projection: string, table: string, key: Array<string>, shared: boolean, change: RowChangeKind, columns: Array<{ column: string, before: unknown, after: unknown }> }> };

export type RowAsOfQueryVariables = Exact<{
  projection: string;
  table: string;
  key: Array<string> | string;
  position: string;
}>;


export type RowAsOfQuery = { rowOrigin: Array<{ position: string, type: string, change: RowChangeKind, columns: Array<{ column: string, after: unknown }> }> };

export type TagTailSubscriptionVariables = Exact<{
  tag: string;
  after?: string | null | undefined;
}>;


export type TagTailSubscription = { events: { position: string, events: Array<{ position: string }> } };

export type EventsPageQueryVariables = Exact<{
  filter?: EventFilter | null | undefined;
  before?: string | null | undefined;
}>;


export type EventsPageQuery = { projections: Array<{ head: string }>, events: { nodes: Array<{ position: string, type: string, tags: Array<string>, recordedAt: string, actor: string }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } };

export type EventsTailSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type EventsTailSubscription = { events: { position: string, events: Array<{ position: string, type: string, tags: Array<string>, recordedAt: string, actor: string }> } };

export type OneEventQueryVariables = Exact<{
  position: string;
}>;


export type OneEventQuery = { event: { position: string, type: string, schemaVersion: number, tags: Array<string>, data: unknown, recordedAt: string, issuedAt: string, actor: string, commandId: string, correlationId: string, causationId: string | null, command: { name: string } | null } | null };

export type ServiceStatusSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ServiceStatusSubscription = { serviceStatus: { at: string, startedAt: string, version: string, durability: string, ready: boolean, reasons: Array<string>, head: string, sockets: number, subscriptions: number, operationsRunning: number, operationsQueued: number, eventLoopDelayP50Ms: number, eventLoopDelayP99Ms: number, cpuSeconds: number, rssBytes: number, heapUsedBytes: number, commands: Array<{ name: string, count: number }>, commandSeconds: { bounds: Array<number>, counts: Array<number>, count: number, sum: number }, commitCommands: { bounds: Array<number>, counts: Array<number>, count: number, sum: number }, commitSyncSeconds: { bounds: Array<number>, counts: Array<number>, count: number, sum: number }, readAfterSeconds: { bounds: Array<number>, counts: Array<number>, count: number, sum: number }, readAfterWaiters: Array<{ name: string, count: number }> } };

export type BucketsFragment = { bounds: Array<number>, counts: Array<number>, count: number, sum: number };

export type ProjectionStatusesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ProjectionStatusesSubscription = { projectionStatus: { name: string, version: number, generation: number, state: ProjectionState, checkpoint: string, head: string, lagEvents: number, lagMs: number, healthy: boolean, parked: number, parkedEntities: number, progress: number, eventsPerSecond: number, delayMs: number, lastError: string | null, kept: { generation: number, version: number, checkpoint: string } | null, rebuild: { generation: number, state: RebuildState, checkpoint: string, head: string, progress: number, eventsPerSecond: number, leftMs: number | null, startedAt: string, parked: number, lastError: string | null } | null } };

export type ClusterNodesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ClusterNodesSubscription = { cluster: { shared: boolean, staleSince: string | null, nodes: Array<{ id: string, name: string, url: string, version: string, startedAt: string, heardAt: string, silentMs: number, silent: boolean, self: boolean, ready: boolean, reasons: Array<string>, head: string, projections: Array<{ name: string, state: ProjectionState, checkpoint: string, lagEvents: number, lagMs: number, healthy: boolean, parked: number }> }> } };

export type OperationsDoneSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type OperationsDoneSubscription = { operations: Array<{ seq: number, name: string, projection: string, actor: string, correlationId: string, at: string, position: string | null, reason: string | null }> };

export type OlderOperationsQueryVariables = Exact<{
  before?: string | null | undefined;
}>;


export type OlderOperationsQuery = { operations: { nodes: Array<{ seq: number, name: string, projection: string, actor: string, correlationId: string, at: string, position: string | null, reason: string | null }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } };

export type ParkedQueryVariables = Exact<{
  projection: string;
  after?: string | null | undefined;
}>;


export type ParkedQuery = { parkedEvents: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ position: string, entity: string, type: string, error: string | null, stack: string | null, attempts: number, parkedAt: string, event: { data: unknown, tags: Array<string>, actor: string, recordedAt: string } | null }> } };

export type RetryMutationVariables = Exact<{
  projection: string;
  position: string;
}>;


export type RetryMutation = { retryParked: { applied: number, skipped: number } };

export type SkipMutationVariables = Exact<{
  projection: string;
  position: string;
  reason: string;
}>;


export type SkipMutation = { skipParked: { applied: number, skipped: number } };

export type RebuildMutationVariables = Exact<{
  name: string;
}>;


export type RebuildMutation = { rebuildProjection: { name: string } };

export type CancelMutationVariables = Exact<{
  name: string;
}>;


export type CancelMutation = { cancelRebuild: { name: string } };

export type RollbackMutationVariables = Exact<{
  name: string;
}>;


export type RollbackMutation = { rollbackProjection: { name: string } };

export type PruneMutationVariables = Exact<{
  name: string;
}>;


export type PruneMutation = { pruneProjection: { name: string } };

export type PauseMutationVariables = Exact<{
  name: string;
}>;


export type PauseMutation = { pauseProjection: { name: string } };

export type ResumeMutationVariables = Exact<{
  name: string;
}>;


export type ResumeMutation = { resumeProjection: { name: string } };

export type DelayMutationVariables = Exact<{
  name: string;
  delayMs: number;
}>;


export type DelayMutation = { delayProjection: { name: string } };

export type VerifyMutationVariables = Exact<{
  name: string;
  sample?: number | null | undefined;
}>;


export type VerifyMutation = { verifyProjection: { outcome: VerifyOutcome, checkpoint: string, rows: number, sampled: number | null, setAside: number, notSampled: Array<string>, differing: number, parked: number, parkedError: string | null, message: string | null, differences: Array<{ table: string, key: unknown, live: unknown, replayed: unknown }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const BucketsFragmentDoc = new TypedDocumentString(`
    fragment Buckets on Histogram {
  bounds
  counts
  count
  sum
}
    `, {"fragmentName":"Buckets"}) as unknown as TypedDocumentString<BucketsFragment, unknown>;
export const CausationDocument = new TypedDocumentString(`
    query Causation($tag: String!) {
  events(filter: {tags: [$tag]}, last: 50) {
    nodes {
      position
      type
      recordedAt
      issuedAt
      actor
      commandId
      correlationId
      causationId
      command {
        name
      }
    }
    pageInfo {
      hasPreviousPage
    }
  }
  rowChanges(tag: $tag) {
    position
    projection
    table
    key
    shared
    change
    columns {
      column
      before
      after
    }
  }
}
    `) as unknown as TypedDocumentString<CausationQuery, CausationQueryVariables>;
export const RowAsOfDocument = new TypedDocumentString(`
    query RowAsOf($projection: String!, $table: String!, $key: [String!]!, $position: Position!) {
  rowOrigin(
    projection: $projection
    table: $table
    key: $key
    asOfPosition: $position
  ) {
    position
    type
    change
    columns {
      column
      after
    }
  }
}
    `) as unknown as TypedDocumentString<RowAsOfQuery, RowAsOfQueryVariables>;
export const TagTailDocument = new TypedDocumentString(`
    subscription TagTail($tag: String!, $after: Position) {
  events(filter: {tags: [$tag]}, after: $after) {
    position
    events {
      position
    }
  }
}
    `) as unknown as TypedDocumentString<TagTailSubscription, TagTailSubscriptionVariables>;
export const EventsPageDocument = new TypedDocumentString(`
    query EventsPage($filter: EventFilter, $before: String) {
  projections {
    head
  }
  events(filter: $filter, last: 50, before: $before) {
    nodes {
      position
      type
      tags
      recordedAt
      actor
    }
    pageInfo {
      hasPreviousPage
      startCursor
    }
  }
}
    `) as unknown as TypedDocumentString<EventsPageQuery, EventsPageQueryVariables>;
export const EventsTailDocument = new TypedDocumentString(`
    subscription EventsTail($filter: EventFilter, $after: Position) {
  events(filter: $filter, after: $after) {
    position
    events {
      position
      type
      tags
      recordedAt
      actor
    }
  }
}
    `) as unknown as TypedDocumentString<EventsTailSubscription, EventsTailSubscriptionVariables>;
export const OneEventDocument = new TypedDocumentString(`
    query OneEvent($position: Position!) {
  event(position: $position) {
    position
    type
    schemaVersion
    tags
    data
    recordedAt
    issuedAt
    actor
    commandId
    correlationId
    causationId
    command {
      name
    }
  }
}
    `) as unknown as TypedDocumentString<OneEventQuery, OneEventQueryVariables>;
export const ServiceStatusDocument = new TypedDocumentString(`
    subscription ServiceStatus {
  serviceStatus {
    at
    startedAt
    version
    durability
    ready
    reasons
    head
    commands {
      name
      count
    }
    commandSeconds {
      ...Buckets
    }
    commitCommands {
      ...Buckets
    }
    commitSyncSeconds {
      ...Buckets
    }
    readAfterSeconds {
      ...Buckets
    }
    readAfterWaiters {
      name
      count
    }
    sockets
    subscriptions
    operationsRunning
    operationsQueued
    eventLoopDelayP50Ms
    eventLoopDelayP99Ms
    cpuSeconds
    rssBytes
    heapUsedBytes
  }
}
    fragment Buckets on Histogram {
  bounds
  counts
  count
  sum
}`) as unknown as TypedDocumentString<ServiceStatusSubscription, ServiceStatusSubscriptionVariables>;
export const ProjectionStatusesDocument = new TypedDocumentString(`
    subscription ProjectionStatuses {
  projectionStatus {
    name
    version
    generation
    state
    checkpoint
    head
    lagEvents
    lagMs
    healthy
    parked
    parkedEntities
    progress
    eventsPerSecond
    delayMs
    lastError
    kept {
      generation
      version
      checkpoint
    }
    rebuild {
      generation
      state
      checkpoint
      head
      progress
      eventsPerSecond
      leftMs
      startedAt
      parked
      lastError
    }
  }
}
    `) as unknown as TypedDocumentString<ProjectionStatusesSubscription, ProjectionStatusesSubscriptionVariables>;
export const ClusterNodesDocument = new TypedDocumentString(`
    subscription ClusterNodes {
  cluster {
    shared
    staleSince
    nodes {
      id
      name
      url
      version
      startedAt
      heardAt
      silentMs
      silent
      self
      ready
      reasons
      head
      projections {
        name
        state
        checkpoint
        lagEvents
        lagMs
        healthy
        parked
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ClusterNodesSubscription, ClusterNodesSubscriptionVariables>;
export const OperationsDoneDocument = new TypedDocumentString(`
    subscription OperationsDone {
  operations {
    seq
    name
    projection
    actor
    correlationId
    at
    position
    reason
  }
}
    `) as unknown as TypedDocumentString<OperationsDoneSubscription, OperationsDoneSubscriptionVariables>;
export const OlderOperationsDocument = new TypedDocumentString(`
    query OlderOperations($before: String) {
  operations(last: 50, before: $before) {
    nodes {
      seq
      name
      projection
      actor
      correlationId
      at
      position
      reason
    }
    pageInfo {
      hasPreviousPage
      startCursor
    }
  }
}
    `) as unknown as TypedDocumentString<OlderOperationsQuery, OlderOperationsQueryVariables>;
export const ParkedDocument = new TypedDocumentString(`
    query Parked($projection: String!, $after: String) {
  parkedEvents(projection: $projection, first: 50, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      position
      entity
      type
      error
      stack
      attempts
      parkedAt
      event {
        data
        tags
        actor
        recordedAt
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ParkedQuery, ParkedQueryVariables>;
export const RetryDocument = new TypedDocumentString(`
    mutation Retry($projection: String!, $position: Position!) {
  retryParked(projection: $projection, position: $position) {
    applied
    skipped
  }
}
    `) as unknown as TypedDocumentString<RetryMutation, RetryMutationVariables>;
export const SkipDocument = new TypedDocumentString(`
    mutation Skip($projection: String!, $position: Position!, $reason: String!) {
  skipParked(projection: $projection, position: $position, reason: $reason) {
    applied
    skipped
  }
}
    `) as unknown as TypedDocumentString<SkipMutation, SkipMutationVariables>;
export const RebuildDocument = new TypedDocumentString(`
    mutation Rebuild($name: String!) {
  rebuildProjection(name: $name) {
    name
  }
}
    `) as unknown as TypedDocumentString<RebuildMutation, RebuildMutationVariables>;
export const CancelDocument = new TypedDocumentString(`
    mutation Cancel($name: String!) {
  cancelRebuild(name: $name) {
    name
  }
}
    `) as unknown as TypedDocumentString<CancelMutation, CancelMutationVariables>;
export const RollbackDocument = new TypedDocumentString(`
    mutation Rollback($name: String!) {
  rollbackProjection(name: $name) {
    name
  }
}
    `) as unknown as TypedDocumentString<RollbackMutation, RollbackMutationVariables>;
export const PruneDocument = new TypedDocumentString(`
    mutation Prune($name: String!) {
  pruneProjection(name: $name) {
    name
  }
}
    `) as unknown as TypedDocumentString<PruneMutation, PruneMutationVariables>;
export const PauseDocument = new TypedDocumentString(`
    mutation Pause($name: String!) {
  pauseProjection(name: $name) {
    name
  }
}
    `) as unknown as TypedDocumentString<PauseMutation, PauseMutationVariables>;
export const ResumeDocument = new TypedDocumentString(`
    mutation Resume($name: String!) {
  resumeProjection(name: $name) {
    name
  }
}
    `) as unknown as TypedDocumentString<ResumeMutation, ResumeMutationVariables>;
export const DelayDocument = new TypedDocumentString(`
    mutation Delay($name: String!, $delayMs: Int!) {
  delayProjection(name: $name, delayMs: $delayMs) {
    name
  }
}
    `) as unknown as TypedDocumentString<DelayMutation, DelayMutationVariables>;
export const VerifyDocument = new TypedDocumentString(`
    mutation Verify($name: String!, $sample: Int) {
  verifyProjection(name: $name, sample: $sample) {
    outcome
    checkpoint
    rows
    sampled
    setAside
    notSampled
    differing
    parked
    parkedError
    message
    differences {
      table
      key
      live
      replayed
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyMutation, VerifyMutationVariables>;