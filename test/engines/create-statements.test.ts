import Database from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import {
  blob,
  check,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { createStatements } from '../../src/engines/sqlite/create-statements.js';
import {
  CompositionError,
  defineEvents,
  defineProjection,
  keyedBy,
  openGenerations,
  type KeyedTable,
  type Projection,
} from '../../src/kernel/index.js';
import { customersProjection } from '../../src/orders/views/customers.projection.js';
import { ordersProjection } from '../../src/orders/views/orders.projection.js';
import { salesProjection } from '../../src/orders/views/sales.projection.js';
import { tempDir } from '../support/temp-dir.js';

const LOG = { id: 'log', epoch: 1 };

/** What SQLite itself says of the tables in a database: columns, keys, checks, and indexes with their terms. */
function described(database: Database.Database) {
  const tables = database
    .prepare<[], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'
         AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'tidemark%' ORDER BY name`,
    )
    .all();
  return tables.map(({ name, sql: text }) => ({
    name,
    columns: database.prepare('SELECT * FROM pragma_table_xinfo(?) ORDER BY name').all(name).map(placeless),
    checks: [...text.matchAll(/CHECK ?\((.*?)\)/g)].map(([, term]) => plain(term)),
    autoIncrement: /autoincrement/i.test(text),
    indexes: database
      .prepare<[string], { name: string }>(
        'SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY name',
      )
      .all(name)
      .map((found) => ({
        ...found,
        terms: database.prepare('SELECT * FROM pragma_index_xinfo(?)').all(found.name).map(placeless),
        sql: plain(
          database.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(found.name) ?? '',
        ),
      })),
  }));
}

/** Migrations add columns at the end, wherever they are defined; a default may be spelt in several ways. */
function placeless(row: unknown): unknown {
  const { cid: _, ...rest } = row as { cid: number; dflt_value?: string | null };
  const byDefault = rest.dflt_value?.replace(/^\((.*)\)$/, '$1').replace(/^true$/, '1');
  return { ...rest, dflt_value: byDefault };
}

function plain(statement: unknown): string {
  return String(statement)
    .replaceAll('"', '`')
    .replaceAll('`rich things`.', '')
    .replace(/\s*([(),])\s*/g, '$1');
}

function empty(): Database.Database {
  const database = new Database(':memory:');
  onTestFinished(() => {
    database.close();
  });
  return database;
}

describe('tables as they are defined', () => {
  it.each([ordersProjection, customersProjection, salesProjection])(
    'are what drizzle-kit’s migrations make: $name',
    ({ tables, migrations }) => {
      const [migrated, made] = [empty(), empty()];
      if (migrations === undefined) throw new Error('The orders have migrations.');
      migrate(drizzle(migrated), { migrationsFolder: fileURLToPath(migrations) });
      for (const { table } of Object.values(tables))
        for (const statement of createStatements(table)) made.exec(statement);
      expect(described(made)).toEqual(described(migrated));
    },
  );

  it('are what drizzle-kit writes for every kind of column, default, key, check and index', async () => {
    const rich = sqliteTable(
      'rich things',
      {
        id: integer().primaryKey({ autoIncrement: true }),
        title: text('the title').notNull().default('it’s "so"'),
        code: text().unique(),
        kind: text({ enum: ['A', 'B'] }).default('A'),
        amount: real().notNull().default(-1.5),
        exact: numeric(),
        count: integer().default(0),
        open: integer({ mode: 'boolean' }).notNull().default(true),
        at: integer({ mode: 'timestamp_ms' }).default(sql`(unixepoch() * 1000)`),
        bytes: blob(),
        list: text({ mode: 'json' }).$type<readonly string[]>(),
      },
      (table) => [
        check('amounts', sql`${table.amount} > -10 AND ${table.title} <> 'it''s'`),
        unique('together').on(table.code, table.kind),
        unique().on(table.exact),
        uniqueIndex('once').on(table.title, sql`lower(${table.code})`),
        index('some')
          .on(table.amount)
          .where(sql`${table.open} = 1`),
      ],
    );
    const pairs = sqliteTable('pairs', { one: text().notNull(), other: integer().notNull() }, (table) => [
      primaryKey({ columns: [table.one, table.other] }),
    ]);
    const none = await generateSQLiteDrizzleJson({});
    const all = await generateSQLiteDrizzleJson({ rich, pairs });
    const [migrated, made] = [empty(), empty()];
    for (const statement of await generateSQLiteMigration(none, all)) migrated.exec(statement);
    for (const table of [rich, pairs]) for (const statement of createStatements(table)) made.exec(statement);
    expect(described(made)).toEqual(described(migrated));
  });

  it('are refused where they take migrations', () => {
    const others = sqliteTable('others', { id: text().primaryKey() });
    const refers = sqliteTable('refers', { id: text().references(() => others.id) });
    const generated = sqliteTable('generated', {
      id: text().primaryKey(),
      loud: text().generatedAlwaysAs(sql`upper(id)`),
    });
    expect(() => createStatements(refers)).toThrow(
      new CompositionError(
        'The table refers has a foreign key, which takes migrations: write them with drizzle-kit, and give the projection their folder.',
      ),
    );
    expect(() => createStatements(generated)).toThrow(/the generated column loud/);
  });
});

describe('a projection without migrations', () => {
  const narrow = sqliteTable('things', { id: text().primaryKey() });
  const wide = sqliteTable('things', { id: text().primaryKey(), title: text() });
  const indexed = sqliteTable('things', { id: text().primaryKey() }, (table) => [index('byId').on(table.id)]);
  const projectionOf = (table: typeof narrow, version = 1): Projection =>
    defineProjection<never, { things: KeyedTable<{ id: string }, 'id'> }>({
      name: 'things',
      version,
      events: defineEvents<Record<never, never>>({}),
      tables: { things: keyedBy(table, 'id') },
      on: {},
    });
  const open = (folder: string, projection: Projection) => {
    const generations = openGenerations(sqliteViews(folder), projection, LOG, 7);
    onTestFinished(() => {
      generations.next?.close();
      generations.live.close();
    });
    return generations;
  };
  const filled = (): string => {
    const folder = tempDir();
    const { live } = openGenerations(sqliteViews(folder), projectionOf(narrow), LOG, 0);
    live.commit(7, ({ rows }) => rows['things']?.put({ id: 'a' }));
    live.close();
    return folder;
  };

  it('goes on in the file that it made', () => {
    const { live, notice } = open(filled(), projectionOf(narrow));
    expect([live.checkpoint(), live.generation, notice]).toEqual([7, 1, null]);
  });

  it.each([
    ['column', wide],
    ['index', indexed],
  ])('is built anew with a notice where a table has another %s, but the version is the same', (_, table) => {
    const { notice } = open(filled(), projectionOf(table));
    expect(notice).toBe(
      'the tables or the handled events are others than in the file, but the version is still 1',
    );
  });

  it('is built anew without a notice where the version is raised', () => {
    expect(open(filled(), projectionOf(wide as unknown as typeof narrow, 2)).notice).toBeNull();
  });
});
