import type Database from 'better-sqlite3';
import { TidemarkError, type Append, type AppendOutcome } from '../../kernel/index.js';
import type { CheckedAppend, LogWriter } from './log-writer.js';

/** The most commands that share one transaction and one fsync. */
export const GROUP_MAX = 512;
/** The most commands that may wait for their transaction; one more is refused as OVERLOADED. */
export const QUEUE_MAX = 10_000;

interface Waiting extends CheckedAppend {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: TidemarkError) => void;
}

/** Commits whatever has gathered, once a turn of the event loop: nobody waits for company, and all share one fsync. */
export interface GroupCommit {
  append(append: Append, data: readonly string[]): Promise<AppendOutcome>;
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
  /** Called after each commit that wrote events, with the new head. */
  readonly onCommit: (head: number) => void;
  /** Called after a rollback: what was remembered of new rows is wrong. */
  readonly onRollback: () => void;
  /** Called when a COMMIT failed: this connection takes no more writes. */
  readonly onBroken: () => void;
  /** Told how many commands a transaction had, and how long its writes and its COMMIT took. */
  readonly measure?: ((measure: CommitMeasure) => void) | undefined;
}

/** One group commit: its commands, and the time its writes and its COMMIT (with the fsync) took, in ms. */
export interface CommitMeasure {
  readonly commands: number;
  readonly writeMs: number;
  readonly syncMs: number;
}

/** Group commit over one connection. */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { database, writer, onCommit, onRollback, onBroken, measure } = options;
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  let queue: Waiting[] = [];
  const there = database.prepare('UPDATE log_identity SET epoch = epoch + 1');
  const back = database.prepare('UPDATE log_identity SET epoch = epoch - 1');
  let closed: TidemarkError | undefined;
  let trouble: unknown;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      drain();
      schedule();
    });
  }

  function drain(): void {
    const group = queue.splice(0, GROUP_MAX);
    if (group.length === 0) return;
    try {
      const { result, writeMs, syncMs } = transact(() => writeAll(group));
      settle(group, result);
      measure?.({ commands: group.length, writeMs, syncMs });
    } catch (error) {
      // Those that were settled stay as they are: a promise settles once.
      const failure = error instanceof TidemarkError ? error : notWritten(error);
      for (const { reject } of group) reject(failure);
    }
  }

  function writeAll(group: readonly Waiting[]): readonly AppendOutcome[] {
    writer.begin();
    return group.map(writer.write);
  }

  function transact<T>(work: () => T): { result: T; writeMs: number; syncMs: number } {
    const started = performance.now();
    try {
      begin.run();
      const result = work();
      const written = performance.now();
      finish();
      trouble = undefined;
      return { result, writeMs: written - started, syncMs: performance.now() - written };
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

  /** After a failed COMMIT the disk may or may not hold the transaction: only a fresh look at the file can tell. */
  function giveUp(cause: unknown): TidemarkError {
    closed = new TidemarkError('UNAVAILABLE', 'The log takes no more writes since a commit failed.', {
      cause,
    });
    for (const { reject } of queue.splice(0)) reject(closed);
    onBroken();
    return new TidemarkError(
      'OUTCOME_UNKNOWN',
      'The commit failed, so the command may or may not be stored. Send it again with the same command id.',
      { cause },
    );
  }

  function settle(group: readonly Waiting[], outcomes: readonly AppendOutcome[]): void {
    let head = 0;
    group.forEach(({ append, resolve }, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) return;
      if (outcome.kind === 'appended' && append.events.length > 0) head = outcome.position;
      resolve(outcome);
    });
    if (head > 0) onCommit(head);
  }

  return {
    append: (append, data) => {
      if (closed !== undefined) return Promise.reject(closed);
      if (queue.length >= QUEUE_MAX) {
        return Promise.reject(
          new TidemarkError('OVERLOADED', 'Too many commands wait to be stored. Try again later.'),
        );
      }
      return new Promise((resolve, reject) => {
        queue.push({ append, data, resolve, reject });
        schedule();
      });
    },
    trouble: () => trouble,
    alone: (work) => {
      if (closed !== undefined) throw closed;
      try {
        transact(work);
      } catch (error) {
        throw error instanceof TidemarkError ? error : notWritten(error);
      }
    },
    probe: () => {
      if (closed !== undefined) return;
      transact(() => {
        // SQLite writes no page for an update that leaves the row as it was.
        there.run();
        back.run();
      });
    },
    close: () => {
      while (queue.length > 0) drain();
      closed ??= new TidemarkError('UNAVAILABLE', 'The log is closed.');
      queue = [];
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
