import Database from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  CompositionError,
  defineEvents,
  defineProjection,
  keyedBy,
  newId,
  type LogIdentity,
  type Projection,
  type RowsOf,
  type ViewStore,
} from '../../src/kernel/index.js';
import { migrationsOf } from '../support/migrations.js';
import { openLiveView } from '../support/live-view.js';
import { tempDir } from '../support/temp-dir.js';
import { TABLES, sums, tallyWith } from './tally.js';

const things = sqliteTable('things', {
  id: text().primaryKey(),
  count: integer('how_many').notNull(),
  ratio: real(),
  note: text(),
  flag: integer({ mode: 'boolean' }),
  data: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
});

const pairs = sqliteTable(
  'pairs',
  { left: text().notNull(), right: integer().notNull(), note: text() },
  (table) => [primaryKey({ columns: [table.left, table.right] })],
);

const SQL = `CREATE TABLE things (id text PRIMARY KEY NOT NULL, how_many integer NOT NULL, ratio real, note text, flag integer, data text);
--> statement-breakpoint
CREATE TABLE pairs (left text NOT NULL, right integer NOT NULL, note text, PRIMARY KEY (left, right));`;

const tables = { things: keyedBy(things, 'id'), pairs: keyedBy(pairs, 'left', 'right') };
type AllRows = RowsOf<typeof tables>;

const LOG: LogIdentity = { id: newId(), epoch: 1 };

