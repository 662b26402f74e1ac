import type Database from 'better-sqlite3';
import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Durability } from './connection.js';

/** A sync that takes less is waited for, in ms: handing it to another thread takes about as long. */
const QUICK_MS = 2;
/** After one that took longer others do it for so long, in ms; then it is tried again. */
const ASIDE_MS = 1_000;

/** The size that the file is given beforehand: about what it has before it begins anew. */
const FILE_BYTES = 8 * 1_048_576;

/** Makes what has been committed survive a power cut, without the event loop having to wait for a slow disk. */
export interface WalSync {
  /** Calls `done` when everything committed until now is on the disk: at once where the disk is quick. */
  start(done: (error?: unknown) => void): void;
  /** The same, waiting for it. Throws what the disk says. */
  now(): void;
  close(): void;
}

/**
 * Syncs the write-ahead log of a database that is open in WAL mode with `synchronous=NORMAL`, in which SQLite itself
 * syncs only when it copies pages back. With `durability` normal nothing is synced.
 */
export function createWalSync(database: Database.Database, durability: Durability): WalSync {
  if (durability === 'normal')
    return { start: (done) => done(), now: () => undefined, close: () => undefined };
  // SQLite holds no locks on this file, so that closing it again takes none away.
  const descriptor = openSync(`${database.name}-wal`, 'r+');
  try {
    enlarge(database, descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  let asideUntil = 0;
  let running = 0;
  let closed = false;

  function now(): void {
    const started = performance.now();
    fdatasyncSync(descriptor);
    const ended = performance.now();
    if (ended - started > QUICK_MS) asideUntil = ended + ASIDE_MS;
  }

  function closeWhenIdle(): void {
    if (closed && running === 0) closeSync(descriptor);
  }

  return {
    now,
    start: (done) => {
      if (performance.now() >= asideUntil) {
        try {
          now();
        } catch (error) {
          done(error);
          return;
        }
        done();
        return;
      }
      running += 1;
      fdatasync(descriptor, (error) => {
        running -= 1;
        closeWhenIdle();
        done(error ?? undefined);
      });
    },
    close: () => {
      closed = true;
      closeWhenIdle();
    },
  };
}

/**
 * Gives the file its size beforehand: to sync what was written over takes half the time of syncing a file that has grown.
 * SQLite goes by what it knows to be committed, not by the size.
 */
function enlarge(database: Database.Database, descriptor: number): void {
  // As the only one who may write: another process would append where the zeros go.
  database.exec('BEGIN IMMEDIATE');
  try {
    const zeros = Buffer.alloc(1_048_576);
    for (let at = fstatSync(descriptor).size; at < FILE_BYTES; at += zeros.length)
      writeSync(descriptor, zeros, 0, Math.min(zeros.length, FILE_BYTES - at), at);
  } catch {
    // Then it grows as it is written.
  } finally {
    database.exec('ROLLBACK');
  }
}
