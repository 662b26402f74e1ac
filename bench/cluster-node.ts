import 'reflect-metadata/lite';
import { openPostgresLog, type PostgresLog } from '../src/engines/postgres/index.js';
import { composeOn, type InProcess } from './in-process.js';

/** A kernel on a log that others share, without an edge. */
export type ClusterNode = InProcess<PostgresLog>;

/** Composes the orders domain on a database; its views are in the folder, without projections there are none. */
export async function openNode(url: string, folder: string, projections: boolean): Promise<ClusterNode> {
  return composeOn(await openPostgresLog({ url }), folder, projections);
}
