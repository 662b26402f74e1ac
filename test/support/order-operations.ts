import { expect } from 'vitest';
import type { Answer, Service } from './service.js';

/** What every mutation's answer is asked for. */
export const PAYLOAD = `
  receipt { commandId status position duplicate }
  userErrors { code message field }
  orderId
`;

/** A whole address. */
export const ADDRESS = {
  recipient: 'Maria Anders',
  line1: 'Obere Str. 57',
  city: 'Berlin',
  postalCode: '12209',
  country: 'Germany',
};

/** Input of createOrder, good as it is. */
export const ORDER = {
  customerId: 'ALFKI',
  reference: 'PO-1',
  currencyCode: 'USD',
  items: [{ sku: 'CHAI', name: 'Chai', quantity: 10, unitPrice: '18.00' }],
  shippingAddress: ADDRESS,
};

/** The receipt of a command. */
export interface Receipt {
  readonly commandId: string;
  readonly status: 'ACCEPTED' | 'REFUSED';
  readonly position: string;
  readonly duplicate: boolean;
}

/** The answer to a command. */
export interface Payload {
  readonly receipt: Receipt;
  readonly userErrors: readonly { code: string; message: string; field: readonly string[] }[];
  readonly orderId: string;
}

/** The mutation that sends one command, selecting `selection` of the payload. */
export function mutation(name: string, selection = PAYLOAD): string {
  const type = `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}Input`;
  return `mutation Send($input: ${type}!) { ${name}(input: $input) { ${selection} } }`;
}

/** Sends one command; the answer as it came. */
export function send(
  service: Service,
  name: string,
  input: object,
  selection = PAYLOAD,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return service.gql(mutation(name, selection), { input }, headers);
}

/** Sends one command that is served without an error. */
export async function command(service: Service, name: string, input: object): Promise<Payload> {
  const { body } = await send(service, name, input);
  expect(body.errors).toBeUndefined();
  return body.data[name] as Payload;
}

/** Sends one command that is accepted. */
export async function accepted(service: Service, name: string, input: object): Promise<Payload> {
  const payload = await command(service, name, input);
  expect(payload.userErrors).toEqual([]);
  expect(payload.receipt.status).toBe('ACCEPTED');
  return payload;
}

/** Creates an order that differs from ORDER in `change`. */
export function createOrder(service: Service, change: object = {}): Promise<Payload> {
  return accepted(service, 'createOrder', { ...ORDER, ...change });
}
