import { TidemarkError } from './errors.js';
import type { EventLog } from './log.js';
import { refuseUnknown } from './queries.js';

/** How far events count: through a position, or as far as they were recorded by a time (ms since 1970); all, else. */
export interface Until {
  readonly position?: number | undefined;
  readonly time?: number | undefined;
}

/** The same, checked against the log. */
export interface Bounds {
  readonly head: number;
  readonly through: number;
  readonly recordedBy: number | undefined;
}

/**
 * What an Until comes to in this log. Rejects with UNKNOWN_POSITION for a position ahead of it, and with BAD_USER_INPUT
 * for a time outside of it, or for both at once.
 */
export function boundsIn(log: Pick<EventLog, 'read' | 'head'>): (until: Until) => Promise<Bounds> {
  let first: number | undefined;

  /** A clock that was set back leaves events that were recorded later than now. */
  async function isPast(time: number, head: number): Promise<boolean> {
    return time <= Date.now() || time <= ((await recordedAt(log, head)) ?? 0);
  }

  async function refuseOutside(time: number, head: number): Promise<void> {
    first ??= await recordedAt(log, 1);
    if (time >= (first ?? time) && (await isPast(time, head))) return;
    const earliest = first === undefined ? '' : `no earlier than the log’s first event, ${iso(first)}, and `;
    throw badInput(`The time must be ${earliest}no later than now, ${iso(Date.now())}.`);
  }

  return async ({ position, time }) => {
    if (position !== undefined && time !== undefined) throw badInput('Give a position or a time, not both.');
    if (position !== undefined && !(Number.isSafeInteger(position) && position >= 0))
      throw badInput(`A position is a whole number from 0, got ${position}.`);
    const head = await log.head();
    await refuseUnknown(position ?? 0, head, log);
    if (time !== undefined) await refuseOutside(time, head);
    return { head, through: position ?? head, recordedBy: time };
  };
}

async function recordedAt(log: Pick<EventLog, 'read'>, position: number): Promise<number | undefined> {
  const [event] = await log.read('all', { after: Math.max(0, position - 1), limit: 1 });
  return event?.recordedAt;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function badInput(message: string): TidemarkError {
  return new TidemarkError('BAD_USER_INPUT', message);
}
