import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { CONFLICT_RETRIES_MAX, newId, type EventLog } from '../../src/kernel/index.js';
import { engines, openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { add, counterWith, kernels, move } from './counter.js';

const setups = engines.flatMap(([engine, open]) =>
  kernels.map(([states, counterKernel]) => [engine, states, open, counterKernel] as const),
);

/** The log, with `meddle` called before each append: others write when it hurts most. */
function meddled(log: EventLog, meddle: (nth: number) => Promise<unknown>): EventLog {
  let appends = 0;
  return {
    ...log,
    append: async (append) => {
      appends += 1;
      await meddle(appends);
      return log.append(append);
    },
  };
}

describe.each(setups)('ifUnchangedSince on a %s log with %s', (_engine, _states, open, counterKernel) => {
  it('lets the command through while nothing in its boundary has changed', async () => {
    const { commands } = await counterKernel(open());
    const { position } = await commands.send(add, { counter: 'a', by: 1 });
    await commands.send(add, { counter: 'other', by: 1 });
    const answer = await commands.send(add, { counter: 'a', by: 1 }, { ifUnchangedSince: position });
    expect(answer).toMatchObject({ status: 'ACCEPTED', position: 3 });
  });

  it('answers CONFLICT with the position of the newest change, without trying again', async () => {
    const decided: unknown[] = [];
    const { commands, log } = await counterKernel(
      open(),
      counterWith((state) => decided.push(state)),
    );
    const { position } = await commands.send(add, { counter: 'a', by: 1 });
    await commands.send(add, { counter: 'a', by: 1 });
    await commands.send(add, { counter: 'other', by: 1 });
    decided.length = 0;
    await expect(
      commands.send(add, { counter: 'a', by: 1 }, { ifUnchangedSince: position }),
    ).rejects.toMatchObject({ code: 'CONFLICT', details: { position: 2 } });
    expect(decided).toHaveLength(1);
    expect(await log.head()).toBe(3);
  });

  it('is honoured for a no-op and a refusal too', async () => {
    const { commands } = await counterKernel(open());
    await commands.send(add, { counter: 'a', by: 1 });
    for (const input of [
      { counter: 'a', by: 0 },
      { counter: 'a', by: 9, max: 1 },
    ]) {
      await expect(commands.send(add, input, { ifUnchangedSince: 0 })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
    }
  });

  it('is honoured when the state is in memory, and when it is not', async () => {
    const log = open();
    const { commands } = await counterKernel(log);
    await commands.send(add, { counter: 'a', by: 1 });
    await commands.send(add, { counter: 'a', by: 1 });
    const { commands: forgetful } = await counterKernel(log);
    for (const bus of [commands, forgetful]) {
      await expect(bus.send(add, { counter: 'a', by: 1 }, { ifUnchangedSince: 1 })).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { position: 2 },
      });
    }
    await expect(commands.send(add, { counter: 'a', by: 1 }, { ifUnchangedSince: 2 })).resolves.toMatchObject(
      { position: 3 },
    );
  });

  it('does not stop a retry of an accepted command from its stored result', async () => {
    const { commands, log } = await counterKernel(open());
    await commands.send(add, { counter: 'a', by: 1 });
    const once = { commandId: newId(), ifUnchangedSince: 1 };
    const first = await commands.send(add, { counter: 'a', by: 1 }, once);
    await commands.send(add, { counter: 'a', by: 1 });
    expect(await commands.send(add, { counter: 'a', by: 1 }, once)).toEqual({ ...first, duplicate: true });
    expect(await log.head()).toBe(3);
  });

  it('leaves the id of a command that met a CONFLICT free for another try', async () => {
    const { commands } = await counterKernel(open());
    await commands.send(add, { counter: 'a', by: 1 });
    const commandId = newId();
    const send = (ifUnchangedSince: number) =>
      commands.send(add, { counter: 'a', by: 1 }, { commandId, ifUnchangedSince });
    await expect(send(0)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await send(1)).toMatchObject({ status: 'ACCEPTED', duplicate: false });
  });

  it('proves nothing beyond what the decision has read, even where it lies ahead of the log', async () => {
    const log = open();
    const { commands: others } = await counterKernel(log);
    const { commands } = await counterKernel(meddled(log, () => others.send(add, { counter: 'a', by: 1 })));
    await expect(
      commands.send(add, { counter: 'a', by: 1, max: 1 }, { ifUnchangedSince: 100 }),
    ).rejects.toMatchObject({ code: 'CONFLICT', details: { position: 1 } });
    expect(await log.head()).toBe(1);
  });
});

