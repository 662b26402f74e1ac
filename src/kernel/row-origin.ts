import { isDeepStrictEqual } from 'node:util';
import { TidemarkError } from './errors.js';
import type { AnyRow } from './keyed-rows.js';
import type { RecordedEvent } from './log.js';
import { ownedTable, type Owned } from './owned-rows.js';
import type { Projection } from './projection.js';
import type { RowChange } from './views.js';

/** One column that an event changed; null where there was no row. */
export interface ColumnChange {
  readonly column: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One event that made a row what it is, and what it changed. */
export interface RowOrigin {
  readonly event: Pick<RecordedEvent, 'position' | 'type' | 'recordedAt' | 'actor' | 'commandId'>;
  readonly change: 'ADDED' | 'CHANGED' | 'REMOVED';
  readonly columns: readonly ColumnChange[];
}

/** The values of a key as text, by column. */
export type KeyTexts = Readonly<Record<string, string>>;

/** A table of the projection by its name; NOT_FOUND where there is none, BAD_USER_INPUT where it has no owner. */
export function tableOf({ name, tables }: Projection, table: string): Owned {
  const found = Object.hasOwn(tables, table) ? tables[table] : undefined;
  if (found === undefined) {
    const names = Object.keys(tables).join(', ');
    throw new TidemarkError(
      'NOT_FOUND',
      `${name} has no table ${JSON.stringify(table)}. There are: ${names}.`,
    );
  }
  const owned = ownedTable(table, found);
  if (owned !== undefined) return owned;
  throw new TidemarkError(
    'BAD_USER_INPUT',
    `The table ${table} of ${name} does not say whose events make a row (ownedBy): any event of the log may have changed it.`,
  );
}

/** A key by its columns. BAD_USER_INPUT where there are more values or fewer. */
export function keyFrom({ name, key }: Owned, texts: readonly string[]): KeyTexts {
  if (texts.length === key.length)
    return Object.fromEntries(key.map((column, index) => [column, texts[index] ?? '']));
  const expected = `${key.length} ${key.length === 1 ? 'value' : 'values'}, ${key.join(', ')}`;
  throw new TidemarkError('BAD_USER_INPUT', `A key of ${name} has ${expected}; got ${texts.length}.`);
}

/** What the event changed of the row; undefined where it changed nothing of it. */
export function originOf(
  { position, type, recordedAt, actor, commandId }: RecordedEvent,
  changes: readonly RowChange[],
  { name, key: columns }: Owned,
  key: KeyTexts,
): RowOrigin | undefined {
  const isIt = (row: AnyRow): boolean => columns.every((column) => String(row[column]) === key[column]);
  const change = changes.find(({ table, before, after }) => table === name && isIt({ ...before, ...after }));
  if (change === undefined) return undefined;
  const changed = changeOf(change);
  return changed && { event: { position, type, recordedAt, actor, commandId }, ...changed };
}

/** What became of a row; undefined where all its columns are as they were. */
export function changeOf({
  before,
  after,
}: Pick<RowChange, 'before' | 'after'>): Pick<RowOrigin, 'change' | 'columns'> | undefined {
  const columns = columnChanges({ ...before }, { ...after });
  if (columns.length === 0) return undefined;
  return { change: before === undefined ? 'ADDED' : after === undefined ? 'REMOVED' : 'CHANGED', columns };
}

function columnChanges(before: AnyRow, after: AnyRow): readonly ColumnChange[] {
  return Object.keys({ ...before, ...after })
    .map((column) => ({ column, before: before[column] ?? null, after: after[column] ?? null }))
    .filter((change) => !isDeepStrictEqual(change.before, change.after));
}
