import { graphql } from '../generated/index.js';

/** What operators did before what is shown. */
export const olderOperations = graphql(`
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
`);
