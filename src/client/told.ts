import { isPosition, latestOf } from './position.js';
import type { Consistency, Position, Told, WireAnswer } from './types.js';

/** What `extensions` say about positions; nothing where they say nothing. */
export function toldBy(extensions: unknown): Told {
  const given = isRecord(extensions) ? extensions : {};
  const consistency = isConsistency(given['consistency']) ? given['consistency'] : undefined;
  const written = isPosition(given['written']) ? given['written'] : undefined;
  return { consistency, written, position: latestOf(consistency?.position, written) };
}

/** What a frame of a live view says: the position of its root field, and whether frames may have been missed. */
export function frameOf({ data }: WireAnswer): { position: Position | undefined; discontinuity: boolean } {
  let position: Position | undefined;
  let discontinuity = false;
  for (const field of isRecord(data) ? Object.values(data) : []) {
    if (!isRecord(field)) continue;
    if (isPosition(field['position'])) position = latestOf(position, field['position']);
    if (field['discontinuity'] === true) discontinuity = true;
  }
  return { position, discontinuity };
}

/** The codes of an answer's errors. */
export function codesOf({ errors }: WireAnswer): readonly string[] {
  return (errors ?? []).flatMap(({ extensions }) => extensions?.code ?? []);
}

/** True for an object whose fields may be read. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isConsistency(value: unknown): value is Consistency {
  return isRecord(value) && isPosition(value['position']) && isPosition(value['head']);
}
