import { strictEqual } from 'node:assert/strict';
import { type AppendOutcome, type EventLog } from '../../kernel/index.js';
import { same } from './expectations.js';
import { append, command, event, FINGERPRINT } from './samples.js';
import type { Checks } from './runner.js';

/** When a log refuses an append. */
export function conditions({ runner, check }: Checks<EventLog>): void {
  runner.describe('conditions', () => {
    const after = (position: number, tag = 'thing:1', types?: string[]) => ({
      condition: { boundary: [types ? { tags: [tag], types } : { tags: [tag] }], after: position },
    });

    check('appends while nothing in the boundary lies after the position', async (log) => {
      const first = at(await log.append(append([event()], after(0))));
      at(await log.append(append([event('thing:2')], after(0, 'thing:2'))));
      strictEqual(at(await log.append(append([event()], after(first)))), 3);
    });

    check('refuses when something does, says where, and writes nothing', async (log) => {
      await log.append(append([event(), event('thing:2')]));
      same(await log.append(append([event()], after(0))), { kind: 'conflict', position: 1 });
      same(await log.append(append([], after(0))), { kind: 'conflict', position: 1 });
      strictEqual(await log.head(), 2);
    });

    check('looks at the types where the boundary names them', async (log) => {
      await log.append(append([event('thing:1', { type: 'Other' })]));
      strictEqual((await log.append(append([event()], after(0, 'thing:1', ['Done'])))).kind, 'appended');
      strictEqual(
        (await log.append(append([event()], after(0, 'thing:1', ['Done', 'Never'])))).kind,
        'conflict',
      );
      strictEqual((await log.append(append([event()], after(0, 'thing:1', ['Never'])))).kind, 'appended');
    });

    check('wants all tags of a criterion, and any of the criteria', async (log) => {
      await log.append(append([event('a:1', { tags: ['a:1', 'b:1'] }), event('a:2')]));
      const kind = async (...boundary: string[][]) => {
        const condition = { boundary: boundary.map((tags) => ({ tags })), after: 0 };
        return (await log.append(append([], { condition }))).kind;
      };
      strictEqual(await kind(['a:1', 'b:1']), 'conflict');
      strictEqual(await kind(['a:1', 'b:2']), 'appended');
      strictEqual(await kind(['a:2', 'b:1']), 'appended');
      strictEqual(await kind(['c:1'], ['a:2']), 'conflict');
      strictEqual(await kind(['c:1'], ['c:2']), 'appended');
    });

    check('takes a criterion that is named twice as one', async (log) => {
      await log.append(append([event('a:1', { tags: ['a:1', 'b:1'] })]));
      const twice = (criterion: { tags: string[]; types?: string[] }) => [criterion, { ...criterion }];
      for (const boundary of [
        twice({ tags: ['a:1'] }),
        twice({ tags: ['a:1', 'b:1'] }),
        twice({ tags: ['a:1'], types: ['Done'] }),
      ]) {
        strictEqual((await log.read(boundary, { after: 0, limit: 10 })).length, 1);
        const condition = { boundary, after: 0 };
        same(await log.append(append([], { condition })), { kind: 'conflict', position: 1 });
      }
    });

    check('lets one of 300 win a race on the same condition', async (log) => {
      const racers = Array.from({ length: 300 }, () => log.append(append([event()], after(0))));
      const kinds = (await Promise.all(racers)).map(({ kind }) => kind);
      strictEqual(kinds.filter((kind) => kind === 'appended').length, 1);
      strictEqual(kinds.filter((kind) => kind === 'conflict').length, 299);
      strictEqual(await log.head(), 1);
    });
  });
}

/** What a log does with a command that comes again. */
export function retries({ runner, check }: Checks<EventLog>): void {
  runner.describe('retries', () => {
    check(
      'answers a command that was stored before with what was stored then, and writes nothing',
      async (log) => {
        const once = append([event()], { command: command({ result: '{"a":1}' }) });
        same(await log.append(once), { kind: 'appended', position: 1 });
        await log.append(append([event('thing:2')]));
        const again = { kind: 'duplicate', position: 1, fingerprint: FINGERPRINT, result: '{"a":1}' };
        same(await log.append(once), again);
        strictEqual(await log.head(), 2);
      },
    );

    check('finds the duplicate before the conflict', async (log) => {
      const once = append([event()], { condition: { boundary: [{ tags: ['thing:1'] }], after: 0 } });
      await log.append(once);
      strictEqual((await log.append(once)).kind, 'duplicate');
    });

    check('stores one of many that come at the same time', async (log) => {
      const once = append([event()]);
      const kinds = (await Promise.all(Array.from({ length: 50 }, () => log.append(once)))).map(
        ({ kind }) => kind,
      );
      strictEqual(kinds.filter((kind) => kind === 'appended').length, 1);
      strictEqual(kinds.filter((kind) => kind === 'duplicate').length, 49);
    });

    check('does not remember a command that met a conflict', async (log) => {
      await log.append(append([event()]));
      const late = append([event()], { condition: { boundary: [{ tags: ['thing:1'] }], after: 0 } });
      strictEqual((await log.append(late)).kind, 'conflict');
      strictEqual(
        (await log.append({ ...late, condition: { ...late.condition!, after: 1 } })).kind,
        'appended',
      );
    });
  });
}

function at(outcome: AppendOutcome): number {
  strictEqual(outcome.kind, 'appended');
  return outcome.position;
}
