import { describe, expect, it } from 'vitest';
import {
  newId,
  type Append,
  type AppendOutcome,
  type CommandRecord,
  type EventLog,
  type NewEvent,
} from '../../src/kernel/index.js';

const FINGERPRINT = '0123456789abcdef0123456789abcdef';

export function command(change: Partial<CommandRecord> = {}): CommandRecord {
  const id = newId();
  return {
    id,
    name: 'doIt',
    actor: 'ann',
    issuedAt: 1_700_000_000_000,
    correlationId: id,
    causationId: null,
    fingerprint: FINGERPRINT,
    result: null,
    ...change,
  };
}

export function event(tag = 'thing:1', change: Partial<NewEvent> = {}): NewEvent {
  return { type: 'Done', schemaVersion: 1, data: { note: 'x' }, tags: [tag], ...change };
}

export function append(events: readonly NewEvent[], change: Partial<Append> = {}): Append {
  return { events, command: command(), ...change };
}

function at(outcome: AppendOutcome): number {
  expect(outcome.kind).toBe('appended');
  return outcome.position;
}

/** What every engine's log promises. `open` gives a new, empty log; run it for each engine, skip nothing. */
export function eventLogContract(engine: string, open: () => EventLog | Promise<EventLog>): void {
  describe(`the ${engine} log`, () => {
    describe('appending', () => {
      it('starts empty, with an id and an epoch', async () => {
        const log = await open();
        expect(await log.head()).toBe(0);
        expect(log.identity).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), epoch: 1 });
        expect(await log.read('all', { after: 0, limit: 10 })).toEqual([]);
      });

      it('gives positions from 1 without a gap, and answers with the last', async () => {
        const log = await open();
        expect(at(await log.append(append([event(), event()])))).toBe(2);
        expect(at(await log.append(append([event()])))).toBe(3);
        expect(await log.head()).toBe(3);
        const positions = (await log.read('all', { after: 0, limit: 10 })).map(({ position }) => position);
        expect(positions).toEqual([1, 2, 3]);
      });

      it('gives back what was written, to the letter', async () => {
        const log = await open();
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
        expect(read).toEqual({
          position: 1,
          type: 'T',
          schemaVersion: 3,
          data,
          tags: ['a:1', 'ü:ß'],
          recordedAt: expect.any(Number),
          commandId: record.id,
          actor: 'Bé',
          issuedAt: record.issuedAt,
          correlationId: 'web/42',
          causationId: record.causationId,
        });
      });

      it('takes any text for a tag, an actor and a correlation', async () => {
        const log = await open();
        const odd = ['nul:\u0000', 'two:\\\\', 'escaped:\\0', 'quoted:"{a,b}"', "tick:'", 'NULL', ' blank '];
        const record = command({ actor: odd.join(), correlationId: odd.join(), result: JSON.stringify(odd) });
        const written = append([event('x:1', { type: odd.join(), tags: odd })], { command: record });
        await log.append(written);
        for (const tag of odd) {
          const [read] = await log.read([{ tags: [tag, odd[0]!], types: [odd.join()] }], {
            after: 0,
            limit: 9,
          });
          expect(read).toMatchObject({
            type: odd.join(),
            tags: odd,
            actor: odd.join(),
            correlationId: odd.join(),
          });
          const condition = { boundary: [{ tags: [tag] }], after: 0 };
          expect((await log.append(append([], { condition }))).kind).toBe('conflict');
        }
        expect(await log.append(written)).toMatchObject({ kind: 'duplicate', result: record.result });
      });

      it('keeps the events of one command together and in order, whatever else is written', async () => {
        const log = await open();
        const appends = Array.from({ length: 40 }, (_, n) =>
          log.append(append([0, 1, 2].map((part) => event(`thing:${n}`, { data: { n, part } })))),
        );
        await Promise.all(appends);
        const events = await log.read('all', { after: 0, limit: 1_000 });
        const parts = events.map(({ data }) => (data as { part: number }).part);
        expect(parts).toEqual(Array.from({ length: 120 }, (_, index) => index % 3));
        const commands = new Set(events.map(({ commandId }) => commandId));
        expect(commands.size).toBe(40);
      });

      it('knows by its id what a command was called and answered with', async () => {
        const log = await open();
        const done = command({ name: 'placeIt' });
        const refused = command({ name: 'shipIt', result: '{"no":1}' });
        await log.append(append([event(), event()], { command: done }));
        await log.append(append([], { command: refused }));
        expect(await log.command(done.id)).toEqual({ name: 'placeIt', result: null, position: 2 });
        expect(await log.command(refused.id)).toEqual({ name: 'shipIt', result: '{"no":1}', position: 2 });
        expect(await log.command(newId())).toBeUndefined();
      });

      it('takes an event’s tags as a set', async () => {
        const log = await open();
        await log.append(append([event('a:1', { tags: ['b:1', 'a:1', 'b:1'] })]));
        const [read] = await log.read([{ tags: ['b:1', 'b:1'] }], { after: 0, limit: 10 });
        expect(read?.tags).toEqual(['b:1', 'a:1']);
      });

      it('does not hold on to the caller’s objects', async () => {
        const log = await open();
        const data = { note: 'before' };
        await log.append(append([event('thing:1', { data })]));
        data.note = 'after';
        expect((await log.read('all', { after: 0, limit: 1 }))[0]?.data).toEqual({ note: 'before' });
      });

      it('stores the result of a command without events, and answers with the head', async () => {
        const log = await open();
        await log.append(append([event()]));
        const none = append([]);
        expect(await log.append(none)).toEqual({ kind: 'appended', position: 1 });
        expect(await log.append(none)).toMatchObject({ kind: 'duplicate', position: 1 });
        expect(await log.head()).toBe(1);
      });
    });

    describe('conditions', () => {
      const after = (position: number, tag = 'thing:1', types?: string[]) => ({
        condition: { boundary: [types ? { tags: [tag], types } : { tags: [tag] }], after: position },
      });

      it('appends while nothing in the boundary lies after the position', async () => {
        const log = await open();
        const first = at(await log.append(append([event()], after(0))));
        at(await log.append(append([event('thing:2')], after(0, 'thing:2'))));
        expect(at(await log.append(append([event()], after(first))))).toBe(3);
      });

      it('refuses when something does, says where, and writes nothing', async () => {
        const log = await open();
        await log.append(append([event(), event('thing:2')]));
        expect(await log.append(append([event()], after(0)))).toEqual({ kind: 'conflict', position: 1 });
        expect(await log.append(append([], after(0)))).toEqual({ kind: 'conflict', position: 1 });
        expect(await log.head()).toBe(2);
      });

      it('looks at the types where the boundary names them', async () => {
        const log = await open();
        await log.append(append([event('thing:1', { type: 'Other' })]));
        expect((await log.append(append([event()], after(0, 'thing:1', ['Done'])))).kind).toBe('appended');
        expect((await log.append(append([event()], after(0, 'thing:1', ['Done', 'Never'])))).kind).toBe(
          'conflict',
        );
        expect((await log.append(append([event()], after(0, 'thing:1', ['Never'])))).kind).toBe('appended');
      });

      it('wants all tags of a criterion, and any of the criteria', async () => {
        const log = await open();
        await log.append(append([event('a:1', { tags: ['a:1', 'b:1'] }), event('a:2')]));
        const kind = async (...boundary: string[][]) => {
          const condition = { boundary: boundary.map((tags) => ({ tags })), after: 0 };
          return (await log.append(append([], { condition }))).kind;
        };
        expect(await kind(['a:1', 'b:1'])).toBe('conflict');
        expect(await kind(['a:1', 'b:2'])).toBe('appended');
        expect(await kind(['a:2', 'b:1'])).toBe('appended');
        expect(await kind(['c:1'], ['a:2'])).toBe('conflict');
        expect(await kind(['c:1'], ['c:2'])).toBe('appended');
      });

      it('takes a criterion that is named twice as one', async () => {
        const log = await open();
        await log.append(append([event('a:1', { tags: ['a:1', 'b:1'] })]));
        const twice = (criterion: { tags: string[]; types?: string[] }) => [criterion, { ...criterion }];
        for (const boundary of [
          twice({ tags: ['a:1'] }),
          twice({ tags: ['a:1', 'b:1'] }),
          twice({ tags: ['a:1'], types: ['Done'] }),
        ]) {
          expect(await log.read(boundary, { after: 0, limit: 10 })).toHaveLength(1);
          const condition = { boundary, after: 0 };
          expect(await log.append(append([], { condition }))).toEqual({ kind: 'conflict', position: 1 });
        }
      });

      it('lets one of 300 win a race on the same condition', async () => {
        const log = await open();
        const racers = Array.from({ length: 300 }, () => log.append(append([event()], after(0))));
        const kinds = (await Promise.all(racers)).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'appended')).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'conflict')).toHaveLength(299);
        expect(await log.head()).toBe(1);
      });
    });

    describe('retries', () => {
      it('answers a command that was stored before with what was stored then, and writes nothing', async () => {
        const log = await open();
        const once = append([event()], { command: command({ result: '{"a":1}' }) });
        expect(await log.append(once)).toEqual({ kind: 'appended', position: 1 });
        await log.append(append([event('thing:2')]));
        const again = { kind: 'duplicate', position: 1, fingerprint: FINGERPRINT, result: '{"a":1}' };
        expect(await log.append(once)).toEqual(again);
        expect(await log.head()).toBe(2);
      });

      it('finds the duplicate before the conflict', async () => {
        const log = await open();
        const once = append([event()], { condition: { boundary: [{ tags: ['thing:1'] }], after: 0 } });
        await log.append(once);
        expect((await log.append(once)).kind).toBe('duplicate');
      });

      it('stores one of many that come at the same time', async () => {
        const log = await open();
        const once = append([event()]);
        const kinds = (await Promise.all(Array.from({ length: 50 }, () => log.append(once)))).map(
          ({ kind }) => kind,
        );
        expect(kinds.filter((kind) => kind === 'appended')).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'duplicate')).toHaveLength(49);
      });

      it('does not remember a command that met a conflict', async () => {
        const log = await open();
        await log.append(append([event()]));
        const late = append([event()], { condition: { boundary: [{ tags: ['thing:1'] }], after: 0 } });
        expect((await log.append(late)).kind).toBe('conflict');
        expect((await log.append({ ...late, condition: { ...late.condition!, after: 1 } })).kind).toBe(
          'appended',
        );
      });
    });

    describe('reading', () => {
      it('gives what matches a boundary, in order, from after the position, up to the limit', async () => {
        const log = await open();
        for (let n = 0; n < 6; n += 1)
          await log.append(append([event(`thing:${n % 2}`, { type: n < 3 ? 'A' : 'B' })]));
        const read = async (boundary: { tags: string[]; types?: string[] }[], from = 0, limit = 10) =>
          (await log.read(boundary, { after: from, limit })).map(({ position }) => position);
        expect(await read([{ tags: ['thing:0'] }])).toEqual([1, 3, 5]);
        expect(await read([{ tags: ['thing:0'] }], 1, 1)).toEqual([3]);
        expect(await read([{ tags: ['thing:0'], types: ['A'] }])).toEqual([1, 3]);
        expect(
          await read([
            { tags: ['thing:0'], types: ['A'] },
            { tags: ['thing:1'], types: ['B'] },
          ]),
        ).toEqual([1, 3, 4, 6]);
        expect(await read([{ tags: ['thing:0'] }, { tags: ['thing:0'], types: ['A'] }])).toEqual([1, 3, 5]);
        expect(await read([{ tags: ['thing:0', 'thing:1'] }])).toEqual([]);
        expect(await read([{ tags: ['thing:9'] }])).toEqual([]);
      });

      it('never splits a command in a batch of everything', async () => {
        const log = await open();
        await log.append(append([event(), event()]));
        await log.append(append([event(), event(), event()]));
        await log.append(append([event()]));
        const read = async (from: number, limit: number) =>
          (await log.read('all', { after: from, limit })).map(({ position }) => position);
        expect(await read(0, 1)).toEqual([1, 2]);
        expect(await read(0, 2)).toEqual([1, 2]);
        expect(await read(0, 4)).toEqual([1, 2]);
        expect(await read(0, 5)).toEqual([1, 2, 3, 4, 5]);
        expect(await read(2, 1)).toEqual([3, 4, 5]);
        expect(await read(5, 1)).toEqual([6]);
        expect(await read(6, 1)).toEqual([]);
      });

      it('shows a tailing reader every position once, without a gap, while others write', async () => {
        const log = await open();
        const seen: number[] = [];
        let writing = true;
        const reading = (async () => {
          while (writing || seen.length < 300) {
            const events = await log.read('all', { after: seen.at(-1) ?? 0, limit: 7 });
            seen.push(...events.map(({ position }) => position));
            if (events.length === 0) await new Promise((resolve) => setImmediate(resolve));
          }
        })();
        const writers = Array.from({ length: 5 }, async (_, writer) => {
          for (let n = 0; n < 30; n += 1) await log.append(append([event(`w:${writer}`), event(`n:${n}`)]));
        });
        await Promise.all(writers);
        writing = false;
        await reading;
        expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
      });
    });

    describe('signals', () => {
      it('tells the new head after events were written, until it is told to stop', async () => {
        const log = await open();
        const heads: number[] = [];
        const stop = log.onAppend((head) => heads.push(head));
        await log.append(append([event(), event()]));
        await log.append(append([]));
        await log.append(append([event()], { condition: { boundary: [{ tags: ['thing:1'] }], after: 0 } }));
        stop();
        await log.append(append([event()]));
        expect(heads).toEqual([2]);
      });
    });

    describe('limits', () => {
      const refused = (log: EventLog, bad: Append, message: RegExp) =>
        expect(log.append(bad)).rejects.toMatchObject({
          code: 'BAD_USER_INPUT',
          message: expect.stringMatching(message),
        });

      it('refuses what it cannot store exactly, and writes nothing of it', async () => {
        const log = await open();
        await refused(log, append([event()], { command: command({ id: 'nonsense' }) }), /UUID/);
        await refused(log, append([event('thing:1', { data: { a: [1, Number.NaN] } })]), /NaN/);
        await refused(log, append([event('thing:1', { data: { at: new Date(0) } })]), /Done\.at is a Date/);
        await refused(log, append([event('thing:1', { data: { list: [undefined] } })]), /undefined/);
        await refused(log, append([event('thing:1', { data: { big: 1n } })]), /cannot store exactly/);
        await refused(log, append([event('thing:1', { schemaVersion: 0 })]), /version/);
        await refused(log, append([event(), event('')]), /tag/i);
        await refused(log, append([event('thing:1', { tags: [] })]), /tags/);
        expect(await log.head()).toBe(0);
      });

      it('refuses what is over a limit, and says which', async () => {
        const log = await open();
        await refused(log, append(Array.from({ length: 1_001 }, () => event())), /1000 events/);
        await refused(
          log,
          append([event('thing:1', { data: { text: 'x'.repeat(1_048_576) } })]),
          /1048576 bytes/,
        );
        await refused(log, append([event('x'.repeat(201))]), /200/);
        await refused(log, append([], { condition: { boundary: [], after: 0 } }), /criteria/);
        await refused(log, append([], { condition: { boundary: [{ tags: [] }], after: 0 } }), /criterion/);
        await expect(log.read([{ tags: [] }], { after: 0, limit: 1 })).rejects.toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      });
    });
  });
}
