import type { AnyRow } from './keyed-rows.js';
import type { Tag } from './log.js';
import type { AnyTable, Owner, Projection } from './projection.js';

/** A table whose rows each belong to one tag. */
export interface Owned {
  readonly name: string;
  /** The columns of the key, in order. */
  readonly key: readonly string[];
  readonly owner: Owner<string>;
}

/** The projection's tables that say whose events make a row. */
export function ownedTables({ tables }: Pick<Projection, 'tables'>): readonly Owned[] {
  return Object.entries(tables).flatMap(([name, table]) => ownedTable(name, table) ?? []);
}

/** The table, where it says whose events make a row. */
export function ownedTable(name: string, { key, owner }: AnyTable): Owned | undefined {
  // The columns' types were given up at defineProjection.
  return owner && { name, key: key, owner };
}

/** The tag that a row belongs to. */
export function ownerOf({ key, owner }: Owned, row: AnyRow): Tag {
  return owner(Object.fromEntries(key.map((column) => [column, String(row[column])])));
}
