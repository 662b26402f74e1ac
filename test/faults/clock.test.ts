import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { buildService, type Build } from '../durability/support/build.js';
import { readContents } from '../durability/support/stored.js';
import { tempDirOfFile } from '../durability/support/temp-dir-of-file.js';
import { until } from '../support/until.js';
import { buildFaults, startFaulty } from './support/faulty-service.js';

const HOUR_MS = 3_600_000;
/** Loaded before the service: its clock goes back by an hour at each SIGUSR2. */
const CLOCK = `
  const now = Date.now;
  let shiftMs = 0;
  Date.now = () => now() + shiftMs;
  process.on('SIGUSR2', () => {
    shiftMs -= ${HOUR_MS};
    process.stdout.write('shifted\\n');
  });
`;

const folder = tempDirOfFile();
let build: Build;
let library: string;

beforeAll(() => {
  library = buildFaults(folder);
  build = buildService(folder);
  writeFileSync(join(folder, 'clock.mjs'), CLOCK);
});

describe('a clock that jumps backwards', () => {
  it('breaks nothing: ids stay unique, positions in order, lag is never negative, views follow', async () => {
    const service = startFaulty(build, library, { preload: join(folder, 'clock.mjs') });
    const positions: string[] = [];
    const orderIds = new Set<string>();
    const createSome = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        const { body } = await service.create(newId());
        positions.push(body.data.createOrder.receipt.position as string);
        orderIds.add(body.data.createOrder.orderId as string);
      }
    };
    for (let jump = 1; jump <= 3; jump += 1) {
      await createSome();
      service.signal('SIGUSR2');
      await until(() => expect(service.output().match(/shifted/g)).toHaveLength(jump));
    }
    await createSome();
    const { body } = await service.gql('{ projections { lagMs lagEvents } orders { totalCount } }', {
      'tidemark-read-after': positions.at(-1) ?? '',
    });
    expect(body.errors).toBeUndefined();
    expect(body.data.orders.totalCount).toBe(80);
    for (const { lagMs } of body.data.projections as readonly { lagMs: number }[])
      expect(lagMs).toBeGreaterThanOrEqual(0);
    expect(body.extensions?.consistency).toMatchObject({ stale: false });
    expect(body.extensions?.consistency?.lagMs).toBeGreaterThanOrEqual(0);
    expect(positions).toEqual([...positions].sort());
    expect(orderIds.size).toBe(80);
    await service.ready();
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(readContents(join(service.dataDir, 'log.sqlite'))).toMatchObject({ problems: [], head: 80 });
  });

  it('is no trouble for the next start either', async () => {
    const first = startFaulty(build, library);
    const { body } = await first.create(newId());
    const { position } = body.data.createOrder.receipt as { position: string };
    first.signal('SIGTERM');
    expect(await first.ended).toBe(0);
    const early = join(folder, 'early.mjs');
    writeFileSync(early, `const now = Date.now; Date.now = () => now() - 24 * ${HOUR_MS};`);
    const second = startFaulty(build, library, { dataDir: first.dataDir, preload: early });
    const next = await second.create(newId());
    expect(next.body.data.createOrder.receipt.position > position).toBe(true);
    await second.ready();
    const { body: status } = await second.gql('{ projections { lagMs } }');
    for (const { lagMs } of status.data.projections as readonly { lagMs: number }[])
      expect(lagMs).toBeGreaterThanOrEqual(0);
  });
});