describe.each(kernels)('a conflict, with %s,', (_states, counterKernel) => {
  it('makes the command decide again on fresh state', async () => {
    const log = createMemoryLog();
    const { commands: others } = await counterKernel(log);
    const decided: unknown[] = [];
    const { commands } = await counterKernel(
      meddled(log, async (nth) => nth <= 2 && others.send(add, { counter: 'a', by: 10 })),
      counterWith((state) => decided.push(state['a'] ?? 0)),
    );
    const answer = await commands.send(add, { counter: 'a', by: 1 });
    expect(answer).toMatchObject({ status: 'ACCEPTED', position: 3 });
    expect(decided).toEqual([0, 10, 20]);
  });

  it('may turn the decision into a refusal', async () => {
    const log = createMemoryLog();
    const { commands: others } = await counterKernel(log);
    const { commands } = await counterKernel(
      meddled(log, async (nth) => nth === 1 && others.send(add, { counter: 'a', by: 10 })),
    );
    expect(await commands.send(add, { counter: 'a', by: 1, max: 10 })).toMatchObject({ status: 'REFUSED' });
    expect(await log.head()).toBe(1);
  });

  it('that comes every time ends as CONFLICT after a bounded number of tries', async () => {
    const log = createMemoryLog();
    const { commands: others } = await counterKernel(log);
    let tries = 0;
    const { commands } = await counterKernel(
      meddled(log, async (nth) => {
        tries = nth;
        await others.send(add, { counter: 'a', by: 1 });
      }),
    );
    await expect(commands.send(add, { counter: 'a', by: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { position: CONFLICT_RETRIES_MAX + 1 },
    });
    expect(tries).toBe(CONFLICT_RETRIES_MAX + 1);
  });

  it('in the part of a boundary that concerns another entity counts as well', async () => {
    const log = createMemoryLog();
    const { commands: others } = await counterKernel(log);
    await others.send(add, { counter: 'a', by: 5 });
    const { commands } = await counterKernel(
      meddled(log, async (nth) => nth === 1 && others.send(move, { from: 'a', to: 'c', by: 5 })),
    );
    const answer = await commands.send(move, { from: 'a', to: 'b', by: 5 });
    expect(answer).toMatchObject({ status: 'REFUSED', refusals: [{ code: 'TOO_FEW' }] });
  });
});

describe.each(kernels)('a state that is kept, with %s,', (_states, counterKernel) => {
  it('is proven by the append: what another connection wrote in between is never missed', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const { commands: here } = await counterKernel(openFileLog(file));
    const { commands: there, log } = await counterKernel(openFileLog(file));
    for (let round = 0; round < 20; round += 1) {
      await here.send(add, { counter: 'a', by: 1 });
      await there.send(add, { counter: 'a', by: 1 });
    }
    expect(await here.send(add, { counter: 'a', by: 1, max: 40 })).toMatchObject({ status: 'REFUSED' });
    expect(await there.send(add, { counter: 'a', by: 1, max: 41 })).toMatchObject({ status: 'ACCEPTED' });
    expect(await here.send(add, { counter: 'a', by: 1, max: 41 })).toMatchObject({ status: 'REFUSED' });
    expect(await log.head()).toBe(41);
  });

  it('never makes a refusal or a no-op of what another connection has changed', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const { commands: here } = await counterKernel(openFileLog(file));
    const { commands: there } = await counterKernel(openFileLog(file));
    await here.send(add, { counter: 'a', by: 5, max: 5 });
    await there.send(add, { counter: 'a', by: -5 });
    expect(await here.send(add, { counter: 'a', by: 1, max: 5 })).toMatchObject({ status: 'ACCEPTED' });
  });
});
