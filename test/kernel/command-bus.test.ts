import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  CompositionError,
  TidemarkError,
  createCommandBus,
  createKernel,
  defineCommand,
  newId,
  type Command,
  type CommandHandler,
  type CommandMiddleware,
  type CommandResult,
} from '../../src/kernel/index.js';
import { tempDir } from '../support/temp-dir.js';
import { counter, deciding } from './counter.js';

const greet = defineCommand(
  'greet',
  z.object({ name: z.string().min(1, 'must not be empty'), times: z.number().int('must be whole') }),
);
const wave = defineCommand('wave', z.object({}));

function answer({ commandId }: Command, change: Partial<CommandResult> = {}): CommandResult {
  return {
    commandId,
    status: 'ACCEPTED',
    position: 1,
    duplicate: false,
    refusals: [],
    subject: null,
    ...change,
  };
}

/** A handler that notes what it gets. */
function noting(command: string) {
  const handled: Command[] = [];
  const handler: CommandHandler = {
    command,
    handle: async (given) => {
      handled.push(given);
      return answer(given);
    },
  };
  return { handled, handler };
}

function busWith(...middleware: readonly CommandMiddleware[]) {
  const { handled, handler } = noting('greet');
  return { handled, bus: createCommandBus({ commands: [greet], handlers: [handler], middleware }) };
}

const hello = { name: 'Ada', times: 1 };

describe('a command bus', () => {
  it.each([
    ['without a handler for a command', [greet, wave], ['greet'], 'The command wave has no handler.'],
    [
      'with a second handler for one',
      [greet],
      ['greet', 'greet'],
      'The command greet has a second handler; one is allowed.',
    ],
    [
      'with a handler for what nobody declares',
      [greet],
      ['greet', 'wave'],
      'A handler serves wave, which no module declares.',
    ],
    ['with a command declared twice', [greet, greet], ['greet'], 'The command greet is declared twice.'],
  ])('%s is refused when it is composed', (_what, commands, names, message) => {
    const handlers = names.map((name) => noting(name).handler);
    expect(() => createCommandBus({ commands, handlers })).toThrow(new CompositionError(message));
  });

  it('takes a command to its handler, with its envelope filled in', async () => {
    const { bus, handled } = busWith();
    const result = await bus.send(greet, hello, { actor: 'ann' });
    expect(handled).toHaveLength(1);
    const [command] = handled;
    expect(result.commandId).toBe(command?.commandId);
    expect(command).toMatchObject({ name: 'greet', input: hello, actor: 'ann', causationId: null });
    expect(command?.correlationId).toBe(command?.commandId);
    expect(command?.freshId).toBe(command?.freshId);
  });

  it('refuses a commandId that is no UUID, before anything else happens', async () => {
    const { bus, handled } = busWith();
    for (const commandId of ['', 'x', '123', `${newId()} `]) {
      await expect(bus.send(greet, hello, { commandId })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { problems: [{ field: ['options', 'commandId'] }] },
      });
    }
    expect(handled).toEqual([]);
  });

  it('validates the input before middleware and handler run, and lists every problem with its path', async () => {
    const seen: Command[] = [];
    const { bus, handled } = busWith((command, next) => {
      seen.push(command);
      return next(command);
    });
    await expect(bus.send(greet, { name: '', times: 1.5 })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'name: must not be empty; times: must be whole',
      details: {
        problems: [
          { field: ['name'], message: 'must not be empty' },
          { field: ['times'], message: 'must be whole' },
        ],
      },
    });
    expect([...seen, ...handled]).toEqual([]);
  });

  it('takes no more commands than may be on their way, also where it is one, and tells middleware of the rest', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const { handler } = noting('greet');
    const slow: CommandHandler = {
      ...handler,
      handle: (command) => finished.then(() => handler.handle(command)),
    };
    const outcomes: string[] = [];
    const middleware: CommandMiddleware = (command, next) =>
      next(command).catch((error: TidemarkError) => {
        outcomes.push(error.code);
        throw error;
      });
    const bus = createCommandBus({
      commands: [greet],
      handlers: [slow],
      middleware: [middleware],
      inFlightMax: 1,
    });
    const first = bus.send(greet, hello);
    await expect(bus.send(greet, hello)).rejects.toMatchObject({ code: 'OVERLOADED' });
    finish();
    await first;
    await expect(bus.send(greet, hello)).resolves.toMatchObject({ status: 'ACCEPTED' });
    expect(outcomes).toEqual(['OVERLOADED']);
  });

  it('refuses a command that is not on it', async () => {
    await expect(busWith().bus.send(wave, {})).rejects.toThrow(CompositionError);
  });
});

describe('command middleware', () => {
  it('runs in the order given, the first one outermost', async () => {
    const order: string[] = [];
    const layer =
      (name: string): CommandMiddleware =>
      async (command, next) => {
        order.push(`${name} in`);
        const result = await next(command);
        order.push(`${name} out`);
        return result;
      };
    await busWith(layer('first'), layer('second')).bus.send(greet, hello);
    expect(order).toEqual(['first in', 'second in', 'second out', 'first out']);
  });

  it('may change the command, and the answer', async () => {
    const { bus, handled } = busWith(async (command, next) => {
      const result = await next({ ...command, actor: 'admin' });
      return { ...result, subject: 'changed' };
    });
    expect(await bus.send(greet, hello, { actor: 'ann' })).toMatchObject({ subject: 'changed' });
    expect(handled[0]?.actor).toBe('admin');
  });

  it('may stop a command by throwing', async () => {
    const { bus, handled } = busWith(async () => {
      throw new TidemarkError('FORBIDDEN', 'Not you.');
    });
    await expect(bus.send(greet, hello)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(handled).toEqual([]);
  });

  it('may stop a command by answering itself', async () => {
    const { bus, handled } = busWith(async (command) => answer(command, { position: 42 }));
    expect(await bus.send(greet, hello)).toMatchObject({ position: 42 });
    expect(handled).toEqual([]);
  });

  it('sees how long what follows took and how it ended', async () => {
    const seen: string[] = [];
    const { bus } = busWith(
      async (command, next) => {
        const started = performance.now();
        try {
          return await next(command);
        } catch (error) {
          seen.push((error as Error).message);
          throw error;
        } finally {
          seen.push(performance.now() >= started ? 'timed' : 'not timed');
        }
      },
      async () => {
        throw new Error('A bug.');
      },
    );
    await expect(bus.send(greet, hello)).rejects.toThrow('A bug.');
    expect(seen).toEqual(['A bug.', 'timed']);
  });
});

describe('a kernel', () => {
  const compose = (...modules: Parameters<typeof createKernel>[0]['modules']) =>
    createKernel({ log: createMemoryLog(), views: sqliteViews(tempDir()), modules });

  it('is refused where two modules declare one command', async () => {
    await expect(compose(deciding(counter), deciding(counter))).rejects.toThrow(
      new CompositionError('The command add is declared twice.'),
    );
  });

  it('serves commands with handlers of their own, which get the log', async () => {
    const { commands, log } = await compose({
      name: 'greetings',
      commands: [greet],
      handlers: (log) => [
        { command: 'greet', handle: async (command) => answer(command, { position: await log.head() }) },
      ],
    });
    expect(await log.head()).toBe(0);
    expect(await commands.send(greet, hello)).toMatchObject({ position: 0 });
  });
});
