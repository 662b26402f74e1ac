import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemory, type KeyValueStore, type Memory } from '../../src/client/index.js';
import { until } from '../support/until.js';

const at = (number: number, log = 'aaaaaaaaaaaa-0000000001'): string =>
  `${log}-${String(number).padStart(16, '0')}`;
const OTHER = 'bbbbbbbbbbbb-0000000001';
const RESTORED = 'aaaaaaaaaaaa-0000000002';

function alone(): Memory {
  return createMemory({ storage: null, share: false });
}

function storeOf(): KeyValueStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
  };
}

let keys = 0;
/** Memories of two tabs, which have said hello to each other. */
function tabs(): readonly [Memory, Memory] {
  const key = `tabs-${process.pid}-${(keys += 1)}`;
  const open = (): Memory => createMemory({ key, storage: null, share: true });
  const both = [open(), open()] as const;
  onTestFinished(() => {
    for (const memory of both) memory.dispose();
  });
  return both;
}

describe('A memory', () => {
  test('knows nothing at first, and then the latest position', () => {
    const memory = alone();
    expect(memory.position()).toBeUndefined();
    memory.note(at(7));
    memory.note(at(3));
    expect(memory.position()).toBe(at(7));
    memory.note(at(10));
    expect(memory.position()).toBe(at(10));
  });

  test('tells when it changes, and only then', () => {
    const memory = alone();
    const told: (string | undefined)[] = [];
    const stop = memory.subscribe(() => told.push(memory.position()));
    for (const number of [1, 1, 0, 2]) memory.note(at(number));
    memory.forget(at(2));
    stop();
    memory.note(at(3));
    expect(told).toEqual([at(1), at(2), undefined]);
  });

  test('takes no text for a position that is none', () => {
    const memory = alone();
    for (const text of ['', 'soon', '7', at(7).toUpperCase()]) memory.note(text);
    expect(memory.position()).toBeUndefined();
  });

  test('gives a log up for another, and does not believe late answers of the one that it left', () => {
    const memory = alone();
    memory.note(at(9));
    memory.note(at(2, RESTORED));
    expect(memory.position()).toBe(at(2, RESTORED));
    memory.note(at(10));
    expect(memory.position()).toBe(at(2, RESTORED));
  });

  test('comes back to a log that it left when the service no longer knows the other one', () => {
    const memory = alone();
    memory.note(at(9));
    memory.note(at(2, OTHER));
    memory.forget(at(2, OTHER));
    memory.note(at(9));
    expect(memory.position()).toBe(at(9));
  });

  test('forgets, and says what; not where it has heard of another log since', () => {
    const memory = alone();
    const forgotten: string[] = [];
    memory.onForget((position) => forgotten.push(position));
    memory.note(at(9));
    memory.note(at(2, RESTORED));
    memory.forget(at(9));
    expect(memory.position()).toBe(at(2, RESTORED));
    memory.forget(at(1, RESTORED));
    memory.forget(at(1, RESTORED));
    expect(memory.position()).toBeUndefined();
    expect(forgotten).toEqual([at(2, RESTORED)]);
    // A log that lost its tail keeps its name.
    memory.note(at(1, RESTORED));
    expect(memory.position()).toBe(at(1, RESTORED));
  });

  test('is kept over a reload, each key for itself', () => {
    const storage = storeOf();
    const before = createMemory({ key: 'ann', storage, share: false });
    before.note(at(7));
    expect(createMemory({ key: 'ann', storage, share: false }).position()).toBe(at(7));
    expect(createMemory({ key: 'bob', storage, share: false }).position()).toBeUndefined();
    before.forget(at(7));
    expect(createMemory({ key: 'ann', storage, share: false }).position()).toBeUndefined();
  });

  test('starts anew where what was kept is none, and works where nothing can be kept', () => {
    const storage = storeOf();
    storage.setItem('ann:position', '<html>');
    expect(createMemory({ key: 'ann', storage, share: false }).position()).toBeUndefined();
    const full = {
      ...storage,
      setItem: () => {
        throw new Error('QuotaExceededError');
      },
    };
    const memory = createMemory({ key: 'ann', storage: full, share: false });
    memory.note(at(7));
    expect(memory.position()).toBe(at(7));
  });

  test('is shared between tabs, what is forgotten, too', async () => {
    const [first, second] = tabs();
    first.note(at(7));
    await until(() => expect(second.position()).toBe(at(7)));
    second.note(at(8));
    await until(() => expect(first.position()).toBe(at(8)));
    const forgotten: string[] = [];
    first.onForget((position) => forgotten.push(position));
    second.forget(at(8));
    await until(() => expect(forgotten).toEqual([at(8)]));
    expect(first.position()).toBeUndefined();
  });

  test('of a new tab learns from those that are open', async () => {
    const key = `late-${process.pid}`;
    const first = createMemory({ key, storage: null, share: true });
    first.note(at(7));
    const second = createMemory({ key, storage: null, share: true });
    const stranger = createMemory({ key: `${key}-2`, storage: null, share: true });
    onTestFinished(() => {
      for (const memory of [first, second, stranger]) memory.dispose();
    });
    await until(() => expect(second.position()).toBe(at(7)));
    expect(stranger.position()).toBeUndefined();
  });

  test('hears nothing from a tab that speaks another language', async () => {
    const [first, second] = tabs();
    const channel = new BroadcastChannel(`tabs-${process.pid}-${keys}`);
    for (const message of [
      null,
      7,
      { kind: 'position', position: 7 },
      { kind: 'what' },
      { kind: 'position' },
    ])
      channel.postMessage(message);
    channel.postMessage({ kind: 'position', position: at(7) });
    await until(() => expect([first.position(), second.position()]).toEqual([at(7), at(7)]));
    channel.close();
  });
});
