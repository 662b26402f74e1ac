import { createMemoryLog } from '../src/engines/memory/index.js';
import { ARGUMENTS, BATCH_MAX, argumentsOf, columnsOf, type Column } from '../src/engines/postgres/batch.js';
import { connect } from '../src/engines/postgres/connection.js';
import { prepareTables } from '../src/engines/postgres/migrate.js';
import { targetOf } from '../src/engines/postgres/target.js';
import { sqliteViews } from '../src/engines/sqlite/index.js';
import {
  checkAppend,
  createKernel,
  newId,
  type Append,
  type CommandBus,
  type LogIdentity,
} from '../src/kernel/index.js';
import { orders } from '../src/orders/index.js';

const CALL = `SELECT kind FROM tidemark.append_batch(${ARGUMENTS})`;
/** Which of the columns says whose an event is, counted within a call. */
const OWNER = 12;

/** What is told of one command, as `columnsOf` has it. */
export type BareRow = readonly Column[];

/** Appends rows that are there already by the same statement as the product, all that wait in one call; nothing is decided. */
export interface BarePostgres {
  append(row: BareRow): Promise<void>;
  close(): void;
}

/** A bare log on a database, whose tables it makes. */
export async function openBarePostgres(url: string): Promise<BarePostgres> {
  const target = targetOf(url);
  const migration = await connect(target, 'migrate');
  const identity = await prepareTables(migration.client, target);
  migration.destroy();
  const connection = await connect(target, 'append');
  const queue: {
    readonly row: BareRow;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  let busy = false;

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const group = queue.splice(0, BATCH_MAX);
      try {
        const values = valuesOf(
          identity,
          group.map(({ row }) => row),
        );
        const { rows } = await connection.client.query<{ kind: number }>({
          name: 'append_batch',
          text: CALL,
          values,
        });
        if (rows.some(({ kind }) => kind !== 0)) throw new Error('A row of the bare log was refused.');
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    busy = false;
  }

  return {
    append: (row) =>
      new Promise((resolve, reject) => {
        queue.push({ row, resolve, reject });
        if (busy) return;
        busy = true;
        setImmediate(() => void drain());
      }),
    close: () => {
      connection.destroy();
    },
  };
}

function valuesOf(identity: LogIdentity, rows: readonly BareRow[]): unknown[] {
  const columns = rows[0]?.map((_, column) =>
    column === OWNER
      ? rows.flatMap((row, owner) => (row[column] ?? []).map(() => owner + 1))
      : rows.flatMap((row) => row[column] ?? []),
  );
  return argumentsOf(identity, columns ?? []);
}

/** The appends that the kernel makes of a load; the folder is for views, of which there are none. */
export async function recordAppends(
  folder: string,
  load: (commands: CommandBus) => Promise<void>,
): Promise<readonly Append[]> {
  const appends: Append[] = [];
  const log = createMemoryLog();
  const kernel = await createKernel({
    log: {
      ...log,
      append: (append) => {
        appends.push(append);
        return log.append(append);
      },
    },
    views: sqliteViews(folder),
    modules: [{ ...orders, projections: [], queries: [] }],
  });
  await load(kernel.commands);
  return appends;
}

/** The same commands on other orders: each order of these appends gets a new id, each command too. */
export function copyRows(appends: readonly Append[]): readonly BareRow[] {
  const ids = new Map<string, string>();
  return appends.map((append) => {
    const old = orderOf(append);
    const id = ids.get(old) ?? newId();
    ids.set(old, id);
    const row = columnsOf([{ append, data: checkAppend(append) }]);
    const text = JSON.stringify(row).replaceAll(old, id).replaceAll(append.command.id, newId());
    // The same shape as before: only ids have changed.
    return JSON.parse(text) as BareRow;
  });
}

function orderOf({ events }: Append): string {
  const tag = events[0]?.tags.find((each) => each.startsWith('order:'));
  if (tag === undefined) throw new Error('A command without an order.');
  return tag.slice('order:'.length);
}
