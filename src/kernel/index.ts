export type { Answer, AnyQuery, AskOptions, Consistency, Query, QueryBus, ReadAfter } from './queries.js';
export type {
  Append,
  AppendOutcome,
  Boundary,
  CommandRecord,
  Criterion,
  EventLog,
  LogHealth,
  LogIdentity,
  NewEvent,
  ReadOptions,
  RecordedEvent,
  Tag,
} from './log.js';
export type {
  AnyCommand,
  AnyDecider,
  Decider,
  DeciderDefinition,
  Decision,
  InputMap,
  Refused,
} from './decider.js';
export type { Command, CommandEnvelope, CommandResult, CommandType, Refusal } from './commands.js';
export type { CommandBus, CommandBusOptions, CommandHandler, CommandMiddleware } from './command-bus.js';
export type { Commit, ProjectionState, ProjectionStatus, Projector } from './projector.js';
export type { Deadline } from './deadline.js';
export type { ErrorCode, Problem } from './errors.js';
export type { EventCatalogue, EventDefinition, EventMap, EventOf, Recorded, Upcaster } from './events.js';
export type { Freshness, WaitOutcome } from './freshness.js';
export type { Kernel, KernelLimits, KernelOptions, Module } from './kernel.js';
export type {
  KeyedTable,
  Projection,
  ProjectionDefinition,
  Rows,
  RowsOf,
  TableDefinition,
  TableMap,
} from './projection.js';
export type { ReplayOptions } from './replay.js';
export type { RowChange, ViewEngine, ViewStore, ViewTrouble } from './views.js';
export type { Schema } from './schema.js';
export type { Given, Then } from './test-kit.js';

export { CompositionError, TidemarkError, invalidInput } from './errors.js';
export { UnknownEventError, defineEvents } from './events.js';
export {
  BOUNDARY_TERMS_MAX,
  EVENTS_PER_COMMAND_MAX,
  EVENT_BYTES_MAX,
  TAGS_PER_EVENT_MAX,
  TAG_LENGTH_MAX,
} from './log.js';
export { checkAppend, checkBoundary } from './append-checks.js';
export { createCommand, defineCommand, fingerprintOf } from './commands.js';
export { COMMANDS_IN_FLIGHT_MAX, createCommandBus } from './command-bus.js';
export { CONFLICT_RETRIES_MAX, handleWith } from './handle-command.js';
export { createKernel, knownTypes } from './kernel.js';
export { deadlineIn } from './deadline.js';
export { defineDecider, fold, refuse } from './decider.js';
export { createFreshness, WAITERS_MAX } from './freshness.js';
export { createProjector, PROJECTION_BATCH_MAX } from './projector.js';
export { defineProjection, keyedBy } from './projection.js';
export {
  READ_AFTER_TIMEOUT_MAX_MS,
  READ_AFTER_TIMEOUT_MS,
  createQueryBus,
  defineQuery,
  readAfter,
  refuseUnknown,
} from './queries.js';
export { given } from './test-kit.js';
export { isUuid, newId } from './ids.js';
export { parse } from './schema.js';
export { replay } from './replay.js';
export { wholeCommands } from './whole-commands.js';
