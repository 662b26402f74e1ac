import { strictEqual } from 'node:assert/strict';
import type { Append, AppendOutcome, EventLog } from '../../kernel/index.js';
import { includes, same } from './expectations.js';
import { withStore, type Harness, type Runner } from './runner.js';
import { append, command, event } from './samples.js';
import { expectTail } from './tail.js';

const RACES = 300;
const RACERS_PER_LOG = 4;

/**
 * What a log promises to several who have it open at the same time, each for itself. `open` gives so many openings of one
 * new and empty log; run it for each engine whose log can be opened more than once. See `logContract`.
 */
export function sharedLogContract<Log extends EventLog>(
  harness: Harness<readonly Log[], [count: number]>,
  { describe, test }: Runner,
): void {
  const check = (name: string, count: number, body: (logs: readonly EventLog[]) => Promise<void>): void => {
    test(name, () => withStore(harness, [count], body));
  };
  describe(`the ${harness.name} log, opened several times`, () => {
    check('is the same log everywhere', 2, async ([one, two]) => {
      if (one === undefined || two === undefined) throw new Error('Two openings were asked for.');
      same(two.identity, one.identity);
      const written = await one.append(append([event('new:1', { type: 'New' })]));
      strictEqual(await two.head(), written.position);
      strictEqual((await two.read([{ tags: ['new:1'], types: ['New'] }], { after: 0, limit: 9 })).length, 1);
      same(await two.read('all', { after: 0, limit: 9 }), await one.read('all', { after: 0, limit: 9 }));
    });

    check(`lets one win in each of ${RACES} races on the same condition`, 3, async (logs) => {
      let after = 0;
      for (let race = 1; race <= RACES; race += 1) {
        const condition = { boundary: [{ tags: ['thing:1'] }], after };
        const outcomes = await everywhere(logs, RACERS_PER_LOG, () => append([event()], { condition }));
        strictEqual(outcomes.filter(({ kind }) => kind === 'appended').length, 1);
        strictEqual(outcomes.filter(({ kind }) => kind === 'conflict').length, 3 * RACERS_PER_LOG - 1);
        after = outcomes.find(({ kind }) => kind === 'appended')?.position ?? 0;
        strictEqual(after, race);
      }
    });

    check('lets each condition see what others have written to a part of its boundary', 2, async (logs) => {
      const boundary = [{ tags: ['stock:1'] }, { tags: ['order:1', 'line:2'], types: ['Done'] }];
      await Promise.all([
        logs[0]?.append(append([event('stock:2')])),
        logs[1]?.append(append([event('x:1', { tags: ['line:2', 'order:1', 'x:1'] })])),
      ]);
      const conditional = (after: number) => append([], { condition: { boundary, after } });
      const kinds = async (after: number) =>
        (await everywhere(logs, 1, () => conditional(after))).map(({ kind }) => kind);
      const [newest] = await logs[0]!.read(boundary, { after: 0, limit: 9 });
      same(await kinds(0), ['conflict', 'conflict']);
      same(await kinds(newest?.position ?? 0), ['appended', 'appended']);
    });

    check('stores one of many commands with the same id that come at the same time', 3, async (logs) => {
      const once = append([event(), event()], { command: command({ result: '{"a":1}' }) });
      const outcomes = await everywhere(logs, 10, () => once);
      strictEqual(outcomes.filter(({ kind }) => kind === 'appended').length, 1);
      const again = { kind: 'duplicate', position: 2, result: '{"a":1}' };
      for (const outcome of outcomes.filter(({ kind }) => kind !== 'appended')) includes(outcome, again);
      for (const outcome of await everywhere(logs, 1, () => once)) includes(outcome, again);
      strictEqual(await logs[0]?.head(), 2);
    });

    check(
      'stores a command that met a conflict, when it comes again with the right condition',
      3,
      async (logs) => {
        const first = await logs[0]!.append(append([event()]));
        const late = command();
        const at = (after: number): Append =>
          append([event()], { command: late, condition: { boundary: [{ tags: ['thing:1'] }], after } });
        const conflicts = await everywhere(logs, 5, () => at(0));
        same([...new Set(conflicts.map(({ kind }) => kind))], ['conflict']);
        const outcomes = await everywhere(logs, 5, () => at(first.position));
        strictEqual(outcomes.filter(({ kind }) => kind === 'appended').length, 1);
        strictEqual(outcomes.filter(({ kind }) => kind === 'duplicate').length, 14);
        strictEqual((await logs[1]!.read('all', { after: 0, limit: 9 })).length, 2);
      },
    );

    check(
      'shows a tailing reader every position once, in order and without a gap, while all others write',
      4,
      async ([reader, ...writers]) => {
        await expectWholeTail(reader!, writers);
      },
    );
  });
}

/** Has every writer append commands of one to three events, and a reader see 1 to N by and by. */
export function expectWholeTail(reader: EventLog, writers: readonly EventLog[]): Promise<void> {
  return expectTail(reader, async () => {
    const written = await Promise.all(
      writers.flatMap((log, at) => [0, 1].map((lane) => writeSome(log, `writer:${at}.${lane}`))),
    );
    return written.reduce((sum, events) => sum + events, 0);
  });
}

async function writeSome(log: EventLog, tag: string): Promise<number> {
  let events = 0;
  for (let n = 0; n < 60; n += 1) {
    const batch = Array.from({ length: 1 + (n % 3) }, () => event(tag));
    await log.append(append(batch));
    events += batch.length;
  }
  return events;
}

function everywhere(
  logs: readonly EventLog[],
  times: number,
  make: () => Append,
): Promise<readonly AppendOutcome[]> {
  return Promise.all(Array.from({ length: times }, () => logs.map((log) => log.append(make()))).flat());
}
