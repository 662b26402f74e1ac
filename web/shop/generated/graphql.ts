/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AddOrderItemInput = {
  item: OrderItemInput;
  options?: CommandOptions | null | undefined;
  orderId: string;
};

export type AddressInput = {
  city: string;
  country: string;
  line1: string;
  line2?: string | null | undefined;
  postalCode?: string | null | undefined;
  recipient: string;
  region?: string | null | undefined;
};

/** From `min` to `max`, both included. */
export type AmountRange = {
  max?: string | null | undefined;
  min?: string | null | undefined;
};

export type CancelOrderInput = {
  options?: CommandOptions | null | undefined;
  orderId: string;
  reason: string;
};

export type ChangeShippingAddressInput = {
  options?: CommandOptions | null | undefined;
  orderId: string;
  shippingAddress: AddressInput;
};

/** What goes with any command. */
export type CommandOptions = {
  /** A UUID, best of version 7. The same id with the same input is done once, however often it is sent. */
  commandId?: string | null | undefined;
  /** Answer CONFLICT if what the command is about changed after this position. */
  ifUnchangedSince?: string | null | undefined;
};

/** What became of a command. */
export type CommandStatus =
  /** It was done, or there was nothing to do. */
  | 'ACCEPTED'
  /** The business says no; `userErrors` says why. Nothing changed. */
  | 'REFUSED';

export type CreateOrderInput = {
  /** ISO 4217. */
  currencyCode?: string;
  customerId: string;
  freight?: string | null | undefined;
  items: Array<OrderItemInput>;
  options?: CommandOptions | null | undefined;
  /** When the customer ordered, where that was earlier than now. */
  orderedAt?: string | null | undefined;
  /** The number that people know it by. */
  reference?: string | null | undefined;
  shippingAddress: AddressInput;
};

export type CustomerFilter = {
  orderCountMin?: number | null | undefined;
  /** A part of the id or the name. */
  search?: string | null | undefined;
};

export type CustomerOrder = {
  direction?: SortDirection;
  field: CustomerOrderField;
};

export type CustomerOrderField =
  | 'LAST_ORDER_AT'
  | 'NAME'
  | 'ORDER_COUNT';

/** From here (included) to there (not included). */
export type DateTimeRange = {
  from?: string | null | undefined;
  to?: string | null | undefined;
};

export type DeliverOrderInput = {
  /** Now when left out. */
  deliveredAt?: string | null | undefined;
  options?: CommandOptions | null | undefined;
  orderId: string;
};

export type OrderChangeKind =
  /** It is in the list now. */
  | 'ADDED'
  /** It is in the list no longer. */
  | 'REMOVED'
  /** It was in the list, and still is. */
  | 'UPDATED';

/** All that is given must hold. */
export type OrderFilter = {
  country?: string | null | undefined;
  createdAt?: DateTimeRange | null | undefined;
  currencyCode?: string | null | undefined;
  customerId?: string | null | undefined;
  placedAt?: DateTimeRange | null | undefined;
  reference?: string | null | undefined;
  /** A part of the reference, the customer id or the recipient. */
  search?: string | null | undefined;
  /** Any of these. */
  status?: Array<OrderStatus> | null | undefined;
  /** Goes with `currencyCode`. */
  total?: AmountRange | null | undefined;
};

export type OrderItemInput = {
  /** A fraction, 0 to 1. */
  discount?: string | null | undefined;
  /** The sku when left out. */
  name?: string | null | undefined;
  quantity: number;
  sku: string;
  unitPrice: string;
};

export type OrderOrder = {
  direction?: SortDirection;
  field: OrderOrderField;
};

export type OrderOrderField =
  | 'CHANGED_AT'
  | 'CREATED_AT'
  | 'CUSTOMER_ID'
  | 'PLACED_AT'
  | 'STATUS'
  | 'TOTAL';

/** Where an order is in its life. */
export type OrderStatus =
  /** Called off before it was shipped. */
  | 'CANCELLED'
  /** With the customer. */
  | 'DELIVERED'
  /** Being put together; items can be added and removed. */
  | 'DRAFT'
  /** Paid, to be shipped. */
  | 'PAID'
  /** Ordered, to be paid. */
  | 'PLACED'
  /** On its way. */
  | 'SHIPPED';

export type PayOrderInput = {
  options?: CommandOptions | null | undefined;
  orderId: string;
  paymentReference: string;
};

