import { CompositionError } from './errors.js';
import type { EventCatalogue, EventMap } from './events.js';
import type { JsonSchema } from './json-schema.js';
import type { Schema } from './schema.js';
import { misfits } from './schema-fit.js';

/** What is on record about one event type: its newest version, and the schema of each version that may be stored. */
export interface TypeSchemas {
  readonly version: number;
  /** It is read, but no longer written. */
  readonly retired?: true;
  readonly schemas: { readonly [version: string]: JsonSchema };
}

/** The schemas of every event type, as a committed file holds them. */
export type EventSchemas = { readonly [type: string]: TypeSchemas };

/** `compatible`: what was stored still fits. `breaking`: stored events could no longer be read as they are typed. */
export type SchemaVerdict = 'unchanged' | 'compatible' | 'breaking';

/** What became of one event type, in a sentence; of a breaking change also what to do. */
export interface SchemaChange {
  readonly type: string;
  readonly verdict: SchemaVerdict;
  readonly message: string;
}

/** How a catalogue stands to what is on record. */
export interface SchemaComparison {
  /** The gravest of the changes. */
  readonly verdict: SchemaVerdict;
  /** One for each type on record or in the catalogue. */
  readonly changes: readonly SchemaChange[];
  /** What to put on record now: old versions are kept. As it was where anything is breaking. */
  readonly schemas: EventSchemas;
}

/** Makes a JSON Schema of a schema of the library that a catalogue uses, such as zod's `z.toJSONSchema`. */
export type ToJsonSchema = {
  /** What the schema accepts, as JSON Schema. */
  // A method, so that a function for one library's schemas is accepted: the catalogue's are of that library.
  convert(schema: Schema): JsonSchema;
}['convert'];

/** The newest schemas of a catalogue's events. Objects should be closed (zod's are): to open ones no field can be added. */
export function eventSchemasOf<Events extends EventMap>(
  { definitions, retired }: Pick<EventCatalogue<Events>, 'definitions' | 'retired'>,
  toJsonSchema: ToJsonSchema,
): EventSchemas {
  const current = Object.entries<{ schema: Schema; version?: number }>(definitions).map(
    ([type, { schema, version = 1 }]) =>
      [type, { version, schemas: { [version]: convert(type, schema, toJsonSchema) } }] as const,
  );
  const past = Object.entries(retired).map(
    ([type, { version = 1 }]) => [type, { version, retired: true, schemas: {} }] as const,
  );
  return Object.fromEntries<TypeSchemas>([...current, ...past]);
}

function convert(type: string, schema: Schema, toJsonSchema: ToJsonSchema): JsonSchema {
  try {
    // As a file gives it back: libraries add functions and undefined members.
    return JSON.parse(JSON.stringify(toJsonSchema(schema))) as JsonSchema;
  } catch (cause) {
    throw new CompositionError(`The schema of ${type} cannot be written as JSON Schema.`, { cause });
  }
}

/** Compares what a catalogue says now with what is on record, type by type. Pure. */
export function compareEventSchemas(recorded: EventSchemas, now: EventSchemas): SchemaComparison {
  const types = Object.keys({ ...now, ...recorded });
  const changes = types.map((type) => ({ type, ...changeOf(type, recorded[type], now[type]) }));
  const has = (verdict: SchemaVerdict): boolean => changes.some((change) => change.verdict === verdict);
  const verdict = has('breaking') ? 'breaking' : has('compatible') ? 'compatible' : 'unchanged';
  return { verdict, changes, schemas: verdict === 'breaking' ? recorded : merged(recorded, now) };
}

type Change = Omit<SchemaChange, 'type'>;

function changeOf(type: string, before: TypeSchemas | undefined, now: TypeSchemas | undefined): Change {
  if (before === undefined) return compatible(`${type} is new.`);
  if (now === undefined) return removed(type, before);
  return now.retired === true ? retirement(type, before, now) : versions(type, before, now);
}

function removed(type: string, { version }: TypeSchemas): Change {
  const steps = `{ …, ${version}: renamed('…') }`.replace(version === 1 ? '…, ' : '', '');
  return breaking(
    `${type} was removed, but stored events of it must still be read.`,
    `pass defineEvents { retired: { ${type}: { version: ${version}, upcast: ${steps} } } }, where the last step may also be into({ … }, …), or nothing if the fact no longer means anything`,
    `run ${COMMAND}`,
  );
}

function retirement(type: string, before: TypeSchemas, { version }: TypeSchemas): Change {
  if (version !== before.version)
    return breaking(
      `${type} is retired with version ${version}, but its last version on record is ${before.version}.`,
      `set version: ${before.version} on the retired ${type}, with an upcaster from each version up to it`,
    );
  return before.retired === true ? unchanged(type) : compatible(`${type} is retired: it is only read.`);
}

function versions(type: string, before: TypeSchemas, now: TypeSchemas): Change {
  const { version } = now;
  if (version < before.version)
    return breaking(
      `${type} has version ${version}, but version ${before.version} is on record: stored events of it could not be read.`,
      `set version: ${before.version} on ${type}, or ${before.version + 1} with an upcaster if its schema is to be another`,
    );
  if (version > before.version + 1)
    return breaking(
      `${type} went from version ${before.version} to ${version}, but versions go up one at a time.`,
      `set version: ${before.version + 1} on ${type}`,
    );
  if (version > before.version)
    return compatible(
      `${type} has version ${version} now; version ${before.version} is read by its upcaster.`,
    );
  return sameVersion(type, before, now);
}

function sameVersion(type: string, before: TypeSchemas, { version, schemas }: TypeSchemas): Change {
  const [older, newer] = [before.schemas[version], schemas[version]];
  if (older === undefined || newer === undefined) return compatible(`${type} version ${version} is new.`);
  const found = misfits(older, newer);
  if (found.length === 0) {
    const same = JSON.stringify(older) === JSON.stringify(newer) && before.retired === undefined;
    return same
      ? unchanged(type)
      : compatible(`${type} version ${version} changed; stored events still fit.`);
  }
  const list = found.map(({ path, reason }) => `${path === '' ? 'the data' : path} ${reason}`).join('; ');
  return breaking(
    `${type} version ${version} changed so that stored events need not fit: ${list}.`,
    `set version: ${version + 1} on ${type}`,
    `add upcast: { ${version}: (data) => … } to it, which turns the data of version ${version} into that of version ${version + 1}`,
    `run ${COMMAND}, which keeps the schema of version ${version} and adds that of version ${version + 1}. (Where no event of version ${version} was ever stored, delete its schema from the file instead, and run it)`,
  );
}

const COMMAND = '`npm run event-schemas`';

const unchanged = (type: string): Change => ({ verdict: 'unchanged', message: `${type} is unchanged.` });
const compatible = (message: string): Change => ({ verdict: 'compatible', message });
const breaking = (what: string, ...steps: readonly string[]): Change => ({
  verdict: 'breaking',
  message: `${what} What to do: ${steps.map((step, index) => `${index + 1}. ${step}`).join('; ')}.`,
});

function merged(recorded: EventSchemas, now: EventSchemas): EventSchemas {
  const entries = Object.entries(now).map(([type, { schemas, ...rest }]) => [
    type,
    { ...rest, schemas: { ...recorded[type]?.schemas, ...schemas } },
  ]);
  return Object.fromEntries(entries) as EventSchemas;
}
