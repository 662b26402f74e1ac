import type Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GenerationHeader, GenerationInfo, LogIdentity, Projection } from '../../kernel/index.js';
import { createStatements } from './create-statements.js';

/** What a view file says of itself. */
export interface Header extends Omit<GenerationHeader, 'built'> {
  /** Of the tables and the handled types, so that a forgotten version is noticed. */
  readonly fingerprint: string;
  readonly logId: string;
  readonly epoch: number;
  readonly built: 0 | 1;
  /** The command of the event at the checkpoint; null where it does not say. */
  readonly lastCommand: string | null;
}

const TABLES = `CREATE TABLE tidemark_view (
  one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, version INTEGER NOT NULL,
  fingerprint TEXT NOT NULL, logId TEXT NOT NULL, epoch INTEGER NOT NULL, checkpoint INTEGER NOT NULL,
  built INTEGER NOT NULL, serving INTEGER NOT NULL, lastCommand TEXT);
CREATE TABLE tidemark_parked (
  position INTEGER PRIMARY KEY, entity TEXT NOT NULL, type TEXT NOT NULL, commandId TEXT NOT NULL,
  error TEXT, stack TEXT, attempts INTEGER NOT NULL, parkedAt INTEGER NOT NULL);
CREATE INDEX tidemark_parked_entity ON tidemark_parked (entity, position);
CREATE INDEX tidemark_parked_command ON tidemark_parked (commandId);`;

/** The file of one of a projection's generations. */
export function viewFile(folder: string, { name }: Pick<Projection, 'name'>, generation: number): string {
  return join(folder, `${name}.${generation}.sqlite`);
}

/** The numbers of a projection's generations that have a file, in ascending order. */
export function generationsIn(folder: string, { name }: Pick<Projection, 'name'>): readonly number[] {
  if (!existsSync(folder)) return [];
  const [start, end] = [`${name}.`, '.sqlite'];
  return readdirSync(folder)
    .filter((file) => file.startsWith(start) && file.endsWith(end))
    .map((file) => file.slice(start.length, -end.length))
    .filter((text) => /^[1-9]\d{0,9}$/.test(text))
    .map(Number)
    .sort((one, other) => one - other);
}

/** Makes the tables that every view file has, and its header. */
export function writeHeader(database: Database.Database, header: Omit<Header, 'lastCommand'>): void {
  database.exec(TABLES);
  database
    .prepare(
      `INSERT INTO tidemark_view (one, generation, version, fingerprint, logId, epoch, checkpoint, built, serving)
       VALUES (1, @generation, @version, @fingerprint, @logId, @epoch, @checkpoint, @built, @serving)`,
    )
    .run(header);
}

/** Adds what files of earlier versions do not have. */
export function completeHeader(database: Database.Database): void {
  const columns = database.prepare<[], string>(`SELECT name FROM pragma_table_info('tidemark_view')`).pluck();
  if (!columns.all().includes('lastCommand'))
    database.exec('ALTER TABLE tidemark_view ADD COLUMN lastCommand TEXT');
}

/** What the file says of itself; undefined where its making was cut short. */
export function readHeader(database: Database.Database): Header | undefined {
  const there = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'tidemark_view'`).get();
  if (there === undefined) return undefined;
  return database.prepare<[], Header>('SELECT * FROM tidemark_view').get();
}

/** What the file is to this build and this log: whether it can go on, can only be read, or not even that. */
export function infoOf(
  database: Database.Database,
  generation: number,
  projection: Projection,
  log: LogIdentity,
  head: number,
): GenerationInfo {
  const header = readHeader(database);
  if (header?.built === undefined) {
    const misfit = 'the file was never finished';
    return { generation, version: 0, checkpoint: 0, built: false, serving: 0, fit: 'other', misfit };
  }
  const { version, checkpoint, serving } = header;
  const facts = { generation, version, checkpoint, built: header.built === 1, serving };
  const foreign = foreignOf(header, log, head);
  if (foreign !== undefined) return { ...facts, fit: 'other', misfit: foreign };
  const outdated = outdatedOf(header, projection);
  if (outdated === undefined) return { ...facts, fit: 'current', misfit: null };
  return { ...facts, fit: hasColumns(database, projection) ? 'readable' : 'outdated', misfit: outdated };
}

function foreignOf(header: Header, log: LogIdentity, head: number): string | undefined {
  if (header.logId !== log.id) return 'the file is of another log';
  if (header.epoch !== log.epoch) return 'the file is from before the log was restored';
  // Ahead of the log: the log lost a tail that the view had seen.
  return header.checkpoint > head ? 'the file is ahead of the log' : undefined;
}

function outdatedOf(header: Header, projection: Projection): string | undefined {
  if (header.version !== projection.version) return `the file is of version ${header.version}`;
  if (header.fingerprint === fingerprintOf(projection)) return undefined;
  return `the tables or the handled events are others than in the file, but the version is still ${header.version}`;
}

/** Whether all that queries of this build can ask for is there. */
function hasColumns(database: Database.Database, { tables }: Projection): boolean {
  return Object.values(tables).every(({ table }) => {
    // Projections define their tables with drizzle; the kernel only knows that they have rows.
    const definition = table as unknown as SQLiteTable;
    const found = database
      .prepare<[string], string>('SELECT name FROM pragma_table_info(?)')
      .pluck()
      .all(getTableName(definition));
    return Object.values(getTableColumns(definition)).every(({ name }) => found.includes(name));
  });
}

/** Makes the projection's tables in an empty file: by its migrations, or else as they are defined. */
export function makeTables(database: Database.Database, { tables, migrations }: Projection): void {
  if (migrations !== undefined) migrate(drizzle(database), { migrationsFolder: fileURLToPath(migrations) });
  else for (const { table } of Object.values(tables)) database.exec(createStatements(table).join(';\n'));
}

/** Changes whenever a migration, a table without migrations or the set of handled events does. */
export function fingerprintOf(projection: Projection): string {
  const hash = createHash('sha256');
  for (const text of definitionOf(projection)) hash.update(text);
  hash.update(JSON.stringify([...projection.on.keys()].sort()));
  return hash.digest('hex').slice(0, 16);
}

function definitionOf({ tables, migrations }: Projection): readonly (string | Buffer)[] {
  if (migrations === undefined) return Object.values(tables).flatMap(({ table }) => createStatements(table));
  const folder = fileURLToPath(migrations);
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return files.sort().flatMap((name) => [name, readFileSync(join(folder, name))]);
}
