import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inputShape } from '../../src/derive/input-shape.js';
import { toInput } from '../../src/derive/input-type.js';
import { defineCommand } from '../../src/kernel/index.js';

const shape = inputShape(
  defineCommand(
    'doIt',
    z.object({
      wanted: z.string(),
      known: z.string().nullable(),
      spare: z.string().optional(),
      both: z.string().nullish(),
      inner: z.object({ spare: z.string().optional(), known: z.string().nullable() }).nullish(),
      list: z.array(z.object({ known: z.string().nullable() }).nullable()).optional(),
    }),
  ),
);

describe('What a client sent is what the schema is given,', () => {
  it('but null where the schema knows none is left out, and what has to be there and may be null is null', () => {
    expect(toInput(shape, { wanted: 'a' })).toEqual({ wanted: 'a', known: null });
    const nulls = { wanted: 'a', known: null, spare: null, both: null, inner: null, list: null };
    expect(toInput(shape, nulls)).toEqual({ wanted: 'a', known: null, both: null, inner: null });
  });

  it('so in nested objects and lists', () => {
    const inner = { spare: null };
    expect(toInput(shape, { wanted: 'a', known: 'b', inner, list: [{}, null, { known: 'c' }] })).toEqual({
      wanted: 'a',
      known: 'b',
      inner: { known: null },
      list: [{ known: null }, null, { known: 'c' }],
    });
  });
});
