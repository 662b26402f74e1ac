import { crc32 } from 'node:zlib';

/** What one command wrote, as it is read back: names and tags as text, data as stored. */
export interface StoredCommandContent {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly actor: string;
  readonly issuedAt: number;
  readonly recordedAt: number;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Of its last event, or the head when it was decided. */
  readonly position: number;
  readonly result: string | null;
  readonly events: readonly {
    readonly type: string;
    readonly schemaVersion: number;
    readonly tags: readonly string[];
    readonly data: string;
  }[];
}

/** A CRC-32 over everything that a command wrote, so that `verify` finds what a disk has changed since. */
export function checksumOf(content: StoredCommandContent): number {
  const { id, name, fingerprint, actor, issuedAt, recordedAt, correlationId, causationId, position, result } =
    content;
  // The sum of two texts is that of both in one: most commands take one call.
  let text = `${id}\n${name}\n${fingerprint}\n${actor}\n${issuedAt}\n${recordedAt}\n${correlationId}\n${causationId ?? ''}\n${position}\n${result ?? ''}\n`;
  let sum = 0;
  for (const { type, schemaVersion, tags, data } of content.events) {
    sum = crc32(`${text}${type}\n${schemaVersion}\n${tags.join('\n')}\n${data}`, sum);
    text = '';
  }
  return text === '' ? sum : crc32(text, sum);
}
