import { isUuid, newId } from '../../../src/kernel/index.js';
import { ADDRESS, ORDER, PAYLOAD, mutation, type Payload } from '../../support/order-operations.js';
import type { Body } from '../../support/service.js';
import type { Random } from './random.js';

/** A command that a client has sent, and its first answer. */
export interface Sent {
  readonly id: string;
  readonly name: string;
  readonly input: object;
  answer?: Answered;
}

/** What a client was told. */
export interface Answered {
  readonly position: number;
  readonly status: 'ACCEPTED' | 'REFUSED';
  readonly orderId: string | null;
}

/** Sends one command after the other, over the life of many services. */
export interface Client {
  /** In the order of sending; a client has at most one command without an answer. */
  readonly sent: readonly Sent[];
  /** How often a retry was answered with what was stored. */
  answeredAgain(): number;
  /** How many answers it got, to retries as well. */
  answers(): number;
  /** Repeats what has no answer and two that have one, then sends until the service is gone or `until` says so. */
  run(url: string, until: (sentNow: number) => boolean): Promise<void>;
}

interface OpenOrder {
  readonly id: string;
  status: 'DRAFT' | 'PLACED' | 'PAID' | 'SHIPPED';
}

const NEXT = { DRAFT: 'placeOrder', PLACED: 'payOrder', PAID: 'shipOrder', SHIPPED: 'deliverOrder' } as const;
const AFTER = { DRAFT: 'PLACED', PLACED: 'PAID', PAID: 'SHIPPED' } as const;
const SKUS = ['CHAI', 'CHANG', 'TOFU', 'KONBU', 'PAVLOVA', 'GEITOST'];
const CUSTOMERS = ['ALFKI', 'BOLID', 'FRANK', 'ERNSH', 'QUICK'];
const OPEN_ORDERS_MAX = 4;

/** The number in a position that the service returned. */
export function numberOf(position: string): number {
  return Number(position.split('-').at(-1));
}

/** A client; what must never happen goes to `complain`. */
export function createClient(random: Random, complain: (problem: string) => void): Client {
  const sent: Sent[] = [];
  let open: OpenOrder[] = [];
  let again = 0;
  let answers = 0;

  async function post(url: string, { id, name, input }: Sent): Promise<Payload | 'gone'> {
    let body: Body;
    try {
      const variables = { input: { ...input, options: { commandId: id } } };
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: mutation(name, PAYLOAD), variables }),
      });
      body = (await response.json()) as Body;
    } catch {
      return 'gone';
    }
    answers += 1;
    if (body.errors === undefined) return body.data[name] as Payload;
    complain(`${name} ${id} was answered with an error: ${JSON.stringify(body.errors)}`);
    return 'gone';
  }

  /** False when the service is gone. */
  async function send(url: string, command: Sent): Promise<boolean> {
    const payload = await post(url, command);
    if (payload === 'gone') return false;
    const { receipt, orderId } = payload;
    command.answer = { position: numberOf(receipt.position), status: receipt.status, orderId };
    if (receipt.duplicate) again += 1;
    follow(command, command.answer);
    return true;
  }

  async function repeat(url: string, command: Sent & { readonly answer: Answered }): Promise<boolean> {
    const payload = await post(url, command);
    if (payload === 'gone') return false;
    const { receipt, orderId } = payload;
    const now = { position: numberOf(receipt.position), status: receipt.status, orderId };
    const same = JSON.stringify(now) === JSON.stringify(command.answer);
    if (receipt.duplicate && same) again += 1;
    else complain(`retry of ${command.name} ${command.id}: ${JSON.stringify([command.answer, receipt])}`);
    return true;
  }

  function follow({ name }: Sent, { status, orderId }: Answered): void {
    if (status === 'REFUSED' || orderId === null) return;
    if (name === 'createOrder') open.push({ id: orderId, status: 'DRAFT' });
    const order = open.find(({ id }) => id === orderId);
    if (order === undefined) return;
    if (name === 'deliverOrder' || name === 'cancelOrder') open = open.filter((other) => other !== order);
    else if (order.status !== 'SHIPPED' && name === NEXT[order.status]) order.status = AFTER[order.status];
  }

  function create(): Sent {
    const id = newId();
    const items = SKUS.slice(0, 1 + random.below(SKUS.length)).map((sku) => item(sku));
    const input = { ...ORDER, customerId: random.pick(CUSTOMERS), reference: id, items };
    return { id, name: 'createOrder', input };
  }

  function item(sku: string) {
    return { sku, quantity: 1 + random.below(9), unitPrice: '18.00', discount: '0.15' };
  }

  function next(): Sent {
    if (open.length === 0 || (open.length < OPEN_ORDERS_MAX && random.chance(0.3))) return create();
    const { id: orderId, status } = random.pick(open);
    const about = (name: string, input: object = {}): Sent => ({
      id: newId(),
      name,
      input: { orderId, ...input },
    });
    const dice = random.below(100);
    if (dice < 8) return about('deliverOrder', status === 'SHIPPED' ? {} : { orderId: newId() });
    if (dice < 14) return about('addOrderItem', { item: item(random.pick(SKUS)) });
    if (dice < 18) return about('removeOrderItem', { sku: random.pick(SKUS) });
    if (dice < 24)
      return about('changeShippingAddress', { shippingAddress: { ...ADDRESS, line1: `${dice} ${newId()}` } });
    if (dice < 27) return about('cancelOrder', { reason: 'changed my mind' });
    return about(NEXT[status], detailsOf(NEXT[status], orderId));
  }

  function answeredOnes(): (Sent & { readonly answer: Answered })[] {
    return sent.filter((one): one is Sent & { answer: Answered } => one.answer !== undefined);
  }

  return {
    sent,
    answeredAgain: () => again,
    answers: () => answers,
    run: async (url, until) => {
      for (const one of sent) if (one.answer === undefined && !(await send(url, one))) return;
      const known = answeredOnes();
      const last = known.at(-1);
      if (last !== undefined && !((await repeat(url, last)) && (await repeat(url, random.pick(known)))))
        return;
      for (let count = 0; !until(count); count += 1) {
        if (known.length > 0 && random.chance(0.05) && !(await repeat(url, random.pick(known)))) return;
        const one = next();
        sent.push(one);
        if (!(await send(url, one))) return;
      }
    },
  };
}

function detailsOf(name: (typeof NEXT)[keyof typeof NEXT], orderId: string): object {
  if (!isUuid(orderId)) throw new Error(`${orderId} is no order id.`);
  if (name === 'payOrder') return { paymentReference: orderId };
  return name === 'shipOrder' ? { carrier: 'Speedy Express', trackingNumber: orderId } : {};
}
