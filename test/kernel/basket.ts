import { z } from 'zod';
import {
  defineDecider,
  defineEvents,
  into,
  nothing,
  refuse,
  renamed,
  type Criterion,
} from '../../src/kernel/index.js';

/** A domain whose events have a past: versions, renames, a split, and facts that mean nothing any more. */
export type BasketEvents = {
  readonly Put: { readonly basket: string; readonly sku: string; readonly quantity: number };
  readonly Taken: { readonly basket: string; readonly sku: string };
};

type PutV1 = { readonly basket: string; readonly item: string };
type PutV2 = { readonly basket: string; readonly sku: string };
type Swapped = { readonly basket: string; readonly out: string; readonly put: string };
type Counted = { readonly basket: string; readonly sku: string; readonly by: number };

/** What a test's upcaster throws. */
export const TORN = new Error('the label is torn');

const tags = ({ basket }: { readonly basket: string }) => [`basket:${basket}`];

/** The basket's facts, as they are written now and as they were. */
export const basketEvents = defineEvents<BasketEvents>(
  {
    Put: {
      version: 3,
      schema: z.object({ basket: z.string(), sku: z.string(), quantity: z.number().int() }),
      tags,
      upcast: {
        1: ({ basket, item }: PutV1) => ({ basket, sku: item.toLowerCase() }),
        2: (data: PutV2) => ({ ...data, quantity: 1 }),
      },
    },
    Taken: { schema: z.object({ basket: z.string(), sku: z.string() }), tags },
  },
  {
    retired: {
      Added: { version: 2, upcast: { 1: (data) => ({ ...data, item: 'Tea' }), 2: renamed('Put') } },
      Inserted: { upcast: { 1: renamed('Added', 2) } },
      Removed: { upcast: { 1: renamed('Taken') } },
      Swapped: {
        upcast: {
          1: into({ Taken: 1, Put: 2 }, ({ basket, out, put }: Swapped) => [
            { type: 'Taken', data: { basket, sku: out } },
            { type: 'Put', data: { basket, sku: put } },
          ]),
        },
      },
      Counted: {
        upcast: {
          1: into({ Put: 3 }, ({ basket, sku, by }: Counted) =>
            by === 0 ? nothing : [{ type: 'Put', data: { basket, sku, quantity: by } }],
          ),
        },
      },
      Shaken: { upcast: { 1: nothing } },
      Torn: {
        version: 2,
        upcast: {
          1: () => {
            throw TORN;
          },
          2: renamed('Taken'),
        },
      },
    },
  },
);

type Inputs = { readonly put: BasketEvents['Put'] };

/** A decider whose boundary is this criterion; refuses to put nothing, and then tells what it has seen. */
export const basketWith = (
  criterion: (basket: string) => Criterion,
  decided: (seen: readonly string[]) => void = () => undefined,
) =>
  defineDecider<BasketEvents, Inputs, readonly string[]>({
    name: 'basket',
    events: basketEvents,
    inputs: { put: basketEvents.definitions.Put.schema },
    boundary: ({ input: { basket } }) => [criterion(basket)],
    initial: [],
    evolve: {
      Put: (seen, { sku, quantity }) => [...seen, `${quantity} ${sku}`],
      Taken: (seen, { sku }) => [...seen, `no ${sku}`],
    },
    decide: {
      put: (seen, { input }) => {
        decided(seen);
        return input.quantity > 0 ? [{ type: 'Put', data: input }] : refuse('SEEN', seen.join(', '));
      },
    },
  });
