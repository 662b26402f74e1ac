/**
 * What domains, projections and engines are tested with, by any runner.
 *
 * @module tidemark/testing
 */
export type { Given, Then } from './given.js';
export type { GivenEvents } from './given-events.js';
export type { PastEvent, PastEnvelope } from './past.js';
export type { Clock } from './clock.js';
export type { TestApp, TestAppOptions } from './test-app.js';
export type { OverHttpOptions, UntilCaughtUpOptions } from './until-caught-up.js';
export type { CrashReport, ProjectionSource } from './crash-points.js';
export type { Harness, Runner } from './contract/runner.js';

export { HandlerError } from './apply.js';
export { given } from './given.js';
export { givenEvents } from './given-events.js';
export { createTestApp } from './test-app.js';
export { untilCaughtUp } from './until-caught-up.js';
export { CRASH_EVENTS_MAX, crashPoints } from './crash-points.js';
export { logContract } from './contract/event-log.js';
export { sharedLogContract } from './contract/shared-log.js';
export { operationLogContract } from './contract/operation-log.js';
export { snapshotStoreContract } from './contract/snapshots.js';
