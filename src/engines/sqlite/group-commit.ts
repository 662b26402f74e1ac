import type Database from 'better-sqlite3';
import {
  TidemarkError,
  checkAppend,
  type Append,
  type AppendOutcome,
  type CommitMeasure,
} from '../../kernel/index.js';
import { headOf, pagesOf, type Waiting, type Written } from './command-group.js';
import type { LogWriter } from './log-writer.js';
import type { RecentEvents } from './recent-events.js';
import type { WalSync } from './wal-sync.js';
import type { WalUpkeep } from './wal-upkeep.js';

/** The most commands that share one transaction and one fsync. */
export const GROUP_MAX = 512;
/** The most commands that may wait for their transaction; one more is refused as OVERLOADED. */
export const QUEUE_MAX = 10_000;

/**
 * Commits whatever has gathered, once a turn of the event loop: nobody waits for company, and all share one fsync. While
 * a slow disk syncs one group, the next one is written.
 */
export interface GroupCommit {
  /** Rejects as `EventLog.append` does. */
  append(append: Append): Promise<AppendOutcome>;
  /** The last position of its own that is committed, on its way to the disk or there. */
  written(): number;
  /** The last position that is known to survive a power cut: nobody may be told of later ones. */
  durable(): number;
  /** Makes everything up to a position that another process has committed durable; throws UNAVAILABLE. */
  secure(position: number): void;
  /** Why the last attempt to write failed; undefined since one worked. */
  trouble(): unknown;
  /** Writes and commits something beside the commands. Throws what an append would reject with. */
  alone(work: () => void): void;
  /** Writes and commits a row that changes nothing, to see whether that works. */
  probe(): void;
  /** Commits what is waiting, then takes no more. */
  close(): void;
}

/** What group commit works with. */
export interface GroupCommitOptions {
  readonly database: Database.Database;
  readonly writer: LogWriter;
  readonly disk: WalSync;
  readonly upkeep: WalUpkeep;
  /** Is given every event that has become durable. */
  readonly recent: RecentEvents;
  /** The last position of a log that is as durable as it can be. */
  readonly head: number;
  /** Called after each commit that wrote events, with the new head, when it is durable. */
  readonly onCommit: (head: number) => void;
  /** Called after a rollback: what was remembered of new rows is wrong. */
  readonly onRollback: () => void;
  /** Called when a COMMIT or its sync failed: this connection takes no more writes. */
  readonly onBroken: () => void;
  /** Told how many commands a transaction had, and how long its writes, and its COMMIT with the sync, took. */
  readonly measure?: ((measure: CommitMeasure) => void) | undefined;
}

