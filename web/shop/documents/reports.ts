import { graphql } from '../generated/index.js';
import { node } from './node.js';

/** Whether the visitor may use the page at all. */
export const whoMay = node(
  graphql(`
    query WhoMay {
      orders(first: 1) {
        nodes {
          id
        }
      }
    }
  `),
);

/** One page of the customers. */
export const customersPage = node(
  graphql(`
    query CustomersPage(
      $filter: CustomerFilter
      $orderBy: [CustomerOrder!]
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      customers(
        filter: $filter
        orderBy: $orderBy
        first: $first
        after: $after
        last: $last
        before: $before
      ) {
        totalCount
        nodes {
          id
          name
          orderCount
          firstOrderAt
          lastOrderAt
          lastOrderId
          lifetimeValue {
            amount
            currencyCode
          }
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

/** What was sold, by day, product and so on. */
export const salesReport = node(
  graphql(`
    query SalesReport($from: DateTime, $to: DateTime, $groupBy: SalesGroup!) {
      salesReport(from: $from, to: $to, groupBy: $groupBy) {
        key
        label
        orders
        quantity
        gross {
          amount
          currencyCode
        }
        discount {
          amount
        }
        net {
          amount
        }
      }
    }
  `),
);

/** How far behind the views of orders are held. */
export const ordersDelay = node(
  graphql(`
    query OrdersDelay {
      projection(name: "orders") {
        delayMs
      }
    }
  `),
);

/** Holds the views of orders back, for everybody. */
export const delayOrders = node(
  graphql(`
    mutation DelayOrders($delayMs: Int!) {
      delayProjection(name: "orders", delayMs: $delayMs) {
        delayMs
      }
    }
  `),
);
