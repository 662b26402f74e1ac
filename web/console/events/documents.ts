import { graphql } from '../generated/index.js';

/** The last events that pass a filter, or those before a cursor. */
export const eventsPage = graphql(`
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
`);

/** What is written to the log from now on, or from where the connection was lost. */
export const eventsTail = graphql(`
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
`);

/** One event with all that is known of it. */
export const oneEvent = graphql(`
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
`);