/** Group commit over one connection. */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { database, writer, disk, upkeep, recent, onCommit, onRollback, onBroken, measure } = options;
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const there = database.prepare('UPDATE log_identity SET epoch = epoch + 1');
  const back = database.prepare('UPDATE log_identity SET epoch = epoch - 1');
  const queue: Waiting[] = [];
  // What is committed: first what the sync under way makes durable, then what the next one will.
  let syncing: readonly Written[] = [];
  let unsynced: Written[] = [];
  let written = options.head;
  let durable = options.head;
  let closed: TidemarkError | undefined;
  // The system reports what it could not write once: another sync of that time may have ended as if all were well.
  let lost: { readonly cause: unknown } | undefined;
  let trouble: unknown;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      void turn();
    });
  }

  async function turn(): Promise<void> {
    const held = upkeep.hold();
    if (held !== undefined) await held;
    scheduled = false;
    drain();
    schedule();
  }

  function drain(): void {
    const group = queue.splice(0, GROUP_MAX);
    if (group.length === 0) return;
    const started = performance.now();
    const recordedAt = Date.now();
    try {
      let writtenAt = started;
      const outcomes = transact(() => {
        writer.begin(recordedAt);
        const done = group.map(writer.write);
        writtenAt = performance.now();
        return done;
      });
      const head = headOf(group, outcomes);
      written = Math.max(written, head);
      upkeep.note(pagesOf(group));
      unsynced.push({ group, outcomes, head, recordedAt, writeMs: writtenAt - started, writtenAt });
    } catch (error) {
      const failure = error instanceof TidemarkError ? error : notWritten(error);
      for (const { reject } of group) reject(failure);
    }
    sync();
  }

  function transact<T>(work: () => T): T {
    try {
      begin.run();
      const result = work();
      finish();
      return result;
    } catch (error) {
      trouble = error instanceof TidemarkError ? error.cause : error;
      if (database.open) undo();
      throw error;
    }
  }

  function finish(): void {
    try {
      commit.run();
    } catch (error) {
      throw isFull(error) ? error : giveUp(error);
    }
  }

  function undo(): void {
    onRollback();
    if (database.inTransaction) rollback.run();
  }

  function sync(): void {
    if (syncing.length > 0 || unsynced.length === 0) return;
    syncing = unsynced;
    unsynced = [];
    disk.start((error) => {
      const groups = syncing;
      syncing = [];
      if (error !== undefined) lost ??= { cause: error };
      if (lost === undefined) settleAll(groups);
      else failAll([...groups, ...unsynced.splice(0)], giveUp(lost.cause));
      sync();
    });
  }

  /** After a failed COMMIT or sync the disk may or may not hold it: only a fresh look at the file can tell. */
  function giveUp(cause: unknown): TidemarkError {
    trouble = cause;
    if (closed === undefined) {
      closed = new TidemarkError('UNAVAILABLE', 'The log takes no more writes since a commit failed.', {
        cause,
      });
      for (const { reject } of queue.splice(0)) reject(closed);
      onBroken();
    }
    return new TidemarkError(
      'OUTCOME_UNKNOWN',
      'The commit failed, so the command may or may not be stored. Send it again with the same command id.',
      { cause },
    );
  }

  function failAll(groups: readonly Written[], failure: TidemarkError): void {
    for (const { group } of groups) for (const { reject } of group) reject(failure);
  }

  function settleAll(groups: readonly Written[]): void {
    trouble = undefined;
    const now = performance.now();
    let head = 0;
    for (const one of groups) {
      head = Math.max(head, one.head);
      one.group.forEach(({ append, data, resolve }, index) => {
        const outcome = one.outcomes[index];
        if (outcome === undefined) return;
        if (outcome.kind === 'appended' && data.length > 0)
          recent.add(append, data, one.recordedAt, outcome.position);
        resolve(outcome);
      });
      measure?.({ commands: one.group.length, writeMs: one.writeMs, syncMs: now - one.writtenAt });
    }
    if (head === 0) return;
    durable = Math.max(durable, head);
    try {
      onCommit(head);
    } catch {
      // A listener's failure is its own: what is committed is committed.
    }
  }

  /** Commits and syncs, waiting for it. */
  function durably(work: () => void): void {
    if (closed !== undefined) throw closed;
    transact(work);
    syncNow();
  }

  function syncNow(): void {
    try {
      disk.now();
    } catch (error) {
      lost ??= { cause: error };
      throw giveUp(error);
    }
    trouble = undefined;
  }

  return {
    append: (append) =>
      // What is thrown in here rejects.
      new Promise((resolve, reject) => {
        const data = checkAppend(append);
        if (closed !== undefined) throw closed;
        if (queue.length >= QUEUE_MAX)
          throw new TidemarkError('OVERLOADED', 'Too many commands wait to be stored. Try again later.');
        queue.push({ append, data, resolve, reject });
        schedule();
      }),
    written: () => written,
    durable: () => durable,
    secure: (position) => {
      if (closed !== undefined) throw closed;
      try {
        syncNow();
      } catch (error) {
        throw closed ?? error;
      }
      durable = Math.max(durable, position);
    },
    trouble: () => trouble,
    alone: (work) => {
      try {
        durably(work);
      } catch (error) {
        throw error instanceof TidemarkError ? error : notWritten(error);
      }
    },
    probe: () => {
      if (closed !== undefined) return;
      durably(() => {
        // SQLite writes no page for an update that leaves the row as it was.
        there.run();
        back.run();
      });
    },
    close: () => {
      while (queue.length > 0) drain();
      const waiting = [...syncing, ...unsynced.splice(0)];
      syncing = [];
      if (waiting.length > 0) {
        try {
          syncNow();
          settleAll(waiting);
        } catch (error) {
          failAll(waiting, error as TidemarkError);
        }
      }
      closed ??= new TidemarkError('UNAVAILABLE', 'The log is closed.');
      disk.close();
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL';
}

function notWritten(cause: unknown): TidemarkError {
  return new TidemarkError(
    'UNAVAILABLE',
    'The log could not be written; nothing was stored. Try again later.',
    { cause },
  );
}
