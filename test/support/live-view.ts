import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  openGenerations,
  type LogIdentity,
  type Projection,
  type ViewStore,
} from '../../src/kernel/index.js';

/** The generation of a projection that a service would serve on this folder, for the caller to close. */
export function openLiveView(
  folder: string,
  projection: Projection,
  log: LogIdentity,
  head: number,
): ViewStore {
  const { live, next } = openGenerations(sqliteViews(folder), projection, log, head);
  next?.close();
  return live;
}
