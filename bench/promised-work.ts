import { checksumOf } from '../src/engines/sqlite/checksum.js';
import { createCommand, fingerprintOf, type CommandType } from '../src/kernel/index.js';
import type { CommandRows } from './bare-log.js';

/** A command as it was sent. */
export interface Sent {
  readonly type: CommandType;
  readonly input: unknown;
}

/**
 * What every command is promised, whatever it decides, done again for one that was sent: its input validated, its ids, its
 * fingerprint, its events as JSON text, and a checksum over all of it. What comes of it is thrown away.
 */
export function promiseOf({ command, events }: CommandRows, sent: ReadonlyMap<string, Sent>): () => void {
  const found = sent.get((command[1] as Buffer).toString('hex'));
  if (found === undefined) throw new Error('A command is in the log that nobody sent.');
  const { type, input } = found;
  const facts = events.map(([, , version, , tags, data]) => ({
    schemaVersion: Number(version),
    tags: [String(tags)],
    data: JSON.parse(String(data)) as unknown,
  }));
  return () => {
    const made = createCommand(type, input);
    const { commandId: id, name, actor, issuedAt, correlationId, causationId } = made;
    const fingerprint = fingerprintOf(made);
    const texts = facts.map((fact) => ({ ...fact, type: name, data: JSON.stringify(fact.data) }));
    const envelope = { id, name, actor, issuedAt, recordedAt: issuedAt, correlationId, causationId };
    checksumOf({ ...envelope, fingerprint, position: 0, result: null, events: texts });
  };
}
