import { checksumOf, type StoredCommandContent } from '../src/engines/sqlite/checksum.js';
import { createCommand, fingerprintOf, type Command, type CommandType } from '../src/kernel/index.js';
import type { CommandRows } from './bare-log.js';

/** A command as it was sent. */
export interface Sent {
  readonly type: CommandType;
  readonly input: unknown;
}

/** An event of a command; it is called as the command is. */
export interface Fact {
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly data: unknown;
}

/**
 * What every command is promised, whatever it decides: its input validated, its ids, its fingerprint, its events as JSON
 * text, and a checksum over all of it. Throws where the input is not valid.
 */
export function keepPromises(
  { type, input }: Sent,
  position: number,
  factsOf: (command: Command) => readonly Fact[],
): { readonly content: StoredCommandContent; readonly checksum: number } {
  const command = createCommand(type, input);
  const { commandId: id, name, actor, issuedAt, correlationId, causationId } = command;
  const fingerprint = fingerprintOf(command);
  const events = factsOf(command).map((fact) => ({ ...fact, type: name, data: JSON.stringify(fact.data) }));
  const envelope = { id, name, actor, issuedAt, recordedAt: issuedAt, correlationId, causationId };
  const content = { ...envelope, fingerprint, position, result: null, events };
  return { content, checksum: checksumOf(content) };
}

/** The same done again for a command that was sent. What comes of it is thrown away. */
export function promiseOf({ command, events }: CommandRows, sent: ReadonlyMap<string, Sent>): () => void {
  const found = sent.get((command[1] as Buffer).toString('hex'));
  if (found === undefined) throw new Error('A command is in the log that nobody sent.');
  const facts = events.map(([, , version, , tags, data]) => ({
    schemaVersion: Number(version),
    tags: [String(tags)],
    data: JSON.parse(String(data)) as unknown,
  }));
  return () => {
    keepPromises(found, 0, () => facts);
  };
}
