import { z } from 'zod';
import type { Client } from './client.js';

/** What every command of the import carries: its deterministic id, a UUID. */
export interface CommandOptions {
  commandId: string;
}

/** One line of an order; the amounts are decimal texts. */
export interface OrderItemInput {
  sku: string;
  name: string;
  quantity: number;
  unitPrice: string;
  discount: string;
}

/** Where an order goes. Some countries have no postal codes, and JSON leaves an undefined one out. */
export interface AddressInput {
  recipient: string;
  line1: string;
  city: string;
  region: string;
  postalCode: string | undefined;
  country: string;
}

/** The input of `createOrder`. */
export interface CreateOrderInput {
  options: CommandOptions;
  customerId: string;
  reference: string;
  currencyCode: string;
  items: OrderItemInput[];
  shippingAddress: AddressInput;
  freight: string;
  orderedAt: string;
}

/** The command that opens an order. */
export interface CreateCommand {
  mutation: 'createOrder';
  input: CreateOrderInput;
}

/** A command on an order that exists; it lacks only the order's id, which the service hands out. */
export type FollowingCommand =
  | { mutation: 'placeOrder'; input: { options: CommandOptions } }
  | { mutation: 'payOrder'; input: { options: CommandOptions; paymentReference: string } }
  | { mutation: 'shipOrder'; input: { options: CommandOptions; carrier: string; shippedAt: string } };

/** A command as it is sent: complete, with the order's id where the mutation asks for one. */
export interface SentCommand {
  mutation: keyof typeof documents;
  input: { options: CommandOptions; orderId?: string };
}

const payload = z.object({
  receipt: z.object({
    commandId: z.string(),
    status: z.enum(['ACCEPTED', 'REFUSED']),
    position: z.string(),
    duplicate: z.boolean(),
  }),
  userErrors: z.array(z.object({ code: z.string(), message: z.string() })),
  orderId: z.string().nullish(),
});
const answer = z.object({ command: payload });

/** The answer to a command: its receipt, the reasons of a refusal, and the order's id. */
export type CommandPayload = z.infer<typeof payload>;

/** The GraphQL documents, one for each mutation; the shared alias lets one parser read every answer. */
export const documents = {
  createOrder: documentOf('createOrder', 'CreateOrderInput'),
  placeOrder: documentOf('placeOrder', 'PlaceOrderInput'),
  payOrder: documentOf('payOrder', 'PayOrderInput'),
  shipOrder: documentOf('shipOrder', 'ShipOrderInput'),
};

/** Sends a command of the order with this reference; a refusal is an answer, all else throws RequestFailed. */
export async function sendCommand(
  client: Client,
  reference: string,
  { mutation, input }: SentCommand,
): Promise<CommandPayload> {
  const { data } = await client({
    label: `${mutation} of ${reference}`,
    document: documents[mutation],
    variables: { input },
    data: answer,
  });
  return data.command;
}

function documentOf(mutation: string, inputType: string): string {
  return `mutation ImportNorthwind($input: ${inputType}!) {
  command: ${mutation}(input: $input) {
    receipt { commandId status position duplicate }
    userErrors { code message field }
    orderId
  }
}`;
}
