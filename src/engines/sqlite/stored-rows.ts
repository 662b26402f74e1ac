import { createBoundedMap } from '../../kernel/index.js';
import type { Values } from './table-codec.js';

/** How many rows of a table are remembered, and how many bytes of them. */
const ROWS_MAX = 2_000;
const ROWS_BYTES_MAX = 4 * 1_048_576;

/**
 * What the file holds of rows that were used of late, so that they need not be read again and only what changes is
 * written. The owner clears them when somebody else has written the file. A row that is not remembered is looked up, or
 * written whole.
 */
export interface StoredRows {
  /** The row by the text of its key; undefined where it is not remembered. */
  get(id: string): Values | undefined;
  /** The row as it is in the file from now on; undefined where it was removed. */
  set(id: string, row: Values | undefined): void;
  /** From here on what is set can be undone. */
  mark(): void;
  /** Forgets what was set since the mark. */
  undo(): void;
  /** The transaction is over. */
  reset(outcome: 'committed' | 'failed'): void;
  /** Forgets everything: somebody else has changed the file. */
  readonly clear: () => void;
}

/** Nothing remembered. */
export function createStoredRows(): StoredRows {
  const empty = () => createBoundedMap<Values>({ entriesMax: ROWS_MAX, bytesMax: ROWS_BYTES_MAX });
  let rows = empty();
  // What the transaction at hand wrote: forgotten where that is rolled back.
  const written = new Set<string>();
  const sinceMark = new Set<string>();

  function forget(ids: Set<string>): void {
    for (const id of ids) rows.delete(id);
    ids.clear();
  }

  return {
    get: (id) => rows.get(id),
    set: (id, row) => {
      written.add(id);
      sinceMark.add(id);
      if (row === undefined) rows.delete(id);
      else rows.set(id, row, bytesOf(row));
    },
    mark: () => {
      sinceMark.clear();
    },
    undo: () => {
      forget(sinceMark);
    },
    reset: (outcome) => {
      if (outcome === 'failed') forget(written);
      written.clear();
      sinceMark.clear();
    },
    clear: () => {
      rows = empty();
    },
  };
}

/** By estimate: what is not text takes a word. */
function bytesOf(row: Values): number {
  let bytes = 64;
  for (const value of row) bytes += typeof value === 'string' ? 24 + 2 * value.length : 16;
  return bytes;
}
