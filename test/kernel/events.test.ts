import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  CompositionError,
  UnknownEventError,
  createKernel,
  defineDecider,
  defineEvents,
  defineProjection,
  keyedBy,
  type EventCatalogue,
  type EventLog,
  type Projection,
  type RecordedEvent,
} from '../../src/kernel/index.js';
import { append, event } from '../../src/testing/contract/samples.js';
import { recordedEvent } from '../support/recorded-event.js';
import { migrationsOf } from '../support/migrations.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { deciding, eventsOf } from './counter.js';
import { projectorOf, tallyKernel } from './tally.js';

type V1 = { readonly Named: { readonly id: string; readonly name: string } };
type V2 = { readonly id: string; readonly words: readonly string[] };
type V3 = { readonly Named: { readonly id: string; readonly first: string; readonly last: string } };

const tags = ({ id }: { readonly id: string }) => [`person:${id}`];

/** How names were written at first. */
const v1 = defineEvents<V1>({ Named: { schema: z.object({ id: z.string(), name: z.string() }), tags } });

/** How they are written now, and how the older ones are read. */
const v3 = defineEvents<V3>({
  Named: {
    schema: z.object({ id: z.string(), first: z.string(), last: z.string() }),
    version: 3,
    tags,
    upcast: {
      1: ({ id, name }: V1['Named']) => ({ id, words: name.split(' ') }),
      2: ({ id, words }: V2) => ({ id, first: words[0] ?? '', last: words[1] ?? '' }),
    },
  },
});

/** Refuses a name that a person has already. */
const people = defineDecider<V3, { readonly name: V3['Named'] }, readonly string[]>({
  name: 'people',
  events: v3,
  inputs: { name: v3.definitions.Named.schema },
  boundary: ({ input: { id } }) => [{ tags: [`person:${id}`] }],
  initial: [],
  evolve: { Named: (names, { first, last }) => [...names, `${last}, ${first}`] },
  decide: {
    name: (names, { input }) => {
      const { first, last } = input;
      return names.includes(`${last}, ${first}`) ? [] : [{ type: 'Named', data: input }];
    },
  },
});

const table = sqliteTable('people', {
  id: text().primaryKey(),
  last: text().notNull(),
  version: integer().notNull(),
});

function projectionOf(events: EventCatalogue<V3>): Projection {
  const tables = { people: keyedBy(table, 'id') };
  return defineProjection<V3, typeof tables>({
    name: 'people',
    version: 1,
    events,
    tables,
    migrations: MIGRATIONS(),
    on: {
      Named: (rows, { data: { id, last }, schemaVersion }) => {
        rows.people.put({ id, last, version: schemaVersion });
      },
    },
  });
}

const SQL =
  'CREATE TABLE people (id text PRIMARY KEY NOT NULL, last text NOT NULL, version integer NOT NULL);';
const MIGRATIONS = () => migrationsOf(SQL);

const peopleKernel = (log: EventLog) =>
  createKernel({ log, views: sqliteViews(tempDir()), modules: [deciding(people)] });

async function write(log: EventLog, schemaVersion: number, data: object, type = 'Named'): Promise<void> {
  await log.append(append([event('person:1', { type, schemaVersion, data })]));
}

const ada1 = { id: '1', name: 'Ada Lovelace' };
const ada2 = { id: '1', words: ['Ada', 'Byron'] };
const ada3 = { id: '1', first: 'Ada', last: 'King' };

const recorded = (change: Partial<RecordedEvent>) =>
  recordedEvent({ type: 'Named', data: ada1, tags: ['person:1'], ...change });

