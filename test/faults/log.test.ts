import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { buildService, type Build } from '../durability/support/build.js';
import { readContents, wholeFileProblems } from '../durability/support/stored.js';
import { tempDirOfFile } from '../durability/support/temp-dir-of-file.js';
import type { Answer } from '../support/service.js';
import { until } from '../support/until.js';
import { buildFaults, startFaulty, type Fault, type FaultyService } from './support/faulty-service.js';

const folder = tempDirOfFile();
let build: Build;
let library: string;

beforeAll(() => {
  library = buildFaults(folder);
  build = buildService(folder);
});

/** The receipt's status, or the error's code. */
const outcomeOf = ({ body }: Answer): string =>
  body.errors?.[0]?.extensions.code ?? String(body.data.createOrder.receipt.status);

const ids = (count: number): readonly string[] => Array.from({ length: count }, () => newId());

async function createAll(service: FaultyService, commandIds: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(commandIds.map((id) => service.create(id)))).map(outcomeOf);
}

async function notReady(service: FaultyService, reason: RegExp): Promise<void> {
  await until(async () => {
    const { status, text } = await service.probe('/readyz');
    expect(status).toBe(503);
    expect((JSON.parse(text) as { log: { reason: string } }).log.reason).toMatch(reason);
    expect(text).not.toMatch(/SQLITE|sqlite|\/tmp|errno|EIO|ENOSPC/);
  });
}

/** Everything acknowledged is in the file exactly once, whole, and without a gap between positions. */
async function expectStored(service: FaultyService, commandIds: readonly string[]): Promise<void> {
  service.signal('SIGKILL');
  await service.ended;
  const file = join(service.dataDir, 'log.sqlite');
  const { commands, problems } = readContents(file);
  expect(problems).toEqual([]);
  expect(wholeFileProblems(file)).toEqual([]);
  expect(commands.map(({ id }) => id).sort()).toEqual([...commandIds].sort());
}

const LOG: readonly (readonly [string, Fault, string, RegExp])[] = [
  [
    'is full',
    { call: 'write', error: 'ENOSPC', part: 'log.sqlite' },
    'UNAVAILABLE',
    /disk is full.* Make room\. It goes on by itself/,
  ],
  [
    'reports errors when it is written',
    { call: 'write', error: 'EIO', part: 'log.sqlite' },
    'OUTCOME_UNKNOWN',
    /disk reports errors.* It goes on by itself/,
  ],
  [
    'reports errors when it is synced',
    { call: 'sync', error: 'EIO', part: 'log.sqlite' },
    'OUTCOME_UNKNOWN',
    /disk reports errors.* It goes on by itself/,
  ],
  [
    'is full when it is synced',
    { call: 'sync', error: 'ENOSPC', part: 'log.sqlite' },
    'OUTCOME_UNKNOWN',
    /disk is full.* Make room\. It goes on by itself/,
  ],
];

describe.each(LOG)('a disk that %s', (_what, fault, code, reason) => {
  it('refuses commands, serves reads, says so, and goes on by itself with everything exactly once', async () => {
    const service = startFaulty(build, library);
    const before = ids(10);
    expect(await createAll(service, before)).toEqual(before.map(() => 'ACCEPTED'));

    service.inject(fault);
    const during = ids(10);
    const outcomes = await createAll(service, during);
    expect(outcomes).toContain(code);
    expect(outcomes.filter((outcome) => outcome !== code && outcome !== 'UNAVAILABLE')).toEqual([]);
    // Those after the failed commit are told that nothing was written.
    expect(outcomeOf(await service.create(newId()))).toBe('UNAVAILABLE');
    await notReady(service, reason);
    expect((await service.probe('/livez')).status).toBe(200);
    const read = await service.gql('{ orders { totalCount } }');
    expect(read.body.data.orders.totalCount).toBe(10);
    expect(outcomes.length).toBe(10);

    service.inject();
    await service.ready();
    const retried = await createAll(service, during);
    expect(retried).toEqual(during.map(() => 'ACCEPTED'));
    const after = ids(10);
    expect(await createAll(service, after)).toEqual(after.map(() => 'ACCEPTED'));
    await until(async () => {
      expect((await service.gql('{ orders { totalCount } }')).body.data.orders.totalCount).toBe(30);
    });
    await expectStored(service, [...before, ...during, ...after]);
  });
});

describe('a disk that fails now and then while commands run', () => {
  it('never loses or doubles what was acknowledged, whatever the answers were', async () => {
    const service = startFaulty(build, library);
    const wanted = ids(120);
    const faults: readonly Fault[] = LOG.map(([, fault]) => fault);
    const settled = new Set<string>();
    let turn = 0;
    await service.ready();
    await until(async () => {
      const open = wanted.filter((id) => !settled.has(id)).slice(0, 20);
      const fault = faults[turn++ % faults.length];
      const answers = Promise.all(open.map((id) => service.create(id)));
      if (fault !== undefined) service.inject(fault);
      (await answers).forEach((answer, index) => {
        const id = open[index];
        if (outcomeOf(answer) === 'ACCEPTED' && id !== undefined) settled.add(id);
      });
      service.inject();
      await service.ready();
      // The rest of this round gets through on a disk that works.
      for (const id of open.slice(0, 5))
        if (outcomeOf(await service.create(id)) === 'ACCEPTED') settled.add(id);
      expect(settled.size).toBe(wanted.length);
    }, 50_000);
    await expectStored(service, wanted);
  });
});
