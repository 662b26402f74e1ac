import { latestOf, type Document, type Port } from 'tidemark/client';
import type {
  ClusterNodesSubscription,
  OperationsDoneSubscription,
  ProjectionStatusesSubscription,
  ServiceStatusSubscription,
} from '../generated/graphql.js';
import { createCell, type Cell } from './cell.js';
import { clusterNodes, operationsDone, projectionStatus, serviceStatus } from './documents.js';
import { pointOf, type Point } from './points.js';

/** How the service is doing. */
export type Status = ServiceStatusSubscription['serviceStatus'];
/** How a projection is doing. */
export type Projection = ProjectionStatusesSubscription['projectionStatus'];
/** The nodes that serve the log. */
export type Cluster = ClusterNodesSubscription['cluster'];
/** One of them. */
export type ClusterNode = Cluster['nodes'][number];
/** What an operator did. */
export type Operation = OperationsDoneSubscription['operations'][number];

/** How far behind a projection was at a time, in seconds since 1970. */
export interface Lag {
  readonly at: number;
  readonly events: number;
  readonly ms: number;
}

/** How long the page remembers, in seconds. */
export const REMEMBERED_SECONDS = 600;
/** The most operations that are kept in the page. */
const OPERATIONS_MAX = 500;

/** What the service pushes to the console, kept over its pages for the last ten minutes. */
export interface Feed {
  readonly status: Cell<Status | undefined>;
  readonly points: Cell<readonly Point[]>;
  readonly projections: Cell<readonly Projection[]>;
  readonly lags: Cell<Readonly<Record<string, readonly Lag[]>>>;
  readonly cluster: Cell<Cluster | undefined>;
  /** Newest first. */
  readonly operations: Cell<readonly Operation[]>;
  /** Why it ended: not before nothing can be had any more. */
  readonly failure: Cell<Error | undefined>;
  /** Begins to listen; returns how to stop. What was heard stays. */
  readonly start: () => () => void;
}

/** A feed that has heard nothing yet. */
export function createFeed(port: Port): Feed {
  const feed = {
    status: createCell<Status | undefined>(undefined),
    points: createCell<readonly Point[]>([]),
    projections: createCell<readonly Projection[]>([]),
    lags: createCell<Readonly<Record<string, readonly Lag[]>>>({}),
    cluster: createCell<Cluster | undefined>(undefined),
    operations: createCell<readonly Operation[]>([]),
    failure: createCell<Error | undefined>(undefined),
  };

  function listen<Data>(document: Document<Data, never>, take: (data: Data) => void): () => void {
    return port.listen<Data, never>(document, undefined, {
      next: ({ data }) => {
        if (data !== undefined) take(data);
      },
      error: (error) => {
        feed.failure.set(error);
      },
      complete: () => undefined,
    });
  }

  function onStatus(status: Status): void {
    const before = feed.status.get();
    const at = Date.parse(status.at) / 1_000;
    feed.status.set(status);
    // After a restart the counts begin anew.
    if (before?.startedAt === status.startedAt)
      feed.points.set(recent([...feed.points.get(), pointOf(before, status)], at));
    const lags = feed.lags.get();
    feed.lags.set(
      Object.fromEntries(
        feed.projections
          .get()
          .map(({ name, lagEvents: events, lagMs: ms }) => [
            name,
            recent([...(lags[name] ?? []), { at, events, ms }], at),
          ]),
      ),
    );
  }

  function onProjection(status: Projection): void {
    const others = feed.projections.get();
    const known = others.some(({ name }) => name === status.name);
    feed.projections.set(
      known ? others.map((each) => (each.name === status.name ? status : each)) : [...others, status],
    );
  }

  function onOperations(done: readonly Operation[]): void {
    const known = new Map([...feed.operations.get(), ...done].map((each) => [each.seq, each]));
    const newest = [...known.values()].sort((one, other) => other.seq - one.seq);
    feed.operations.set(newest.slice(0, OPERATIONS_MAX));
  }

  return {
    ...feed,
    start: () => {
      const stops = [
        listen(serviceStatus, (data) => {
          onStatus(data.serviceStatus);
        }),
        listen(projectionStatus, (data) => {
          onProjection(data.projectionStatus);
        }),
        listen(clusterNodes, (data) => {
          feed.cluster.set(data.cluster);
        }),
        listen(operationsDone, (data) => {
          onOperations(data.operations);
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** What is not older than the page remembers. */
function recent<Timed extends { readonly at: number }>(all: readonly Timed[], now: number): readonly Timed[] {
  return all.filter(({ at }) => at > now - REMEMBERED_SECONDS);
}

/** The end of the log, as far as anything has told. */
export function headOf({ status, projections }: Feed): string | undefined {
  return projections
    .get()
    .reduce<string | undefined>((latest, { head }) => latestOf(latest, head), status.get()?.head);
}
