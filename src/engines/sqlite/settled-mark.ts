import type Database from 'better-sqlite3';

/** Whether the rows of a view file have been the same ones ever since its checkpoint was reached; kept in its header. */
export interface SettledMark {
  readonly isSettled: () => boolean;
  /** Writes it; call `wrote` once that is committed. */
  write(settled: boolean): void;
  wrote(settled: boolean): void;
}

/** The mark of a view file: its `user_version`, which is 0 where it is settled. */
export function createSettledMark(database: Database.Database): SettledMark {
  const settle = database.prepare('PRAGMA user_version = 0');
  const unsettle = database.prepare('PRAGMA user_version = 1');
  let isSettled = database.pragma('user_version', { simple: true }) === 0;
  return {
    isSettled: () => isSettled,
    write: (settled) => {
      if (settled !== isSettled) (settled ? settle : unsettle).run();
    },
    wrote: (settled) => {
      isSettled = settled;
    },
  };
}
