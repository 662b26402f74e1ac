import type { Client } from 'pg';
import {
  TidemarkError,
  isUuid,
  type CommitMeasure,
  type EventLog,
  type LogHealth,
  type LogIdentity,
  type NodeRegistry,
  type OperationLog,
} from '../../kernel/index.js';
import { connect, type Connection, type Purpose } from './connection.js';
import { createGroupCommit } from './group-commit.js';
import { createLink, type Link } from './link.js';
import { identify, prepareTables } from './migrate.js';
import { createNodeRows } from './nodes.js';
import { createOperationRows } from './operations.js';
import { createReader } from './reader.js';
import { targetOf, type Target } from './target.js';
import { reasonOf, startError, unavailable } from './trouble.js';
import { createWatch, listen, otherLog, raiseEpoch, type Mark, type Watch } from './watch.js';

/** How long a commit vouches for the log being writable, in ms. */
const HEALTH_MS = 5_000;

/** Where the log is. */
export interface PostgresLogOptions {
  /** `postgres://user:password@host:port/database`; several hosts are separated by commas, the one that takes writes is used. */
  readonly url: string;
  /** Told of each call. */
  readonly measure?: (measure: CommitMeasure) => void;
  /**
   * Called once, when the database turns out to be another log than the one that was opened, or to have lost its end:
   * from then on everything is UNAVAILABLE until the log is opened again.
   */
  readonly onReplaced?: () => void;
  /** Events that were seen of this log before. Where it does not have them all, its epoch is raised before it is used. */
  readonly seen?: (log: LogIdentity) => readonly Mark[];
}

/** The log in a PostgreSQL database, which any number of nodes share. */
export interface PostgresLog extends EventLog {
  /** What operators did, on all nodes. */
  readonly operations: OperationLog;
  /** The nodes that share it. */
  readonly nodes: NodeRegistry;
  /** Since when the server has not answered, in ms since 1970; undefined while it does. */
  silentSince(): number | undefined;
  /** Sends what is waiting, then lets go of the server. */
  close(): Promise<void>;
}

interface Links {
  readonly append: Link;
  readonly states: Link;
  readonly pages: Link;
  readonly listen: Link;
}

/**
 * Opens the log, creates its tables where they are missing, and brings them up to date. Rejects with a LogServerError
 * that says what to do.
 */
export async function openPostgresLog({
  url,
  measure,
  onReplaced = () => undefined,
  seen = () => [],
}: PostgresLogOptions): Promise<PostgresLog> {
  const target = targetOf(url);
  const identity = await openTables(target, seen);
  const listeners = new Set<(head: number) => void>();
  const operators = new Set<() => void>();
  const watch = createWatch({
    ask: () => reader.state(),
    identity,
    onHead: announce,
    onOperations: () => {
      for (const listener of operators) listener();
    },
    onEstranged: onReplaced,
  });
  const links = await openLinks(target, watch).catch((error: unknown) => {
    watch.close();
    throw startError(error, target);
  });
  const reader = createReader(links.pages, links.states);
  let checkedAt = -Infinity;
  const group = createGroupCommit({
    link: links.append,
    identity,
    measure,
    onCommit: (last) => {
      checkedAt = performance.now();
      watch.mark(last);
      watch.signal(last.position);
    },
  });

  function announce(head: number): void {
    for (const listener of listeners) {
      try {
        listener(head);
      } catch {
        // A listener's failure is its own: what is committed is committed.
      }
    }
  }

  /** What was read from the log that was opened must not go on with what another one has. */
  function refuseOther(): void {
    if (watch.estranged())
      throw unavailable(
        'The log was replaced or restored. This node starts again by itself, and builds its views anew.',
        undefined,
      );
  }

  async function health(): Promise<LogHealth> {
    try {
      refuseOther();
      if (performance.now() - checkedAt > HEALTH_MS || group.trouble() !== undefined) {
        await group.probe();
        // Only what was seen vouches for it: else those who ask often enough would never be told.
        checkedAt = performance.now();
      }
      return { writable: true };
    } catch (error) {
      const cause = error instanceof TidemarkError ? error.cause : error;
      return { writable: false, reason: reasonOf(watch.estranged() ? otherLog() : cause) };
    }
  }

  const log: PostgresLog = {
    identity,
    append: async (append) => {
      refuseOther();
      return group.append(append);
    },
    read: async (scope, options) => {
      refuseOther();
      if (scope !== 'all') return reader.matching(scope, options);
      const events = await reader.all(options);
      watch.mark(events.at(-1));
      return events;
    },
    command: async (id) => {
      refuseOther();
      return isUuid(id) ? reader.command(id) : undefined;
    },
    head: async () => {
      const head = await watch.pull();
      refuseOther();
      return head;
    },
    knownHead: () => watch.head(),
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    health,
    operations: {
      ...createOperationRows(links.states),
      onRecord: (listener) => {
        operators.add(listener);
        return () => operators.delete(listener);
      },
    },
    // Its connection has nothing else to do than to wait.
    nodes: createNodeRows(links.listen),
    silentSince: () => watch.silentSince(),
    aheadMs: () => watch.aheadMs(),
    close: async () => {
      await group.close();
      watch.close();
      for (const link of Object.values(links) as readonly Link[]) link.close();
    },
  };
  await log.head();
  return log;
}

async function openTables(
  target: Target,
  seen: Exclude<PostgresLogOptions['seen'], undefined>,
): Promise<LogIdentity> {
  let connection: Connection | undefined;
  try {
    connection = await connect(target, 'migrate');
    const identity = await prepareTables(connection.client, target);
    return await disownIfLost(connection.client, identity, seen(identity));
  } catch (error) {
    throw startError(error, target);
  } finally {
    connection?.destroy();
  }
}

/** Where the log does not have what was seen of it, it is another one from here on, for all nodes and for all tokens. */
async function disownIfLost(
  client: Client,
  identity: LogIdentity,
  seen: readonly Mark[],
): Promise<LogIdentity> {
  for (const { position, commandId } of seen) {
    const found = await client.query(
      'SELECT FROM tidemark.log_events WHERE position = $1 AND command_id::text = $2',
      [position, commandId],
    );
    if (found.rowCount === 0) {
      await raiseEpoch(client, identity);
      return identify(client);
    }
  }
  return identity;
}

/** Each kind of work has a connection of its own, so that none of it holds up another. */
async function openLinks(target: Target, watch: Watch): Promise<Links> {
  const opened: Link[] = [];
  const open = async (purpose: Purpose): Promise<Link> => {
    const establish = async (): Promise<Connection> => {
      const connection = await connect(target, purpose);
      try {
        await watch.verify(connection);
        if (purpose === 'listen') await listen(connection, watch);
        return connection;
      } catch (error) {
        connection.destroy();
        throw error;
      }
    };
    const onUp = (): void => {
      // Signals may have been missed.
      watch.pull().catch(() => undefined);
    };
    const link = createLink({ first: await establish(), connect: establish, onUp });
    opened.push(link);
    return link;
  };
  try {
    return {
      append: await open('append'),
      states: await open('read'),
      pages: await open('read'),
      listen: await open('listen'),
    };
  } catch (error) {
    for (const link of opened) link.close();
    throw error;
  }
}
