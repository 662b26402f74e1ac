import { setTimeout as sleep } from 'node:timers/promises';
import type { Port } from '../../../src/client/index.js';
import type { EventLog } from '../../../src/kernel/index.js';
import type { Random } from '../../durability/support/random.js';
import type { Service } from '../../support/service.js';
import type { Operation, Truth } from './guarantees.js';

const REGISTERS = ['ANN', 'BOB', 'CEM', 'DOT'] as const;

const WRITE = `mutation Write($input: CreateOrderInput!) {
  createOrder(input: $input) { orderId receipt { duplicate } userErrors { code } }
}`;
/** Two views of the same thing, each by a projection of its own: how many orders, and which is the newest. */
const COUNT = 'query Count($id: ID!) { orders(filter: { customerId: $id }) { totalCount } }';
const NEWEST = 'query Newest($id: ID!) { customer(id: $id) { name } }';

/** What happened, and how much of it was out of the ordinary. */
export interface Recorded {
  readonly operations: Operation[];
  /** Reads that showed a mark: only the log knows how many writes that is. */
  readonly unresolved: { readonly at: number; readonly mark: string }[];
  announced: number;
  duplicates: number;
  failed: number;
}

/** An empty record. */
export function newRecord(): Recorded {
  return { operations: [], unresolved: [], announced: 0, duplicates: 0, failed: 0 };
}

let moment = 0;
let marks = 0;
const now = (): number => (moment += 1);

/** One client that does one thing after another, and records it under the name of its session. */
export async function work(
  { session, port }: { readonly session: string; readonly port: Port },
  times: number,
  random: Random,
  record: Recorded,
): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const register = random.pick(REGISTERS);
    const step = random.chance(0.3) ? write : random.chance(0.5) ? readCount : readNewest;
    try {
      await step(port, session, register, record);
    } catch {
      record.failed += 1;
    }
  }
}

type Step = (port: Port, session: string, register: string, record: Recorded) => Promise<void>;

const write: Step = async (port, session, register, record) => {
  marks += 1;
  const mark = `W-${marks}`;
  const start = now();
  const input = {
    customerId: register,
    items: [{ sku: 'tea', quantity: 1, unitPrice: '1.00' }],
    shippingAddress: { recipient: mark, line1: '1 High Street', city: 'Bath', country: 'UK' },
  };
  const { data, errors } = await port.execute<
    { createOrder: { receipt: { duplicate: boolean } } },
    { input: object }
  >('mutation', WRITE, { input });
  if (data === undefined) throw new Error(JSON.stringify(errors));
  if (data.createOrder.receipt.duplicate) record.duplicates += 1;
  record.operations.push({ kind: 'write', session, register, mark, start, end: now() });
};

const readCount: Step = async (port, session, register, record) => {
  const start = now();
  const { data, consistency } = await port.execute<{ orders: { totalCount: number } }, { id: string }>(
    'query',
    COUNT,
    { id: register },
  );
  if (data === undefined || consistency === undefined) throw new Error('No answer.');
  const announced = consistency.stale;
  if (announced) record.announced += 1;
  const seen = data.orders.totalCount;
  record.operations.push({ kind: 'read', session, register, seen, announced, start, end: now() });
};

const readNewest: Step = async (port, session, register, record) => {
  const start = now();
  const { data, consistency } = await port.execute<{ customer: { name: string } | null }, { id: string }>(
    'query',
    NEWEST,
    { id: register },
  );
  if (data === undefined || consistency === undefined) throw new Error('No answer.');
  const announced = consistency.stale;
  if (announced) record.announced += 1;
  if (data.customer !== null)
    record.unresolved.push({ at: record.operations.length, mark: data.customer.name });
  record.operations.push({ kind: 'read', session, register, seen: 0, announced, start, end: now() });
};

/** The log itself. */
export async function truthOf(log: Pick<EventLog, 'read'>): Promise<Truth> {
  const truth = new Map<string, string[]>();
  for (const { type, data } of await log.read('all', { after: 0, limit: 1_000_000 })) {
    if (type !== 'OrderCreated') continue;
    // The orders domain stores them so.
    const { customerId, shippingAddress } = data as {
      customerId: string;
      shippingAddress: { recipient: string };
    };
    truth.set(customerId, [...(truth.get(customerId) ?? []), shippingAddress.recipient]);
  }
  return truth;
}

/** The history, with marks that were read as the number of writes up to them. */
export function historyOf({ operations, unresolved }: Recorded, truth: Truth): readonly Operation[] {
  const history = [...operations];
  for (const { at, mark } of unresolved) {
    const read = history[at];
    if (read?.kind !== 'read') continue;
    history[at] = { ...read, seen: (truth.get(read.register) ?? []).lastIndexOf(mark) + 1 };
  }
  return history;
}

/** Makes the projections stand still again and again until `done` is settled. */
export async function disturb(service: Service, random: Random, done: Promise<unknown>): Promise<void> {
  let over = false;
  const end = done.finally(() => {
    over = true;
  });
  while (!over) {
    const release = service.hold();
    await Promise.race([sleep(random.below(60)), end]);
    release();
    await Promise.race([sleep(random.below(200)), end]);
  }
}
