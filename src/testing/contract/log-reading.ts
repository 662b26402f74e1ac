import { type EventLog } from '../../kernel/index.js';
import { same } from './expectations.js';
import { append, event } from './samples.js';
import { expectTail } from './tail.js';
import type { Checks } from './runner.js';

/** What a log gives back. */
export function reading({ runner, check }: Checks<EventLog>): void {
  runner.describe('reading', () => {
    check(
      'gives what matches a boundary, in order, from after the position, up to the limit',
      async (log) => {
        for (let n = 0; n < 6; n += 1)
          await log.append(append([event(`thing:${n % 2}`, { type: n < 3 ? 'A' : 'B' })]));
        const read = async (boundary: { tags: string[]; types?: string[] }[], from = 0, limit = 10) =>
          (await log.read(boundary, { after: from, limit })).map(({ position }) => position);
        same(await read([{ tags: ['thing:0'] }]), [1, 3, 5]);
        same(await read([{ tags: ['thing:0'] }], 1, 1), [3]);
        same(await read([{ tags: ['thing:0'], types: ['A'] }]), [1, 3]);
        same(
          await read([
            { tags: ['thing:0'], types: ['A'] },
            { tags: ['thing:1'], types: ['B'] },
          ]),
          [1, 3, 4, 6],
        );
        same(await read([{ tags: ['thing:0'] }, { tags: ['thing:0'], types: ['A'] }]), [1, 3, 5]);
        same(await read([{ tags: ['thing:0', 'thing:1'] }]), []);
        same(await read([{ tags: ['thing:9'] }]), []);
      },
    );

    check('never splits a command in a batch of everything', async (log) => {
      await log.append(append([event(), event()]));
      await log.append(append([event(), event(), event()]));
      await log.append(append([event()]));
      const read = async (from: number, limit: number) =>
        (await log.read('all', { after: from, limit })).map(({ position }) => position);
      same(await read(0, 1), [1, 2]);
      same(await read(0, 2), [1, 2]);
      same(await read(0, 4), [1, 2]);
      same(await read(0, 5), [1, 2, 3, 4, 5]);
      same(await read(2, 1), [3, 4, 5]);
      same(await read(5, 1), [6]);
      same(await read(6, 1), []);
    });

    check('shows a tailing reader every position once, without a gap, while others write', async (log) => {
      await expectTail(log, async () => {
        const writers = Array.from({ length: 5 }, async (_, writer) => {
          for (let n = 0; n < 30; n += 1) await log.append(append([event(`w:${writer}`), event(`n:${n}`)]));
        });
        await Promise.all(writers);
        return 300;
      });
    });
  });
}
