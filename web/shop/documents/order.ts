import { graphql } from '../generated/index.js';
import { node } from './node.js';

graphql(`
  fragment Amount on Money {
    amount
    currencyCode
  }
`);

graphql(`
  fragment WholeOrder on Order {
    id
    reference
    status
    customerId
    position
    degraded
    createdAt
    placedAt
    paidAt
    paymentReference
    shippedAt
    carrier
    trackingNumber
    deliveredAt
    cancelledAt
    cancelReason
    subtotal {
      ...Amount
    }
    discount {
      ...Amount
    }
    freight {
      ...Amount
    }
    total {
      ...Amount
    }
    shippingAddress {
      recipient
      line1
      line2
      city
      region
      postalCode
      country
    }
    items {
      sku
      name
      quantity
      discount
      unitPrice {
        ...Amount
      }
      discountAmount {
        ...Amount
      }
      net {
        ...Amount
      }
    }
  }
`);

/** An order with its timeline. */
export const orderPage = node(
  graphql(`
    query OrderPage($id: ID!) {
      order(id: $id) {
        ...WholeOrder
      }
      orderHistory(orderId: $id) {
        at
        summary
        type
        position
        commandId
      }
    }
  `),
);

/** The order as it is, then after every change. */
export const orderLive = node(
  graphql(`
    subscription OrderLive($id: ID!, $after: Position) {
      order(id: $id, after: $after) {
        position
        discontinuity
        order {
          ...WholeOrder
        }
      }
    }
  `),
);
