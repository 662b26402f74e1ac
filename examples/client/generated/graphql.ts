/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AddressInput = {
  city: string;
  country: string;
  line1: string;
  line2?: string | null | undefined;
  postalCode?: string | null | undefined;
  recipient: string;
  region?: string | null | undefined;
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

export type OrderItemInput = {
  /** A fraction, 0 to 1. */
  discount?: string | null | undefined;
  /** The sku when left out. */
  name?: string | null | undefined;
  quantity: number;
  sku: string;
  unitPrice: string;
};

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

export type PlaceOrderInput = {
  options?: CommandOptions | null | undefined;
  orderId: string;
};

export type CreateOrderMutationVariables = Exact<{
  input: CreateOrderInput;
}>;


export type CreateOrderMutation = { createOrder: { orderId: string | null, receipt: { commandId: string, status: CommandStatus, position: string, duplicate: boolean }, userErrors: Array<{ code: string, message: string, field: Array<string> }> } };

export type PlaceOrderMutationVariables = Exact<{
  input: PlaceOrderInput;
}>;


export type PlaceOrderMutation = { placeOrder: { receipt: { status: CommandStatus, position: string }, userErrors: Array<{ code: string, message: string }>, order: { status: OrderStatus, total: { amount: string, currencyCode: string } } | null } };

export type ReadOrderQueryVariables = Exact<{
  id: string;
}>;


export type ReadOrderQuery = { order: { id: string, reference: string | null, status: OrderStatus, items: Array<{ sku: string, quantity: number, net: { amount: string } }>, total: { amount: string, currencyCode: string } } | null };

export type FollowOrderSubscriptionVariables = Exact<{
  id: string;
}>;


export type FollowOrderSubscription = { order: { position: string, order: { status: OrderStatus } | null } };

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

export const CreateOrderDocument = new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<CreateOrderMutation, CreateOrderMutationVariables>;
export const PlaceOrderDocument = new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<PlaceOrderMutation, PlaceOrderMutationVariables>;
export const ReadOrderDocument = new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<ReadOrderQuery, ReadOrderQueryVariables>;
export const FollowOrderDocument = new TypedDocumentString(`
    subscription FollowOrder($id: ID!) {
  order(id: $id) {
    position
    order {
      status
    }
  }
}
    `) as unknown as TypedDocumentString<FollowOrderSubscription, FollowOrderSubscriptionVariables>;