import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  CompositionError,
  compareEventSchemas,
  defineEvents,
  eventSchemasOf,
  renamed,
  type EventSchemas,
  type RetiredEvents,
  type Upcaster,
} from '../../src/kernel/index.js';

const v1 = z.object({ id: z.string(), name: z.string() });
const wider = v1.extend({ nick: z.string().optional() });
const v2 = z.object({ id: z.string(), first: z.string(), last: z.string() });
const same: Upcaster = (data) => data;
const tags = () => ['person:1'];

interface Past {
  readonly named?: { schema: z.ZodType<object>; version?: number };
  readonly retired?: RetiredEvents;
}

/** The schemas of a catalogue with `Left`, and with `Named` where it is given. */
function schemasOf({ named, retired = {} }: Past): EventSchemas {
  const { version = 1 } = named ?? {};
  const upcast = Object.fromEntries(Array.from({ length: version - 1 }, (_, index) => [index + 1, same]));
  const left = { schema: z.object({ id: z.string() }), tags };
  const definitions = { Left: left, ...(named && { Named: { tags, ...named, upcast } }) };
  return eventSchemasOf(defineEvents<Record<string, object>>(definitions, { retired }), z.toJSONSchema);
}

const recorded = schemasOf({ named: { schema: v1 } });
const named = (comparison: ReturnType<typeof compareEventSchemas>) =>
  comparison.changes.find(({ type }) => type === 'Named');

describe('what a catalogue says now, compared with what is on record,', () => {
  it('is unchanged where it is the same', () => {
    const comparison = compareEventSchemas(recorded, schemasOf({ named: { schema: v1 } }));
    expect(comparison).toEqual({
      verdict: 'unchanged',
      changes: [
        { type: 'Left', verdict: 'unchanged', message: 'Left is unchanged.' },
        { type: 'Named', verdict: 'unchanged', message: 'Named is unchanged.' },
      ],
      schemas: recorded,
    });
  });

  it('starts from nothing: every type is new', () => {
    const { verdict, schemas } = compareEventSchemas({}, recorded);
    expect({ verdict, schemas }).toEqual({ verdict: 'compatible', schemas: recorded });
  });

  it('is compatible where stored events still fit, and the schema is replaced', () => {
    const comparison = compareEventSchemas(recorded, schemasOf({ named: { schema: wider } }));
    expect(named(comparison)?.message).toBe('Named version 1 changed; stored events still fit.');
    expect(comparison.verdict).toBe('compatible');
    expect(comparison.schemas['Named']?.schemas).toEqual({ 1: z.toJSONSchema(wider) });
  });

  it('is breaking where they need not, says exactly what to do, and leaves the record as it was', () => {
    const comparison = compareEventSchemas(recorded, schemasOf({ named: { schema: v2 } }));
    expect(comparison.verdict).toBe('breaking');
    expect(comparison.schemas).toBe(recorded);
    expect(named(comparison)?.message).toBe(
      'Named version 1 changed so that stored events need not fit: first is new and required; last is new and required; ' +
        'name was removed. What to do: 1. set version: 2 on Named; 2. add upcast: { 1: (data) => … } to it, which turns ' +
        'the data of version 1 into that of version 2; 3. run `npm run event-schemas`, which keeps the schema of version 1 ' +
        'and adds that of version 2. (Where no event of version 1 was ever stored, delete its schema from the file ' +
        'instead, and run it).',
    );
  });

  it('is compatible again with a raised version and its upcaster: both schemas are on record', () => {
    const comparison = compareEventSchemas(recorded, schemasOf({ named: { schema: v2, version: 2 } }));
    expect(named(comparison)).toMatchObject({ verdict: 'compatible' });
    expect(comparison.schemas['Named']).toEqual({
      version: 2,
      schemas: { 1: z.toJSONSchema(v1), 2: z.toJSONSchema(v2) },
    });
    const again = compareEventSchemas(comparison.schemas, schemasOf({ named: { schema: v2, version: 2 } }));
    expect(again.verdict).toBe('unchanged');
  });

  it('is compatible where a schema of which nothing was stored was taken off the record', () => {
    const without = { ...recorded, Named: { version: 1, schemas: {} } };
    const comparison = compareEventSchemas(without, schemasOf({ named: { schema: v2 } }));
    expect(named(comparison)).toMatchObject({ verdict: 'compatible' });
    expect(comparison.schemas['Named']?.schemas).toEqual({ 1: z.toJSONSchema(v2) });
  });

  it('is breaking where a type was removed; retiring it makes it right', () => {
    const gone = compareEventSchemas(recorded, schemasOf({}));
    expect(named(gone)?.message).toMatch(
      /Named was removed.*1\. pass defineEvents \{ retired: \{ Named: \{ version: 1, upcast: \{ 1: renamed\('…'\)/,
    );
    const retired = schemasOf({ retired: { Named: { upcast: { 1: renamed('Left') } } } });
    const comparison = compareEventSchemas(recorded, retired);
    expect(named(comparison)).toMatchObject({ verdict: 'compatible' });
    expect(comparison.schemas['Named']).toEqual({
      version: 1,
      retired: true,
      schemas: { 1: z.toJSONSchema(v1) },
    });
    expect(compareEventSchemas(comparison.schemas, retired).verdict).toBe('unchanged');
    expect(compareEventSchemas(comparison.schemas, schemasOf({})).verdict).toBe('breaking');
  });

  it.each<[string, Past, RegExp]>([
    ['goes back', { named: { schema: v1 } }, /has version 1, but version 2 is on record.*set version: 2/],
    ['leaves one out', { named: { schema: v2, version: 4 } }, /from version 2 to 4.*set version: 3/],
    [
      'is another when it is retired',
      { retired: { Named: { upcast: { 1: renamed('Left') } } } },
      /retired with version 1, but its last version on record is 2.*set version: 2/,
    ],
    ['is gone', {}, /upcast: \{ …, 2: renamed/],
  ])('is breaking where the version %s', (_what, past, message) => {
    const second = compareEventSchemas(recorded, schemasOf({ named: { schema: v2, version: 2 } })).schemas;
    const comparison = compareEventSchemas(second, schemasOf(past));
    expect(comparison.verdict).toBe('breaking');
    expect(named(comparison)?.message).toMatch(message);
  });

  it('may have a type back that was retired, if its schema still fits', () => {
    const retired: EventSchemas = { ...recorded, Named: { ...recorded['Named']!, retired: true } };
    const back = compareEventSchemas(retired, schemasOf({ named: { schema: v1 } }));
    expect(back).toMatchObject({ verdict: 'compatible', schemas: recorded });
    expect(compareEventSchemas(retired, schemasOf({ named: { schema: v2 } })).verdict).toBe('breaking');
  });

  it('is refused where a schema has no JSON Schema, with the name of its type', () => {
    const dated = () => schemasOf({ named: { schema: z.object({ at: z.date() }) } });
    expect(dated).toThrow(CompositionError);
    expect(dated).toThrow('The schema of Named cannot be written as JSON Schema.');
  });
});
