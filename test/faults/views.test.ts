import {
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { buildService, type Build } from '../durability/support/build.js';
import { readContents } from '../durability/support/stored.js';
import { tempDirOfFile } from '../durability/support/temp-dir-of-file.js';
import { until } from '../support/until.js';
import { buildFaults, startFaulty, type Fault, type FaultyService } from './support/faulty-service.js';

const folder = tempDirOfFile();
let build: Build;
let library: string;

beforeAll(() => {
  library = buildFaults(folder);
  build = buildService(folder);
});

async function create(service: FaultyService, count: number): Promise<string> {
  const answers = await Promise.all(Array.from({ length: count }, () => service.create(newId())));
  expect(answers.map(({ body }) => body.errors)).toEqual(answers.map(() => undefined));
  const positions = answers.map(({ body }) => body.data.createOrder.receipt.position as string);
  return positions.sort().at(-1) ?? '';
}

async function stop(service: FaultyService): Promise<void> {
  service.signal('SIGTERM');
  expect(await service.ended).toBe(0);
}

const count = async (service: FaultyService, after?: string): Promise<number | string | undefined> => {
  const headers = after === undefined ? undefined : { 'tidemark-read-after': after };
  const { body } = await service.gql('{ orders { totalCount } }', headers);
  return body.errors?.[0]?.extensions.code ?? (body.data.orders.totalCount as number);
};

/** How many events the other views have yet to apply; they answer, too. */
async function othersLag(service: FaultyService): Promise<number> {
  const query = '{ customer(id: "ALFKI") { id } projections { name lagEvents } }';
  const { body } = await service.gql(query);
  expect(body.errors).toBeUndefined();
  const all = body.data.projections as readonly { name: string; lagEvents: number }[];
  return Math.max(...all.filter(({ name }) => name !== 'orders').map(({ lagEvents }) => lagEvents));
}

const viewOf = (dataDir: string, generation = 1): string =>
  join(dataDir, 'views', `orders.${generation}.sqlite`);

/** The projections that have a view file, each as often as it has one. */
const viewsIn = (dataDir: string): readonly string[] =>
  readdirSync(join(dataDir, 'views'))
    .map((file) => /^(\w+)\.\d+\.sqlite$/.exec(file)?.[1] ?? file)
    .sort();

function overwrite(file: string, at: number, bytes: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  closeSync(descriptor);
}

async function generation(service: FaultyService, name = 'orders'): Promise<number | undefined> {
  const { body } = await service.gql('{ projections { name generation } }');
  const found = body.data.projections as readonly { name: string; generation: number }[];
  return found.find((projection) => projection.name === name)?.generation;
}

describe('a view file that is damaged while the service is down', () => {
  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['full of something else', (file) => writeFileSync(file, 'Dear diary,\n'.repeat(1_000))],
    ['empty', (file) => truncateSync(file, 0)],
    ['cut to its first page', (file) => truncateSync(file, 4_096)],
    ['cut in half', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['without its header', (file) => overwrite(file, 0, 100)],
    ['overwritten but for its first page', (file) => overwrite(file, 4_096, statSync(file).size - 4_096)],
  ];

  it.each(damages)('(%s) is built again from the log, and nothing is lost', async (_what, damage) => {
    const first = startFaulty(build, library);
    const position = await create(first, 30);
    expect(await count(first, position)).toBe(30);
    await stop(first);
    damage(viewOf(first.dataDir));
    const again = startFaulty(build, library, { dataDir: first.dataDir });
    await until(async () => expect(await count(again, position)).toBe(30));
    expect(await count(again, await create(again, 5))).toBe(35);
    await again.ready();
    await stop(again);
    expect(readContents(join(first.dataDir, 'log.sqlite'))).toMatchObject({ problems: [], head: 35 });
    expect(viewsIn(first.dataDir)).toEqual(['customers', 'orders', 'sales']);
  });
});

describe('a view file that is damaged while the service runs', () => {
  it.each([
    ['a read', async () => undefined],
    ['a commit', async (service: FaultyService) => void (await create(service, 1))],
  ])('is replaced when %s finds out; commands and other views go on', async (_what, touch) => {
    const first = startFaulty(build, library);
    const position = await create(first, 200);
    expect(await count(first, position)).toBe(200);
    await stop(first);
    // The WAL is empty now, so what is read comes from the file.
    const service = startFaulty(build, library, { dataDir: first.dataDir });
    await service.ready();
    const file = viewOf(service.dataDir);
    overwrite(file, 4_096, statSync(file).size - 4_096);
    await touch(service);
    const seen = new Set<number | string | undefined>();
    const last = await create(service, 10);
    await until(async () => {
      const found = await count(service, last);
      seen.add(found);
      expect(typeof found).toBe('number');
    });
    // Never half-built, never the damage itself.
    expect([...seen].filter((found) => found !== 'UNAVAILABLE')).toEqual([await count(service)]);
    expect(await othersLag(service)).toBe(0);
    expect(await generation(service)).toBe(2);
    expect(await generation(service, 'customers')).toBe(1);
    await service.ready();
    await stop(service);
    expect(viewsIn(service.dataDir)).toEqual(['customers', 'orders', 'sales']);
    expect(readFileSync(viewOf(service.dataDir, 2)).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('stays as it was while there is no room for a new one, and is replaced when there is', async () => {
    const first = startFaulty(build, library);
    expect(await count(first, await create(first, 100))).toBe(100);
    await stop(first);
    const service = startFaulty(build, library, { dataDir: first.dataDir });
    await service.ready();
    const file = viewOf(service.dataDir);
    overwrite(file, 4_096, statSync(file).size - 4_096);
    service.inject({ call: 'write', error: 'ENOSPC', part: 'views/orders' });
    await until(async () => expect(await count(service)).toBe('UNAVAILABLE'));
    const position = await create(service, 5);
    await until(async () => expect((await service.probe('/readyz')).status).toBe(503));
    expect((await service.probe('/livez')).status).toBe(200);
    service.inject();
    await until(async () => expect(await count(service, position)).toBe(105));
    await service.ready();
    expect(await generation(service)).toBe(2);
  });
});

const OUTAGES: readonly Fault[] = [
  { call: 'write', error: 'ENOSPC', part: 'views/orders' },
  { call: 'write', error: 'EIO', part: 'views/orders' },
];

describe.each(OUTAGES)('a disk that answers $error when a view is written', (fault) => {
  it('holds up that view alone, and heals by itself', async () => {
    const service = startFaulty(build, library);
    expect(await count(service, await create(service, 10))).toBe(10);
    await service.ready();
    service.inject(fault);
    const position = await create(service, 10);
    await until(async () => expect(await othersLag(service)).toBe(0));
    await until(async () => {
      const { status, text } = await service.probe('/readyz');
      expect(status).toBe(503);
      expect(text).not.toMatch(/SQLITE|sqlite|\/tmp/);
      const { projections, log } = JSON.parse(text) as {
        log: { writable: boolean };
        projections: { name: string; state: string; healthy: boolean }[];
      };
      expect(log.writable).toBe(true);
      expect(projections.filter(({ healthy }) => !healthy)).toMatchObject([
        { name: 'orders', state: 'FAILED' },
      ]);
    });
    // What was there before can be read; what is not there yet is said to be missing.
    expect(await count(service)).toBe(10);
    const late = await service.gql('{ orders { totalCount } }', { 'tidemark-read-after': position });
    expect(late.body.extensions?.consistency).toMatchObject({ stale: true });
    service.inject();
    await until(async () => expect(await count(service)).toBe(20));
    await service.ready();
    expect(await generation(service)).toBe(1);
  });
});

describe('a disk that answers EIO when a view is read', () => {
  it('is UNAVAILABLE for that view alone, and heals by itself', async () => {
    const first = startFaulty(build, library);
    expect(await count(first, await create(first, 100))).toBe(100);
    await stop(first);
    const service = startFaulty(build, library, { dataDir: first.dataDir });
    await service.ready();
    service.inject({ call: 'read', error: 'EIO', part: 'views/orders' });
    expect(await count(service)).toBe('UNAVAILABLE');
    expect(await othersLag(service)).toBe(0);
    service.inject();
    await until(async () => expect(await count(service)).toBe(100));
    expect(await generation(service)).toBe(1);
  });
});
