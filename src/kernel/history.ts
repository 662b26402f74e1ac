import { entityChanges, type EntityChange } from './entity-changes.js';
import { foldEntity, type EntityFold, type EntityFoldOptions } from './entity-fold.js';
import { CompositionError, TidemarkError } from './errors.js';
import type { EventLog, Tag } from './log.js';
import { createMemoryViews, type MemoryViews } from './memory-views.js';
import { projectorOf } from './operations.js';
import { ownedTables, ownerOf, type Owned } from './owned-rows.js';
import type { OwnedTable, Projection, ProjectionOf, TableMap } from './projection.js';
import type { Projector } from './projector.js';
import { keyFrom, originOf, tableOf, type RowOrigin } from './row-origin.js';
import { boundsIn, type Bounds, type Until } from './until.js';

/** The most changes of a row that are told: the newest ones. */
export const ORIGIN_MAX = 1_000;

/** An entity's rows as they were. */
export interface AsOf<Tables extends TableMap> {
  /** The rows of each table that has an owner, in no particular order. */
  readonly rows: OwnedRowsOf<Tables>;
  /** A view at this position shows the same. */
  readonly position: number;
  /** The log's last position when it was read. */
  readonly head: number;
}

/** Rows by table, of those tables that have an owner. */
export type OwnedRowsOf<Tables extends TableMap> = {
  readonly [
    T in keyof Tables as Tables[T] extends { readonly owner: unknown } ? T : never
  ]: Tables[T] extends OwnedTable<infer Row, infer _> ? readonly Row[] : never;
};

/**
 * What rows were, and why: folded from the log by the projections' own handlers, without the views. Rejects with
 * UNKNOWN_POSITION (ahead of the log), BAD_USER_INPUT (a position and a time, a time outside of the log's, no owned
 * table, too many events) and UNAVAILABLE, with the position, where an event cannot be applied: never half an answer.
 */
export interface History {
  /** Rejects where nothing can be read as of then. */
  check(until: Until): Promise<void>;
  /** The rows that belong to a tag; none where its first event came later. */
  asOf<Tables extends TableMap>(
    projection: ProjectionOf<Tables>,
    tag: Tag,
    until?: Until,
    signal?: AbortSignal,
  ): Promise<AsOf<Tables>>;
  /**
   * The events that changed a row, oldest first, by the values of its key as text; none where there never was such a
   * row. NOT_FOUND for an unknown projection or table.
   */
  origin(
    projection: string,
    table: string,
    key: readonly string[],
    until?: Until,
    signal?: AbortSignal,
  ): Promise<readonly RowOrigin[]>;
  /** What the events of a tag did to rows of all projections, the newest ENTITY_CHANGES_MAX changes. */
  changes(tag: Tag, until?: Until, signal?: AbortSignal): Promise<readonly EntityChange[]>;
}

/** What histories are read from. */
export interface HistoryOptions {
  readonly log: Pick<EventLog, 'read' | 'head'>;
  readonly projectors: ReadonlyMap<string, Projector>;
  /** Every event type that any module defines. */
  readonly knownTypes: ReadonlySet<string>;
}

/** The history of these projections' rows. */
export function createHistory({ log, projectors, knownTypes }: HistoryOptions): History {
  const boundsOf = boundsIn(log);

  async function fold(
    projection: Projection,
    tag: Tag,
    { through, recordedBy }: Bounds,
    how: Pick<EntityFoldOptions, 'onEvent' | 'signal'>,
  ): Promise<EntityFold & { readonly views: MemoryViews }> {
    const skips = projectors.get(projection.name)?.skips;
    const views = createMemoryViews(projection);
    const check = (): void => {
      refuseParked(views, tag, projection);
    };
    const options = { projection, log, knownTypes, skips, tag, through, recordedBy, check };
    return { ...(await foldEntity({ ...options, ...how, views })), views };
  }

  return {
    check: async (until) => {
      await boundsOf(until);
    },
    asOf: async <Tables extends TableMap>(
      projection: ProjectionOf<Tables>,
      tag: Tag,
      until: Until = {},
      signal?: AbortSignal,
    ) => {
      if (projectors.get(projection.name)?.projection !== projection)
        throw new CompositionError(`The projection ${projection.name} is not one of this kernel.`);
      const tables = ownedTables(projection);
      if (tables.length === 0)
        throw new TidemarkError(
          'BAD_USER_INPUT',
          `No table of ${projection.name} says whose events make a row.`,
        );
      const bounds = await boundsOf(until);
      const { views, position } = await fold(projection, tag, bounds, { signal });
      const rows = tables.map((table) => [table.name, ownRows(views, table, tag)] as const);
      // What the handlers wrote, as the definition typed it.
      return { rows: Object.fromEntries(rows) as OwnedRowsOf<Tables>, position, head: bounds.head };
    },
    origin: async (name, tableName, texts, until = {}, signal) => {
      const { projection } = projectorOf(projectors, name);
      const table = tableOf(projection, tableName);
      const key = keyFrom(table, texts);
      const found: RowOrigin[] = [];
      const onEvent: EntityFoldOptions['onEvent'] = (event, changes) => {
        const origin = originOf(event, changes, table, key);
        if (origin !== undefined) found.push(origin);
        if (found.length > ORIGIN_MAX) found.shift();
      };
      await fold(projection, ownerOf(table, key), await boundsOf(until), { onEvent, signal });
      return found;
    },
    changes: async (tag, until = {}, signal) => {
      const projections = [...projectors.values()].map(({ projection }) => projection);
      const skipsOf = (name: string) => projectors.get(name)?.skips;
      const bounds = await boundsOf(until);
      return entityChanges({ log, projections, skipsOf, knownTypes, tag, bounds, signal });
    },
  };
}

function ownRows(views: MemoryViews, table: Owned, tag: Tag): readonly object[] {
  return views.rows(table.name).filter((row) => ownerOf(table, row) === tag);
}

function refuseParked(views: MemoryViews, tag: Tag, { name }: Projection): void {
  const [first] = views.parked();
  if (first === undefined) return;
  const { position, type, error } = first;
  throw new TidemarkError(
    'UNAVAILABLE',
    `The event at position ${position}, ${type}, cannot be applied to ${name}: what became of ${tag} from there on is not known. Ask for an earlier position.`,
    { details: { position }, cause: new Error(error ?? 'It waits behind another event.') },
  );
}
