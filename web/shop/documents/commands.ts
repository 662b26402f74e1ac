import { graphql } from '../generated/index.js';
import { node } from './node.js';

graphql(`
  fragment Told on OrderPayload {
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
`);

/** Starts an order. Nothing of the view is selected, so that the answer comes at once. */
export const createOrder = node(
  graphql(`
    mutation CreateOrder($input: CreateOrderInput!) {
      told: createOrder(input: $input) {
        ...Told
      }
    }
  `),
);

/** Adds to a draft. */
export const addOrderItem = node(
  graphql(`
    mutation AddOrderItem($input: AddOrderItemInput!) {
      told: addOrderItem(input: $input) {
        ...Told
      }
    }
  `),
);

/** Takes a line out of a draft. */
export const removeOrderItem = node(
  graphql(`
    mutation RemoveOrderItem($input: RemoveOrderItemInput!) {
      told: removeOrderItem(input: $input) {
        ...Told
      }
    }
  `),
);

/** Sends an order elsewhere. */
export const changeShippingAddress = node(
  graphql(`
    mutation ChangeShippingAddress($input: ChangeShippingAddressInput!) {
      told: changeShippingAddress(input: $input) {
        ...Told
      }
    }
  `),
);

/** Orders what a draft has. */
export const placeOrder = node(
  graphql(`
    mutation PlaceOrder($input: PlaceOrderInput!) {
      told: placeOrder(input: $input) {
        ...Told
      }
    }
  `),
);

/** Notes a payment. */
export const payOrder = node(
  graphql(`
    mutation PayOrder($input: PayOrderInput!) {
      told: payOrder(input: $input) {
        ...Told
      }
    }
  `),
);

/** Hands an order to a carrier. */
export const shipOrder = node(
  graphql(`
    mutation ShipOrder($input: ShipOrderInput!) {
      told: shipOrder(input: $input) {
        ...Told
      }
    }
  `),
);

/** Notes that an order has arrived. */
export const deliverOrder = node(
  graphql(`
    mutation DeliverOrder($input: DeliverOrderInput!) {
      told: deliverOrder(input: $input) {
        ...Told
      }
    }
  `),
);

/** Calls an order off. */
export const cancelOrder = node(
  graphql(`
    mutation CancelOrder($input: CancelOrderInput!) {
      told: cancelOrder(input: $input) {
        ...Told
      }
    }
  `),
);
