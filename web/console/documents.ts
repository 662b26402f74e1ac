import { graphql } from './generated/index.js';

/** How each projection is doing. */
export const projections = graphql(`
  query Projections {
    projections {
      name
      state
    }
  }
`);
