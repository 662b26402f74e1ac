import { graphql } from '../generated/index.js';

/** How the service is doing, about every second. */
export const serviceStatus = graphql(`
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
  }
`);

/** How each projection is doing, now and whenever that changes. */
export const projectionStatus = graphql(`
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
`);

/** The nodes that serve the log, about every two seconds. */
export const clusterNodes = graphql(`
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
`);

/** What operators have done: the newest at first, then what is added. */
export const operationsDone = graphql(`
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
`);
