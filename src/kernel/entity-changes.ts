import { foldEntity } from './entity-fold.js';
import type { AnyRow } from './keyed-rows.js';
import type { EventLog, Tag } from './log.js';
import { createMemoryViews } from './memory-views.js';
import { ownedTable, ownerOf } from './owned-rows.js';
import type { Projection } from './projection.js';
import { changeOf, type ColumnChange, type RowOrigin } from './row-origin.js';
import type { Bounds } from './until.js';
import type { RowChange } from './views.js';

/** The most changes of rows that are told of one entity: the newest ones. */
export const ENTITY_CHANGES_MAX = 2_000;

/** What one event of an entity did to one row of a view. */
export interface EntityChange {
  readonly position: number;
  readonly projection: string;
  readonly table: string;
  /** The values of the key's columns, in order, as text. */
  readonly key: readonly string[];
  /** Whether other entities' events make the row, too: then only that it was touched is known. */
  readonly shared: boolean;
  readonly change: RowOrigin['change'];
  /** Empty for a shared row. */
  readonly columns: readonly ColumnChange[];
}

/** What is folded, by which projections. */
export interface EntityChangesOptions {
  readonly log: Pick<EventLog, 'read'>;
  readonly projections: readonly Projection[];
  readonly skipsOf: (projection: string) => ReadonlySet<number> | undefined;
  readonly knownTypes: ReadonlySet<string>;
  readonly tag: Tag;
  readonly bounds: Bounds;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows that the events of a tag have touched in all projections, in position order, the newest ENTITY_CHANGES_MAX.
 * Events that a projection cannot apply, and what comes after them, have touched nothing in it.
 */
export async function entityChanges(options: EntityChangesOptions): Promise<readonly EntityChange[]> {
  const { log, projections, skipsOf, knownTypes, tag, bounds, signal } = options;
  const { through, recordedBy } = bounds;
  const found: EntityChange[] = [];
  for (const projection of projections) {
    const ofThis: EntityChange[] = [];
    await foldEntity({
      ...{ log, projection, knownTypes, tag, through, recordedBy, signal },
      views: createMemoryViews(projection),
      skips: skipsOf(projection.name),
      onEvent: ({ position }, changes) => {
        for (const change of changes) ofThis.push(...entityChange(position, projection, change, tag));
        if (ofThis.length > ENTITY_CHANGES_MAX) ofThis.splice(0, ofThis.length - ENTITY_CHANGES_MAX);
      },
    });
    found.push(...ofThis);
  }
  return found.sort((one, other) => one.position - other.position).slice(-ENTITY_CHANGES_MAX);
}

function entityChange(
  position: number,
  { name: projection, tables }: Projection,
  { table, before, after }: RowChange,
  tag: Tag,
): readonly EntityChange[] {
  const definition = tables[table];
  const changed = changeOf({ before, after });
  if (definition === undefined || changed === undefined) return [];
  const row: AnyRow = { ...before, ...after };
  // The columns' types were given up at defineProjection.
  const key = (definition.key as readonly string[]).map((column) => String(row[column]));
  const owned = ownedTable(table, definition);
  const shared = owned === undefined || ownerOf(owned, row) !== tag;
  return [
    {
      position,
      projection,
      table,
      key,
      shared,
      // In a fold of one entity alone a row of several is always new.
      change: shared ? 'CHANGED' : changed.change,
      columns: shared ? [] : changed.columns,
    },
  ];
}
