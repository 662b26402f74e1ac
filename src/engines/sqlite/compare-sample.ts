import type Database from 'better-sqlite3';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  foldEntity,
  ownedTables,
  ownerOf,
  type Owned,
  type Projection,
  type StoredRow,
  type Tag,
  type VerifyOptions,
  type ViewReport,
} from '../../kernel/index.js';
import { openDatabase, openReader } from './connection.js';
import { drawRows } from './sample-rows.js';
import { selectByKey, tableCodec, type TableCodec, type Values } from './table-codec.js';
import { viewFile } from './view-files.js';
import { checkpointOf, createDifferences, refuseLostTail, viewReport } from './view-report.js';
import { viewStores } from './view-store.js';

/** What was drawn of the live views, all at one checkpoint. */
interface Sample {
  readonly checkpoint: number;
  /** How many rows the tables have. */
  readonly rows: number;
  /** The rows that were drawn, by the tag whose events made them. */
  readonly byTag: ReadonlyMap<Tag, readonly Drawn[]>;
  /** The positions that are set aside, with their entities. */
  readonly setAside: ReadonlyMap<number, string>;
}

interface Drawn {
  readonly table: Table;
  readonly values: Values;
}

interface Table extends Owned {
  readonly codec: TableCodec;
}

/**
 * Compares rows that are drawn from the live file with a fold of their own events, made in a scratch folder. Rows of
 * which events are set aside are held against what they must be until those are applied.
 */
export async function compareSample(
  file: string,
  scratch: string,
  sample: number,
  options: VerifyOptions,
): Promise<ViewReport> {
  const { projection, log } = options;
  const owned = ownedTables(projection);
  const notSampled = Object.keys(projection.tables).filter((name) =>
    owned.every((table) => table.name !== name),
  );
  if (owned.length === 0) {
    const message = 'no table says whose events make a row, so there is nothing to draw from';
    return viewReport(projection, 'absent', message, { sampled: 0, notSampled });
  }
  const drawn = await draw(file, projection, owned, sample);
  await refuseLostTail(drawn.checkpoint, log);
  const found = await compare(drawn, scratch, options);
  const { checkpoint, rows } = drawn;
  const outcome = found.differing === 0 ? 'identical' : 'different';
  return viewReport(projection, outcome, null, { checkpoint, rows, notSampled, ...found });
}

/** In one read transaction, so that rows, what is set aside and the checkpoint belong together. */
async function draw(
  file: string,
  projection: Projection,
  owned: readonly Owned[],
  count: number,
): Promise<Sample> {
  const live = openReader(file);
  try {
    live.exec('BEGIN');
    const checkpoint = checkpointOf(live);
    const byTag = new Map<Tag, Drawn[]>();
    let rows = 0;
    for (const each of owned) {
      const table = withCodec(projection, each);
      const drawn = await drawRows(live, table.codec, count);
      rows += drawn.total;
      for (const values of drawn.rows) {
        const tag = ownerOf(table, table.codec.decode(values));
        const others = byTag.get(tag);
        if (others === undefined) byTag.set(tag, [{ table, values }]);
        else others.push({ table, values });
      }
    }
    return { checkpoint, rows, byTag, setAside: parkedIn(live) };
  } finally {
    live.close();
  }
}

function withCodec(projection: Projection, owned: Owned): Table {
  const table = projection.tables[owned.name];
  if (table === undefined) throw new Error(`${projection.name} has no table ${owned.name}.`);
  return { ...owned, codec: tableCodec(owned.name, table) };
}

function parkedIn(live: Database.Database): ReadonlyMap<number, string> {
  return new Map(
    live.prepare<[], [number, string]>('SELECT position, entity FROM tidemark_parked').raw().all(),
  );
}

async function compare(
  { checkpoint, byTag, setAside: parkedLive }: Sample,
  scratch: string,
  { projection, log, knownTypes, skips, onProgress }: VerifyOptions,
): Promise<Partial<ViewReport> & { readonly differing: number }> {
  const differences = createDifferences();
  const total = [...byTag.values()].reduce((sum, { length }) => sum + length, 0);
  let sampled = 0;
  let setAside = 0;
  const views = viewStores(scratch).create(projection, log.identity);
  const folded = openDatabase(viewFile(scratch, projection, views.generation), 'normal');
  try {
    const lookUp = lookUpIn(folded);
    const empty = emptying(folded, projection);
    for (const [tag, rows] of byTag) {
      // An event of two entities has changed rows of the other one, which may be folded next.
      empty();
      const { leftOut } = await foldEntity({
        views,
        projection,
        log,
        knownTypes,
        skips,
        tag,
        through: checkpoint,
        setAside: parkedLive,
        eventsMax: Infinity,
      });
      for (const row of rows) {
        const replayed = lookUp(row);
        const same = replayed?.every((value, index) => isSame(value, row.values[index])) === true;
        if (!same) differences.add(differenceOf(row, replayed));
        else if (leftOut > 0) setAside += 1;
      }
      sampled += rows.length;
      onProgress?.(sampled, total);
      await nextTurn();
    }
    const parked = views.parked({ limit: Infinity });
    const parkedError = parked[0]?.error ?? null;
    return { sampled, setAside, parked: parked.length, parkedError, ...differences.found() };
  } finally {
    folded.close();
    views.close();
  }
}

function emptying(folded: Database.Database, { tables }: Projection): () => void {
  const statements = Object.entries(tables).map(([name, table]) =>
    folded.prepare(`DELETE FROM "${tableCodec(name, table).tableName}"`),
  );
  return folded.transaction(() => {
    for (const statement of statements) statement.run();
  });
}

/** Finds the row of the same key, as it is stored. */
function lookUpIn(folded: Database.Database): (row: Drawn) => Values | undefined {
  const statements = new Map<TableCodec, Database.Statement<unknown[], Values>>();
  return ({ table: { codec }, values }) => {
    const statement = statements.get(codec) ?? selectByKey(folded, codec);
    statements.set(codec, statement);
    return statement.get(...codec.keys.map((key) => values[codec.columns.indexOf(key)]));
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (Buffer.isBuffer(one) && Buffer.isBuffer(other) && one.equals(other));
}

function differenceOf({ table: { name, codec }, values }: Drawn, replayed: Values | undefined) {
  const named = (of: Values): StoredRow =>
    Object.fromEntries(codec.columns.map((column, index) => [column, of[index]]));
  const live = named(values);
  const key = Object.fromEntries(codec.keys.map((column) => [column, live[column]]));
  return { table: name, key, live, replayed: replayed === undefined ? null : named(replayed) };
}
