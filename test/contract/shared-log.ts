import { describe, expect, it } from 'vitest';
import type { Append, AppendOutcome, EventLog } from '../../src/kernel/index.js';
import { append, command, event } from './event-log.js';

const RACES = 300;
const RACERS_PER_LOG = 4;

/**
 * What a log promises to several who have it open at the same time, each for itself. `open` gives so many openings of one
 * new, empty log; run it for each engine whose log can be opened more than once.
 */
export function sharedLogContract(
  engine: string,
  open: (count: number) => readonly EventLog[] | Promise<readonly EventLog[]>,
): void {
  describe(`the ${engine} log, opened several times`, () => {
    it('is the same log everywhere', async () => {
      const [one, two] = await pair(open);
      expect(two.identity).toEqual(one.identity);
      const written = await one.append(append([event('new:1', { type: 'New' })]));
      expect(await two.head()).toBe(written.position);
      expect(await two.read([{ tags: ['new:1'], types: ['New'] }], { after: 0, limit: 9 })).toHaveLength(1);
      expect(await two.read('all', { after: 0, limit: 9 })).toEqual(
        await one.read('all', { after: 0, limit: 9 }),
      );
    });

    it(`lets one win in each of ${RACES} races on the same condition`, async () => {
      const logs = await open(3);
      let after = 0;
      for (let race = 1; race <= RACES; race += 1) {
        const condition = { boundary: [{ tags: ['thing:1'] }], after };
        const outcomes = await everywhere(logs, RACERS_PER_LOG, () => append([event()], { condition }));
        expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
        expect(outcomes.filter(({ kind }) => kind === 'conflict')).toHaveLength(3 * RACERS_PER_LOG - 1);
        after = outcomes.find(({ kind }) => kind === 'appended')?.position ?? 0;
        expect(after).toBe(race);
      }
    });

    it('lets each condition see what others have written to a part of its boundary', async () => {
      const logs = await open(2);
      const boundary = [{ tags: ['stock:1'] }, { tags: ['order:1', 'line:2'], types: ['Done'] }];
      await Promise.all([
        logs[0]?.append(append([event('stock:2')])),
        logs[1]?.append(append([event('x:1', { tags: ['line:2', 'order:1', 'x:1'] })])),
      ]);
      const conditional = (after: number) => append([], { condition: { boundary, after } });
      const kinds = async (after: number) =>
        (await everywhere(logs, 1, () => conditional(after))).map(({ kind }) => kind);
      const [newest] = await logs[0]!.read(boundary, { after: 0, limit: 9 });
      expect(await kinds(0)).toEqual(['conflict', 'conflict']);
      expect(await kinds(newest?.position ?? 0)).toEqual(['appended', 'appended']);
    });

    it('stores one of many commands with the same id that come at the same time', async () => {
      const logs = await open(3);
      const once = append([event(), event()], { command: command({ result: '{"a":1}' }) });
      const outcomes = await everywhere(logs, 10, () => once);
      expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
      const again = { kind: 'duplicate', position: 2, result: '{"a":1}' };
      for (const outcome of outcomes.filter(({ kind }) => kind !== 'appended'))
        expect(outcome).toMatchObject(again);
      for (const outcome of await everywhere(logs, 1, () => once)) expect(outcome).toMatchObject(again);
      expect(await logs[0]?.head()).toBe(2);
    });

    it('stores a command that met a conflict, when it comes again with the right condition', async () => {
      const logs = await open(3);
      const first = await logs[0]!.append(append([event()]));
      const late = command();
      const at = (after: number): Append =>
        append([event()], { command: late, condition: { boundary: [{ tags: ['thing:1'] }], after } });
      const conflicts = await everywhere(logs, 5, () => at(0));
      expect(new Set(conflicts.map(({ kind }) => kind))).toEqual(new Set(['conflict']));
      const outcomes = await everywhere(logs, 5, () => at(first.position));
      expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === 'duplicate')).toHaveLength(14);
      expect(await logs[1]?.read('all', { after: 0, limit: 9 })).toHaveLength(2);
    });

    it('shows a tailing reader every position once, in order and without a gap, while all others write', async () => {
      const [reader, ...writers] = await open(4);
      await expectWholeTail(reader!, writers);
    });
  });
}

/** Has every writer append commands of one to three events, and a reader see 1 to N by and by. */
export async function expectWholeTail(reader: EventLog, writers: readonly EventLog[]): Promise<void> {
  const seen: number[] = [];
  let total = Infinity;
  const reading = (async () => {
    while (seen.length < total) {
      const events = await reader.read('all', { after: seen.at(-1) ?? 0, limit: 7 });
      seen.push(...events.map(({ position }) => position));
      if (events.length === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const written = await Promise.all(
    writers.flatMap((log, at) =>
      [0, 1].map(async (lane) => {
        let events = 0;
        for (let n = 0; n < 60; n += 1) {
          const batch = Array.from({ length: 1 + (n % 3) }, () => event(`writer:${at}.${lane}`));
          await log.append(append(batch));
          events += batch.length;
        }
        return events;
      }),
    ),
  );
  total = written.reduce((sum, events) => sum + events, 0);
  await reading;
  expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
}

function everywhere(
  logs: readonly EventLog[],
  times: number,
  make: () => Append,
): Promise<readonly AppendOutcome[]> {
  return Promise.all(Array.from({ length: times }, () => logs.map((log) => log.append(make()))).flat());
}

async function pair(
  open: (count: number) => readonly EventLog[] | Promise<readonly EventLog[]>,
): Promise<readonly [EventLog, EventLog]> {
  const [one, two] = await open(2);
  if (one === undefined || two === undefined) throw new Error('Two openings were asked for.');
  return [one, two];
}
