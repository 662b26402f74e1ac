import {
  TidemarkError,
  matches,
  type Append,
  type AppendOutcome,
  type Boundary,
  type Criterion,
  type LogIdentity,
} from '../../kernel/index.js';
import { arrayLiteral, arrayOf, decodeNullable, encodeNullable, encodeText } from './text.js';

/** The most appends in one call, and about how many characters of data. */
export const BATCH_MAX = 512;
const BATCH_CHARACTERS_MAX = 2 * 1_048_576;
/** The most characters of one command's data: a call has to fit into one message of the protocol. */
const COMMAND_CHARACTERS_MAX = 128 * 1_048_576;

/** An append that has been checked, with each event's data as JSON text. */
export interface CheckedAppend {
  readonly append: Append;
  readonly data: readonly string[];
}

/** What the server says of one append of a call. */
export interface Verdict {
  readonly kind: number;
  readonly at_position: number;
  readonly stored_fingerprint: string | null;
  readonly stored_result: string | null;
}

/** Refuses a command that no call could carry. */
export function refuseHuge({ data }: CheckedAppend): void {
  let characters = 0;
  for (const text of data) characters += text.length;
  if (characters <= COMMAND_CHARACTERS_MAX) return;
  throw new TidemarkError(
    'BAD_USER_INPUT',
    `The events of a command may have ${COMMAND_CHARACTERS_MAX} characters of data at most in this log, these have ${characters}.`,
  );
}

/** Takes the appends of the next call out of the queue: one at least, then as many as fit. */
export function takeBatch<T extends CheckedAppend>(queue: T[]): readonly T[] {
  let characters = 0;
  let count = 0;
  for (const { data } of queue) {
    for (const text of data) characters += text.length;
    if (count > 0 && (count === BATCH_MAX || characters > BATCH_CHARACTERS_MAX)) break;
    count += 1;
  }
  return queue.splice(0, count);
}

/** What stands between the events' data in one text: JSON never has it, and only needs to be split, not parsed. */
const SEPARATOR = '\u0001';

/** The arguments of `append_batch` in a statement, as `argumentsOf` has them. */
export const ARGUMENTS = `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
  string_to_array($20, E'\\x01')`;

/** A value for each command, or for each event. */
export type Column = readonly (string | number | boolean | null)[];

/** What is told of these appends, column by column; the last one is the events' data. */
export function columnsOf(batch: readonly CheckedAppend[]): readonly Column[] {
  const commands = batch.map(({ append }) => append.command);
  const events = batch.flatMap(({ append, data }, owner) =>
    append.events.map((event, index) => ({ event, data: data[index] ?? '{}', owner, index })),
  );
  return [
    commands.map(({ id }) => id),
    commands.map(({ name }) => encodeText(name)),
    commands.map(({ actor }) => encodeText(actor)),
    commands.map(({ issuedAt }) => issuedAt),
    commands.map(({ id, correlationId }) => (correlationId === id ? null : encodeText(correlationId))),
    commands.map(({ causationId }) => encodeNullable(causationId)),
    commands.map(({ fingerprint }) => fingerprint),
    commands.map(({ result }) => encodeNullable(result)),
    batch.map(({ append }) => append.events.length),
    dependents(batch),
    batch.map(({ append }) => append.condition?.after ?? null),
    batch.map(({ append: { condition } }) =>
      condition === undefined ? null : JSON.stringify(encodeBoundary(condition.boundary)),
    ),
    // Arrays of PostgreSQL count from 1.
    events.map(({ owner }) => owner + 1),
    events.map(({ index }) => index + 1),
    events.map(({ event }) => encodeText(event.type)),
    events.map(({ event }) => event.schemaVersion),
    events.map(({ event }) => arrayLiteral([...new Set(event.tags)])),
    events.map(({ data }) => data),
  ];
}

/** The columns as the arguments of `append_batch`. */
export function argumentsOf({ id, epoch }: LogIdentity, columns: readonly Column[]): unknown[] {
  return [id, epoch, ...columns.slice(0, -1).map(arrayOf), columns.at(-1)?.join(SEPARATOR)];
}

/** A boundary as the server's functions and statements take it: each criterion by its first tag, then by all it wants. */
export function encodeBoundary(boundary: Boundary): readonly object[] {
  return boundary.map(({ tags, types }: Criterion) => ({
    tag: encodeText(tags[0] ?? ''),
    ...((tags.length > 1 || types !== undefined) && { tags: arrayLiteral(tags) }),
    ...(types !== undefined && { types: arrayLiteral(types) }),
  }));
}

/**
 * Whether each append may meet another verdict than the log alone says, because of an append before it in the batch: the
 * same command, or an event that its boundary matches.
 */
function dependents(batch: readonly CheckedAppend[]): readonly boolean[] {
  const ids = new Set<string>();
  const byTag = new Map<string, Append['events'][number][]>();
  return batch.map(({ append: { command, condition, events } }) => {
    const touched = condition?.boundary.some((criterion) =>
      byTag.get(criterion.tags[0] ?? '')?.some((event) => matches([criterion], event)),
    );
    const dependent = ids.has(command.id) || touched === true;
    ids.add(command.id);
    for (const event of events)
      for (const tag of event.tags) byTag.set(tag, [...(byTag.get(tag) ?? []), event]);
    return dependent;
  });
}

/** The outcome of an append; undefined where it has to be sent again. */
export function outcomeOf(verdict: Verdict): AppendOutcome | undefined {
  const { at_position: position, stored_fingerprint: fingerprint, stored_result: result } = verdict;
  if (verdict.kind === 3) return undefined;
  if (verdict.kind === 2) return { kind: 'conflict', position };
  if (verdict.kind === 0) return { kind: 'appended', position };
  return {
    kind: 'duplicate',
    position,
    fingerprint: (fingerprint ?? '').replaceAll('-', ''),
    result: decodeNullable(result),
  };
}
