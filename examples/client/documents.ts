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

/** Reads an order. */
export const readOrder = graphql(`
  query ReadOrder($id: ID!) {
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

/** The order as it is now, then after every change. */
export const followOrder = graphql(`
  subscription FollowOrder($id: ID!) {
    order(id: $id) {
      position
      order {
        status
      }
    }
  }
`);
