const RECEIPT = 'receipt { commandId status position duplicate } userErrors { code message field } orderId';
const ORDER =
  'id status position total { amount currencyCode } items { sku name quantity net { amount currencyCode } }';

/** The documents that the benches send. */
export const operations = {
  createOrder: `mutation Create($input: CreateOrderInput!) { createOrder(input: $input) { ${RECEIPT} } }`,
  addOrderItem: `mutation Add($input: AddOrderItemInput!) { addOrderItem(input: $input) { ${RECEIPT} } }`,
  /** Way 1: the payload's view. */
  createAndRead: `mutation Create($input: CreateOrderInput!) { createOrder(input: $input) { ${RECEIPT} order { ${ORDER} } } }`,
  order: `query Order($id: ID!) { order(id: $id) { ${ORDER} } }`,
  /** Way 2: the directive. */
  orderAfter: `query Order($id: ID!, $position: Position!) @readAfter(position: $position) { order(id: $id) { ${ORDER} } }`,
  /** Way 3: the subscription. */
  caughtUp: `subscription Caught($position: Position!) { projectionCaughtUp(position: $position, projection: "orders") { position } }`,
  /** A list narrowed to a status. */
  ordersOf: `query Orders($filter: OrderFilter) { orders(first: 20, filter: $filter) { nodes { ${ORDER} } } }`,
  orders: `query Orders { orders(first: 20) { nodes { ${ORDER} } } }`,
};
