import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  createKernel,
  defineEvents,
  defineProjection,
  keyedBy,
  ownedBy,
  renamed,
  type EventLog,
  type Kernel,
  type OperationLog,
} from '../../src/kernel/index.js';
import { command } from '../../src/testing/contract/samples.js';
import { migrationsOf } from '../support/migrations.js';
import { tempDir } from '../support/temp-dir.js';

type AccountEvents = {
  readonly Opened: { readonly id: string; readonly owner: string };
  readonly Moved: { readonly from: string; readonly to: string; readonly amount: number };
  readonly Closed: { readonly id: string };
  readonly Noted: { readonly id: string };
};

const one = ({ id }: { readonly id: string }) => [`account:${id}`];
const text1 = z.string();

const events = defineEvents<AccountEvents>(
  {
    Opened: {
      schema: z.object({ id: text1, owner: text1 }),
      version: 2,
      tags: one,
      // What the owner was called first.
      upcast: { 1: ({ id, name }: { id: string; name: string }) => ({ id, owner: name }) },
    },
    Moved: {
      schema: z.object({ from: text1, to: text1, amount: z.number() }),
      tags: ({ from, to }) => [`account:${from}`, `account:${to}`],
    },
    Closed: { schema: z.object({ id: text1 }), tags: one },
    Noted: { schema: z.object({ id: text1 }), tags: one },
  },
  { retired: { Ended: { upcast: { 1: renamed('Closed') } } } },
);

const accounts = sqliteTable('accounts', {
  id: text().primaryKey(),
  owner: text().notNull(),
  balance: integer().notNull(),
  degraded: integer({ mode: 'boolean' }).notNull(),
});
const moves = sqliteTable(
  'moves',
  { account: text().notNull(), position: integer().notNull(), amount: integer().notNull() },
  (table) => [primaryKey({ columns: [table.account, table.position] })],
);
const owners = sqliteTable('owners', { owner: text().primaryKey(), opened: integer().notNull() });

const MIGRATION = `CREATE TABLE accounts (id text PRIMARY KEY NOT NULL, owner text NOT NULL, balance integer NOT NULL, degraded integer NOT NULL);
--> statement-breakpoint
CREATE TABLE moves (account text NOT NULL, position integer NOT NULL, amount integer NOT NULL, PRIMARY KEY (account, position));
--> statement-breakpoint
CREATE TABLE owners (owner text PRIMARY KEY NOT NULL, opened integer NOT NULL);`;

const tables = {
  accounts: ownedBy(keyedBy(accounts, 'id'), ({ id }) => `account:${id}`),
  moves: ownedBy(keyedBy(moves, 'account', 'position'), ({ account }) => `account:${account}`),
  owners: keyedBy(owners, 'owner'),
};

/** Accounts, the moves of each, and, in a table that belongs to nobody, how many each owner opened. */
export function accountsWith({ poison = Number.NaN, migrations = migrationsOf(MIGRATION) } = {}) {
  return defineProjection<AccountEvents, typeof tables>({
    name: 'accounts',
    version: 1,
    events,
    tables,
    migrations,
    degrade: (rows, entity, degraded) => {
      const id = entity.slice('account:'.length);
      if (rows.accounts.get({ id }) !== undefined) rows.accounts.patch({ id }, { degraded });
    },
    on: {
      Opened: (rows, { data: { id, owner } }) => {
        rows.accounts.put({ id, owner, balance: 0, degraded: false });
        rows.owners.put({ owner, opened: (rows.owners.get({ owner })?.opened ?? 0) + 1 });
      },
      Moved: (rows, { data: { from, to, amount }, position }) => {
        for (const [account, change] of [
          [from, -amount],
          [to, amount],
        ] as const) {
          rows.moves.put({ account, position, amount: change });
          // The other account is not there where only one of them is folded.
          const row = rows.accounts.get({ id: account });
          if (row !== undefined) rows.accounts.put({ ...row, balance: row.balance + change });
        }
        if (amount === poison) throw new Error('secret: a bug in the handler');
      },
      Closed: (rows, { data: { id } }) => {
        rows.accounts.delete({ id });
      },
    },
  });
}

/** The accounts' projection. */
export type Accounts = ReturnType<typeof accountsWith>;

/** A kernel with the accounts, stopped after the test. */
export async function startAccounts(
  projection: Accounts,
  { log = createMemoryLog(), folder = tempDir(), operations }: AccountsOptions = {},
): Promise<Kernel> {
  const kernel = await createKernel({
    log,
    views: sqliteViews(folder),
    modules: [{ name: 'accounts', projections: [projection] }],
    ...(operations !== undefined && { operations }),
  });
  onTestFinished(() => kernel.stop());
  kernel.start();
  return kernel;
}

/** What a test may bring along. */
export interface AccountsOptions {
  readonly log?: EventLog;
  readonly folder?: string;
  readonly operations?: OperationLog;
}

/** Writes facts as one command of `ann`; the position of the last. */
export async function happened(log: EventLog, ...facts: readonly Fact[]): Promise<number> {
  const written = facts.map((fact) => ('tags' in fact ? fact : events.encode(fact)));
  return (await log.append({ events: written, command: command() })).position;
}

type Fact = Parameters<typeof events.encode>[0] | ReturnType<typeof events.encode>;

/** An account was opened. */
export const opened = (id: string, owner = 'ann'): Fact => ({ type: 'Opened', data: { id, owner } });
/** Money was moved. */
export const moved = (from: string, to: string, amount: number): Fact => ({
  type: 'Moved',
  data: { from, to, amount },
});
/** An account was closed. */
export const closed = (id: string): Fact => ({ type: 'Closed', data: { id } });
/** An event of an account that the projection has no handler for. */
export const noted = (id: string): Fact => ({ type: 'Noted', data: { id } });

/** A running kernel with two accounts: moves between them at 3 and 5, `b` closed at 6. */
export async function someAccounts() {
  const log = createMemoryLog();
  const accounts = accountsWith();
  const kernel = await startAccounts(accounts, { log });
  await happened(log, opened('a'), opened('b', 'bo')); // 1, 2
  await happened(log, moved('a', 'b', 5)); // 3
  await happened(log, noted('a')); // 4
  await happened(log, moved('b', 'a', 2)); // 5
  await happened(log, closed('b')); // 6
  return { log, kernel, accounts };
}
