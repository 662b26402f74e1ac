import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  defineProjection,
  keyedBy,
  knownTypes,
  type Criterion,
  type EventLog,
  type RowChange,
} from '../../src/kernel/index.js';
import { append, event } from '../../src/testing/contract/samples.js';
import { engines } from '../support/logs.js';
import { migrationsOf } from '../support/migrations.js';
import { until } from '../support/until.js';
import { basketEvents, basketWith, type BasketEvents } from './basket.js';
import { counterKernel, deciding } from './counter.js';
import { projectorOf, tallyKernel, tallyWith } from './tally.js';

const whole = (basket: string): Criterion => ({ tags: [`basket:${basket}`] });
const taken = (basket: string): Criterion => ({ ...whole(basket), types: ['Taken'] });

async function write(log: EventLog, type: string, data: object, schemaVersion = 1): Promise<void> {
  await log.append(append([event('basket:b', { type, schemaVersion, data: { basket: 'b', ...data } })]));
}

async function past(log: EventLog): Promise<void> {
  await write(log, 'Inserted', { item: 'Tea' });
  await write(log, 'Shaken', {});
  await write(log, 'Swapped', { out: 'tea', put: 'jam' });
}

/** What a decider with this boundary has seen. */
async function seen(log: EventLog, criterion: typeof whole): Promise<string | undefined> {
  const decider = basketWith(criterion);
  const { commands } = await counterKernel(log, decider);
  const nothing = { basket: 'b', sku: '', quantity: 0 };
  return (await commands.send(decider.commands.put, nothing)).refusals[0]?.message;
}

const table = sqliteTable('taken', { basket: text().notNull(), sku: text().notNull() }, ({ basket, sku }) => [
  primaryKey({ columns: [basket, sku] }),
]);
const SQL = 'CREATE TABLE taken (basket text NOT NULL, sku text NOT NULL, PRIMARY KEY (basket, sku));';

function takenProjection() {
  const tables = { taken: keyedBy(table, 'basket', 'sku') };
  return defineProjection<BasketEvents, typeof tables>({
    name: 'taken',
    version: 1,
    events: basketEvents,
    tables,
    migrations: migrationsOf(SQL),
    on: {
      Taken: (rows, { data }) => {
        rows.taken.put(data);
      },
    },
  });
}

it.each(engines)('decisions on a %s log depend on what stored events mean today', async (_engine, open) => {
  const log = open();
  await past(log);
  expect(await seen(log, whole)).toBe('1 tea, no tea, 1 jam');
});

it.each(engines)(
  'a boundary on a %s log that names a type is about all that means it today, and no more',
  async (_engine, open) => {
    const log = open();
    await past(log);
    expect(await seen(log, taken)).toBe('no tea');
  },
);

it.each(engines)(
  'a decision on a %s log is made again after a retired type that its boundary means',
  async (_engine, open) => {
    const log = open();
    const decided: (readonly string[])[] = [];
    const meddled: EventLog = {
      ...log,
      append: async (batch) => {
        if (decided.length === 1) await write(log, 'Removed', { sku: 'tea' });
        return log.append(batch);
      },
    };
    const decider = basketWith(taken, (state) => decided.push(state));
    const { commands } = await counterKernel(meddled, decider);
    await commands.send(decider.commands.put, { basket: 'b', sku: 'jam', quantity: 1 });
    expect(decided).toEqual([[], ['no tea']]);
  },
);

it('a projection gets each event that a stored one means, and passes over the others without reading them', async () => {
  const log = createMemoryLog();
  await past(log);
  await write(log, 'Put', { broken: true });
  const kernel = await tallyKernel([takenProjection()], { log });
  const changes: RowChange[] = [];
  projectorOf(kernel, 'taken').onCommit((commit) => changes.push(...commit.changes));
  kernel.start();
  await until(() => {
    expect(projectorOf(kernel, 'taken').status()).toMatchObject({ state: 'LIVE', checkpoint: 4 });
  });
  expect(changes.map(({ after }) => after)).toEqual([{ basket: 'b', sku: 'tea' }]);
});

it('a projection stops before an event that cannot be read', async () => {
  const log = createMemoryLog();
  await write(log, 'Removed', { sku: 'tea' });
  await write(log, 'Torn', {});
  const failures: unknown[] = [];
  const kernel = await tallyKernel([takenProjection()], {
    log,
    onFailure: (_, error) => failures.push(error),
  });
  kernel.start();
  await until(() => {
    expect(projectorOf(kernel, 'taken').status()).toMatchObject({ state: 'FAILED', checkpoint: 1 });
  });
  expect(failures[0]).toMatchObject({ message: expect.stringContaining('position 2 is Torn version 1') });
});

it('the types that a build knows are those of today and the retired ones', () => {
  const types = knownTypes([deciding(basketWith(whole)), { name: 'tally', projections: [tallyWith()] }]);
  for (const type of ['Put', 'Taken', 'Swapped', 'Shaken', 'Added', 'Noted']) expect(types).toContain(type);
});

it('a projection passes over the retired types of other modules', async () => {
  const log = createMemoryLog();
  await past(log);
  const kernel = await tallyKernel([tallyWith(), takenProjection()], { log });
  kernel.start();
  await until(() => {
    expect(projectorOf(kernel).status()).toMatchObject({ state: 'LIVE', checkpoint: 3 });
  });
});
