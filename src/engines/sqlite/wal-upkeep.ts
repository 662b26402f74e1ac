import type Database from 'better-sqlite3';
import { copyBack } from './copy-back.js';

/** About how many pages are committed before they are copied back. */
const PAGES = 2_000;
/** Where the log holds so many and new ones keep coming, writing stops for the moment that the rest takes. */
const HOLD_PAGES = 6_000;
/** SQLite's own copying, which holds up the event loop, begins here: when the other thread does not keep up at all. */
const LAST_RESORT_PAGES = 20_000;

/** Keeps the write-ahead log of one database short without holding up the event loop. */
export interface WalUpkeep {
  /** About so many pages have been committed. */
  note(pages: number): void;
  /** Not undefined where the next transaction should wait: the log can only begin anew while nobody writes. */
  readonly hold: () => Promise<void> | undefined;
}

/** Takes over from SQLite's own copying, which takes place in some COMMIT and syncs twice. */
export function createWalUpkeep(database: Database.Database): WalUpkeep {
  database.pragma(`wal_autocheckpoint = ${LAST_RESORT_PAGES}`);
  const file = database.name;
  let committed = 0;
  let running = false;
  let held: Promise<void> | undefined;

  async function run(): Promise<void> {
    running = true;
    committed = 0;
    try {
      const { whole, pages } = await copyBack(file);
      if (whole || pages < HOLD_PAGES) return;
      held = copyBack(file).then(
        () => undefined,
        () => undefined,
      );
      await held;
    } catch {
      // Nothing is lost: the pages stay where they are, and the next copy takes them along.
    } finally {
      held = undefined;
      running = false;
    }
  }

  return {
    note: (pages) => {
      committed += pages;
      if (committed >= PAGES && !running) void run();
    },
    hold: () => held,
  };
}
