import { deepStrictEqual } from 'node:assert/strict';
import {
  newId,
  type AnyRow,
  type EventMap,
  type ProjectionOf,
  type RecordedEvent,
  type TableMap,
  type ViewStore,
} from '../kernel/index.js';
import { commitAll } from './apply.js';
import { recordedPast, type PastEvent } from './past.js';
import { rowsIn, sorted } from './stored-rows.js';
import { tempViews } from './temp-views.js';

/** The rows of a table, as its definition types them. */
type RowOf<Tables extends TableMap, Name extends keyof Tables> = Tables[Name]['table']['$inferSelect'];

/** The views that these events make; each check throws an AssertionError that shows the difference. */
export interface GivenEvents<Tables extends TableMap> {
  /** Exactly these rows, in any order. */
  thenRows<Name extends keyof Tables & string>(
    table: Name,
    rows: readonly RowOf<Tables, Name>[],
  ): GivenEvents<Tables>;
  /** The rows as they are, in the order of the table's key, for checks of one's own. */
  rows<Name extends keyof Tables & string>(table: Name): readonly RowOf<Tables, Name>[];
}

/**
 * A specification of a projection: the views of these events, made at once, on the real SQLite engine, in a file that is
 * gone when this returns. The events have the positions from 1 on. Throws a HandlerError that names the event where one
 * cannot be applied, and what the engine throws where the tables do not fit their migrations.
 */
export function givenEvents<Tables extends TableMap, Events extends EventMap>(
  projection: ProjectionOf<Tables, Events>,
  events: readonly PastEvent<NoInfer<Events>>[],
): GivenEvents<Tables> {
  const rows = rowsAfter(projection, recordedPast(projection, events));
  const rowsOf = (table: string): readonly AnyRow[] => {
    const found = rows.get(table);
    if (found === undefined) throw new TypeError(`${projection.name} has no table ${table}.`);
    return found;
  };
  const all: GivenEvents<Tables> = {
    rows: rowsOf,
    thenRows: (table, expected) => {
      const key = projection.tables[table]?.key ?? [];
      deepStrictEqual(rowsOf(table), sorted(expected, key));
      return all;
    },
  };
  return all;
}

function rowsAfter<Tables extends TableMap, Events extends EventMap>(
  projection: ProjectionOf<Tables, Events>,
  events: readonly RecordedEvent[],
): ReadonlyMap<string, readonly AnyRow[]> {
  const { views, remove } = tempViews();
  let store: ViewStore | undefined;
  try {
    store = views.create(projection, { id: newId(), epoch: 1 });
    for (const event of events) commitAll(store, projection, [event]);
    const { reader } = store;
    const names = Object.keys(projection.tables);
    return new Map(names.map((table) => [table, rowsIn({ reader }, projection, table)]));
  } finally {
    store?.close();
    remove();
  }
}
