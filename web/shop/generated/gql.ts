/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment Told on OrderPayload {\n    orderId\n    receipt {\n      commandId\n      status\n      position\n      duplicate\n    }\n    userErrors {\n      code\n      message\n      field\n    }\n  }\n": typeof types.ToldFragmentDoc,
    "\n    mutation CreateOrder($input: CreateOrderInput!) {\n      told: createOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.CreateOrderDocument,
    "\n    mutation AddOrderItem($input: AddOrderItemInput!) {\n      told: addOrderItem(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.AddOrderItemDocument,
    "\n    mutation RemoveOrderItem($input: RemoveOrderItemInput!) {\n      told: removeOrderItem(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.RemoveOrderItemDocument,
    "\n    mutation ChangeShippingAddress($input: ChangeShippingAddressInput!) {\n      told: changeShippingAddress(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.ChangeShippingAddressDocument,
    "\n    mutation PlaceOrder($input: PlaceOrderInput!) {\n      told: placeOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.PlaceOrderDocument,
    "\n    mutation PayOrder($input: PayOrderInput!) {\n      told: payOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.PayOrderDocument,
    "\n    mutation ShipOrder($input: ShipOrderInput!) {\n      told: shipOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.ShipOrderDocument,
    "\n    mutation DeliverOrder($input: DeliverOrderInput!) {\n      told: deliverOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.DeliverOrderDocument,
    "\n    mutation CancelOrder($input: CancelOrderInput!) {\n      told: cancelOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": typeof types.CancelOrderDocument,
    "\n    query BasketQuantity($id: ID!) {\n      order(id: $id) {\n        items {\n          quantity\n        }\n      }\n    }\n  ": typeof types.BasketQuantityDocument,
    "\n  fragment Amount on Money {\n    amount\n    currencyCode\n  }\n": typeof types.AmountFragmentDoc,
    "\n  fragment WholeOrder on Order {\n    id\n    reference\n    status\n    customerId\n    position\n    degraded\n    createdAt\n    placedAt\n    paidAt\n    paymentReference\n    shippedAt\n    carrier\n    trackingNumber\n    deliveredAt\n    cancelledAt\n    cancelReason\n    subtotal {\n      ...Amount\n    }\n    discount {\n      ...Amount\n    }\n    freight {\n      ...Amount\n    }\n    total {\n      ...Amount\n    }\n    shippingAddress {\n      recipient\n      line1\n      line2\n      city\n      region\n      postalCode\n      country\n    }\n    items {\n      sku\n      name\n      quantity\n      discount\n      unitPrice {\n        ...Amount\n      }\n      discountAmount {\n        ...Amount\n      }\n      net {\n        ...Amount\n      }\n    }\n  }\n": typeof types.WholeOrderFragmentDoc,
    "\n    query OrderPage($id: ID!) {\n      order(id: $id) {\n        ...WholeOrder\n      }\n      orderHistory(orderId: $id) {\n        at\n        summary\n        type\n        position\n        commandId\n      }\n    }\n  ": typeof types.OrderPageDocument,
    "\n    subscription OrderLive($id: ID!, $after: Position) {\n      order(id: $id, after: $after) {\n        position\n        discontinuity\n        order {\n          ...WholeOrder\n        }\n      }\n    }\n  ": typeof types.OrderLiveDocument,
    "\n  fragment OrderRow on Order {\n    id\n    reference\n    status\n    customerId\n    createdAt\n    placedAt\n    position\n    degraded\n    shippingAddress {\n      recipient\n      city\n      country\n    }\n    total {\n      amount\n      currencyCode\n    }\n  }\n": typeof types.OrderRowFragmentDoc,
    "\n    query OrdersPage(\n      $filter: OrderFilter\n      $orderBy: [OrderOrder!]\n      $first: Int\n      $after: String\n      $last: Int\n      $before: String\n    ) {\n      orders(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          ...OrderRow\n        }\n        pageInfo {\n          startCursor\n          endCursor\n          hasNextPage\n          hasPreviousPage\n        }\n      }\n    }\n  ": typeof types.OrdersPageDocument,
    "\n    subscription OrdersLive($filter: OrderFilter, $after: Position) {\n      orders(filter: $filter, after: $after) {\n        position\n        discontinuity\n        snapshot\n        totalCount\n        changes {\n          kind\n          orderId\n          order {\n            ...OrderRow\n          }\n        }\n      }\n    }\n  ": typeof types.OrdersLiveDocument,
    "\n    query WhoMay {\n      orders(first: 1) {\n        nodes {\n          id\n        }\n      }\n    }\n  ": typeof types.WhoMayDocument,
    "\n    query CustomersPage(\n      $filter: CustomerFilter\n      $orderBy: [CustomerOrder!]\n      $first: Int\n      $after: String\n      $last: Int\n      $before: String\n    ) {\n      customers(\n        filter: $filter\n        orderBy: $orderBy\n        first: $first\n        after: $after\n        last: $last\n        before: $before\n      ) {\n        totalCount\n        nodes {\n          id\n          name\n          orderCount\n          firstOrderAt\n          lastOrderAt\n          lastOrderId\n          lifetimeValue {\n            amount\n            currencyCode\n          }\n        }\n        pageInfo {\n          startCursor\n          endCursor\n          hasNextPage\n          hasPreviousPage\n        }\n      }\n    }\n  ": typeof types.CustomersPageDocument,
    "\n    query SalesReport($from: DateTime, $to: DateTime, $groupBy: SalesGroup!) {\n      salesReport(from: $from, to: $to, groupBy: $groupBy) {\n        key\n        label\n        orders\n        quantity\n        gross {\n          amount\n          currencyCode\n        }\n        discount {\n          amount\n        }\n        net {\n          amount\n        }\n      }\n    }\n  ": typeof types.SalesReportDocument,
    "\n    query OrdersDelay {\n      projection(name: \"orders\") {\n        delayMs\n      }\n    }\n  ": typeof types.OrdersDelayDocument,
    "\n    mutation DelayOrders($delayMs: Int!) {\n      delayProjection(name: \"orders\", delayMs: $delayMs) {\n        delayMs\n      }\n    }\n  ": typeof types.DelayOrdersDocument,
};
const documents: Documents = {
    "\n  fragment Told on OrderPayload {\n    orderId\n    receipt {\n      commandId\n      status\n      position\n      duplicate\n    }\n    userErrors {\n      code\n      message\n      field\n    }\n  }\n": types.ToldFragmentDoc,
    "\n    mutation CreateOrder($input: CreateOrderInput!) {\n      told: createOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": types.CreateOrderDocument,
    "\n    mutation AddOrderItem($input: AddOrderItemInput!) {\n      told: addOrderItem(input: $input) {\n        ...Told\n      }\n    }\n  ": types.AddOrderItemDocument,
    "\n    mutation RemoveOrderItem($input: RemoveOrderItemInput!) {\n      told: removeOrderItem(input: $input) {\n        ...Told\n      }\n    }\n  ": types.RemoveOrderItemDocument,
    "\n    mutation ChangeShippingAddress($input: ChangeShippingAddressInput!) {\n      told: changeShippingAddress(input: $input) {\n        ...Told\n      }\n    }\n  ": types.ChangeShippingAddressDocument,
    "\n    mutation PlaceOrder($input: PlaceOrderInput!) {\n      told: placeOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": types.PlaceOrderDocument,
    "\n    mutation PayOrder($input: PayOrderInput!) {\n      told: payOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": types.PayOrderDocument,
    "\n    mutation ShipOrder($input: ShipOrderInput!) {\n      told: shipOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": types.ShipOrderDocument,
    "\n    mutation DeliverOrder($input: DeliverOrderInput!) {\n      told: deliverOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": types.DeliverOrderDocument,
    "\n    mutation CancelOrder($input: CancelOrderInput!) {\n      told: cancelOrder(input: $input) {\n        ...Told\n      }\n    }\n  ": types.CancelOrderDocument,
    "\n    query BasketQuantity($id: ID!) {\n      order(id: $id) {\n        items {\n          quantity\n        }\n      }\n    }\n  ": types.BasketQuantityDocument,
    "\n  fragment Amount on Money {\n    amount\n    currencyCode\n  }\n": types.AmountFragmentDoc,
    "\n  fragment WholeOrder on Order {\n    id\n    reference\n    status\n    customerId\n    position\n    degraded\n    createdAt\n    placedAt\n    paidAt\n    paymentReference\n    shippedAt\n    carrier\n    trackingNumber\n    deliveredAt\n    cancelledAt\n    cancelReason\n    subtotal {\n      ...Amount\n    }\n    discount {\n      ...Amount\n    }\n    freight {\n      ...Amount\n    }\n    total {\n      ...Amount\n    }\n    shippingAddress {\n      recipient\n      line1\n      line2\n      city\n      region\n      postalCode\n      country\n    }\n    items {\n      sku\n      name\n      quantity\n      discount\n      unitPrice {\n        ...Amount\n      }\n      discountAmount {\n        ...Amount\n      }\n      net {\n        ...Amount\n      }\n    }\n  }\n": types.WholeOrderFragmentDoc,
    "\n    query OrderPage($id: ID!) {\n      order(id: $id) {\n        ...WholeOrder\n      }\n      orderHistory(orderId: $id) {\n        at\n        summary\n        type\n        position\n        commandId\n      }\n    }\n  ": types.OrderPageDocument,
    "\n    subscription OrderLive($id: ID!, $after: Position) {\n      order(id: $id, after: $after) {\n        position\n        discontinuity\n        order {\n          ...WholeOrder\n        }\n      }\n    }\n  ": types.OrderLiveDocument,
    "\n  fragment OrderRow on Order {\n    id\n    reference\n    status\n    customerId\n    createdAt\n    placedAt\n    position\n    degraded\n    shippingAddress {\n      recipient\n      city\n      country\n    }\n    total {\n      amount\n      currencyCode\n    }\n  }\n": types.OrderRowFragmentDoc,
    "\n    query OrdersPage(\n      $filter: OrderFilter\n      $orderBy: [OrderOrder!]\n      $first: Int\n      $after: String\n      $last: Int\n      $before: String\n    ) {\n      orders(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          ...OrderRow\n        }\n        pageInfo {\n          startCursor\n          endCursor\n          hasNextPage\n          hasPreviousPage\n        }\n      }\n    }\n  ": types.OrdersPageDocument,
    "\n    subscription OrdersLive($filter: OrderFilter, $after: Position) {\n      orders(filter: $filter, after: $after) {\n        position\n        discontinuity\n        snapshot\n        totalCount\n        changes {\n          kind\n          orderId\n          order {\n            ...OrderRow\n          }\n        }\n      }\n    }\n  ": types.OrdersLiveDocument,
    "\n    query WhoMay {\n      orders(first: 1) {\n        nodes {\n          id\n        }\n      }\n    }\n  ": types.WhoMayDocument,
    "\n    query CustomersPage(\n      $filter: CustomerFilter\n      $orderBy: [CustomerOrder!]\n      $first: Int\n      $after: String\n      $last: Int\n      $before: String\n    ) {\n      customers(\n        filter: $filter\n        orderBy: $orderBy\n        first: $first\n        after: $after\n        last: $last\n        before: $before\n      ) {\n        totalCount\n        nodes {\n          id\n          name\n          orderCount\n          firstOrderAt\n          lastOrderAt\n          lastOrderId\n          lifetimeValue {\n            amount\n            currencyCode\n          }\n        }\n        pageInfo {\n          startCursor\n          endCursor\n          hasNextPage\n          hasPreviousPage\n        }\n      }\n    }\n  ": types.CustomersPageDocument,
    "\n    query SalesReport($from: DateTime, $to: DateTime, $groupBy: SalesGroup!) {\n      salesReport(from: $from, to: $to, groupBy: $groupBy) {\n        key\n        label\n        orders\n        quantity\n        gross {\n          amount\n          currencyCode\n        }\n        discount {\n          amount\n        }\n        net {\n          amount\n        }\n      }\n    }\n  ": types.SalesReportDocument,
    "\n    query OrdersDelay {\n      projection(name: \"orders\") {\n        delayMs\n      }\n    }\n  ": types.OrdersDelayDocument,
    "\n    mutation DelayOrders($delayMs: Int!) {\n      delayProjection(name: \"orders\", delayMs: $delayMs) {\n        delayMs\n      }\n    }\n  ": types.DelayOrdersDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Told on OrderPayload {\n    orderId\n    receipt {\n      commandId\n      status\n      position\n      duplicate\n    }\n    userErrors {\n      code\n      message\n      field\n    }\n  }\n"): typeof import('./graphql.js').ToldFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation CreateOrder($input: CreateOrderInput!) {\n      told: createOrder(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').CreateOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation AddOrderItem($input: AddOrderItemInput!) {\n      told: addOrderItem(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').AddOrderItemDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation RemoveOrderItem($input: RemoveOrderItemInput!) {\n      told: removeOrderItem(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').RemoveOrderItemDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation ChangeShippingAddress($input: ChangeShippingAddressInput!) {\n      told: changeShippingAddress(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').ChangeShippingAddressDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation PlaceOrder($input: PlaceOrderInput!) {\n      told: placeOrder(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').PlaceOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation PayOrder($input: PayOrderInput!) {\n      told: payOrder(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').PayOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation ShipOrder($input: ShipOrderInput!) {\n      told: shipOrder(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').ShipOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation DeliverOrder($input: DeliverOrderInput!) {\n      told: deliverOrder(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').DeliverOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation CancelOrder($input: CancelOrderInput!) {\n      told: cancelOrder(input: $input) {\n        ...Told\n      }\n    }\n  "): typeof import('./graphql.js').CancelOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    query BasketQuantity($id: ID!) {\n      order(id: $id) {\n        items {\n          quantity\n        }\n      }\n    }\n  "): typeof import('./graphql.js').BasketQuantityDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Amount on Money {\n    amount\n    currencyCode\n  }\n"): typeof import('./graphql.js').AmountFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment WholeOrder on Order {\n    id\n    reference\n    status\n    customerId\n    position\n    degraded\n    createdAt\n    placedAt\n    paidAt\n    paymentReference\n    shippedAt\n    carrier\n    trackingNumber\n    deliveredAt\n    cancelledAt\n    cancelReason\n    subtotal {\n      ...Amount\n    }\n    discount {\n      ...Amount\n    }\n    freight {\n      ...Amount\n    }\n    total {\n      ...Amount\n    }\n    shippingAddress {\n      recipient\n      line1\n      line2\n      city\n      region\n      postalCode\n      country\n    }\n    items {\n      sku\n      name\n      quantity\n      discount\n      unitPrice {\n        ...Amount\n      }\n      discountAmount {\n        ...Amount\n      }\n      net {\n        ...Amount\n      }\n    }\n  }\n"): typeof import('./graphql.js').WholeOrderFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    query OrderPage($id: ID!) {\n      order(id: $id) {\n        ...WholeOrder\n      }\n      orderHistory(orderId: $id) {\n        at\n        summary\n        type\n        position\n        commandId\n      }\n    }\n  "): typeof import('./graphql.js').OrderPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    subscription OrderLive($id: ID!, $after: Position) {\n      order(id: $id, after: $after) {\n        position\n        discontinuity\n        order {\n          ...WholeOrder\n        }\n      }\n    }\n  "): typeof import('./graphql.js').OrderLiveDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment OrderRow on Order {\n    id\n    reference\n    status\n    customerId\n    createdAt\n    placedAt\n    position\n    degraded\n    shippingAddress {\n      recipient\n      city\n      country\n    }\n    total {\n      amount\n      currencyCode\n    }\n  }\n"): typeof import('./graphql.js').OrderRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    query OrdersPage(\n      $filter: OrderFilter\n      $orderBy: [OrderOrder!]\n      $first: Int\n      $after: String\n      $last: Int\n      $before: String\n    ) {\n      orders(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          ...OrderRow\n        }\n        pageInfo {\n          startCursor\n          endCursor\n          hasNextPage\n          hasPreviousPage\n        }\n      }\n    }\n  "): typeof import('./graphql.js').OrdersPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    subscription OrdersLive($filter: OrderFilter, $after: Position) {\n      orders(filter: $filter, after: $after) {\n        position\n        discontinuity\n        snapshot\n        totalCount\n        changes {\n          kind\n          orderId\n          order {\n            ...OrderRow\n          }\n        }\n      }\n    }\n  "): typeof import('./graphql.js').OrdersLiveDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    query WhoMay {\n      orders(first: 1) {\n        nodes {\n          id\n        }\n      }\n    }\n  "): typeof import('./graphql.js').WhoMayDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    query CustomersPage(\n      $filter: CustomerFilter\n      $orderBy: [CustomerOrder!]\n      $first: Int\n      $after: String\n      $last: Int\n      $before: String\n    ) {\n      customers(\n        filter: $filter\n        orderBy: $orderBy\n        first: $first\n        after: $after\n        last: $last\n        before: $before\n      ) {\n        totalCount\n        nodes {\n          id\n          name\n          orderCount\n          firstOrderAt\n          lastOrderAt\n          lastOrderId\n          lifetimeValue {\n            amount\n            currencyCode\n          }\n        }\n        pageInfo {\n          startCursor\n          endCursor\n          hasNextPage\n          hasPreviousPage\n        }\n      }\n    }\n  "): typeof import('./graphql.js').CustomersPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    query SalesReport($from: DateTime, $to: DateTime, $groupBy: SalesGroup!) {\n      salesReport(from: $from, to: $to, groupBy: $groupBy) {\n        key\n        label\n        orders\n        quantity\n        gross {\n          amount\n          currencyCode\n        }\n        discount {\n          amount\n        }\n        net {\n          amount\n        }\n      }\n    }\n  "): typeof import('./graphql.js').SalesReportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    query OrdersDelay {\n      projection(name: \"orders\") {\n        delayMs\n      }\n    }\n  "): typeof import('./graphql.js').OrdersDelayDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation DelayOrders($delayMs: Int!) {\n      delayProjection(name: \"orders\", delayMs: $delayMs) {\n        delayMs\n      }\n    }\n  "): typeof import('./graphql.js').DelayOrdersDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
