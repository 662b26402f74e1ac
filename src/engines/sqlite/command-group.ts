import type { AppendOutcome, TidemarkError } from '../../kernel/index.js';
import type { CheckedAppend } from './log-writer.js';

const PAGE_BYTES = 4_096;

/** A command that waits for its transaction. */
export interface Waiting extends CheckedAppend {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: TidemarkError) => void;
}

/** A group that is committed but perhaps not on the disk yet. */
export interface Written {
  readonly group: readonly Waiting[];
  readonly outcomes: readonly AppendOutcome[];
  /** The last position that it wrote; 0 where it wrote no event. */
  readonly head: number;
  /** When it was recorded, in ms since 1970. */
  readonly recordedAt: number;
  readonly writeMs: number;
  readonly writtenAt: number;
}

/** About how many pages a group writes: one for each command, and its data. */
export function pagesOf(group: readonly Waiting[]): number {
  let pages = group.length;
  for (const { data } of group) for (const text of data) pages += text.length / PAGE_BYTES;
  return pages;
}

/** The last position that a group wrote; 0 where it wrote no event. */
export function headOf(group: readonly Waiting[], outcomes: readonly AppendOutcome[]): number {
  let head = 0;
  outcomes.forEach((outcome, index) => {
    const events = group[index]?.append.events.length ?? 0;
    if (outcome.kind === 'appended' && events > 0) head = outcome.position;
  });
  return head;
}
