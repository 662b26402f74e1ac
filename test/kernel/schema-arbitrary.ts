import fc from 'fast-check';
import { z } from 'zod';

/** A schema as data, so that a test can make similar ones and data that satisfies it. */
export type Spec =
  | { readonly kind: 'string' | 'number' | 'int' | 'boolean' | 'null' }
  | { readonly kind: 'text' | 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'nullable' | 'record'; readonly of: Spec }
  | { readonly kind: 'array'; readonly of: Spec; readonly min: number; readonly max: number }
  | { readonly kind: 'tuple' | 'union'; readonly of: readonly Spec[] }
  | { readonly kind: 'object'; readonly fields: Fields }
  | { readonly kind: 'tagged'; readonly branches: Readonly<Record<string, Fields>> };

type Fields = Readonly<Record<string, { readonly of: Spec; readonly optional: boolean }>>;

const between = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })).map(([a, b]) => ({
  min: Math.min(a, b),
  max: Math.max(a, b),
}));
const name = fc.constantFrom('a', 'b', 'c', 'd');
const values = fc.uniqueArray(fc.constantFrom('x', 'y', 'z', 'zz'), { minLength: 1 });
const kind = <K extends string>(...kinds: readonly K[]) => fc.constantFrom(...kinds);

function fieldsOf(of: fc.Arbitrary<Spec>): fc.Arbitrary<Fields> {
  return fc.dictionary(name, fc.record({ of, optional: fc.boolean() }), {
    maxKeys: 3,
    noNullPrototype: true,
  });
}

