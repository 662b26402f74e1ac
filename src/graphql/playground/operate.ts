import type { PlaygroundTab } from './playground.js';

const overview: PlaygroundTab = {
  title: 'Operate: how projections do, and what is parked',
  query: `# For admins: how one projection does, what it has set aside
# and why, and what operators have done. Mend what fails, and
# send the position of a parked event to
#   retryParked(projection, position)
# or pass it over for good with
#   skipParked(projection, position, reason).
query Operate($projection: String!) {
  projection(name: $projection) {
    state
    generation
    lagEvents
    parkedEntities
    lastError
    rebuild {
      state
      progress
      leftMs
    }
    kept {
      generation
    }
  }
  parkedEvents(projection: $projection, first: 10) {
    totalCount
    nodes {
      position
      entity
      error
      attempts
      event {
        type
        data
      }
    }
  }
  operations(last: 10) {
    nodes {
      at
      actor
      name
      projection
      reason
    }
  }
}
`,
  variables: '{\n  "projection": "orders"\n}',
};

const rebuild: PlaygroundTab = {
  title: 'Operate: rebuild a projection while it serves',
  query: `# For admins: builds the views of a projection anew, beside
# those that are served, and switches when they have caught
# up. rollbackProjection goes back to the ones before.
mutation Rebuild($projection: String!) {
  rebuildProjection(name: $projection) {
    generation
    rebuild {
      generation
      progress
      eventsPerSecond
    }
  }
}
`,
  variables: '{\n  "projection": "orders"\n}',
};

const tail: PlaygroundTab = {
  title: 'Operate: watch the log',
  query: `# For admins: what is written to the log from now on. Send
# "position" of the last frame as "after" to go on from there.
subscription WatchLog($filter: EventFilter) {
  events(filter: $filter) {
    position
    events {
      position
      recordedAt
      type
      tags
      actor
      data
    }
  }
}
`,
  variables: '{\n  "filter": null\n}',
};

/** The ready operations of operators, whatever the domain is: looking, rebuilding, watching the log. */
export const operatePlayground: readonly PlaygroundTab[] = [overview, rebuild, tail];
