export type {
  Answer,
  AnyQuery,
  AskOptions,
  Consistency,
  Query,
  QueryBus,
  ReadAfter,
  ReadWait,
} from './queries.js';
export type {
  Append,
  AppendOutcome,
  Boundary,
  CommandRecord,
  CommitMeasure,
  Criterion,
  EventLog,
  LogHealth,
  LogIdentity,
  NewEvent,
  ReadOptions,
  RecordedEvent,
  StoredCommand,
  Tag,
} from './log.js';
export type {
  AnyCommand,
  AnyDecider,
  CommandTypes,
  Decider,
  DeciderDefinition,
  Decision,
  InputMap,
  Refused,
} from './decider.js';
export type { Command, CommandEnvelope, CommandResult, CommandType, Refusal } from './commands.js';
export type { CommandBus, CommandBusOptions, CommandHandler, CommandMiddleware } from './command-bus.js';
export type { Applied } from './apply.js';
export type { ApplyContext, Verdict } from './desk.js';
export type { Commit } from './follower.js';
export type {
  Continuation,
  Feed,
  FeedBounds,
  FeedEntry,
  FeedFollower,
  FeedSource,
  Followed,
} from './feed.js';
export type { Generations } from './generations.js';
export type {
  NewOperation,
  Operation,
  OperationLog,
  OperationName,
  OperationPage,
  Standing,
} from './operation-log.js';
export type { HeardNode, NodeFacts, NodeProjection, NodeRegistry, NodeReport } from './nodes.js';
export type { EventFilter } from './event-filter.js';
export type { EventPage } from './event-pages.js';
export type { EventPageRequest, EventReader } from './event-reader.js';
export type { Operations, Operator } from './operations.js';
export type { ParkedEvent, ParkedPage } from './parked.js';
export type { ProjectionState, ProjectionStatus } from './projection-status.js';
export type { Projector } from './projector.js';
export type { RebuildStatus } from './build.js';
export type { RetryOutcome } from './retry-parked.js';
export type { Deadline } from './deadline.js';
export type { ErrorCode, Problem } from './errors.js';
export type {
  EventCatalogue,
  EventDefinition,
  EventMap,
  EventOf,
  EventsOf,
  Recorded,
  RecordedOf,
  RetiredEvent,
  RetiredEvents,
} from './events.js';
export type { Into, Nothing, Piece, Step, Steps, Turn, Upcaster } from './upcasting.js';
export type {
  EventSchemas,
  SchemaChange,
  SchemaComparison,
  SchemaVerdict,
  ToJsonSchema,
  TypeSchemas,
} from './event-schemas.js';
export type { JsonSchema } from './json-schema.js';
export type { Misfit } from './schema-fit.js';
export type { Freshness, WaitOutcome } from './freshness.js';
export type { AsOf, History, OwnedRowsOf } from './history.js';
export type { EntityChange } from './entity-changes.js';
export type { ColumnChange, RowOrigin } from './row-origin.js';
export type { Until } from './until.js';
export type { Kernel, KernelLimits, KernelOptions, Module } from './kernel.js';
export type { EntityFold, EntityFoldOptions } from './entity-fold.js';
export type { Owned } from './owned-rows.js';
export type {
  AcceptableLag,
  AnyRows,
  AnyTable,
  KeyedTable,
  OwnedTable,
  Owner,
  Projection,
  ProjectionDefinition,
  ProjectionOf,
  Rows,
  RowsOf,
  TableDefinition,
  TableMap,
} from './projection.js';
export type { AnyRow, KeyValues, KeyedRows, KeyedRowsOptions, RowEntry } from './keyed-rows.js';
export type { ReplayOptions } from './replay.js';
export type {
  Batch,
  GenerationHeader,
  GenerationInfo,
  RowChange,
  AdoptOptions,
  Adoption,
  ViewCopy,
  ViewEngine,
  ViewStore,
  ViewTrouble,
} from './views.js';
export type { Bounds, BoundedMap } from './bounded-map.js';
export type { Snapshot, SnapshotStore } from './snapshots.js';
export type { SnapshotOptions } from './snapshot-options.js';
export type { Schema } from './schema.js';
export type {
  OnProgress,
  RowDifference,
  StoredRow,
  VerifyHow,
  VerifyOptions,
  ViewOutcome,
  ViewReport,
} from './verification.js';

export { CompositionError, TidemarkError, invalidInput, messageOf } from './errors.js';
export { UnknownEventError, UpcastError, defineEvents } from './events.js';
export { pickEvents } from './pick-events.js';
export { compareEventSchemas, eventSchemasOf } from './event-schemas.js';
export { misfits } from './schema-fit.js';
export { into, nothing, renamed } from './upcasting.js';
export {
  BOUNDARY_TERMS_MAX,
  EVENTS_PER_COMMAND_MAX,
  EVENT_BYTES_MAX,
  TAGS_PER_EVENT_MAX,
  TAG_LENGTH_MAX,
} from './log.js';
export { checkAppend, checkBoundary } from './append-checks.js';
export { matches } from './boundaries.js';
export { createCommand, defineCommand, fingerprintOf } from './commands.js';
export { COMMANDS_IN_FLIGHT_MAX, createCommandBus } from './command-bus.js';
export { CONFLICT_RETRIES_MAX, handleWith } from './handle-command.js';
export { createBoundedMap } from './bounded-map.js';
export { SNAPSHOT_BOUNDS, SNAPSHOT_BYTES_MAX } from './snapshots.js';
export { SNAPSHOT_EVERY } from './snapshot-options.js';
export { STATES_BYTES_MAX, STATES_MAX } from './state-cache.js';
export { createKernel, knownTypes } from './kernel.js';
export { deadlineIn } from './deadline.js';
export { defineDecider, fold, isRefused, refuse } from './decider.js';
export { FEED_BOUNDS, createFeed } from './feed.js';
export { createFreshness, WAITERS_MAX } from './freshness.js';
export { PARKED_ENTITIES_MAX } from './desk.js';
export { ATTEMPTS_MAX, PROJECTION_BATCH_MAX } from './follower.js';
export { openGenerations, planGenerations } from './generations.js';
export { createMemoryOperations, standingOf } from './operation-log.js';
export { NODES_MAX, NODE_FORGOTTEN_MS, NODE_SILENT_MS } from './nodes.js';
export { DELAY_MS_MAX, REASON_LENGTH_MAX, createOperations, projectorOf } from './operations.js';
export { EVENTS_SCANNED_MAX, eventsBetween } from './event-pages.js';
export { createEventReader } from './event-reader.js';
export { createProjector } from './projector.js';
export { ENTITY_EVENTS_MAX, EntityTooLongError, foldEntity } from './entity-fold.js';
export { ENTITY_CHANGES_MAX } from './entity-changes.js';
export { ORIGIN_MAX } from './history.js';
export { ownedTables, ownerOf } from './owned-rows.js';
export { defineProjection, keyedBy, ownedBy } from './projection.js';
export {
  READ_AFTER_TIMEOUT_MAX_MS,
  READ_AFTER_TIMEOUT_MS,
  createQueryBus,
  defineQuery,
  readAfter,
  refuseUnknown,
} from './queries.js';
export { createKeyedRows } from './keyed-rows.js';
export { isUuid, newId } from './ids.js';
export { parse } from './schema.js';
export { replay } from './replay.js';
export { SAMPLE_MAX, checkSample } from './verification.js';
export { wholeCommands } from './whole-commands.js';
