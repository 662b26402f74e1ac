import { strictEqual } from 'node:assert/strict';
import { type EventLog, type Append } from '../../kernel/index.js';
import { rejectsWith } from './expectations.js';
import { append, command, event } from './samples.js';
import type { Checks } from './runner.js';

/** What a log does not take. */
export function limits({ runner, check }: Checks<EventLog>): void {
  runner.describe('limits', () => {
    const refused = (log: EventLog, bad: Append, message: RegExp) =>
      rejectsWith(log.append(bad), 'BAD_USER_INPUT', message);

    check('refuses what it cannot store exactly, and writes nothing of it', async (log) => {
      await refused(log, append([event()], { command: command({ id: 'nonsense' }) }), /UUID/);
      await refused(log, append([event('thing:1', { data: { a: [1, Number.NaN] } })]), /NaN/);
      await refused(log, append([event('thing:1', { data: { at: new Date(0) } })]), /Done\.at is a Date/);
      await refused(log, append([event('thing:1', { data: { list: [undefined] } })]), /undefined/);
      await refused(log, append([event('thing:1', { data: { big: 1n } })]), /cannot store exactly/);
      await refused(log, append([event('thing:1', { schemaVersion: 0 })]), /version/);
      await refused(log, append([event(), event('')]), /tag/i);
      await refused(log, append([event('thing:1', { tags: [] })]), /tags/);
      strictEqual(await log.head(), 0);
    });

    check('refuses what is over a limit, and says which', async (log) => {
      await refused(log, append(Array.from({ length: 1_001 }, () => event())), /1000 events/);
      await refused(
        log,
        append([event('thing:1', { data: { text: 'x'.repeat(1_048_576) } })]),
        /1048576 bytes/,
      );
      await refused(log, append([event('x'.repeat(201))]), /200/);
      await refused(log, append([], { condition: { boundary: [], after: 0 } }), /criteria/);
      await refused(log, append([], { condition: { boundary: [{ tags: [] }], after: 0 } }), /criterion/);
      await rejectsWith(log.read([{ tags: [] }], { after: 0, limit: 1 }), 'BAD_USER_INPUT');
    });
  });
}
