import { v7 } from 'uuid';
import type { TypedDocument } from '../../src/client/index.js';

/** Typed by hand, as a code generator would do it. */
function document<Data, Variables>(text: string): TypedDocument<Data, Variables> {
  // A String object with a type, which is what code generators make of a document.
  return new String(text) as unknown as TypedDocument<Data, Variables>;
}

/** What a mutation of these tests answers. */
export interface Payload {
  readonly orderId: string;
  readonly receipt: {
    readonly commandId: string;
    readonly status: string;
    readonly position: string;
    readonly duplicate: boolean;
  };
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

const PAYLOAD = `{ orderId receipt { commandId status position duplicate } userErrors { code message } }`;

export const createOrder = document<{ createOrder: Payload }, { input: object }>(
  `mutation Create($input: CreateOrderInput!) { createOrder(input: $input) ${PAYLOAD} }`,
);
export const placeOrder = document<{ placeOrder: Payload }, { input: object }>(
  `mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) ${PAYLOAD} }`,
);
export const addItem = document<{ addOrderItem: Payload }, { input: object }>(
  `mutation Add($input: AddOrderItemInput!) { addOrderItem(input: $input) ${PAYLOAD} }`,
);
export const readOrder = document<
  { order: { id: string; status: string; position: string; items: readonly { sku: string }[] } | null },
  { id: string }
>('query Read($id: ID!) { order(id: $id) { id status position items { sku } } }');
export const countOrders = document<{ orders: { totalCount: number } }, Record<string, never>>(
  '{ orders { totalCount } }',
);
export const liveOrder = document<
  { order: { position: string; order: { status: string } | null } },
  { id: string }
>('subscription Live($id: ID!) { order(id: $id) { position order { status } } }');
export const liveEvents = document<
  { events: { position: string; events: readonly { position: string; type: string }[] } },
  { after?: string }
>('subscription Events($after: Position) { events(after: $after) { position events { position type } } }');

/** An order whose reference nobody else has. */
export function anOrder(): { customerId: string; reference: string; [field: string]: unknown } {
  return {
    customerId: 'ALFKI',
    reference: v7(),
    currencyCode: 'EUR',
    items: [{ sku: 'tea', quantity: 2, unitPrice: '12.50' }],
    shippingAddress: { recipient: 'Ann', line1: '1 High Street', city: 'Bath', country: 'UK' },
  };
}
