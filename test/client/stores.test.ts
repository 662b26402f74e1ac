import { describe, expect, test } from 'vitest';
import { createSession, type Frame, type Port, type Result, type Sink } from '../../src/client/index.js';
import { createCommandStore, type CommandState } from '../../src/client/react/command-store.js';
import { createLiveStore } from '../../src/client/react/live-store.js';
import { overlay } from '../../src/client/react/overlay.js';
import { createQueryStore } from '../../src/client/react/query-store.js';
import { until } from '../support/until.js';

const at = (number: number, log = 'aaaaaaaaaaaa-0000000001'): string =>
  `${log}-${String(number).padStart(16, '0')}`;

function frame(data: string, number: number, log?: string): Frame<string> {
  const position = at(number, log);
  return {
    data,
    position,
    errors: [],
    consistency: undefined,
    written: undefined,
    commandId: undefined,
    discontinuity: false,
  };
}

function answer(data: string, number: number): Result<string> {
  const position = at(number);
  const consistency = { position, head: position, lagMs: 0, stale: false, waitedMs: 0 };
  return { data, position, errors: [], consistency, written: undefined, commandId: undefined };
}

/** A port whose answers and frames the test gives. */
function scripted(answers: (Result<unknown> | Error)[] = []) {
  const sinks: Sink<Frame<never>>[] = [];
  const ids: (string | undefined)[] = [];
  let left = 0;
  const port: Port = {
    session: createSession(),
    execute: async (_kind, _document, _variables, { commandId } = {}) => {
      ids.push(commandId);
      const next = answers.shift();
      if (next === undefined || next instanceof Error) throw next ?? new Error('Nothing more.');
      // The test's documents say nothing of what they give.
      return next as Result<never>;
    },
    listen: (_document, _variables, sink) => {
      sinks.push(sink);
      return () => {
        left += 1;
      };
    },
  };
  const show = (one: Frame<unknown>): void => {
    for (const sink of sinks) sink.next(one as Frame<never>);
  };
  return { port, ids, sinks, show, left: () => left };
}

const nothing = (): void => undefined;

describe('A live view', () => {
  test('ignores what is older than what it shows, and begins anew with another log', async () => {
    const { port, show, sinks } = scripted();
    const store = createLiveStore<string, object>(port, 'doc', {});
    const leave = store.subscribe(nothing);
    await until(() => expect(sinks).toHaveLength(1));
    const shown = [frame('b', 2), frame('a', 1), frame('B', 2), frame('z', 1, 'bbbbbbbbbbbb-0000000001')].map(
      (one) => {
        show(one);
        return store.get().data;
      },
    );
    expect(shown).toEqual(['b', 'b', 'B', 'z']);
    leave();
  });

  test('is subscribed to once, however often it is left and come back to at once', async () => {
    const { port, sinks, left } = scripted();
    const store = createLiveStore<string, object>(port, 'doc', {});
    store.subscribe(nothing)();
    const leave = [store.subscribe(nothing), store.subscribe(nothing)];
    await until(() => expect(sinks).toHaveLength(1));
    for (const one of leave) one();
    await until(() => expect(left()).toBe(1));
    store.subscribe(nothing);
    await until(() => expect(sinks).toHaveLength(2));
  });

  test('keeps what it showed when it fails', async () => {
    const { port, show, sinks } = scripted();
    const store = createLiveStore<string, object>(port, 'doc', {});
    store.subscribe(nothing);
    await until(() => expect(sinks).toHaveLength(1));
    show(frame('a', 1));
    sinks[0]?.error(new Error('Closed.'));
    expect(store.get()).toMatchObject({ data: 'a', status: 'failed', error: { message: 'Closed.' } });
    store.restart();
    expect(store.get()).toMatchObject({ data: 'a', status: 'waiting', error: undefined });
    expect(sinks).toHaveLength(2);
  });

  test('folds frames into what it shows', async () => {
    const { port, show, sinks } = scripted();
    const store = createLiveStore<string, object, string>(port, 'doc', {});
    store.foldWith((shown = '', { data = '' }) => shown + data);
    store.subscribe(nothing);
    await until(() => expect(sinks).toHaveLength(1));
    for (const one of [frame('a', 1), frame('b', 2), frame('a', 1)]) show(one);
    expect(store.get().data).toBe('ab');
  });
});

