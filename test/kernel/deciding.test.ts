import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqliteLog } from '../../src/engines/sqlite/index.js';
import { newId } from '../../src/kernel/index.js';
import { engines, openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { add, counterWith, eventsOf, kernels, move } from './counter.js';

const setups = engines.flatMap(([engine, open]) =>
  kernels.map(([states, counterKernel]) => [engine, states, open, counterKernel] as const),
);

describe.each(setups)('commands on a %s log with %s', (_engine, _states, open, counterKernel) => {
  describe('are answered with a position', () => {
    it('that is the last event’s where events were recorded', async () => {
      const { commands } = await counterKernel(open());
      const commandId = newId();
      expect(await commands.send(add, { counter: 'a', by: 2 }, { commandId })).toEqual({
        commandId,
        status: 'ACCEPTED',
        position: 1,
        duplicate: false,
        refusals: [],
        subject: 'a',
      });
      expect(await commands.send(move, { from: 'a', to: 'b', by: 1 })).toMatchObject({ position: 3 });
    });

    it('that is the head where it was already true, and nothing is recorded', async () => {
      const { commands, log } = await counterKernel(open());
      expect(await commands.send(add, { counter: 'a', by: 0 })).toMatchObject({ position: 0 });
      await commands.send(add, { counter: 'other', by: 1 });
      const noOp = await commands.send(add, { counter: 'a', by: 0 });
      expect(noOp).toMatchObject({ status: 'ACCEPTED', position: 1, duplicate: false });
      expect(await log.head()).toBe(1);
    });

    it('that is the head where it was refused, with the reason as a value', async () => {
      const { commands, log } = await counterKernel(open());
      await commands.send(add, { counter: 'other', by: 1 });
      expect(await commands.send(add, { counter: 'a', by: 5, max: 4 })).toMatchObject({
        status: 'REFUSED',
        position: 1,
        refusals: [{ code: 'TOO_MANY', message: 'a would be 5.', field: ['by'] }],
        subject: 'a',
      });
      expect(await log.head()).toBe(1);
    });

    it('that is the original’s where it is a duplicate, however far the log has gone on', async () => {
      const { commands } = await counterKernel(open());
      const once = { commandId: newId() };
      await commands.send(add, { counter: 'a', by: 1 }, once);
      await commands.send(add, { counter: 'a', by: 1 });
      const again = await commands.send(add, { counter: 'a', by: 1 }, once);
      expect(again).toMatchObject({ status: 'ACCEPTED', position: 1, duplicate: true });
    });
  });

  describe('sent again with the same id', () => {
    it('are answered with the stored result, and nothing is recorded', async () => {
      const { commands, log } = await counterKernel(open());
      const once = { commandId: newId(), actor: 'ann' };
      const first = await commands.send(add, { counter: 'a', by: 1 }, once);
      const again = await commands.send(add, { counter: 'a', by: 1 }, once);
      expect(again).toEqual({ ...first, duplicate: true });
      expect(await log.head()).toBe(1);
    });

    it('are answered with the stored refusal, even where they would be accepted by now', async () => {
      const { commands, log } = await counterKernel(open());
      await commands.send(add, { counter: 'a', by: 5 });
      const once = { commandId: newId() };
      const first = await commands.send(add, { counter: 'a', by: 3, max: 7 }, once);
      await commands.send(add, { counter: 'a', by: -5 });
      expect(await commands.send(add, { counter: 'a', by: 3, max: 7 }, once)).toEqual({
        ...first,
        duplicate: true,
      });
      expect(first.refusals).toHaveLength(1);
      expect(await log.head()).toBe(2);
    });

    it('are recorded once when they come at the same time', async () => {
      const { commands, log } = await counterKernel(open());
      const once = { commandId: newId() };
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => commands.send(add, { counter: 'a', by: 1 }, once)),
      );
      expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(answers.map(({ position }) => position))).toEqual(new Set([1]));
      expect(await log.head()).toBe(1);
    });

    it('mean the same in upper case', async () => {
      const { commands } = await counterKernel(open());
      const commandId = newId();
      await commands.send(add, { counter: 'a', by: 1 }, { commandId });
      const again = await commands.send(add, { counter: 'a', by: 1 }, { commandId: commandId.toUpperCase() });
      expect(again).toMatchObject({ commandId, duplicate: true });
    });

    it.each([
      ['another input', { counter: 'a', by: 2 }, {}],
      ['another actor', { counter: 'a', by: 1 }, { actor: 'bob' }],
      ['another condition', { counter: 'a', by: 1 }, { ifUnchangedSince: 1 }],
    ])('but %s are an IDEMPOTENCY_MISMATCH, and nothing is recorded', async (_what, input, change) => {
      const { commands, log } = await counterKernel(open());
      const once = { commandId: newId(), actor: 'ann' };
      await commands.send(add, { counter: 'a', by: 1 }, once);
      await expect(commands.send(add, input, { ...once, ...change })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
      });
      expect(await log.head()).toBe(1);
    });

    it('but another name are an IDEMPOTENCY_MISMATCH', async () => {
      const { commands } = await counterKernel(open());
      const once = { commandId: newId() };
      await commands.send(add, { counter: 'a', by: 1 }, once);
      await expect(commands.send(move, { from: 'a', to: 'b', by: 1 }, once)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
      });
    });
  });

  describe('that record what they were', () => {
    it('carry the actor, the time and what they belong to into their events', async () => {
      const { commands, log } = await counterKernel(open());
      const commandId = newId();
      const causationId = newId();
      const envelope = { commandId, actor: 'ann', issuedAt: 1_234, correlationId: 'web/1', causationId };
      await commands.send(add, { counter: 'a', by: 1 }, envelope);
      expect((await eventsOf(log))[0]).toMatchObject({ ...envelope, type: 'Added', data: { by: 1 } });
    });
  });

  describe('on one boundary', () => {
    it('take turns: 200 at the same time all succeed, each decides on what the one before left', async () => {
      const states: unknown[] = [];
      const { commands, log } = await counterKernel(
        open(),
        counterWith((state) => states.push(state['a'] ?? 0)),
      );
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => commands.send(add, { counter: 'a', by: 1, max: 200 })),
      );
      expect(answers.every(({ status }) => status === 'ACCEPTED')).toBe(true);
      expect(states).toEqual(Array.from({ length: 200 }, (_, n) => n));
      expect(await log.head()).toBe(200);
      expect(await commands.send(add, { counter: 'a', by: 1, max: 200 })).toMatchObject({
        status: 'REFUSED',
      });
    });

    it('go on after one that failed', async () => {
      let failing = true;
      const { commands } = await counterKernel(
        open(),
        counterWith(() => {
          if (failing) throw new Error('A bug.');
        }),
      );
      const failed = commands.send(add, { counter: 'a', by: 1 });
      const behind = commands.send(add, { counter: 'a', by: 1 });
      await expect(failed).rejects.toThrow('A bug.');
      await expect(behind).rejects.toThrow('A bug.');
      failing = false;
      expect(await commands.send(add, { counter: 'a', by: 1 })).toMatchObject({ position: 1 });
    });

    it('may name an entity twice', async () => {
      const { commands } = await counterKernel(open());
      await commands.send(add, { counter: 'a', by: 3 });
      const toItself = await commands.send(move, { from: 'a', to: 'a', by: 3 });
      expect(toItself).toMatchObject({ status: 'ACCEPTED', position: 3 });
    });

    it('with several entities see and keep all of them', async () => {
      const { commands, log } = await counterKernel(open());
      await commands.send(add, { counter: 'a', by: 50 });
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          commands.send(move, n % 2 === 0 ? { from: 'a', to: 'b', by: 2 } : { from: 'b', to: 'a', by: 1 }),
        ),
      );
      const sums: Record<string, number> = {};
      for (const { data } of await eventsOf(log)) {
        const { counter, by } = data as { counter: string; by: number };
        sums[counter] = (sums[counter] ?? 0) + by;
        expect(sums[counter]).toBeGreaterThanOrEqual(0);
      }
      expect((sums['a'] ?? 0) + (sums['b'] ?? 0)).toBe(50);
    });
  });
});

describe.each(kernels)('a sqlite log that is opened again, with %s,', (_states, counterKernel) => {
  it('answers a retry with what was stored before, also a refusal', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const accepted = { commandId: newId() };
    const refused = { commandId: newId() };
    const before = openSqliteLog({ file });
    const { commands } = await counterKernel(before);
    const yes = await commands.send(add, { counter: 'a', by: 1 }, accepted);
    const no = await commands.send(add, { counter: 'a', by: 1, max: 1 }, refused);
    before.close();

    const { commands: anew, log } = await counterKernel(openFileLog(file));
    expect(await anew.send(add, { counter: 'a', by: 1 }, accepted)).toEqual({ ...yes, duplicate: true });
    expect(await anew.send(add, { counter: 'a', by: 1, max: 1 }, refused)).toEqual({
      ...no,
      duplicate: true,
    });
    await expect(anew.send(add, { counter: 'a', by: 2 }, accepted)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    expect(await log.head()).toBe(1);
  });
});
