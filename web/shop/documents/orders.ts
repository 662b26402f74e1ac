import { graphql } from '../generated/index.js';
import { node } from './node.js';

graphql(`
  fragment OrderRow on Order {
    id
    reference
    status
    customerId
    createdAt
    placedAt
    position
    degraded
    shippingAddress {
      recipient
      city
      country
    }
    total {
      amount
      currencyCode
    }
  }
`);

/** One page of the list, and how many orders there are in all. */
export const ordersPage = node(
  graphql(`
    query OrdersPage(
      $filter: OrderFilter
      $orderBy: [OrderOrder!]
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      orders(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...OrderRow
        }
        pageInfo {
          startCursor
          endCursor
          hasNextPage
          hasPreviousPage
        }
      }
    }
  `),
);

/** What becomes of the orders that pass the filter; `after` a position, and after a lost connection, without a gap. */
export const ordersLive = node(
  graphql(`
    subscription OrdersLive($filter: OrderFilter, $after: Position) {
      orders(filter: $filter, after: $after) {
        position
        discontinuity
        snapshot
        totalCount
        changes {
          kind
          orderId
          order {
            ...OrderRow
          }
        }
      }
    }
  `),
);
