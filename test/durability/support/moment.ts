import { existsSync, readFileSync, statSync } from 'node:fs';
import { endianness } from 'node:os';

/** What a database was in the middle of when its process was killed. */
export interface Moment {
  /** Frames of a transaction are in the WAL file, and no reader was told of them. */
  readonly commit: boolean;
  /** Pages were being copied from the WAL file to the database file. */
  readonly checkpoint: boolean;
}

// Offsets from https://www.sqlite.org/walformat.html
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const SALT_IN_WAL = 16;
const SALT_IN_FRAME = 8;
const SALT_BYTES = 8;
const PAGE_SIZE_AT = 14;
const MAX_FRAME_AT = 16;
const BACKFILLED_AT = 96;
const BACKFILL_ATTEMPTED_AT = 128;

const NOTHING: Moment = { commit: false, checkpoint: false };

/**
 * Reads from the WAL file and its index, which outlive the process, what was going on; `startedAt` is when the process
 * began, in ms since 1970. Call it before anyone opens the file.
 */
export function momentOf(file: string, startedAt: number): Moment {
  if (!existsSync(`${file}-wal`) || !existsSync(`${file}-shm`)) return NOTHING;
  const wal = readFileSync(`${file}-wal`);
  const index = readFileSync(`${file}-shm`);
  if (index.length <= BACKFILL_ATTEMPTED_AT || wal.length < WAL_HEADER) return NOTHING;
  const number = (at: number): number =>
    endianness() === 'LE' ? index.readUInt32LE(at) : index.readUInt32BE(at);
  const pageSize =
    endianness() === 'LE' ? index.readUInt16LE(PAGE_SIZE_AT) : index.readUInt16BE(PAGE_SIZE_AT);
  const next = WAL_HEADER + number(MAX_FRAME_AT) * (pageSize + FRAME_HEADER);
  const salt = wal.subarray(SALT_IN_WAL, SALT_IN_WAL + SALT_BYTES);
  const frameSalt = wal.subarray(next + SALT_IN_FRAME, next + SALT_IN_FRAME + SALT_BYTES);
  return {
    // Frames of an earlier use of the file have another salt.
    commit: frameSalt.length === SALT_BYTES && frameSalt.equals(salt),
    // Attempted, as the index has it, is also what lies in the WAL at the start: the database file must have changed since.
    checkpoint: number(BACKFILL_ATTEMPTED_AT) > number(BACKFILLED_AT) && statSync(file).mtimeMs > startedAt,
  };
}
