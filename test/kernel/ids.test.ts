import { describe, expect, it } from 'vitest';
import { isUuid, newId } from '../../src/kernel/index.js';

const COUNT = 100_000;

describe('newId', () => {
  it('is a UUID of version 7 in lower case', () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('begins with its time', () => {
    const later = Date.UTC(2300, 0, 1);
    expect(Number.parseInt(newId(later).replaceAll('-', '').slice(0, 12), 16)).toBe(later);
  });

  it.each([
    ['as time goes by', () => newId()],
    ['within one millisecond', () => newId(Date.UTC(2400, 0, 1))],
    ['while the clock goes back', (n: number) => newId(Date.UTC(2500, 0, 1) - n)],
  ])('is never the same and always ascends in a process, %s', (_when, make) => {
    const ids = Array.from({ length: COUNT }, (_, n) => make(n));
    expect(new Set(ids).size).toBe(COUNT);
    expect(ids.every((id, at) => at === 0 || (ids[at - 1] ?? '') < id)).toBe(true);
    expect(ids.every(isUuid)).toBe(true);
  });
});

describe('isUuid', () => {
  it('takes any version in either case, and nothing else', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect([id, id.toUpperCase(), '00000000-0000-0000-0000-000000000000'].every(isUuid)).toBe(true);
    const bad = [
      '',
      'x',
      id.slice(1),
      `${id}0`,
      `${id}\n`,
      `{${id}}`,
      id.replaceAll('-', ''),
      id.replace('5d', '5g'),
    ];
    expect(bad.filter(isUuid)).toEqual([]);
  });
});