describe('events of older versions', () => {
  it('are read in their newest version, and everything else about them stays', () => {
    const old = recorded({ data: ada1, position: 7, actor: 'ann' });
    expect(v3.decode(old)).toEqual([
      { ...old, schemaVersion: 3, data: { id: '1', first: 'Ada', last: 'Lovelace' } },
    ]);
    const [second] = v3.decode(recorded({ schemaVersion: 2, data: ada2 }));
    expect(second?.data).toMatchObject({ last: 'Byron' });
    const newest = recorded({ schemaVersion: 3, data: ada3 });
    expect(v3.decode(newest)[0]).toBe(newest);
  });

  it('are decided on in their newest version; new ones are written in it', async () => {
    const log = createMemoryLog();
    await log.append(append([v1.encode({ type: 'Named', data: ada1 })]));
    await write(log, 2, ada2);
    const { commands } = await peopleKernel(log);
    const named = async (last: string) =>
      (await commands.send(people.commands.name, { id: '1', first: 'Ada', last })).position;
    expect([await named('Lovelace'), await named('Byron'), await named('King')]).toEqual([2, 2, 3]);
    const events = await eventsOf(log);
    expect(events.map(({ schemaVersion }) => schemaVersion)).toEqual([1, 2, 3]);
    expect(events[0]?.data).toEqual(ada1);
  });

  it('are projected in their newest version', async () => {
    const log = createMemoryLog();
    await write(log, 1, ada1);
    const rows: unknown[] = [];
    const kernel = await tallyKernel([projectionOf(v3)], { log });
    projectorOf(kernel, 'people').onCommit(({ changes }) => rows.push(...changes.map(({ after }) => after)));
    kernel.start();
    await until(() => {
      expect(rows).toEqual([{ id: '1', last: 'Lovelace', version: 3 }]);
    });
  });

  it('need an upcaster each: without one the catalogue is refused', () => {
    const schema = z.object({});
    const step = (data: object) => data;
    const define = (upcast: Record<number, (data: object) => object>) => () =>
      defineEvents<{ Named: object }>({ Named: { schema, version: 3, tags: () => ['a:1'], upcast } });
    expect(define({})).toThrow(CompositionError);
    expect(define({ 1: step })).toThrow(/Named has version 3, but no upcaster from version 2/);
    expect(define({ 2: step })).toThrow(/no upcaster from version 1/);
    expect(define({ 1: step, 2: step })).not.toThrow();
    expect(define({ 1: step, 2: step, 3: step })).toThrow(
      /has version 3, and an upcaster from version 3, which never runs: set version: 4/,
    );
  });
});

describe.each([
  ['an unknown type', 1, 'Renamed', /Renamed version 1; no .* type/],
  ['a newer version', 4, 'Named', /Named version 4; this build reads up to version 3/],
])('an event of %s', (_what, version, type, message) => {
  it('is never decoded', () => {
    expect(() => v3.decode(recorded({ type, schemaVersion: version }))).toThrow(UnknownEventError);
  });

  it('makes a command that depends on it fail with a code, and nothing is recorded', async () => {
    const log = createMemoryLog();
    await write(log, version, ada3, type);
    const { commands } = await peopleKernel(log);
    await expect(commands.send(people.commands.name, ada3)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(message),
    });
    expect(await log.head()).toBe(1);
  });

  it('is set aside by a projection, and applied when it is tried again in a build that knows it', async () => {
    const log = createMemoryLog();
    const folder = tempDir();
    await write(log, 3, ada3);
    await write(log, version, { ...ada3, last: 'New' }, type);
    const old = await tallyKernel([projectionOf(v3)], { log, folder });
    old.start();
    await until(() => {
      expect(projectorOf(old, 'people').status()).toMatchObject({ state: 'LIVE', checkpoint: 2, parked: 1 });
    });
    const [parked] = projectorOf(old, 'people').parked({ limit: 10 });
    expect(parked).toMatchObject({ position: 2, type, attempts: 1, error: expect.stringMatching(message) });
    await old.stop();

    const anew = await tallyKernel([projectionOf(newer())], { log, folder });
    anew.start();
    expect(projectorOf(anew, 'people').status()).toMatchObject({ checkpoint: 2, parked: 1 });
    expect(await projectorOf(anew, 'people').retry(2)).toMatchObject({ applied: 1, skipped: 0 });
    expect(projectorOf(anew, 'people').status()).toMatchObject({ state: 'LIVE', checkpoint: 2, parked: 0 });
  });
});

/** A build that knows one more type and one more version. */
function newer(): EventCatalogue<V3> {
  const { schema } = v3.definitions.Named;
  const same = (data: object) => data;
  const upcast = { ...v3.definitions.Named.upcast, 3: same };
  const catalogue = defineEvents<V3 & { readonly Renamed: V3['Named'] }>({
    Named: { schema, version: 4, tags, upcast },
    Renamed: { schema, tags },
  });
  // It reads everything that the older one does.
  return catalogue as unknown as EventCatalogue<V3>;
}
