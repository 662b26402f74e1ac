import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  CompositionError,
  UnknownEventError,
  UpcastError,
  defineEvents,
  into,
  nothing,
  renamed,
  type RecordedEvent,
  type RetiredEvents,
  type Step,
  type Steps,
} from '../../src/kernel/index.js';
import { recordedEvent } from '../support/recorded-event.js';
import { TORN, basketEvents } from './basket.js';

const stored = (type: string, schemaVersion: number, data: object, change: Partial<RecordedEvent> = {}) =>
  recordedEvent({ type, schemaVersion, data: { basket: 'b', ...data }, tags: ['basket:b'], ...change });

/** Type, version and data of what a stored event means today, shortened. */
const meaning = (type: string, version: number, data: object) =>
  basketEvents.decode(stored(type, version, data)).map((decoded) => {
    const { basket: _, ...rest } = decoded.data;
    return [decoded.type, decoded.schemaVersion, rest];
  });

describe('a stored event', () => {
  it('goes through every version of its type', () => {
    expect(meaning('Put', 1, { item: 'Tea' })).toEqual([['Put', 3, { sku: 'tea', quantity: 1 }]]);
    expect(meaning('Put', 2, { sku: 'jam' })).toEqual([['Put', 3, { sku: 'jam', quantity: 1 }]]);
  });

  it('of a renamed type is read by its new name, and goes on through the new type’s versions', () => {
    expect(meaning('Removed', 1, { sku: 'tea' })).toEqual([['Taken', 1, { sku: 'tea' }]]);
    expect(meaning('Added', 2, { item: 'Jam' })).toEqual([['Put', 3, { sku: 'jam', quantity: 1 }]]);
    expect(meaning('Added', 1, {})).toEqual([['Put', 3, { sku: 'tea', quantity: 1 }]]);
  });

  it('of a type that was renamed twice follows both', () => {
    expect(meaning('Inserted', 1, { item: 'Milk' })).toEqual([['Put', 3, { sku: 'milk', quantity: 1 }]]);
  });

  it('may be several events today: in order, each with the position, tags and envelope of the one stored', () => {
    const swapped = stored('Swapped', 1, { out: 'tea', put: 'jam' }, { position: 7, actor: 'ann' });
    expect(basketEvents.decode(swapped)).toEqual([
      { ...swapped, type: 'Taken', data: { basket: 'b', sku: 'tea' } },
      { ...swapped, type: 'Put', schemaVersion: 3, data: { basket: 'b', sku: 'jam', quantity: 1 } },
    ]);
  });

  it('may mean nothing any more, always or by its data, where the upcaster says so', () => {
    expect(meaning('Shaken', 1, {})).toEqual([]);
    expect(meaning('Counted', 1, { sku: 'tea', by: 0 })).toEqual([]);
    expect(meaning('Counted', 1, { sku: 'tea', by: 2 })).toEqual([['Put', 3, { sku: 'tea', quantity: 2 }]]);
  });

  it.each([
    ['Dropped', 1, /Dropped version 1; no such type is defined/],
    ['Put', 4, /Put version 4; this build reads up to version 3/],
    ['Added', 3, /Added version 3; this build reads up to version 2/],
    ['Put', 0, /Put version 0/],
  ])('that this build does not know is never decoded: %s version %i', (type, version, message) => {
    const decode = () => basketEvents.decode(stored(type, version, {}));
    expect(decode).toThrow(UnknownEventError);
    expect(decode).toThrow(message);
  });
});

describe('an upcaster that fails', () => {
  it('says which event, where it is, and which step; what it threw is the cause', () => {
    const error = caught(() => basketEvents.decode(stored('Torn', 1, {}, { position: 9 })));
    expect(error).toBeInstanceOf(UpcastError);
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The event at position 9 is Torn version 1; the upcaster of Torn from version 1 failed.',
    });
    expect(error.cause).toBe(TORN);
  });

  it('names the step of the type that it had become', () => {
    const error = caught(() => basketEvents.decode(stored('Inserted', 1, {}, { position: 3 })));
    expect(error.message).toMatch(
      /position 3 is Inserted version 1; the upcaster of Put from version 1 failed/,
    );
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it.each<[string, Step, RegExp]>([
    ['a list where data is due', () => [{ type: 'A', data: {} }], /returned a list; wrap it in into/],
    ['no data', (() => undefined) as unknown as Step, /must return the data.*it returned undefined/],
    [
      'no events by an oversight',
      into({ B: 1 }, () => []),
      /no events; return `nothing` where that is meant/,
    ],
    ['no list', into({ B: 1 }, (() => undefined) as never), /a list of events or nothing/],
    [
      'a type that it did not state',
      into({ B: 1 }, () => [{ type: 'A' as 'B', data: {} }]),
      /returned A.*add/,
    ],
    ['an event without data', into({ B: 1 }, () => [{ type: 'B' } as never]), /must return the data/],
  ])('because it returned %s says what to return', (_what, step, message) => {
    const events = catalogue({ version: 2, upcast: { 1: step } });
    const error = caught(() => events.decode(recordedEvent({ type: 'A' })));
    expect(error).toBeInstanceOf(UpcastError);
    expect((error.cause as Error).message).toMatch(message);
  });
});

