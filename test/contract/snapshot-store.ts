import { describe, expect, it } from 'vitest';
import { newId, type Bounds, type Snapshot, type SnapshotStore } from '../../src/kernel/index.js';

/** A snapshot of some log. */
export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return { stamp: 'log/1/1/abc', position: 7, commandId: newId(), state: '{"sum":1}', ...change };
}

const ROOMY: Bounds = { entriesMax: 100, bytesMax: 1_000_000 };

/** What every engine's snapshots promise. `open` gives a new, empty store with these bounds; run it for each engine. */
export function snapshotStoreContract(engine: string, open: (bounds: Bounds) => SnapshotStore): void {
  describe(`the ${engine} snapshots`, () => {
    it('have nothing at first', async () => {
      expect(await open(ROOMY).read('order [1]')).toBeUndefined();
    });

    it('give back what was written, to the letter', async () => {
      const store = open(ROOMY);
      const written = snapshot({
        stamp: 'Zürich 🌊',
        position: Number.MAX_SAFE_INTEGER,
        state: JSON.stringify({
          text: 'Zürich 🌊 \u0000 \ud800 "\n',
          list: [1, { a: [-1.5e-7, null, true] }],
        }),
      });
      await store.write('order [{"tags":["ü:ß"]}]', written);
      expect(await store.read('order [{"tags":["ü:ß"]}]')).toEqual(written);
    });

    it('keep one for each key, the newest, also where its position is lower', async () => {
      const store = open(ROOMY);
      const [older, newer, other] = [snapshot({ position: 9 }), snapshot({ position: 8 }), snapshot()];
      await store.write('a', older);
      await store.write('b', other);
      await store.write('a', newer);
      expect(await store.read('a')).toEqual(newer);
      expect(await store.read('b')).toEqual(other);
      expect(await store.read('A')).toBeUndefined();
    });

    it('keep so many at most: the oldest goes', async () => {
      const store = open({ ...ROOMY, entriesMax: 2 });
      for (const key of ['a', 'b', 'a', 'c']) await store.write(key, snapshot());
      expect(await kept(store, ['a', 'b', 'c'])).toEqual(['a', 'c']);
    });

    it('keep so many bytes at most: the oldest go', async () => {
      const store = open({ ...ROOMY, bytesMax: 100 });
      const state = (length: number): string => JSON.stringify('x'.repeat(length - 2));
      for (const key of ['a', 'b', 'c']) await store.write(key, snapshot({ state: state(30) }));
      expect(await kept(store, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
      await store.write('d', snapshot({ state: state(60) }));
      expect(await kept(store, ['a', 'b', 'c', 'd'])).toEqual(['c', 'd']);
    });

    it('do not keep one that is too large alone, nor the one before it', async () => {
      const store = open({ ...ROOMY, bytesMax: 100 });
      await store.write('a', snapshot());
      await store.write('b', snapshot());
      await store.write('a', snapshot({ state: JSON.stringify('ü'.repeat(60)) }));
      expect(await kept(store, ['a', 'b'])).toEqual(['b']);
    });

    it('keep one where only one is allowed, and none where none is', async () => {
      const one = open({ ...ROOMY, entriesMax: 1 });
      const none = open({ ...ROOMY, entriesMax: 0 });
      for (const key of ['a', 'b']) {
        await one.write(key, snapshot());
        await none.write(key, snapshot());
      }
      expect([await kept(one, ['a', 'b']), await kept(none, ['a', 'b'])]).toEqual([['b'], []]);
    });
  });
}

async function kept(store: SnapshotStore, keys: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(keys.map(async (key) => ((await store.read(key)) ? [key] : [])));
  return found.flat();
}