export type PlaceOrderInput = {
  options?: CommandOptions | null | undefined;
  orderId: string;
};

export type RemoveOrderItemInput = {
  options?: CommandOptions | null | undefined;
  orderId: string;
  sku: string;
};

/** What a sales report has a row for. Days are UTC days. */
export type SalesGroup =
  | 'COUNTRY'
  | 'CUSTOMER'
  | 'DAY'
  | 'MONTH'
  | 'PRODUCT'
  | 'YEAR';

export type ShipOrderInput = {
  carrier: string;
  options?: CommandOptions | null | undefined;
  orderId: string;
  /** Now when left out. */
  shippedAt?: string | null | undefined;
  trackingNumber?: string | null | undefined;
};

export type SortDirection =
  | 'ASC'
  | 'DESC';

export type ToldFragment = { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> };

export type CreateOrderMutationVariables = Exact<{
  input: CreateOrderInput;
}>;


export type CreateOrderMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type AddOrderItemMutationVariables = Exact<{
  input: AddOrderItemInput;
}>;


export type AddOrderItemMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type RemoveOrderItemMutationVariables = Exact<{
  input: RemoveOrderItemInput;
}>;


export type RemoveOrderItemMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type ChangeShippingAddressMutationVariables = Exact<{
  input: ChangeShippingAddressInput;
}>;


export type ChangeShippingAddressMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type PlaceOrderMutationVariables = Exact<{
  input: PlaceOrderInput;
}>;


export type PlaceOrderMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type PayOrderMutationVariables = Exact<{
  input: PayOrderInput;
}>;


export type PayOrderMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type ShipOrderMutationVariables = Exact<{
  input: ShipOrderInput;
}>;


export type ShipOrderMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type DeliverOrderMutationVariables = Exact<{
  input: DeliverOrderInput;
}>;


export type DeliverOrderMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type CancelOrderMutationVariables = Exact<{
  input: CancelOrderInput;
}>;


