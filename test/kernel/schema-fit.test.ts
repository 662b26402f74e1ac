import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { misfits, type JsonSchema } from '../../src/kernel/index.js';
import { aSchema, dataOf, near, zodOf } from './schema-arbitrary.js';

const json = (schema: z.ZodType) => z.toJSONSchema(schema) as JsonSchema;

/** The misfits of data of the one schema with the other, as `path reason`. */
const between = (before: z.ZodType | JsonSchema, now: z.ZodType | JsonSchema) =>
  misfits(
    before instanceof z.ZodType ? json(before) : before,
    now instanceof z.ZodType ? json(now) : now,
  ).map(({ path, reason }) => `${path} ${reason}`.trim());

const person = z.object({ name: z.string(), age: z.int().optional() });
const tree = z.object({
  value: z.number(),
  get next() {
    return tree.optional();
  },
});
const widerTree = z.object({
  value: z.number().nullable(),
  get next() {
    return widerTree.optional();
  },
});
const narrowerTree = z.object({
  value: z.int(),
  get next() {
    return narrowerTree.optional();
  },
});
const paid = z.discriminatedUnion('by', [
  z.object({ by: z.literal('card'), last4: z.string() }),
  z.object({ by: z.literal('bank'), iban: z.string() }),
]);
const paidByMore = z.discriminatedUnion('by', [
  z.object({ by: z.literal('card'), last4: z.string().nullable() }),
  z.object({ by: z.literal('bank'), iban: z.string() }),
  z.object({ by: z.literal('cash') }),
]);

describe('stored data still fits where', () => {
  it.each<[string, z.ZodType | JsonSchema, z.ZodType | JsonSchema]>([
    ['nothing changed', person, person],
    ['fields stand in another order', person, z.object({ age: z.int().optional(), name: z.string() })],
    ['a field is described', person, person.extend({ name: z.string().describe('What we call them.') })],
    ['an optional field is new', person, person.extend({ nick: z.string().optional() })],
    ['a required field is optional now', person, person.partial()],
    ['a field may be null now', person, person.extend({ name: z.string().nullable() })],
    ['a field may be anything now', person, person.extend({ name: z.unknown() })],
    ['other fields may be there now', person, z.looseObject(person.shape)],
    ['a whole number may be any now', z.int(), z.number()],
    ['a limit is wider', z.number().min(1).max(5), z.number().min(0).max(6)],
    ['a limit is gone', z.string().min(2).max(3), z.string()],
    ['an open limit is closed', z.number().gt(1).lt(5), z.number().min(1).max(5)],
    ['a closed limit is beyond an open one', z.number().min(1).max(2), z.number().gt(0).lt(3)],
    ['a coarser step is finer', z.int().multipleOf(6), z.int().multipleOf(3)],
    ['a number is whole, which it was', z.int(), z.int().multipleOf(1)],
    ['a format is gone', z.email(), z.string()],
    ['the format stays', z.object({ at: z.iso.datetime() }), z.object({ at: z.iso.datetime().nullable() })],
    ['a list of values is longer', z.enum(['a', 'b']), z.enum(['b', 'c', 'a'])],
    ['a list of values is open', z.enum(['a', 'b']), z.string().min(1).max(1)],
    ['one value became several', z.literal(1), z.literal([1, 'x'])],
    ['a value is one of a type', z.literal([1, null, true]), z.union([z.int(), z.null(), z.boolean()])],
    ['values are within limits', z.literal([2, 4]), z.number().min(2).max(4).multipleOf(2)],
    ['there are more alternatives', z.union([z.string(), z.int()]), z.union([z.int(), z.string(), z.null()])],
    ['an alternative is wider', paid, paidByMore],
    ['one became an alternative', z.object({ by: z.literal('bank'), iban: z.string() }), paid],
    ['an alternative became the rule', z.union([z.int(), z.null()]), z.number().nullable()],
    ['elements are wider', z.array(z.int()), z.array(z.number().nullable())],
    ['an array may be shorter and longer', z.array(z.int()).length(2), z.array(z.int()).min(1).max(3)],
    ['a tuple became a list', z.tuple([z.int(), z.int()]), z.array(z.number())],
    ['a tuple got a rest', z.tuple([z.int()]), z.tuple([z.int()], z.string())],
    ['a record is wider', z.record(z.string(), z.int()), z.record(z.string(), z.number())],
    ['an object became a record', z.object({ a: z.int() }), z.record(z.string(), z.int())],
    [
      'a record has more keys',
      z.partialRecord(z.enum(['a']), z.int()),
      z.partialRecord(z.enum(['a', 'b']), z.int()),
    ],
    ['a schema that contains itself is wider', tree, widerTree],
    ['it is within another', z.object({ a: tree, b: tree }), z.object({ a: widerTree, b: tree })],
    ['there never was any', z.never(), z.string()],
    ['everything is accepted', { type: 'string' }, true],
    ['nothing was', false, { type: 'string' }],
    ['a part of an intersection fits', { allOf: [{ type: 'string' }, { minLength: 1 }] }, { type: 'string' }],
    [
      'all parts of an intersection are met',
      { type: 'string', minLength: 2 },
      { allOf: [{ type: 'string' }, { minLength: 1 }] },
    ],
    ['a keyword that it does not know stays', { if: {}, then: {} }, { if: {}, then: {}, title: 'New' }],
  ])('%s', (_what, before, now) => {
    expect(between(before, now)).toEqual([]);
  });
});

