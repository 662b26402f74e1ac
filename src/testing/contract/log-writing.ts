import { match, strictEqual } from 'node:assert/strict';
import { newId, type AppendOutcome, type EventLog } from '../../kernel/index.js';
import { includes, same } from './expectations.js';
import { append, command, event } from './samples.js';
import type { Checks } from './runner.js';

/** What a log does with what is appended. */
export function appending({ runner, check }: Checks<EventLog>): void {
  runner.describe('appending', () => {
    check('starts empty, with an id and an epoch', async (log) => {
      strictEqual(await log.head(), 0);
      match(log.identity.id, /^[0-9a-f-]{36}$/);
      strictEqual(log.identity.epoch, 1);
      same(await log.read('all', { after: 0, limit: 10 }), []);
    });

    check('gives positions from 1 without a gap, and answers with the last', async (log) => {
      strictEqual(at(await log.append(append([event(), event()]))), 2);
      strictEqual(at(await log.append(append([event()]))), 3);
      strictEqual(await log.head(), 3);
      const positions = (await log.read('all', { after: 0, limit: 10 })).map(({ position }) => position);
      same(positions, [1, 2, 3]);
    });

    check('gives back what was written, to the letter', async (log) => {
      const data = {
        text: 'Zürich 🌊 \u0000 \ud800',
        number: -1.5e-7,
        flag: false,
        none: null,
        list: [1, { a: [] }],
      };
      const record = command({ actor: 'Bé', causationId: newId(), correlationId: 'web/42' });
      await log.append(
        append([event('a:1', { type: 'T', schemaVersion: 3, data, tags: ['a:1', 'ü:ß'] })], {
          command: record,
        }),
      );
      const [read] = await log.read('all', { after: 0, limit: 1 });
      strictEqual(typeof read?.recordedAt, 'number');
      same(read, {
        position: 1,
        type: 'T',
        schemaVersion: 3,
        data,
        tags: ['a:1', 'ü:ß'],
        recordedAt: read?.recordedAt,
        commandId: record.id,
        actor: 'Bé',
        issuedAt: record.issuedAt,
        correlationId: 'web/42',
        causationId: record.causationId,
      });
    });

    check('takes any text for a tag, an actor and a correlation', async (log) => {
      const odd = ['nul:\u0000', 'two:\\\\', 'escaped:\\0', 'quoted:"{a,b}"', "tick:'", 'NULL', ' blank '];
      const record = command({ actor: odd.join(), correlationId: odd.join(), result: JSON.stringify(odd) });
      const written = append([event('x:1', { type: odd.join(), tags: odd })], { command: record });
      await log.append(written);
      for (const tag of odd) {
        const [read] = await log.read([{ tags: [tag, odd[0]!], types: [odd.join()] }], {
          after: 0,
          limit: 9,
        });
        includes(read, {
          type: odd.join(),
          tags: odd,
          actor: odd.join(),
          correlationId: odd.join(),
        });
        const condition = { boundary: [{ tags: [tag] }], after: 0 };
        strictEqual((await log.append(append([], { condition }))).kind, 'conflict');
      }
      includes(await log.append(written), { kind: 'duplicate', result: record.result });
    });

    check('keeps the events of one command together and in order, whatever else is written', async (log) => {
      const appends = Array.from({ length: 40 }, (_, n) =>
        log.append(append([0, 1, 2].map((part) => event(`thing:${n}`, { data: { n, part } })))),
      );
      await Promise.all(appends);
      const events = await log.read('all', { after: 0, limit: 1_000 });
      const parts = events.map(({ data }) => (data as { part: number }).part);
      same(
        parts,
        Array.from({ length: 120 }, (_, index) => index % 3),
      );
      const commands = new Set(events.map(({ commandId }) => commandId));
      strictEqual(commands.size, 40);
    });

    check('knows by its id what a command was called and answered with', async (log) => {
      const done = command({ name: 'placeIt' });
      const refused = command({ name: 'shipIt', result: '{"no":1}' });
      await log.append(append([event(), event()], { command: done }));
      await log.append(append([], { command: refused }));
      same(await log.command(done.id), { name: 'placeIt', result: null, position: 2 });
      same(await log.command(refused.id), { name: 'shipIt', result: '{"no":1}', position: 2 });
      strictEqual(await log.command(newId()), undefined);
    });

    check('takes an event’s tags as a set', async (log) => {
      await log.append(append([event('a:1', { tags: ['b:1', 'a:1', 'b:1'] })]));
      const [read] = await log.read([{ tags: ['b:1', 'b:1'] }], { after: 0, limit: 10 });
      same(read?.tags, ['b:1', 'a:1']);
    });

    check('does not hold on to the caller’s objects', async (log) => {
      const data = { note: 'before' };
      await log.append(append([event('thing:1', { data })]));
      data.note = 'after';
      same((await log.read('all', { after: 0, limit: 1 }))[0]?.data, { note: 'before' });
    });

    check('stores the result of a command without events, and answers with the head', async (log) => {
      await log.append(append([event()]));
      const none = append([]);
      same(await log.append(none), { kind: 'appended', position: 1 });
      includes(await log.append(none), { kind: 'duplicate', position: 1 });
      strictEqual(await log.head(), 1);
    });
  });
}

function at(outcome: AppendOutcome): number {
  strictEqual(outcome.kind, 'appended');
  return outcome.position;
}

/** How a log wakes those who follow it. */
export function signals({ runner, check }: Checks<EventLog>): void {
  runner.describe('signals', () => {
    check('tells the new head after events were written, until it is told to stop', async (log) => {
      const heads: number[] = [];
      const stop = log.onAppend((head) => heads.push(head));
      await log.append(append([event(), event()]));
      await log.append(append([]));
      await log.append(append([event()], { condition: { boundary: [{ tags: ['thing:1'] }], after: 0 } }));
      stop();
      await log.append(append([event()]));
      same(heads, [2]);
    });
  });
}