export type CancelOrderMutation = { told: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type BasketQuantityQueryVariables = Exact<{
  id: string;
}>;


export type BasketQuantityQuery = { order: { items: Array<{ quantity: number }> } | null };

export type AmountFragment = { amount: string, currencyCode: string };

export type WholeOrderFragment = { id: string, reference: string | null, status: OrderStatus, customerId: string, position: string, degraded: boolean, createdAt: string, placedAt: string | null, paidAt: string | null, paymentReference: string | null, shippedAt: string | null, carrier: string | null, trackingNumber: string | null, deliveredAt: string | null, cancelledAt: string | null, cancelReason: string | null, subtotal: { amount: string, currencyCode: string }, discount: { amount: string, currencyCode: string }, freight: { amount: string, currencyCode: string }, total: { amount: string, currencyCode: string }, shippingAddress: { recipient: string, line1: string, line2: string | null, city: string, region: string | null, postalCode: string | null, country: string }, items: Array<{ sku: string, name: string, quantity: number, discount: string, unitPrice: { amount: string, currencyCode: string }, discountAmount: { amount: string, currencyCode: string }, net: { amount: string, currencyCode: string } }> };

export type OrderPageQueryVariables = Exact<{
  id: string;
}>;


export type OrderPageQuery = { order: { id: string, reference: string | null, status: OrderStatus, customerId: string, position: string, degraded: boolean, createdAt: string, placedAt: string | null, paidAt: string | null, paymentReference: string | null, shippedAt: string | null, carrier: string | null, trackingNumber: string | null, deliveredAt: string | null, cancelledAt: string | null, cancelReason: string | null, subtotal: { amount: string, currencyCode: string }, discount: { amount: string, currencyCode: string }, freight: { amount: string, currencyCode: string }, total: { amount: string, currencyCode: string }, shippingAddress: { recipient: string, line1: string, line2: string | null, city: string, region: string | null, postalCode: string | null, country: string }, items: Array<{ sku: string, name: string, quantity: number, discount: string, unitPrice: { amount: string, currencyCode: string }, discountAmount: { amount: string, currencyCode: string }, net: { amount: string, currencyCode: string } }> } | null, orderHistory: Array<{ at: string, summary: string, type: string, position: string, commandId: string }> };

export type OrderLiveSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type OrderLiveSubscription = { order: { position: string, discontinuity: boolean, order: { id: string, reference: string | null, status: OrderStatus, customerId: string, position: string, degraded: boolean, createdAt: string, placedAt: string | null, paidAt: string | null, paymentReference: string | null, shippedAt: string | null, carrier: string | null, trackingNumber: string | null, deliveredAt: string | null, cancelledAt: string | null, cancelReason: string | null, subtotal: { amount: string, currencyCode: string }, discount: { amount: string, currencyCode: string }, freight: { amount: string, currencyCode: string }, total: { amount: string, currencyCode: string }, shippingAddress: { recipient: string, line1: string, line2: string | null, city: string, region: string | null, postalCode: string | null, country: string }, items: Array<{ sku: string, name: string, quantity: number, discount: string, unitPrice: { amount: string, currencyCode: string }, discountAmount: { amount: string, currencyCode: string }, net: { amount: string, currencyCode: string } }> } | null } };

export type OrderRowFragment = { id: string, reference: string | null, status: OrderStatus, customerId: string, createdAt: string, placedAt: string | null, position: string, degraded: boolean, shippingAddress: { recipient: string, city: string, country: string }, total: { amount: string, currencyCode: string } };

export type OrdersPageQueryVariables = Exact<{
  filter?: OrderFilter | null | undefined;
  orderBy?: Array<OrderOrder> | OrderOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type OrdersPageQuery = { orders: { totalCount: number, nodes: Array<{ id: string, reference: string | null, status: OrderStatus, customerId: string, createdAt: string, placedAt: string | null, position: string, degraded: boolean, shippingAddress: { recipient: string, city: string, country: string }, total: { amount: string, currencyCode: string } }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean } } };

export type OrdersLiveSubscriptionVariables = Exact<{
  filter?: OrderFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type OrdersLiveSubscription = { orders: { position: string, discontinuity: boolean, snapshot: boolean, totalCount: number | null, changes: Array<{ kind: OrderChangeKind, orderId: string, order: { id: string, reference: string | null, status: OrderStatus, customerId: string, createdAt: string, placedAt: string | null, position: string, degraded: boolean, shippingAddress: { recipient: string, city: string, country: string }, total: { amount: string, currencyCode: string } } | null }> } };

export type WhoMayQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoMayQuery = { orders: { nodes: Array<{ id: string }> } };

export type CustomersPageQueryVariables = Exact<{
  filter?: CustomerFilter | null | undefined;
  orderBy?: Array<CustomerOrder> | CustomerOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type CustomersPageQuery = { customers: { totalCount: number, nodes: Array<{ id: string, name: string, orderCount: number, firstOrderAt: string | null, lastOrderAt: string | null, lastOrderId: string | null, lifetimeValue: Array<{ amount: string, currencyCode: string }> }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean } } };

export type SalesReportQueryVariables = Exact<{
  from?: string | null | undefined;
  to?: string | null | undefined;
  groupBy: SalesGroup;
}>;


export type SalesReportQuery = { salesReport: Array<{ key: string, label: string, orders: number, quantity: number, gross: { amount: string, currencyCode: string }, discount: { amount: string }, net: { amount: string } }> };

export type OrdersDelayQueryVariables = Exact<{ [key: string]: never; }>;


export type OrdersDelayQuery = { projection: { delayMs: number } };

export type DelayOrdersMutationVariables = Exact<{
  delayMs: number;
}>;


export type DelayOrdersMutation = { delayProjection: { delayMs: number } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ToldFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"Told"}) as unknown as TypedDocumentString<ToldFragment, unknown>;
export const AmountFragmentDoc = new TypedDocumentString(`
    fragment Amount on Money {
  amount
  currencyCode
}
    `, {"fragmentName":"Amount"}) as unknown as TypedDocumentString<AmountFragment, unknown>;
export const WholeOrderFragmentDoc = new TypedDocumentString(`
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
    fragment Amount on Money {
  amount
  currencyCode
}`, {"fragmentName":"WholeOrder"}) as unknown as TypedDocumentString<WholeOrderFragment, unknown>;
export const OrderRowFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"OrderRow"}) as unknown as TypedDocumentString<OrderRowFragment, unknown>;
export const CreateOrderDocument = new TypedDocumentString(`
    mutation CreateOrder($input: CreateOrderInput!) {
  told: createOrder(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<CreateOrderMutation, CreateOrderMutationVariables>;
export const AddOrderItemDocument = new TypedDocumentString(`
    mutation AddOrderItem($input: AddOrderItemInput!) {
  told: addOrderItem(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<AddOrderItemMutation, AddOrderItemMutationVariables>;
export const RemoveOrderItemDocument = new TypedDocumentString(`
    mutation RemoveOrderItem($input: RemoveOrderItemInput!) {
  told: removeOrderItem(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<RemoveOrderItemMutation, RemoveOrderItemMutationVariables>;
export const ChangeShippingAddressDocument = new TypedDocumentString(`
    mutation ChangeShippingAddress($input: ChangeShippingAddressInput!) {
  told: changeShippingAddress(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<ChangeShippingAddressMutation, ChangeShippingAddressMutationVariables>;
export const PlaceOrderDocument = new TypedDocumentString(`
    mutation PlaceOrder($input: PlaceOrderInput!) {
  told: placeOrder(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<PlaceOrderMutation, PlaceOrderMutationVariables>;
export const PayOrderDocument = new TypedDocumentString(`
    mutation PayOrder($input: PayOrderInput!) {
  told: payOrder(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<PayOrderMutation, PayOrderMutationVariables>;
export const ShipOrderDocument = new TypedDocumentString(`
    mutation ShipOrder($input: ShipOrderInput!) {
  told: shipOrder(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<ShipOrderMutation, ShipOrderMutationVariables>;
export const DeliverOrderDocument = new TypedDocumentString(`
    mutation DeliverOrder($input: DeliverOrderInput!) {
  told: deliverOrder(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<DeliverOrderMutation, DeliverOrderMutationVariables>;
export const CancelOrderDocument = new TypedDocumentString(`
    mutation CancelOrder($input: CancelOrderInput!) {
  told: cancelOrder(input: $input) {
    ...Told
  }
}
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
}`) as unknown as TypedDocumentString<CancelOrderMutation, CancelOrderMutationVariables>;
export const BasketQuantityDocument = new TypedDocumentString(`
    query BasketQuantity($id: ID!) {
  order(id: $id) {
    items {
      quantity
    }
  }
}
    `) as unknown as TypedDocumentString<BasketQuantityQuery, BasketQuantityQueryVariables>;
export const OrderPageDocument = new TypedDocumentString(`
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
    fragment Amount on Money {
  amount
  currencyCode
}
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
}`) as unknown as TypedDocumentString<OrderPageQuery, OrderPageQueryVariables>;
export const OrderLiveDocument = new TypedDocumentString(`
    subscription OrderLive($id: ID!, $after: Position) {
  order(id: $id, after: $after) {
    position
    discontinuity
    order {
      ...WholeOrder
    }
  }
}
    fragment Amount on Money {
  amount
  currencyCode
}
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
}`) as unknown as TypedDocumentString<OrderLiveSubscription, OrderLiveSubscriptionVariables>;
export const OrdersPageDocument = new TypedDocumentString(`
    query OrdersPage($filter: OrderFilter, $orderBy: [OrderOrder!], $first: Int, $after: String, $last: Int, $before: String) {
  orders(
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
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
}`) as unknown as TypedDocumentString<OrdersPageQuery, OrdersPageQueryVariables>;
export const OrdersLiveDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<OrdersLiveSubscription, OrdersLiveSubscriptionVariables>;
export const WhoMayDocument = new TypedDocumentString(`
    query WhoMay {
  orders(first: 1) {
    nodes {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<WhoMayQuery, WhoMayQueryVariables>;
export const CustomersPageDocument = new TypedDocumentString(`
    query CustomersPage($filter: CustomerFilter, $orderBy: [CustomerOrder!], $first: Int, $after: String, $last: Int, $before: String) {
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
    `) as unknown as TypedDocumentString<CustomersPageQuery, CustomersPageQueryVariables>;
export const SalesReportDocument = new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<SalesReportQuery, SalesReportQueryVariables>;
export const OrdersDelayDocument = new TypedDocumentString(`
    query OrdersDelay {
  projection(name: "orders") {
    delayMs
  }
}
    `) as unknown as TypedDocumentString<OrdersDelayQuery, OrdersDelayQueryVariables>;
export const DelayOrdersDocument = new TypedDocumentString(`
    mutation DelayOrders($delayMs: Int!) {
  delayProjection(name: "orders", delayMs: $delayMs) {
    delayMs
  }
}
    `) as unknown as TypedDocumentString<DelayOrdersMutation, DelayOrdersMutationVariables>;