describe('a catalogue', () => {
  const same = (data: object) => data;

  it.each<[string, { version?: number; upcast?: Steps }, RetiredEvents, RegExp]>([
    [
      'a missing step',
      { version: 2 },
      {},
      /A has version 2, but no upcaster from version 1: add upcast: \{ 1/,
    ],
    [
      'a step that never runs',
      { upcast: { 1: same } },
      {},
      /from version 1, which never runs: set version: 2/,
    ],
    ['no whole version', { version: 1.5 }, {}, /version of A must be a whole number from 1, it is 1.5/],
    ['version 0', { version: 0 }, {}, /it is 0/],
    ['a retired type that is defined', {}, { A: { upcast: { 1: renamed('B') } } }, /A is both defined and/],
    ['a retired type without a way on', {}, { R: { upcast: {} } }, /R is retired, but version 1.*renamed\(/],
    [
      'one that only changes its data',
      {},
      { R: { upcast: { 1: same } } },
      /R is retired, but version 1.*into/,
    ],
    [
      'one with a hole',
      {},
      { R: { version: 2, upcast: { 2: renamed('A') } } },
      /R.* no upcaster from version 1/,
    ],
    ['one with a step too many', {}, { R: { upcast: { 1: renamed('A'), 2: nothing } } }, /set version: 2/],
    [
      'an unknown target',
      {},
      { R: { upcast: { 1: renamed('C') } } },
      /to C version 1, but no such type.*define C/,
    ],
    [
      'a target’s unknown version',
      {},
      { R: { upcast: { 1: renamed('A', 2) } } },
      /A version 2, which has versions 1/,
    ],
    [
      'an endless chain',
      {},
      { R: { upcast: { 1: renamed('S') } }, S: { upcast: { 1: into({ A: 1, R: 1 }, () => nothing) } } },
      /circle: R version 1 → S version 1 → R version 1\. Let one of them lead to a newer version/,
    ],
    ['a step onto itself', {}, { R: { upcast: { 1: renamed('R') } } }, /R version 1 → R version 1/],
    [
      'a way back to the past',
      { version: 3, upcast: { 1: same, 2: renamed('A') } },
      {},
      /A version 2 → A version 1\./,
    ],
  ])('with %s is refused, with what to do', (_what, current, retired, message) => {
    const define = () => catalogue(current, retired);
    expect(define).toThrow(CompositionError);
    expect(define).toThrow(message);
  });

  it('may let a type turn into newer versions of itself and others', () => {
    const split = into({ A: 2, B: 1 }, (data) => [
      { type: 'A', data },
      { type: 'B', data },
    ]);
    const events = catalogue({ version: 2, upcast: { 1: split } });
    expect(events.decode(recordedEvent({ type: 'A' })).map(({ type }) => type)).toEqual(['A', 'B']);
    expect(events.decode(recordedEvent({ type: 'A', schemaVersion: 2 }))).toHaveLength(1);
    expect(events.yields('A')).toEqual(['A', 'B']);
  });

  it('knows which current types a stored type can turn into', () => {
    const yields = ['Put', 'Inserted', 'Removed', 'Swapped', 'Counted', 'Shaken', 'Torn', 'Dropped'].map(
      (type) => basketEvents.yields(type),
    );
    expect(yields).toEqual([
      ['Put'],
      ['Put'],
      ['Taken'],
      ['Taken', 'Put'],
      ['Put'],
      [],
      ['Taken'],
      undefined,
    ]);
  });

  it('asks the log for every stored type that can turn into one that a boundary names', () => {
    const tags = ['basket:b'];
    expect(basketEvents.stored([{ tags }, { tags, types: ['Taken'] }])).toEqual([
      { tags },
      { tags, types: ['Taken', 'Removed', 'Swapped', 'Torn'] },
    ]);
  });

  it('writes the newest version, and no retired type', () => {
    const data = { basket: 'b', sku: 'tea', quantity: 1 };
    expect(basketEvents.encode({ type: 'Put', data })).toEqual({
      type: 'Put',
      schemaVersion: 3,
      data,
      tags: ['basket:b'],
    });
    const retired = () =>
      // @ts-expect-error A retired type is read only.
      basketEvents.encode({ type: 'Swapped', data: { basket: 'b', out: 'tea', put: 'jam' } });
    expect(retired).toThrow(/Swapped is retired.*Write Taken or Put instead/);
    // @ts-expect-error A type of no catalogue.
    expect(() => basketEvents.encode({ type: 'Dropped', data })).toThrow(/Dropped is not in the catalogue/);
  });

  it('gives decoded events the types of today', () => {
    const [decoded] = basketEvents.decode(stored('Put', 3, { sku: 'tea', quantity: 2 }));
    if (decoded?.type === 'Put') expect(decoded.data.quantity).toBe(2);
    // @ts-expect-error Only Put has a quantity.
    if (decoded?.type === 'Taken') expect(decoded.data.quantity).toBe(2);
    // @ts-expect-error Nothing is decoded as a retired type.
    expect(decoded?.type === 'Swapped').toBe(false);
    // @ts-expect-error A step returns the types it states.
    into({ Put: 1 }, (data) => [{ type: 'Taken', data }]);
    // @ts-expect-error What a step takes is an object.
    into({ Put: 1 }, (data: string) => [{ type: 'Put', data: { data } }]);
    // @ts-expect-error A retired type leads somewhere.
    expect(() => defineEvents({}, { retired: { R: {} } })).toThrow();
  });
});

function catalogue(current: { version?: number; upcast?: Steps }, retired: RetiredEvents = {}) {
  const schema = z.object({});
  const tags = () => ['a:1'];
  return defineEvents<{ A: object; B: object }>(
    { A: { schema, tags, ...current }, B: { schema, tags } },
    { retired },
  );
}

function caught(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It did not fail.');
}
