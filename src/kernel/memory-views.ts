import type { ApplyTo } from './apply.js';
import { createKeyedRows, type AnyRow } from './keyed-rows.js';
import type { ParkedEvent } from './parked.js';
import type { KeyedTable, Projection } from './projection.js';
import type { Batch } from './views.js';

/** A projection's tables in memory: what handlers make of events, without an engine. */
export interface MemoryViews extends ApplyTo {
  /** The rows of a table, as handlers left them. */
  rows(table: string): readonly AnyRow[];
  /** What has been set aside, in position order. */
  parked(): readonly ParkedEvent[];
}

/** Tables without rows. What only a file can refuse, such as a value that is there twice, is not refused here. */
export function createMemoryViews({ tables }: Pick<Projection, 'tables'>): MemoryViews {
  const views = Object.entries(tables).map(([name, table]) => memoryTable(name, table));
  let parked = new Map<number, ParkedEvent>();
  let parking = parked;
  let checkpoint = 0;
  const batch: Batch = {
    rows: Object.fromEntries(views.map(({ name, keyed }) => [name, keyed.rows])),
    attempt: (work) => {
      for (const { keyed } of views) keyed.mark();
      try {
        work();
        return undefined;
      } catch (error) {
        for (const { keyed } of views) keyed.undo();
        return { error };
      }
    },
    park: (event) => {
      parking.set(event.position, event);
    },
    release: (position) => {
      parking.delete(position);
    },
  };
  return {
    checkpoint: () => checkpoint,
    rows: (table) => views.find(({ name }) => name === table)?.all() ?? [],
    parked: () => [...parked.values()].sort((one, other) => one.position - other.position),
    commit: (through, write) => {
      parking = new Map(parked);
      try {
        write(batch);
        for (const view of views) view.keep();
        parked = parking;
        checkpoint = through;
        return views.flatMap(({ keyed }) => keyed.changes());
      } finally {
        for (const { keyed } of views) keyed.reset();
      }
    },
  };
}

function memoryTable(name: string, table: KeyedTable) {
  const kept = new Map<string, AnyRow>();
  const keyed = createKeyedRows({ name, table, load: (_, id) => kept.get(id) });
  return {
    name,
    keyed,
    all: () => [...kept.values()],
    keep: () => {
      for (const { id, current } of keyed.changed()) {
        if (current === undefined) kept.delete(id);
        else kept.set(id, current);
      }
    },
  };
}