describe('A query', () => {
  test('ignores an answer that is older than what it shows', async () => {
    const { port } = scripted([answer('b', 2), answer('a', 1), answer('c', 3)]);
    const store = createQueryStore(port, 'doc', {}, true);
    store.subscribe(nothing);
    await until(() => expect(store.get()).toMatchObject({ data: 'b', loading: false }));
    await store.refetch();
    expect(store.get()).toMatchObject({ data: 'b', loading: false });
    await store.refetch();
    expect(store.get()).toMatchObject({ data: 'c', position: at(3) });
  });

  test('is read again after a command, and keeps what it showed when that fails', async () => {
    const { port } = scripted([answer('a', 1), answer('b', 5), new Error('No network.')]);
    const store = createQueryStore(port, 'doc', {}, true);
    store.subscribe(nothing);
    await until(() => expect(store.get().data).toBe('a'));
    port.session.note({ written: at(5) });
    await until(() => expect(store.get().data).toBe('b'));
    port.session.note({ written: at(6) });
    await until(() => expect(store.get().error?.message).toBe('No network.'));
    expect(store.get()).toMatchObject({ data: 'b', loading: false });
  });

  test('does not follow commands where it is told not to', async () => {
    const { port, ids } = scripted([answer('a', 1), answer('b', 5)]);
    const store = createQueryStore(port, 'doc', {}, false);
    store.subscribe(nothing);
    await until(() => expect(store.get().data).toBe('a'));
    port.session.note({ written: at(5) });
    expect(ids).toHaveLength(1);
  });
});

describe('A command', () => {
  const written = (data: object, number: number): Result<object> => ({
    ...answer('', number),
    data,
    consistency: undefined,
    written: at(number),
  });

  test('goes from sending to accepted to visible', async () => {
    const { port, show, sinks } = scripted([written({ pay: { userErrors: [] } }, 7)]);
    const store = createCommandStore(port, 'doc');
    const phases: string[] = [];
    store.subscribe(() => phases.push(store.get().phase));
    const accepted = await store.send({});
    expect(accepted).toMatchObject({ phase: 'accepted', position: at(7), late: false });
    await until(() => expect(sinks).toHaveLength(1));
    show({
      ...frame('', 7),
      data: { projectionCaughtUp: { position: at(7), projection: null, parked: false } },
    });
    await until(() => expect(phases).toEqual(['sending', 'accepted', 'visible']));
  });

  test('that was answered from its view is visible at once', async () => {
    const { port } = scripted([{ ...answer('', 7), data: { pay: {} }, written: at(7) }]);
    expect(await createCommandStore(port, 'doc').send({})).toMatchObject({ phase: 'visible' });
  });

  test('is late where the views do not show it in time, and accepted all the same', async () => {
    const { port } = scripted([written({ pay: {} }, 7)]);
    const store = createCommandStore(port, 'doc', { visibleMs: 1 });
    await store.send({});
    await until(() => expect(store.get()).toMatchObject({ phase: 'accepted', late: true }));
  });

  test('is refused with the reasons, also where only its status is selected', async () => {
    const userErrors = [{ code: 'ALREADY_PAID', message: 'It is paid.' }];
    const { port } = scripted([
      written({ pay: { userErrors } }, 7),
      written({ pay: { receipt: { status: 'REFUSED' } } }, 7),
    ]);
    const store = createCommandStore(port, 'doc');
    expect(await store.send({})).toMatchObject({ phase: 'refused', userErrors });
    expect(await store.send({})).toMatchObject({ phase: 'refused', userErrors: [] });
  });

  test('that failed is sent again under the same id, another one under a new id', async () => {
    const { port, ids } = scripted([
      new Error('No network.'),
      written({ pay: {} }, 7),
      written({ pay: {} }, 8),
    ]);
    const store = createCommandStore(port, 'doc');
    expect(await store.send({})).toMatchObject({ phase: 'failed', error: { message: 'No network.' } });
    expect(await store.again()).toMatchObject({ phase: 'accepted' });
    await store.send({});
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    store.reset();
    expect(store.get()).toEqual({ phase: 'idle' });
  });
});

describe('A guess', () => {
  const id = { commandId: 'c' };
  const show = (position: string | undefined, command: CommandState<unknown>): string | undefined =>
    overlay({ data: 'real', position }, command, () => 'guess');

  test.each<[string, string | undefined, CommandState<unknown>]>([
    ['guess', at(3), { phase: 'sending', ...id }],
    ['guess', at(3), { phase: 'accepted', data: {}, position: at(5), late: false, ...id }],
    ['real', at(5), { phase: 'accepted', data: {}, position: at(5), late: false, ...id }],
    ['guess', at(3), { phase: 'visible', data: {}, position: at(5), ...id }],
    ['real', at(6), { phase: 'visible', data: {}, position: at(5), ...id }],
    ['guess', undefined, { phase: 'accepted', data: {}, position: at(5), late: false, ...id }],
    ['real', undefined, { phase: 'visible', data: {}, position: at(5), ...id }],
    ['real', at(3), { phase: 'refused', data: {}, position: at(5), userErrors: [], ...id }],
    ['real', at(3), { phase: 'failed', error: new Error('No.'), ...id }],
    ['real', at(3), { phase: 'idle' }],
  ])('gives %s where %s is shown and the command is %o', (expected, position, command) => {
    expect(show(position, command)).toBe(expected);
  });
});
