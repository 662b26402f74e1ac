import { graphql } from '../generated/index.js';

/** What a projection has set aside, in the order of the log. */
export const parkedEvents = graphql(`
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
`);

/** Applies an event that was set aside, and what waits behind it. */
export const retryParked = graphql(`
  mutation Retry($projection: String!, $position: Position!) {
    retryParked(projection: $projection, position: $position) {
      applied
      skipped
    }
  }
`);

/** Passes over an event that was set aside. */
export const skipParked = graphql(`
  mutation Skip($projection: String!, $position: Position!, $reason: String!) {
    skipParked(projection: $projection, position: $position, reason: $reason) {
      applied
      skipped
    }
  }
`);
