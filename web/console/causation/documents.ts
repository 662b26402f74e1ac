import { graphql } from '../generated/index.js';

/** The newest events of a tag with their commands, and the rows that they touched. */
export const causationOf = graphql(`
  query Causation($tag: String!) {
    events(filter: { tags: [$tag] }, last: 50) {
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
`);

/** What made a row what it was at a position. */
export const rowAsOf = graphql(`
  query RowAsOf($projection: String!, $table: String!, $key: [String!]!, $position: Position!) {
    rowOrigin(projection: $projection, table: $table, key: $key, asOfPosition: $position) {
      position
      type
      change
      columns {
        column
        after
      }
    }
  }
`);

/** Tells that something new was written with a tag. */
export const tagTail = graphql(`
  subscription TagTail($tag: String!, $after: Position) {
    events(filter: { tags: [$tag] }, after: $after) {
      position
      events {
        position
      }
    }
  }
`);
