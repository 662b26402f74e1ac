import type { EventCatalogue, EventMap, Recorded } from './events.js';
import type { Tag } from './log.js';

/** A table of the view store, as the engine's own library defines it (a drizzle table has this shape). */
export interface TableDefinition {
  /** The type of its rows; there is no such value. */
  readonly $inferSelect: object;
}

/** A table with the columns that make its key. */
export interface KeyedTable<Row extends object = object, Key extends keyof Row = keyof Row> {
  readonly table: TableDefinition & { readonly $inferSelect: Row };
  readonly key: readonly Key[];
}

/** A table each of whose rows is made by the events of one tag alone, which `owner` tells from the row's key as text. */
export interface OwnedTable<
  Row extends object = object,
  Key extends keyof Row = keyof Row,
> extends KeyedTable<Row, Key> {
  readonly owner: Owner<Key>;
}

/** The tag that a key belongs to. */
export type Owner<Key extends PropertyKey> = (key: { readonly [K in Key]: string }) => Tag;

/** Keyed access to a table's rows, collected in memory for a batch and written once. Rows are not to be mutated. */
export interface Rows<Row extends object = object, Key extends keyof Row = keyof Row> {
  /** The row of this key, with what was changed earlier in the batch; undefined where there is none. */
  get(key: Pick<Row, Key>): Row | undefined;
  /** Inserts the row or replaces the one with its key. */
  put(row: Row): void;
  /** Changes some columns of a row; throws when there is no such row. */
  patch(key: Pick<Row, Key>, change: Partial<Row> | ((row: Row) => Partial<Row>)): void;
  /** Deletes the row of this key; nothing happens where there is none. */
  delete(key: Pick<Row, Key>): void;
}

/** The tables of a projection by name. */
export type TableMap = {
  readonly [table: string]: { readonly table: TableDefinition; readonly key: readonly PropertyKey[] };
};

/** The rows of each table, for handlers. */
export type RowsOf<Tables extends TableMap> = {
  readonly [T in keyof Tables]: Tables[T] extends KeyedTable<infer Row, infer Key> ? Rows<Row, Key> : never;
};

/** How far behind a projection may be before health says so. */
export interface AcceptableLag {
  /** How many events may be missing. */
  readonly events: number;
  /** How old the oldest missing event may be, in ms. */
  readonly ms: number;
}

/** Turns events into rows. A raised `version` builds the views anew. */
export interface ProjectionDefinition<Events extends EventMap, Tables extends TableMap> {
  /** The name of its file, and what clients and operators call it. */
  readonly name: string;
  /** From 1. Raise it when tables or handlers change. */
  readonly version: number;
  /** The facts that it reads: a catalogue, or some of it by `pickEvents`. */
  readonly events: EventCatalogue<Events>;
  /** Its tables, each with its key, by the name that handlers use. */
  readonly tables: Tables;
  /** The folder of the drizzle migrations that create the tables in an empty file; made as they are defined when left out. */
  readonly migrations?: URL;
  /** The tables whose changes live views follow: the latest ones are kept in memory. None when left out. */
  readonly followed?: readonly (keyof Tables & string)[];
  /** 10,000 events and 5,000 ms when left out. */
  readonly acceptableLag?: AcceptableLag;
  /**
   * What is set aside together when an event cannot be applied, as `entity:id`: all events that change the same rows.
   * The event's first tag when left out.
   */
  readonly entity?: (event: Recorded<keyof Events & string, Events[keyof Events & string]>) => string;
  /** Marks the rows of an entity of which events are set aside (`degraded`), and takes the mark away again. */
  readonly degrade?: (rows: RowsOf<Tables>, entity: string, degraded: boolean) => void;
  /** Handlers by event type; types without one are passed over. Called in position order, inside one transaction. */
  readonly on: {
    readonly [T in keyof Events & string]?: (rows: RowsOf<Tables>, event: Recorded<T, Events[T]>) => void;
  };
}

/** The rows of tables whose types were given up. */
export type AnyRows = { readonly [table: string]: Rows };

/** A table of any rows; with an owner where it was declared to have one. */
export interface AnyTable extends KeyedTable {
  readonly owner?: Owner<string>;
}

/** A projection of any types, as the projector and the engines see it. */
export interface Projection {
  readonly name: string;
  readonly version: number;
  readonly tables: { readonly [table: string]: AnyTable };
  readonly migrations: URL | undefined;
  readonly followed: readonly string[];
  readonly acceptableLag: AcceptableLag;
  readonly events: Pick<EventCatalogue<EventMap>, 'types' | 'retired' | 'decode' | 'yields'>;
  /** What is set aside together, as in `ProjectionDefinition`. */
  readonly entity: ((event: Recorded) => string) | undefined;
  /** Marks the rows of an entity, as in `ProjectionDefinition`. */
  readonly degrade: ((rows: AnyRows, entity: string, degraded: boolean) => void) | undefined;
  /** The handlers by event type. */
  readonly on: ReadonlyMap<string, (rows: AnyRows, event: Recorded) => void>;
}

/** A projection that still says of which rows its tables are, and of which events it makes them. */
export interface ProjectionOf<
  Tables extends TableMap,
  Events extends EventMap = EventMap,
> extends Projection {
  readonly typedTables: Tables;
  /** The catalogue that its events are of. */
  readonly typedEvents: Pick<EventCatalogue<Events>, 'encode'>;
}

/** A table whose rows are found by these columns: its primary key, in order. */
export function keyedBy<Table extends TableDefinition, Key extends keyof Table['$inferSelect']>(
  table: Table,
  ...key: readonly Key[]
): KeyedTable<Table['$inferSelect'], Key> {
  return { table, key };
}

/**
 * Declares whose events make a row: `ownedBy(keyedBy(orders, 'id'), ({ id }) => `order:${id}`)`. Every event that changes
 * the row carries this tag, and what handlers make of the row depends on nothing but the events with this tag: rows of
 * others may be missing, which must not make them fail. Such rows can be folded from the log one entity at a time.
 */
export function ownedBy<Row extends object, Key extends keyof Row>(
  table: KeyedTable<Row, Key>,
  owner: Owner<Key>,
): OwnedTable<Row, Key> {
  return { ...table, owner };
}

/** The projection that these handlers define. */
export function defineProjection<Events extends EventMap, Tables extends TableMap>(
  definition: ProjectionDefinition<Events, Tables>,
): ProjectionOf<Tables, Events> {
  const {
    name,
    version,
    tables,
    migrations,
    events,
    on,
    entity,
    degrade,
    followed = [],
    acceptableLag = { events: 10_000, ms: 5_000 },
  } = definition;
  return {
    name,
    version,
    migrations,
    followed,
    acceptableLag,
    events,
    typedTables: tables,
    typedEvents: events,
    // From here on the definition's own types no longer matter: each handler gets the tables and the event it was typed with.
    tables: tables as unknown as Projection['tables'],
    entity: entity as Projection['entity'],
    degrade: degrade as Projection['degrade'],
    on: new Map(Object.entries(on)),
  };
}

/** Whether a stored event of this type can turn into one that the projection has a handler for. */
export function handles({ events, on }: Projection, storedType: string): boolean {
  return events.yields(storedType)?.some((type) => on.has(type)) ?? false;
}