function open(projection: Projection, folder = tempDir(), log = LOG, head = 100): ViewStore {
  const store = openLiveView(folder, projection, log, head);
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** A store of the two tables, with a counter for its commits and a reader for its rows. */
function openThings() {
  const projection = defineProjection<Record<never, never>, typeof tables>({
    name: 'things',
    version: 1,
    events: defineEvents({}),
    tables,
    migrations: migrationsOf(SQL),
    on: {},
  });
  const store = open(projection);
  // The sqlite engine's handle is drizzle's.
  const db = store.reader as BetterSQLite3Database;
  return {
    store,
    commit: (write: (rows: AllRows) => void) =>
      // The rows of these tables, whose types a projection gives up.
      store.commit(store.checkpoint() + 1, ({ rows }) => write(rows as unknown as AllRows)),
    things: () => db.select().from(things).orderBy(things.id).all(),
    pairs: () => db.select().from(pairs).orderBy(pairs.left, pairs.right).all(),
  };
}

const thing = { id: 'a', count: 1, ratio: 0.5, note: 'n', flag: true, data: { list: [1, { deep: null }] } };
const bare = { id: 'b', count: -1, ratio: null, note: null, flag: null, data: null };

describe('the rows of a view', () => {
  it('come back as they were put: text, numbers, booleans, JSON and nulls', () => {
    const view = openThings();
    view.commit((rows) => {
      rows.things.put(thing);
      rows.things.put(bare);
      rows.things.put({ ...thing, id: 'c', flag: false, data: {} });
    });
    const all = [thing, bare, { ...thing, id: 'c', flag: false, data: {} }];
    expect(view.things()).toEqual(all);
    view.commit((rows) => {
      expect(['a', 'b', 'c'].map((id) => rows.things.get({ id }))).toEqual(all);
      expect(rows.things.get({ id: 'd' })).toBeUndefined();
    });
  });

  it('are seen by the same batch as soon as they are changed, and by readers when it commits', () => {
    const view = openThings();
    view.commit((rows) => {
      rows.things.put(thing);
      rows.things.patch({ id: 'a' }, { count: 2 });
      rows.things.patch({ id: 'a' }, ({ count }) => ({ count: count + 40 }));
      expect(rows.things.get({ id: 'a' })).toEqual({ ...thing, count: 42 });
      expect(view.things()).toEqual([]);
      rows.things.put(bare);
      rows.things.delete({ id: 'b' });
      expect(rows.things.get({ id: 'b' })).toBeUndefined();
    });
    expect(view.things()).toEqual([{ ...thing, count: 42 }]);
  });

  it('are replaced by put, changed in part by patch, and gone after delete', () => {
    const view = openThings();
    view.commit((rows) => rows.things.put(thing));
    view.commit((rows) => rows.things.patch({ id: 'a' }, { note: null, flag: false }));
    expect(view.things()).toEqual([{ ...thing, note: null, flag: false }]);
    view.commit((rows) => rows.things.put({ ...bare, id: 'a' }));
    expect(view.things()).toEqual([{ ...bare, id: 'a' }]);
    view.commit((rows) => rows.things.delete({ id: 'a' }));
    expect(view.things()).toEqual([]);
    view.commit((rows) => rows.things.delete({ id: 'a' }));
  });

  it('are found by all columns of a composite key', () => {
    const view = openThings();
    const rowsOfPairs = [
      { left: 'a', right: 1, note: 'a1' },
      { left: 'a', right: 11, note: 'a11' },
      { left: 'a1', right: 1, note: 'a1-1' },
    ];
    view.commit((rows) => rowsOfPairs.forEach((row) => rows.pairs.put(row)));
    view.commit((rows) => {
      rows.pairs.patch({ left: 'a', right: 11 }, { note: null });
      rows.pairs.delete({ left: 'a1', right: 1 });
      expect(rows.pairs.get({ left: 'a', right: 1 })?.note).toBe('a1');
    });
    expect(view.pairs()).toEqual([rowsOfPairs[0], { left: 'a', right: 11, note: null }]);
  });

  it('that do not exist cannot be patched; the error says which', () => {
    const view = openThings();
    expect(() => view.commit((rows) => rows.things.patch({ id: 'z' }, { count: 1 }))).toThrow(
      /things has no row \["z"\] to patch/,
    );
  });

  it('have no columns but those of their table: a patch of another one would be lost', () => {
    const view = openThings();
    view.commit((rows) => {
      rows.things.put(thing);
      // The compiler looks only at what the columns that exist are set to.
      expect(() => rows.things.patch({ id: 'a' }, ({ count }) => ({ count, cuont: 7 }))).toThrow(
        /has no column cuont: patch one of .*count/,
      );
    });
  });

  it('keep their key: a patch of it is refused, as the old row would stay', () => {
    const view = openThings();
    view.commit((rows) => rows.things.put(thing));
    expect(() => view.commit((rows) => rows.things.patch({ id: 'a' }, { id: 'b' }))).toThrow(/key/);
    expect(view.things()).toEqual([thing]);
  });

  it('need every column of their key', () => {
    const view = openThings();
    // @ts-expect-error A composite key is all of its columns.
    const half = { left: 'a' } satisfies Parameters<AllRows['pairs']['get']>[0];
    expect(() => view.commit((rows) => rows.pairs.get(half as never))).toThrow(/pairs needs right/);
  });

  it('are reported when they changed: what they were, what they are', () => {
    const view = openThings();
    view.commit((rows) => {
      rows.things.put(thing);
      rows.things.put(bare);
    });
    const changes = view.commit((rows) => {
      rows.things.get({ id: 'a' });
      rows.things.patch({ id: 'b' }, { count: 0 });
      rows.things.patch({ id: 'b' }, { count: 5 });
      rows.things.put({ ...thing, id: 'c' });
      rows.things.delete({ id: 'a' });
      rows.things.put({ ...thing, id: 'fleeting' });
      rows.things.delete({ id: 'fleeting' });
    });
    expect(changes).toHaveLength(3);
    expect(changes).toContainEqual({ table: 'things', before: bare, after: { ...bare, count: 5 } });
    expect(changes).toContainEqual({ table: 'things', before: undefined, after: { ...thing, id: 'c' } });
    expect(changes).toContainEqual({ table: 'things', before: thing, after: undefined });
  });
});

describe('a view’s transaction', () => {
  it('moves rows and checkpoint together, or neither', () => {
    const view = openThings();
    view.commit((rows) => rows.things.put(thing));
    expect(() =>
      view.store.commit(9, ({ rows }) => {
        rows['things']?.put(bare);
        throw new Error('A bug.');
      }),
    ).toThrow('A bug.');
    expect(view.store.checkpoint()).toBe(1);
    expect(view.things()).toEqual([thing]);
  });

  it('fails as a whole where a row breaks the table’s rules, and leaves nothing for the next one', () => {
    const view = openThings();
    const broken = { ...bare, id: 'z', count: null as unknown as number };
    expect(() =>
      view.commit((rows) => {
        rows.things.put(thing);
        rows.things.put(broken);
      }),
    ).toThrow(/NOT NULL/);
    expect(view.store.checkpoint()).toBe(0);
    view.commit((rows) => rows.things.put(bare));
    expect(view.things()).toEqual([bare]);
  });

  it('cannot be opened by readers: their handle only reads', () => {
    const view = openThings();
    const db = view.store.reader as BetterSQLite3Database;
    expect(() => db.insert(things).values(thing).run()).toThrow();
  });
});

describe('a view’s file', () => {
  const migrations = () => migrationsOf(TABLES);
  const fill = (store: ViewStore): void => {
    store.commit(7, ({ rows }) => rows['sums']?.put({ counter: 'a', sum: 1, position: 7 }));
    store.close();
  };
  const rowCount = (store: ViewStore): number =>
    (store.reader as BetterSQLite3Database).select().from(sums).all().length;

  it('is used again where nothing has changed', () => {
    const folder = tempDir();
    const projection = tallyWith({ migrations: migrations() });
    fill(open(projection, folder));
    const again = open(projection, folder, LOG, 7);
    expect([again.checkpoint(), again.generation, rowCount(again)]).toEqual([7, 1, 1]);
  });

  it.each([
    ['the projection has another version', { version: 2 }, LOG, 7],
    ['the tables are others', { migrations: `${TABLES}\n-- changed` }, LOG, 7],
    ['the log is another', {}, { ...LOG, id: newId() }, 7],
    ['the log has another epoch', {}, { ...LOG, epoch: 2 }, 7],
    ['the checkpoint lies ahead of the log', {}, LOG, 6],
  ])('is built anew where %s', (_why, change, log, head) => {
    const folder = tempDir();
    const before = migrations();
    fill(open(tallyWith({ migrations: before }), folder));
    const after = 'migrations' in change ? migrationsOf(change.migrations) : before;
    const version = 'version' in change ? change.version : 1;
    const store = open(tallyWith({ version, migrations: after }), folder, log, head);
    expect([store.checkpoint(), store.generation, rowCount(store)]).toEqual([0, 2, 0]);
  });

  it('is built anew where its making was cut short', () => {
    const folder = tempDir();
    const database = new Database(join(folder, 'tally.1.sqlite'));
    database.exec('CREATE TABLE sums (half text)');
    database.close();
    const store = open(tallyWith({ migrations: migrations() }), folder);
    expect([store.checkpoint(), rowCount(store)]).toEqual([0, 0]);
  });

  it('is refused where a key names no column', () => {
    const projection = tallyWith({ migrations: migrations() });
    const table = projection.tables['sums'];
    if (table === undefined) throw new Error('The tally has sums.');
    const wrong = { ...projection, tables: { sums: { ...table, key: ['nothing'] as never[] } } };
    expect(() => open(wrong)).toThrow(CompositionError);
  });
});
