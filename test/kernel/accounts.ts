import { readdirSync } from 'node:fs';
import type { ProjectionStatus } from '../../src/kernel/index.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  createKernel,
  defineEvents,
  defineProjection,
  defineQuery,
  keyedBy,
  readAfter,
  type EventLog,
  type Kernel,
  type KernelOptions,
  type NewEvent,
  type Projection,
  type ProjectionDefinition,
  type Projector,
  type Recorded,
  type ViewEngine,
} from '../../src/kernel/index.js';
import { append } from '../../src/testing/contract/samples.js';
import { migrationsOf } from '../support/migrations.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

/** Money in or out of an account; `owner` is the entity of projections that ask for it, `fault` what is wrong with it. */
export interface Deposit {
  readonly account: string;
  readonly amount: number;
  readonly owner?: string;
  readonly fault?: string;
}

type Events = { readonly Deposited: Deposit; readonly Noted: { readonly note: string } };

const accounts = sqliteTable('accounts', {
  id: text().primaryKey(),
  balance: integer().notNull(),
  degraded: integer({ mode: 'boolean' }).notNull(),
  position: integer().notNull(),
});
const deposits = sqliteTable('deposits', { position: integer().primaryKey(), account: text().notNull() });
const tables = { accounts: keyedBy(accounts, 'id'), deposits: keyedBy(deposits, 'position') };

/** What drizzle-kit would make of the tables. */
export const SQL = `CREATE TABLE accounts (id text PRIMARY KEY NOT NULL, balance integer NOT NULL, degraded integer NOT NULL, position integer NOT NULL);
--> statement-breakpoint
CREATE TABLE deposits (position integer PRIMARY KEY NOT NULL, account text NOT NULL);`;

/** What a test may change about the projection. */
export interface AccountsOptions {
  readonly name?: string;
  readonly version?: number;
  readonly migrations?: URL;
  /** Called in the handler after the rows were written; may throw. `null` breaks a row's constraint. */
  readonly fault?: (data: Deposit, position: number) => unknown;
  /** Called when an event of version 1 is read; may throw. */
  readonly upcast?: (data: object) => void;
  readonly entity?: ProjectionDefinition<Events, typeof tables>['entity'];
  /** Handles one more type, so that the fingerprint is another. */
  readonly handlesNotes?: boolean;
}

/** The balance of each account. */
export function accountsWith({
  name = 'accounts',
  version = 1,
  migrations = migrationsOf(SQL),
  fault,
  upcast,
  entity,
  handlesNotes = false,
}: AccountsOptions = {}): Projection {
  const schema = z.object({ account: z.string(), amount: z.number() });
  const step = (data: object): object => {
    upcast?.(data);
    return data;
  };
  const events = defineEvents<Events>({
    Deposited: { schema, version: 2, tags: ({ account }) => [`account:${account}`], upcast: { 1: step } },
    Noted: { schema: z.object({ note: z.string() }), tags: () => ['note:1'] },
  });
  return defineProjection<Events, typeof tables>({
    name,
    version,
    events,
    tables,
    migrations,
    ...(entity !== undefined && { entity }),
    degrade: (rows, tag, degraded) => {
      const id = tag.split(':')[1] ?? '';
      if (rows.accounts.get({ id }) !== undefined) rows.accounts.patch({ id }, { degraded });
    },
    on: {
      Deposited: (rows, { data, position }) => {
        const { account: id, amount } = data;
        rows.deposits.put({ position, account: id });
        const before = rows.accounts.get({ id });
        const row = { id, balance: (before?.balance ?? 0) + amount, degraded: false, position };
        rows.accounts.put(row);
        // What was written before it failed must not stay.
        if (fault?.(data, position) === null) rows.accounts.put({ ...row, balance: null as never });
      },
      ...(handlesNotes && { Noted: () => undefined }),
    },
  });
}

/** The account of its own as an entity, where the event names an owner. */
export const byOwner = ({ data, tags }: Recorded): string =>
  'owner' in data ? `owner:${String(data.owner)}` : (tags[0] ?? '');

/** The rows that a view holds. */
export function rowsOf(projector: Pick<Projector, 'store'>) {
  // The sqlite engine's handle is drizzle's.
  const db = projector.store().reader as BetterSQLite3Database;
  return {
    accounts: db.select().from(accounts).orderBy(accounts.id).all(),
    deposits: db.select().from(deposits).orderBy(deposits.position).all(),
  };
}

/** One account's row, or with no name how many deposits are in the view. */
export function accountQuery(projection: Projection) {
  return defineQuery({
    name: `account in ${projection.name}`,
    reads: { view: projection },
    entities: (account: string) => [`account:${account}`],
    prepare:
      ({ view }: { readonly view: BetterSQLite3Database }) =>
      (account: string) => ({
        row: view
          .select()
          .from(accounts)
          .all()
          .find(({ id }) => id === account),
        deposits: view.select().from(deposits).all().length,
      }),
  });
}

