import type Database from 'better-sqlite3';
import { copyBack } from './copy-back.js';

/** About how many pages a transaction writes besides its content. */
const PAGES_PER_COMMIT = 4;
/** About how many pages are committed before they are copied back. */
const PAGES = 1_000;
/** Where the log holds so many, or so many come while others are copied, writing stops until all of them are. */
const HOLD_PAGES = 1_500;
/** After a failure it is tried again after so many ms. */
const RETRY_MS = 1_000;
/** SQLite's own copying, which holds up the event loop, begins here: when the other thread does not keep up at all. */
const LAST_RESORT_PAGES = 20_000;

/** Keeps the write-ahead log of one database short without holding up the event loop. */
export interface WalUpkeep {
  /** A transaction with about so many pages of content has been committed. */
  note(pages: number): void;
  /** Not undefined where the next transaction should wait: the log can only begin anew while nobody writes. */
  readonly hold: () => Promise<void> | undefined;
}

/** Takes over from SQLite's own copying, which takes place in some COMMIT and syncs twice. */
export function createWalUpkeep(database: Database.Database): WalUpkeep {
  database.pragma(`wal_autocheckpoint = ${LAST_RESORT_PAGES}`);
  const file = database.name;
  let committed = 0;
  let retryAt = 0;
  let running: Promise<void> | undefined;
  let beginsAnew = false;

  async function run(): Promise<void> {
    committed = 0;
    try {
      const { pages } = await copyBack(file);
      // It begins anew with the next transaction where all of it has been copied by then.
      if (pages < HOLD_PAGES || committed === 0) return;
      beginsAnew = true;
      await copyBack(file);
      committed = 0;
    } catch {
      // Nothing is lost: the pages stay where they are, and the next copy takes them along.
      retryAt = performance.now() + RETRY_MS;
    } finally {
      beginsAnew = false;
      running = undefined;
    }
  }

  return {
    note: (pages) => {
      committed += PAGES_PER_COMMIT + pages;
      if (committed >= PAGES && performance.now() >= retryAt) running ??= run();
    },
    hold: () => (beginsAnew || committed >= HOLD_PAGES ? running : undefined),
  };
}
