import type { Client } from '@urql/core';
import { createMemory, createSession, type Memory } from 'tidemark/client';
import { addOrderItem, basketQuantity, createOrder } from '../documents/index.js';
import { clientOf, consistencyOf, failureOf } from '../service/index.js';

/** What one side has done so far. */
export interface Score {
  /** What its commands have put into the basket, as their answers say. */
  readonly written: number;
  /** What the last read has found there; null where it has found no basket. */
  readonly read: number | null;
  readonly reads: number;
  readonly missed: number;
  /** How long the last read waited for the view, in ms. */
  readonly waitedMs: number;
}

/** A side before anything has happened. */
export const NO_SCORE: Score = { written: 0, read: null, reads: 0, missed: 0, waitedMs: 0 };

/** One side of the comparison: it writes to a basket of its own, and reads that back at once. */
export interface Contestant {
  /** One command and one read; the score after them. Rejects with an Error that can be shown. */
  readonly step: () => Promise<Score>;
}

/** Remembers nothing, so that reads ask for nothing. */
const FORGETFUL: Memory = {
  position: () => undefined,
  note: () => undefined,
  forget: () => undefined,
  subscribe: () => () => undefined,
  onForget: () => () => undefined,
  dispose: () => undefined,
};

const ITEM = { sku: 'pebble', name: 'Pebble', unitPrice: '1.00', quantity: 1 };
const ADDRESS = { recipient: 'Two panes', line1: '1 Shore Road', city: 'Bath', country: 'UK' };

/** A side whose reads ask to see what it has written, or one whose reads do not. Nothing else differs. */
export function contestant(threads: boolean, customerId: string): Contestant {
  const memory = threads ? createMemory({ storage: null, share: false }) : FORGETFUL;
  const client = clientOf(createSession({ memory }));
  let basket: string | undefined;
  // Here and not in what draws it: the next step may begin before this one is drawn.
  let score = NO_SCORE;
  return {
    step: async () => {
      if (basket === undefined) basket = await open(client, customerId);
      else await add(client, basket);
      const written = score.written + ITEM.quantity;
      // Also where the read fails: it has been written.
      score = { ...score, written };
      const { read, waitedMs } = await look(client, basket);
      const missed = (read ?? 0) < written;
      score = { written, read, reads: score.reads + 1, missed: score.missed + (missed ? 1 : 0), waitedMs };
      return score;
    },
  };
}

async function open(client: Client, customerId: string): Promise<string> {
  const input = { customerId, currencyCode: 'USD', items: [ITEM], shippingAddress: ADDRESS };
  const { data, error } = await client.mutation(createOrder, { input }).toPromise();
  const orderId = data?.told.orderId;
  if (error !== undefined || orderId == null)
    throw new Error(
      error ? failureOf(error).message : (data?.told.userErrors[0]?.message ?? 'No basket was made.'),
    );
  return orderId;
}

async function add(client: Client, orderId: string): Promise<void> {
  const { data, error } = await client.mutation(addOrderItem, { input: { orderId, item: ITEM } }).toPromise();
  const [refusal] = data?.told.userErrors ?? [];
  if (error !== undefined || refusal !== undefined)
    throw new Error(error ? failureOf(error).message : refusal?.message);
}

async function look(client: Client, id: string): Promise<Pick<Score, 'read' | 'waitedMs'>> {
  const { data, error, extensions } = await client.query(basketQuantity, { id }).toPromise();
  if (error !== undefined) throw new Error(failureOf(error).message);
  const items = data?.order?.items;
  return {
    read: items === undefined ? null : items.reduce((sum, { quantity }) => sum + quantity, 0),
    waitedMs: consistencyOf(extensions)?.waitedMs ?? 0,
  };
}
