import { strictEqual } from 'node:assert/strict';
import type { Bounds, SnapshotStore } from '../../kernel/index.js';
import { same } from './expectations.js';
import { withStore, type Harness, type Runner } from './runner.js';
import { snapshot } from './samples.js';

const ROOMY: Bounds = { entriesMax: 100, bytesMax: 1_000_000 };

/** What every engine's snapshots promise. `open` gives a new and empty store with these bounds; see `logContract`. */
export function snapshotStoreContract<Store extends SnapshotStore>(
  harness: Harness<Store, [bounds: Bounds]>,
  { describe, test }: Runner,
): void {
  const check = (
    name: string,
    bounds: Partial<Bounds>,
    body: (store: SnapshotStore) => Promise<void>,
  ): void => {
    test(name, () => withStore(harness, [{ ...ROOMY, ...bounds }], body));
  };
  describe(`the ${harness.name} snapshots`, () => {
    check('have nothing at first', {}, async (store) => {
      strictEqual(await store.read('order [1]'), undefined);
    });

    check('give back what was written, to the letter', {}, async (store) => {
      const written = snapshot({
        stamp: 'Zürich 🌊',
        position: Number.MAX_SAFE_INTEGER,
        state: JSON.stringify({
          text: 'Zürich 🌊 \u0000 \ud800 "\n',
          list: [1, { a: [-1.5e-7, null, true] }],
        }),
      });
      await store.write('order [{"tags":["ü:ß"]}]', written);
      same(await store.read('order [{"tags":["ü:ß"]}]'), written);
    });

    check('keep one for each key, the newest, also where its position is lower', {}, async (store) => {
      const [older, newer, other] = [snapshot({ position: 9 }), snapshot({ position: 8 }), snapshot()];
      await store.write('a', older);
      await store.write('b', other);
      await store.write('a', newer);
      same(await store.read('a'), newer);
      same(await store.read('b'), other);
      strictEqual(await store.read('A'), undefined);
    });

    check('keep so many at most: the oldest goes', { entriesMax: 2 }, async (store) => {
      for (const key of ['a', 'b', 'a', 'c']) await store.write(key, snapshot());
      same(await kept(store, ['a', 'b', 'c']), ['a', 'c']);
    });

    check('keep so many bytes at most: the oldest go', { bytesMax: 100 }, async (store) => {
      const state = (length: number): string => JSON.stringify('x'.repeat(length - 2));
      for (const key of ['a', 'b', 'c']) await store.write(key, snapshot({ state: state(30) }));
      same(await kept(store, ['a', 'b', 'c']), ['a', 'b', 'c']);
      await store.write('d', snapshot({ state: state(60) }));
      same(await kept(store, ['a', 'b', 'c', 'd']), ['c', 'd']);
    });

    check(
      'do not keep one that is too large alone, nor the one before it',
      { bytesMax: 100 },
      async (store) => {
        await store.write('a', snapshot());
        await store.write('b', snapshot());
        await store.write('a', snapshot({ state: JSON.stringify('ü'.repeat(60)) }));
        same(await kept(store, ['a', 'b']), ['b']);
      },
    );

    test('keep one where only one is allowed, and none where none is', async () => {
      for (const [entriesMax, left] of [
        [1, ['b']],
        [0, []],
      ] as const) {
        await withStore(harness, [{ ...ROOMY, entriesMax }], async (store) => {
          for (const key of ['a', 'b']) await store.write(key, snapshot());
          same(await kept(store, ['a', 'b']), left);
        });
      }
    });
  });
}

async function kept(store: SnapshotStore, keys: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(keys.map(async (key) => ((await store.read(key)) ? [key] : [])));
  return found.flat();
}
