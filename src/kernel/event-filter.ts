import { TidemarkError, invalidInput, type Problem } from './errors.js';
import { BOUNDARY_TERMS_MAX, TAGS_PER_EVENT_MAX, TAG_LENGTH_MAX, type Tag } from './log.js';

/** How much later than ours a caller's clock may be, in ms. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Which events: what is left out does not matter. Types are those that were recorded, not what they are read as. */
export interface EventFilter {
  readonly types?: readonly string[] | undefined;
  /** All of them. */
  readonly tags?: readonly Tag[] | undefined;
  /** Of one command, or of all that belongs together. */
  readonly commandId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Positions, both exclusive. */
  readonly afterPosition?: number | undefined;
  readonly beforePosition?: number | undefined;
  /** When they were recorded, in ms since 1970; `from` included, `to` not. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Refuses a filter that cannot be meant, or is over a limit; UNKNOWN_POSITION for a position ahead of the log. */
export function checkEventFilter(filter: EventFilter, head: number, now: number): void {
  const { afterPosition: after = 0, beforePosition: before = Infinity, from, to } = filter;
  if ([after, before].some((position) => Number.isFinite(position) && position > head)) {
    throw new TidemarkError(
      'UNKNOWN_POSITION',
      'This position lies ahead of the log. Use one that this service returned.',
    );
  }
  const problems = [
    problem('types', sized(filter.types, BOUNDARY_TERMS_MAX), `1 to ${BOUNDARY_TERMS_MAX} types`),
    problem('tags', sized(filter.tags, TAGS_PER_EVENT_MAX), `1 to ${TAGS_PER_EVENT_MAX} tags`),
    problem('tags', filter.tags?.every(isTag), `well-formed texts of 1 to ${TAG_LENGTH_MAX} characters`),
    problem('beforePosition', after < before, 'later than `afterPosition`'),
    problem('from', isPast(from, now), 'a time that has come'),
    problem('to', isPast(to, now), 'a time that has come'),
    problem('to', from === undefined || to === undefined || from < to, 'later than `from`'),
  ].filter((found) => found !== undefined);
  if (problems.length > 0) throw invalidInput(problems);
}

function problem(field: string, holds: boolean | undefined, expected: string): Problem | undefined {
  return holds === false ? { field: ['filter', field], message: `must be ${expected}` } : undefined;
}

function sized(list: readonly unknown[] | undefined, max: number): boolean {
  return list === undefined || (list.length > 0 && list.length <= max);
}

function isTag(tag: Tag): boolean {
  return tag.length > 0 && tag.length <= TAG_LENGTH_MAX && tag.isWellFormed();
}

function isPast(time: number | undefined, now: number): boolean {
  return time === undefined || time <= now + CLOCK_TOLERANCE_MS;
}