/** How a kernel is put together; it is stopped after the test. */
export interface StartOptions extends Partial<Omit<KernelOptions, 'modules' | 'views'>> {
  readonly folder?: string;
  readonly views?: ViewEngine;
  readonly started?: boolean;
}

/** A kernel with one projection, and what tests ask it for. */
export interface Running {
  readonly kernel: Kernel;
  readonly log: EventLog;
  readonly projector: Projector;
  readonly folder: string;
  readonly query: ReturnType<typeof accountQuery>;
  readonly status: () => ReturnType<Projector['status']>;
  readonly rows: () => ReturnType<typeof rowsOf>;
  readonly parked: () => ReturnType<Projector['parked']>;
  /** Waits until everything in the log is applied or set aside. */
  readonly caughtUp: () => Promise<void>;
  readonly ask: (
    account: string,
    position?: number,
    timeoutMs?: number,
    onTimeout?: 'STALE' | 'ERROR',
  ) => Answered;
}

type Answered = ReturnType<typeof askAccount>;

function askAccount(
  kernel: Kernel,
  query: ReturnType<typeof accountQuery>,
  account: string,
  wanted?: ReturnType<typeof readAfter>,
) {
  return kernel.queries.ask(query, account, wanted && { readAfter: wanted });
}

/** Starts a kernel with this projection. */
export async function start(projection: Projection, options: StartOptions = {}): Promise<Running> {
  const { folder = tempDir(), started = true, log = createMemoryLog(), views, ...others } = options;
  const query = accountQuery(projection);
  const kernel = await createKernel({
    ...others,
    log,
    views: views ?? sqliteViews(folder),
    // Queries are listed without their types.
    modules: [{ name: 'accounts', projections: [projection], queries: [query] }],
  });
  onTestFinished(() => kernel.stop());
  if (started) kernel.start();
  const projector = kernel.projectors.get(projection.name);
  if (projector === undefined) throw new Error('The kernel has the projection.');
  return {
    kernel,
    log,
    projector,
    folder,
    query,
    status: () => projector.status(),
    rows: () => rowsOf(projector),
    parked: () => projector.parked({ limit: 10_000 }),
    caughtUp: () =>
      until(async () => {
        expect(projector.status()).toMatchObject({ state: 'LIVE', checkpoint: await log.head() });
      }),
    ask: (account, position, timeoutMs = 5_000, onTimeout = 'STALE') =>
      askAccount(
        kernel,
        query,
        account,
        position === undefined ? undefined : readAfter(position, timeoutMs, onTimeout),
      ),
  };
}

/** What the views hold after a replay of the log by this projection, with nothing set aside. */
export async function replayed(projection: Projection, log: EventLog): Promise<ReturnType<typeof rowsOf>> {
  const fresh = await start(projection, { log });
  await fresh.caughtUp();
  expect(fresh.parked()).toEqual([]);
  const rows = fresh.rows();
  await fresh.kernel.stop();
  return rows;
}

/** A deposit, ready to be written. */
export function deposit(
  account: string,
  amount = 1,
  change: Partial<NewEvent> & Partial<Deposit> = {},
): NewEvent {
  const { owner, fault, ...event } = change;
  return {
    type: 'Deposited',
    schemaVersion: 2,
    data: { account, amount, ...(owner !== undefined && { owner }), ...(fault !== undefined && { fault }) },
    tags: [`account:${account}`],
    ...event,
  };
}

/** Writes one command with these events; the position it ends at. */
export async function write(log: EventLog, ...events: readonly NewEvent[]): Promise<number> {
  return (await log.append(append(events))).position;
}

/** Throws for events with a fault, until it is mended. */
export function breakable() {
  let broken = true;
  return {
    mend: () => {
      broken = false;
    },
    fault: ({ fault }: Deposit): unknown => {
      if (!broken || fault === undefined) return undefined;
      if (fault === 'null') return null;
      throw new Error(`A bug: ${fault}.`);
    },
    upcast: (data: object): void => {
      if (broken && 'fault' in data) throw new Error('A bug in the upcaster.');
    },
  };
}

/** Who asks for operations. */
export const BY = { actor: 'ann', correlationId: 'c-1' };

/** Resolves while a generation is half built: looked for in each turn of the event loop, as that may not last long. */
export async function halfBuilt(status: () => ProjectionStatus): Promise<void> {
  while ((status().rebuild?.checkpoint ?? 0) === 0) await nextTurn();
}

/** The generations that have a file. */
export function files(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sqlite'))
    .sort();
}

/** Resolves when the generation is served and nothing is being built. */
export function served({ status }: Pick<Running, 'status'>, generation: number): Promise<void> {
  return until(() => {
    expect(status()).toMatchObject({ state: 'LIVE', generation, rebuild: null });
  });
}
