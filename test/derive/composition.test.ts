import { blob, integer, numeric, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { deriveCommands, deriveView, type ViewDb } from '../../src/derive/index.js';
import { ANYONE, STAFF } from '../../src/graphql/index.js';
import {
  CompositionError,
  defineCommand,
  defineEvents,
  defineProjection,
  keyedBy,
  ownedBy,
  type ProjectionOf,
  type Schema,
} from '../../src/kernel/index.js';
import { openLiveView } from '../support/live-view.js';
import { tempDir } from '../support/temp-dir.js';
import { printAdded } from './printed.js';

const things = sqliteTable('things', {
  code: integer().primaryKey(),
  title: text().notNull(),
  kind: text({ enum: ['in-stock', 'sold'] }),
  weight: real(),
  at: integer({ mode: 'timestamp' }),
  data: text({ mode: 'json' }).$type<{ readonly x: number }>(),
  bytes: blob({ mode: 'buffer' }),
  big: blob({ mode: 'bigint' }),
  exact: numeric(),
  position: integer().notNull(),
});
const pairs = sqliteTable('pairs', { one: text().notNull(), other: text().notNull() }, (table) => [
  primaryKey({ columns: [table.one, table.other] }),
]);
const tables = {
  things: keyedBy(things, 'code'),
  pairs: keyedBy(pairs, 'one', 'other'),
};
const projection = defineProjection<Record<never, never>, typeof tables>({
  name: 'stuff',
  version: 1,
  events: defineEvents<Record<never, never>>({}),
  tables,
  on: {},
});
const plain = { data: null, bytes: null, big: null } as const;
const access = [ANYONE] as const;

/** The same table under the name of one. */
const single = { ...projection, tables: { thing: projection.tables['things'] } } as unknown as ProjectionOf<{
  thing: typeof tables.things;
}>;

describe('a view', () => {
  it('shows what its columns are, and what they are said to be', () => {
    const { resolver } = deriveView(projection, 'things', {
      type: 'Thing',
      access,
      fields: { ...plain, weight: () => String },
    });
    const printed = printAdded([resolver]);
    expect(printed).toContain(
      `type Thing {
  at: DateTime
  code: ID!
  exact: String
  kind: String
  position: Position!
  title: String!
  weight: String
}`,
    );
    expect(printed).toContain('thing(id: ID!): Thing\n');
    expect(printed).not.toMatch(/ThingFilter|ThingOrder/);
  });

  it('that is owned reads for the entity that owns the row', () => {
    const owned = { ...projection.tables, things: ownedBy(tables.things, ({ code }) => `thing:${code}`) };
    const { byId } = deriveView({ ...projection, tables: owned as never }, 'things', {
      type: 'Thing',
      access,
      fields: plain,
    });
    expect(byId.entities?.('7')).toEqual(['thing:7']);
    expect(deriveView(projection, 'things', { type: 'Thing', access, fields: plain }).byId.entities).toBe(
      undefined,
    );
  });

  it('is found by a key that is a number', () => {
    const store = openLiveView(tempDir(), projection, { id: 'log', epoch: 1 }, 1);
    onTestFinished(() => {
      store.close();
    });
    const thing = { code: 7, title: 'Seven', kind: null, weight: null, at: new Date(5_000) };
    const row = { ...thing, data: { x: 1 }, bytes: null, big: null, exact: null, position: 1 };
    store.commit(1, (batch) => batch.rows['things']?.put(row));
    const { byId } = deriveView(projection, 'things', { type: 'Thing', access, fields: plain });
    const read = byId.prepare({ view: store.reader as ViewDb });
    expect(read('7')).toEqual(row);
    expect([read('8'), read('seven'), read('')]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['data', 'a JSON column'],
    ['bytes', 'a buffer'],
    ['big', 'a bigint'],
  ])('is refused where it has no type for %s, %s', (column) => {
    const fields = { ...plain, [column]: undefined };
    expect(() => deriveView(projection, 'things', { type: 'Thing', access, fields })).toThrow(
      new CompositionError(
        `Thing.${column} has no type in GraphQL by itself: give it one in fields (${column}: () => String), or hide it (${column}: null).`,
      ),
    );
  });

  it('is refused without a key of one column', () => {
    expect(() => deriveView(projection, 'pairs', { type: 'Pair', access })).toThrow(
      /^stuff\.pairs has no key of one column: write its GraphQL by hand/,
    );
  });

  it.each([
    ['a type that is no name', { type: 'a thing' }, /is called "a thing", which is no name in GraphQL/],
    ['nobody who may use it', { access: [] }, /Nobody says who may use Thing/],
    [
      'a filter by what is hidden',
      { filter: ['data'] },
      /Thing cannot have data in filter: it shows no such/,
    ],
    ['a filter by JSON', { filter: ['data'], fields: { ...plain, data: () => String } }, /by hand/],
    ['a filter by position', { filter: ['position'] }, /Thing cannot have position in filter: write/],
    ['an order by exact numbers', { orderBy: ['exact'] }, /by hand/],
    ['an order by a buffer', { orderBy: ['bytes'], fields: { ...plain, bytes: () => String } }, /by hand/],
  ])('is refused with %s', (_, wrong, message) => {
    const options = { type: 'Thing', access, fields: plain, ...wrong } as never;
    expect(() => deriveView(projection, 'things', options)).toThrow(CompositionError);
    expect(() => deriveView(projection, 'things', options)).toThrow(message);
  });

  it('is refused where one and many would have the same name', () => {
    expect(() => deriveView(single, 'thing', { type: 'Thing', access, fields: plain })).toThrow(
      /Both the query for one and the list would be thing/,
    );
  });
});

describe('two of one name in a service', () => {
  const view = (typeName: string) =>
    deriveView(projection, 'things', { type: typeName, access, fields: plain }).resolver;
  const viewOfSingle = (typeName: string) =>
    deriveView(single, 'thing', { type: typeName, access, fields: plain }).resolver;

  it('are refused: types', () => {
    const one = view('Item');
    const other = deriveCommands(
      { name: 'x', commands: { item: defineCommand('item', z.object({ a: z.string() })) } },
      { access: { '*': [STAFF] } },
    ).resolver;
    const twin = deriveCommands(
      { name: 'y', commands: { itemPayload: defineCommand('item', z.object({ a: z.string() })) } },
      { access: { '*': [STAFF] } },
    ).resolver;
    expect(() => printAdded([one, other])).not.toThrow();
    expect(() => printAdded([other, twin])).toThrow(CompositionError);
    expect(() => printAdded([viewOfSingle('Item'), one])).toThrow(
      'Among the queries there are two of the name item: rename one.',
    );
  });

  it('are refused: fields', () => {
    expect(() => printAdded([view('Item'), view('Other')])).toThrow(
      new CompositionError('Among the queries there are two of the name things: rename one.'),
    );
  });
});

describe('a command', () => {
  const derive = (schema: Schema) =>
    deriveCommands(
      { name: 'stuff', commands: { doIt: defineCommand('doIt', schema) } },
      { access: { doIt: [STAFF] } },
    ).resolver;
  const inputOf = (schema: Schema): string =>
    /input DoItInput \{[^}]*\}/.exec(printAdded([derive(schema)]))?.[0] ?? '';

  it('has an input of every shape that GraphQL has', () => {
    const address = z.object({ city: z.string() }).meta({ id: 'Address' });
    const schema = z.object({
      a: address,
      b: address.nullable(),
      bool: z.boolean().default(true),
      list: z.array(z.string().nullable()).optional(),
      grid: z.array(z.array(z.number())),
      level: z.literal([1, 2]),
      place: z.enum(['in-stock', 'sold']),
      only: z.literal('ONLY'),
      nothing: z.string().nullable(),
      trimmed: z
        .string()
        .nullish()
        .transform((value) => value ?? 'x'),
      turned: z.string().transform(Number).default(5),
    });
    expect(inputOf(schema)).toMatchInlineSnapshot(`
      "input DoItInput {
        a: DoItAInput!
        b: DoItBInput
        bool: Boolean! = true
        grid: [[Float!]!]!
        level: Int!
        list: [String]
        nothing: String
        only: DoItOnly!
        options: CommandOptions
        place: String!
        trimmed: String
        turned: String
      }"
    `);
  });

  it.each<[string, Schema, string]>([
    [
      'a union',
      z.object({ a: z.object({ b: z.union([z.string(), z.number()]) }) }),
      'doIt.a.b is a union (string or number)',
    ],
    [
      'a union of objects',
      z.object({ a: z.union([z.object({ x: z.string() }), z.object({ y: z.string() })]) }),
      'doIt.a is a union',
    ],
    ['a record', z.object({ a: z.record(z.string(), z.number()) }), 'doIt.a is a record'],
    ['a tuple', z.object({ a: z.tuple([z.string(), z.number()]) }), 'doIt.a is a tuple'],
    ['a tuple in a list', z.object({ a: z.array(z.tuple([z.string()])) }), 'doIt.a is a tuple'],
    ['anything', z.object({ a: z.unknown() }), 'doIt.a can be anything'],
    ['nothing in it', z.object({ a: z.object({}) }), 'doIt.a is an object without fields'],
    ['a name with a dash', z.object({ 'a-b': z.string() }), 'doIt.a-b has a name that GraphQL does not take'],
    [
      'lists of lists with null',
      z.object({ a: z.array(z.array(z.string().nullable())) }),
      'doIt.a is a list of lists with null',
    ],
    ['no object', z.string(), 'doIt is no object'],
    ['a record by arktype', type({ a: 'Record<string, number>' }), 'doIt.a is a record'],
    ['a union by arktype', type({ a: 'string | number' }), 'doIt.a is a union'],
  ])('is refused with %s, by its path', (_, schema, message) => {
    expect(() => derive(schema)).toThrow(
      new CompositionError(
        `${message}, which GraphQL has no input type for: write the mutation doIt by hand.`,
      ),
    );
  });

  it('is refused where it refers to itself', () => {
    interface Tree {
      readonly children: readonly Tree[];
    }
    const tree: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(tree) }));
    expect(() => derive(z.object({ tree }))).toThrow(/^doIt\.tree.*refers to itself/);
  });

  it('is refused with a schema that does not describe itself, or cannot', () => {
    expect(() => derive(v.object({ a: v.string() }))).toThrow(
      /^The schema of doIt does not describe itself as JSON Schema: .* valibot’s by toStandardJsonSchema/,
    );
    expect(() => derive(z.object({ at: z.date() }))).toThrow(
      /^The schema of doIt cannot be written as JSON Schema \(Date cannot be represented/,
    );
  });

  it('is refused with an input called options', () => {
    expect(() => derive(z.object({ options: z.string() }))).toThrow(/^doIt\.options is what mutations call/);
  });

  it('is refused where nobody may send it, or access names another', () => {
    const source = { name: 'stuff', commands: { doIt: defineCommand('doIt', z.object({ a: z.string() })) } };
    expect(() => deriveCommands(source, { access: {} as never })).toThrow('Nobody says who may use doIt');
    const access = { '*': [STAFF], doThat: [STAFF] };
    expect(() => deriveCommands(source, { access } as never)).toThrow(
      'The decider stuff has no command doThat, as access says.',
    );
  });

  it('is refused where it returns a view, but is about nothing', () => {
    const returns = deriveView(projection, 'things', { type: 'Thing', access, fields: plain });
    const commands = { doIt: defineCommand('doIt', z.object({ a: z.string() })) };
    expect(() => deriveCommands({ name: 'stuff', commands }, { access: { doIt: [STAFF] }, returns })).toThrow(
      'The decider stuff names no subject, so its commands cannot return a Thing: add subject.',
    );
  });
});
