import { graphql } from './generated/index.js';

/** Whether the visitor may use the page at all. */
export const whoMay = graphql(`
  query WhoMay {
    orders(first: 1) {
      nodes {
        id
      }
    }
  }
`);
