import { graphql } from './generated/index.js';

/** Creates an order and answers at once: no view is selected, so nothing is waited for. */
export const createOrder = graphql(`
  mutation CreateOrder($input: CreateOrderInput!) {
    createOrder(input: $input) {
      orderId
      receipt {
        commandId
        status
        position
        duplicate
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

/** Places an order and reads it in the same request: selecting \`order\` waits for the view. */
export const placeOrder = graphql(`
  mutation PlaceOrder($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      receipt {
        status
        position
      }
      userErrors {
        code
        message
      }
      order {
        status
        total {
          amount
          currencyCode
        }
      }
    }
  }
`);

/** Reads an order as of a position, or later. */
export const readOrder = graphql(`
  query ReadOrder($id: ID!, $after: Position!) @readAfter(position: $after) {
    order(id: $id) {
      id
      reference
      status
      items {
        sku
        quantity
        net {
          amount
        }
      }
      total {
        amount
        currencyCode
      }
    }
  }
`);

/** Pushes once when the orders view shows everything up to the position. */
export const caughtUp = graphql(`
  subscription CaughtUp($position: Position!) {
    projectionCaughtUp(position: $position, projection: "orders") {
      projection
      position
    }
  }
`);