describe('stored data need not fit where', () => {
  it.each<[string, z.ZodType | JsonSchema, z.ZodType | JsonSchema, string]>([
    ['a required field is new', person, person.extend({ nick: z.string() }), 'nick is new and required'],
    ['an optional one is required', person, person.required(), 'age was optional, and is required now'],
    ['a field was removed', person, person.omit({ age: true }), 'age was removed'],
    [
      'a type is another',
      person,
      person.extend({ name: z.int() }),
      'name was string, and must be integer now',
    ],
    ['null is no longer accepted', z.int().nullable(), z.int(), 'was null, and must be integer now'],
    ['any number must be whole', z.number(), z.int(), 'was number, and must be integer now'],
    ['anything must be text', z.unknown(), z.string(), 'was anything, and must be string now'],
    ['a lower limit is new', z.number(), z.number().min(1), 'has a new or narrower minimum: 1'],
    ['an upper limit is narrower', z.number().max(5), z.number().max(4), 'has a new or narrower maximum: 4'],
    ['a limit is open', z.number().min(1), z.number().gt(1), 'has a new or narrower exclusiveMinimum: 1'],
    ['an upper limit is open', z.number().max(1), z.number().lt(1), 'narrower exclusiveMaximum: 1'],
    ['a step is new', z.int().multipleOf(2), z.int().multipleOf(4), 'has a new or narrower multipleOf: 4'],
    ['a text must be longer', z.string(), z.string().min(1), 'has a new or narrower minLength: 1'],
    ['a text must be shorter', z.string().max(3), z.string().max(2), 'has a new or narrower maxLength: 2'],
    ['a pattern is new', z.string(), z.string().regex(/a/), 'has a new or narrower pattern: "a"'],
    ['a format is new', { type: 'string' }, { type: 'string', format: 'uri' }, 'narrower format: "uri"'],
    [
      'a list of values is shorter',
      z.enum(['a', 'b']),
      z.enum(['a']),
      'was "b", which is no longer accepted',
    ],
    ['a value is limited', z.string(), z.enum(['a', 'b']), 'is limited to ["a","b"] now'],
    ['a value is beyond a limit', z.literal([1, 9]), z.number().max(5), 'has a new or narrower maximum: 5'],
    ['an alternative is gone', z.union([z.string(), z.int()]), z.string(), 'was integer, and must be string'],
    ['an alternative is narrower', paidByMore, paid, 'last4 was null, and must be string now'],
    ['no alternative fits', z.boolean(), z.union([z.string(), z.int()]), 'was boolean, and must be'],
    ['elements are narrower', z.array(z.number()), z.array(z.int()), '[] was number, and must be integer'],
    ['an array must not be empty', z.array(z.int()), z.array(z.int()).min(1), 'narrower minItems: 1'],
    ['an array has fewer', z.array(z.int()), z.array(z.int()).max(2), 'has a new or narrower maxItems: 2'],
    ['a list became a tuple', z.array(z.int()), z.tuple([z.int()]), '[] is no longer accepted'],
    ['a tuple is longer', z.tuple([z.int()]), z.tuple([z.int(), z.int()]), 'narrower minItems: 2'],
    ['an element is narrower', z.tuple([z.int(), z.number()]), z.tuple([z.int(), z.int()]), '[1] was number'],
    ['an object is closed', z.looseObject(person.shape), person, '* is no longer accepted'],
    [
      'an open object names a field',
      z.looseObject({}),
      z.looseObject({ a: z.int().optional() }),
      'a was anything',
    ],
    ['a record is narrower', z.record(z.string(), z.number()), z.record(z.string(), z.int()), '* was number'],
    [
      'a record’s keys are limited',
      z.record(z.string(), z.int()),
      z.partialRecord(z.enum(['a']), z.int()),
      '{key} is limited to',
    ],
    [
      'an object’s key is none of a record’s',
      z.object({ a: z.int() }),
      z.partialRecord(z.enum(['b']), z.int()),
      '{key} was "a"',
    ],
    [
      'it is deep inside',
      z.object({ a: z.array(z.object({ b: z.int() })) }),
      z.object({ a: z.array(z.object({ b: z.string() })) }),
      'a[].b was integer',
    ],
    ['a schema that contains itself is narrower', tree, narrowerTree, 'value was number'],
    ['nothing is accepted', z.string(), z.never(), 'is no longer accepted'],
    [
      'a key is one that objects have anyway',
      z.object({}),
      z.object({ constructor: z.int() }),
      'constructor is new and',
    ],
    [
      'alternatives overlap',
      { type: 'integer' },
      { oneOf: [{ type: 'integer' }, { type: 'number' }] },
      'exactly one',
    ],
    [
      'part of an intersection is not met',
      { type: 'string' },
      { allOf: [{ type: 'string' }, { minLength: 1 }] },
      'minLength',
    ],
    [
      'no part of an intersection fits',
      { allOf: [{ type: 'string' }, { minLength: 1 }] },
      { type: 'integer' },
      'must be integer',
    ],
    ['elements must differ', { type: 'array' }, { type: 'array', uniqueItems: true }, 'narrower uniqueItems'],
    ['an object has fewer', { type: 'object' }, { type: 'object', maxProperties: 3 }, 'maxProperties: 3'],
    [
      'a keyword is not known',
      { type: 'string' },
      { type: 'string', not: { const: 'a' } },
      'uses not, which cannot',
    ],
    [
      'a keyword widens',
      { type: 'string', nullable: true },
      { type: 'string' },
      'uses nullable, which cannot',
    ],
    [
      'a draft writes it otherwise',
      { type: 'number' },
      { type: 'number', minimum: 1, exclusiveMinimum: true },
      'exclusiveMinimum: true',
    ],
    [
      'a draft lists items',
      { items: [{ type: 'string' }] },
      { items: [{ type: 'integer' }] },
      'a list of items',
    ],
    ['a reference leads nowhere', { $ref: '#/$defs/a' }, { type: 'string' }, '$ref that cannot be followed'],
    [
      'a reference leads elsewhere',
      { $ref: 'https://example.com' },
      { $ref: 'https://example.com' },
      '$ref that cannot',
    ],
    [
      'only what a reference means changed',
      { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } },
      { $ref: '#/$defs/a', $defs: { a: { type: 'integer' } } },
      'was string, and must be integer now',
    ],
    ['there are no alternatives', { type: 'string' }, { anyOf: [] }, 'fits none of the alternatives'],
  ])('%s', (_what, before, now, message) => {
    expect(between(before, now).join('; ')).toContain(message);
  });
});

describe('of any two schemas', () => {
  it('that are found to fit, whatever the older accepts the newer accepts', () => {
    let fitting = 0;
    const pairs = aSchema.chain((before) =>
      fc.record({
        before: fc.constant(before),
        now: near(before),
        data: fc.array(dataOf(before), { minLength: 1, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(pairs, ({ before, now, data }) => {
        const [older, newer] = [zodOf(before), zodOf(now)];
        for (const one of data) expect(older.safeParse(one).success).toBe(true);
        if (misfits(json(older), json(newer)).length > 0) return;
        if (JSON.stringify(before) !== JSON.stringify(now)) fitting += 1;
        for (const one of data) expect(newer.safeParse(one).success).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    // The promise would be empty if hardly any were found to fit.
    expect(fitting).toBeGreaterThan(200);
  });

  it('that are the same, there is no misfit', () => {
    fc.assert(
      fc.property(aSchema, (schema) => {
        expect(between(zodOf(schema), zodOf(schema))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