const { spec } = fc.letrec<{ spec: Spec; leaf: Spec; node: Spec }>((tie) => ({
  spec: fc.oneof({ maxDepth: 3, depthSize: 'small' }, tie('leaf'), tie('node')),
  leaf: fc.oneof(
    fc.record({ kind: kind('string', 'number', 'int', 'boolean', 'null') }),
    fc
      .record({ kind: kind('text', 'range') })
      .chain((one) => between.map((limits) => ({ ...one, ...limits }))),
    fc.record({ kind: kind('enum'), values }),
  ),
  node: fc.oneof(
    fc.record({ kind: kind('nullable', 'record'), of: tie('spec') }),
    fc.tuple(tie('spec'), between).map(([of, limits]) => ({ kind: 'array' as const, of, ...limits })),
    fc.record({ kind: kind('tuple', 'union'), of: fc.array(tie('spec'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: kind('object'), fields: fieldsOf(tie('spec')) }),
    fc.record({
      kind: kind('tagged'),
      branches: fc.dictionary(kind('p', 'q', 'r'), fieldsOf(tie('spec')), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }),
  ),
}));

/** Any schema of the kinds above. */
export const aSchema: fc.Arbitrary<Spec> = spec;

/** The schema with some of its parts changed, or all of it. */
export function near(before: Spec): fc.Arbitrary<Spec> {
  return fc.oneof(
    { weight: 4, arbitrary: nearWithin(before) },
    { weight: 2, arbitrary: fc.constant(before) },
    { weight: 1, arbitrary: fc.constant<Spec>({ kind: 'nullable', of: before }) },
    { weight: 1, arbitrary: spec.map((other): Spec => ({ kind: 'union', of: [other, before] })) },
    { weight: 1, arbitrary: spec },
  );
}

function nearWithin(before: Spec): fc.Arbitrary<Spec> {
  switch (before.kind) {
    case 'text':
    case 'range':
      return between.map((limits) => ({ ...before, ...limits }));
    case 'array':
      return fc.tuple(near(before.of), between).map(([of, limits]) => ({ ...before, of, ...limits }));
    case 'enum':
      return values.map((list) => ({ ...before, values: list }));
    case 'nullable':
    case 'record':
      return near(before.of).map((of) => ({ ...before, of }));
    case 'tuple':
    case 'union':
      return fc.tuple(...before.of.map(near)).map((of) => ({ ...before, of }));
    case 'object':
      return nearFields(before.fields).map((fields) => ({ ...before, fields }));
    case 'tagged':
      return nearBranches(before.branches).map((branches) => ({ ...before, branches }));
    case 'string':
    case 'number':
    case 'int':
    case 'boolean':
    case 'null':
      return fc.constantFrom<Spec>(before, { kind: 'number' }, { kind: 'string' });
  }
}

function nearFields(before: Fields): fc.Arbitrary<Fields> {
  const kept = Object.entries(before).map(([key, { of, optional }]) =>
    fc
      .tuple(near(of), fc.boolean(), fc.integer({ min: 0, max: 9 }))
      .map(([changed, either, dice]) =>
        dice === 0 ? [] : [[key, { of: changed, optional: optional || either }] as const],
      ),
  );
  const added = fieldsOf(spec).map((fields) => Object.entries(fields).slice(0, 1));
  return fc.tuple(fc.tuple(...kept), added, fc.boolean()).map(([list, more, grows]) =>
    // What was there before wins, so that a field keeps its past.
    Object.fromEntries([...(grows ? more : []), ...list.flat()]),
  );
}

function nearBranches(before: Readonly<Record<string, Fields>>): fc.Arbitrary<Record<string, Fields>> {
  const kept = Object.entries(before).map(([tag, fields]) =>
    nearFields(fields).map((one) => [tag, one] as const),
  );
  return fc
    .tuple(fc.tuple(...kept), fieldsOf(spec))
    .map(([list, more]) => ({ s: more, ...Object.fromEntries(list) }));
}

/** The same schema in zod. */
export function zodOf(one: Spec): z.ZodType {
  switch (one.kind) {
    case 'string':
      return z.string();
    case 'number':
      return z.number();
    case 'int':
      return z.int();
    case 'boolean':
      return z.boolean();
    case 'null':
      return z.null();
    case 'text':
      return z.string().min(one.min).max(one.max);
    case 'range':
      return z.number().min(one.min).max(one.max);
    case 'enum':
      return z.enum(one.values);
    case 'nullable':
      return zodOf(one.of).nullable();
    case 'record':
      return z.record(z.string(), zodOf(one.of));
    case 'array':
      return z.array(zodOf(one.of)).min(one.min).max(one.max);
    case 'tuple':
      return z.tuple(one.of.map(zodOf) as [z.ZodType, ...z.ZodType[]]);
    case 'union':
      return z.union(one.of.map(zodOf));
    case 'object':
      return z.strictObject(shapeOf(one.fields));
    case 'tagged':
      return z.discriminatedUnion('tag', taggedOf(one.branches));
  }
}

function shapeOf(fields: Fields): Record<string, z.ZodType> {
  const entries = Object.entries(fields).map(([key, { of, optional }]) => [
    key,
    optional ? zodOf(of).optional() : zodOf(of),
  ]);
  return Object.fromEntries(entries) as Record<string, z.ZodType>;
}

function taggedOf(branches: Readonly<Record<string, Fields>>) {
  const list = Object.entries(branches).map(([tag, fields]) =>
    z.strictObject({ ...shapeOf(fields), tag: z.literal(tag) }),
  );
  return list as [(typeof list)[number], ...typeof list];
}

/** Data that satisfies the schema. */
export function dataOf(one: Spec): fc.Arbitrary<unknown> {
  switch (one.kind) {
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 4 });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'int':
      return fc.maxSafeInteger();
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'text':
      return fc.string({ unit: 'binary', minLength: one.min, maxLength: one.max });
    case 'range':
      return fc.double({ min: one.min, max: one.max, noNaN: true });
    case 'enum':
      return fc.constantFrom(...one.values);
    case 'nullable':
      return fc.option(dataOf(one.of));
    case 'record':
      return fc.dictionary(name, dataOf(one.of), { maxKeys: 3, noNullPrototype: true });
    case 'array':
      return fc.array(dataOf(one.of), { minLength: one.min, maxLength: one.max });
    case 'tuple':
      return fc.tuple(...one.of.map(dataOf));
    case 'union':
      return fc.oneof(...one.of.map(dataOf));
    case 'object':
      return dataOfFields(one.fields);
    case 'tagged':
      return fc.oneof(
        ...Object.entries(one.branches).map(([tag, fields]) =>
          dataOfFields(fields).map((data) => ({ ...data, tag })),
        ),
      );
  }
}

function dataOfFields(fields: Fields): fc.Arbitrary<object> {
  const required = Object.keys(fields).filter((key) => fields[key]?.optional === false);
  const members = Object.fromEntries(Object.entries(fields).map(([key, { of }]) => [key, dataOf(of)]));
  return fc.record(members, { requiredKeys: required, noNullPrototype: true });
}
