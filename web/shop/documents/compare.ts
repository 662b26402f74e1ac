import { graphql } from '../generated/index.js';
import { node } from './node.js';

/** How much is in a basket. */
export const basketQuantity = node(
  graphql(`
    query BasketQuantity($id: ID!) {
      order(id: $id) {
        items {
          quantity
        }
      }
    }
  `),
);
