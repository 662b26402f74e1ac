import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoundedMap } from '../../src/kernel/bounded-map.js';
import { bytesOf } from '../../src/kernel/bytes-of.js';
import { createStateCache, type Folded } from '../../src/kernel/state-cache.js';

const folded = (state: unknown, after = 1): Folded<unknown> => ({
  state,
  after,
  last: undefined,
  unsaved: 0,
});
const text = (bytes: number): string => 'x'.repeat(bytes / 2);

describe('the state cache', () => {
  it('drops what was not used for the longest time beyond its entries', () => {
    const cache = createStateCache({ entriesMax: 2 });
    cache.set('a', folded('A'));
    cache.set('b', folded('B'));
    cache.get('a');
    cache.set('c', folded('C'));
    expect(['a', 'b', 'c'].map((key) => cache.get(key)?.state)).toEqual(['A', undefined, 'C']);
  });

  it('keeps none where none is allowed', () => {
    const cache = createStateCache({ entriesMax: 0 });
    cache.set('a', folded('A'));
    expect(cache.get('a')).toBeUndefined();
  });

  it('drops beyond its bytes', () => {
    const cache = createStateCache({ bytesMax: 100_000 });
    for (const key of ['a', 'b', 'c']) cache.set(key, folded(text(40_000)));
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([false, true, true]);
  });

  it('does not keep a state larger than all of it, and drops nothing else for it', () => {
    const cache = createStateCache({ bytesMax: 100_000 });
    cache.set('a', folded('A'));
    cache.set('b', folded(Array.from({ length: 100 }, () => text(2_000))));
    expect([cache.get('a')?.state, cache.get('b')]).toEqual(['A', undefined]);
  });

  it('sees a state grow by what is added to it', () => {
    const cache = createStateCache({ bytesMax: 100_000 });
    cache.set('other', folded('O'));
    cache.get('other');
    const lines: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      lines.push(text(2_000));
      cache.set('a', folded([...lines]), [{ data: { line: lines[n] } }]);
    }
    expect(cache.get('a')).toBeUndefined();
  });

  it('does not take a state for large because much has happened to it', () => {
    const cache = createStateCache({ bytesMax: 10_000 });
    for (let n = 0; n < 1_000; n += 1)
      cache.set('a', folded({ last: text(200) }, n), [{ data: { last: text(200) } }]);
    expect(cache.get('a')?.after).toBe(999);
  });
});

describe('an estimate of bytes', () => {
  it('counts what is in arrays, objects, maps, sets and buffers', () => {
    const inside = text(2_000);
    for (const value of [
      [inside],
      { a: { b: inside } },
      new Map([[inside, 1]]),
      new Map([[1, inside]]),
      new Set([inside]),
      Buffer.alloc(2_000),
    ]) {
      expect(bytesOf(value)).toBeGreaterThan(2_000);
      expect(bytesOf(value)).toBeLessThan(2_300);
    }
    for (const value of [null, undefined, 1, true, () => 1]) expect(bytesOf(value)).toBeLessThan(50);
  });

  it('stops at the most that matters, and does not mind depth or cycles', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(bytesOf(circle, 1_000)).toBeLessThan(1_100);
    let deep: unknown = null;
    for (let n = 0; n < 100_000; n += 1) deep = [deep];
    expect(bytesOf(deep)).toBeGreaterThan(100_000);
  });
});

describe('a bounded map', () => {
  const operation = fc.oneof(
    fc.record({ kind: fc.constant('set'), key: fc.nat(9), bytes: fc.nat(60) }),
    fc.record({ kind: fc.constantFrom('get', 'delete'), key: fc.nat(9), bytes: fc.constant(0) }),
  );

  it('keeps exactly the most recently used that fit, and says which had to go', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 80 }),
        fc.nat(5),
        fc.nat(100),
        (operations, most, bytesMax) => {
          const map = createBoundedMap<number>({ entriesMax: most, bytesMax });
          // The same in the plainest way, the most recently used last.
          let model: { key: string; bytes: number }[] = [];
          for (const [n, { kind, key: number, bytes }] of operations.entries()) {
            const key = String(number);
            const before = model.find((entry) => entry.key === key);
            const others = model.filter((entry) => entry.key !== key);
            if (kind === 'delete') {
              map.delete(key);
              model = others;
            } else if (kind === 'get') {
              expect(map.get(key) !== undefined).toBe(before !== undefined);
              if (before !== undefined) model = [...others, before];
            } else {
              const dropped = map.set(key, n, bytes);
              const expected: string[] = bytes > bytesMax ? [key] : [];
              model = bytes > bytesMax ? others : [...others, { key, bytes }];
              while (model.length > most || model.reduce((sum, entry) => sum + entry.bytes, 0) > bytesMax)
                expected.push(model.shift()!.key);
              expect(dropped).toEqual(expected);
            }
          }
          const keys = Array.from({ length: 10 }, (_, n) => String(n));
          const kept = keys.filter((key) => map.get(key) !== undefined);
          expect(kept).toEqual(model.map(({ key }) => key).sort());
        },
      ),
    );
  });
});
