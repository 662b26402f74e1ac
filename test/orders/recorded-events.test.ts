import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import eventSchemas from '../../event-schemas.json' with { type: 'json' };
import { parse, type EventSchemas, type NewEvent } from '../../src/kernel/index.js';
import { orderEvents } from '../../src/orders/events.js';
import { recordedEvent } from '../support/recorded-event.js';

const FOLDER = new URL('recorded-events/', import.meta.url);
const schemas: EventSchemas = eventSchemas;
const files = readdirSync(FOLDER).sort();

/** Each version of each type that is on record, as the files of examples are named. */
const versions = Object.entries(schemas).flatMap(([type, { schemas: ofType }]) =>
  Object.entries(ofType).map(([version, schema]) => ({
    type,
    version,
    schema,
    file: `${type}.v${version}.json`,
  })),
);

function examplesIn(file: string): readonly NewEvent[] {
  if (!files.includes(file)) return [];
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as readonly NewEvent[];
}

it('there are examples of every version of every type, and of no other', () => {
  const wanted = versions.map(({ file }) => file).sort();
  expect(files, 'Put events as a log holds them into test/orders/recorded-events; delete none.').toEqual(
    wanted,
  );
});

describe.each(versions)('stored events of $type version $version', ({ type, version, schema, file }) => {
  const examples = examplesIn(file);

  it('are what the schema on record says', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toMatchObject({ type, schemaVersion: Number(version) });
      // A schema that zod wrote.
      expect(() => z.fromJSONSchema(schema).parse(example.data)).not.toThrow();
    }
  });

  it('are read as events that the newest schemas accept, to the letter', () => {
    for (const example of examples) {
      for (const decoded of orderEvents.decode(recordedEvent(example))) {
        const newest = orderEvents.definitions[decoded.type];
        expect(decoded.schemaVersion).toBe(newest.version ?? 1);
        expect(parse<object>(newest.schema, decoded.data)).toEqual(decoded.data);
        expect(decoded.tags).toEqual(example.tags);
      }
    }
  });
});

it('an event that is written today has the tags that stored ones have', () => {
  for (const example of files.flatMap(examplesIn)) {
    const [decoded, ...others] = orderEvents.decode(recordedEvent(example));
    if (decoded !== undefined && others.length === 0) {
      const { type, data } = decoded;
      // One of the catalogue's events, type and data belonging together.
      expect(orderEvents.encode({ type, data } as Parameters<typeof orderEvents.encode>[0]).tags).toEqual(
        example.tags,
      );
    }
  }
});
