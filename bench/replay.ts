import 'reflect-metadata/lite';
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openSqliteLog, sqliteViews } from '../src/engines/sqlite/index.js';
import { createProjector, deadlineIn, openGenerations, type Projection } from '../src/kernel/index.js';
import { orderEvents, orders } from '../src/orders/index.js';
import { ordersProjection } from '../src/orders/views/orders.projection.js';
import { bench, compare, type Variant } from './harness.js';
import { replayRaw, type RawWork } from './raw-replay.js';
import { writeLog } from './written-log.js';

const projections = orders.projections ?? [];
const knownTypes = new Set<string>(orderEvents.types);

const digests = new Map<string, string>();

await bench('replay', async ({ by, scratch }) => {
  const logFolder = scratch();
  const logFile = join(logFolder, 'log.sqlite');
  const head = await writeLog(logFolder, by(300, 1_200, 13_500));
  const rounds = by(1, 5, 5);
  const batches = by([500], [500], [100, 500, 2_000]);

  const throughKernel =
    (chosen: readonly Projection[], batchMax: number): Variant =>
    async () => {
      const folder = scratch();
      const log = openSqliteLog({ file: logFile });
      const views = sqliteViews(folder);
      const projectors = chosen.map((projection) => {
        const generations = openGenerations(views, projection, log.identity, head);
        return createProjector({ projection, generations, views, log, head, knownTypes, batchMax });
      });
      const started = performance.now();
      for (const projector of projectors) projector.start();
      await Promise.all(projectors.map(({ freshness }) => freshness.wait(head, deadlineIn(120_000))));
      const seconds = (performance.now() - started) / 1_000;
      for (const projector of projectors) {
        await projector.stop();
        check(projector.projection, join(folder, `${projector.projection.name}.1.sqlite`));
      }
      log.close();
      return { 'events/s': head / seconds };
    };

  const raw =
    (chosen: readonly Projection[], batchMax: number, work: RawWork): Variant =>
    async () => {
      const folder = scratch();
      const started = performance.now();
      for (const projection of chosen)
        replayRaw(logFile, join(folder, `${projection.name}.sqlite`), projection, batchMax, work);
      const seconds = (performance.now() - started) / 1_000;
      for (const projection of chosen) check(projection, join(folder, `${projection.name}.sqlite`));
      return { 'events/s': head / seconds };
    };

  const section = (name: string, chosen: readonly Projection[]) =>
    compare({
      title: `${name}: ${head} events into empty views`,
      rounds,
      compare: { metric: 'events/s', reference: 'raw, a statement each, batch 500' },
      variants: {
        'raw, a statement each, batch 500': raw(chosen, 500, 'statements'),
        'raw, coalesced, batch 500': raw(chosen, 500, 'coalesced'),
        ...Object.fromEntries(
          batches.map((batch) => [`kernel, batch ${batch}`, throughKernel(chosen, batch)]),
        ),
      },
    });

  const sections = [];
  const chosen = by(projections, [ordersProjection], projections);
  for (const projection of chosen) sections.push(await section(projection.name, [projection]));
  if (chosen.length > 1) sections.push(await section('all three side by side', chosen));
  return sections;
});

/** Every variant must come to the same rows. */
function check({ name }: Projection, file: string): void {
  const database = new Database(file, { readonly: true });
  const tables = database
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '[a-z]*' ORDER BY name`,
    )
    .pluck()
    .all()
    .filter((table) => !/^(sqlite|tidemark)_/.test(table));
  const hash = createHash('sha256');
  for (const table of tables) {
    const rows = database.prepare<[], unknown[]>(`SELECT * FROM "${table}"`).raw().all();
    hash.update(
      `${table} ${rows.length} ${rows
        .map((row) => JSON.stringify(row))
        .toSorted()
        .join()}`,
    );
  }
  database.close();
  const digest = hash.digest('hex');
  if ((digests.get(name) ?? digest) !== digest)
    throw new Error(`The rows of ${name} differ between variants.`);
  digests.set(name, digest);
}
