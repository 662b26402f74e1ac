import { asError } from './retry.js';
import type { Port } from './port.js';
import type { Position } from './types.js';

const CAUGHT_UP = `subscription CaughtUp($position: Position!, $projection: String) {
  projectionCaughtUp(position: $position, projection: $projection) { projection position parked }
}`;

/** How long to wait for views, in ms, when nothing else is said. */
const CAUGHT_UP_MS = 10_000;

/** What to wait for, and how long. */
export interface CaughtUpOptions {
  /** All projections when left out. */
  readonly projection?: string | undefined;
  /** How long to wait at most, in ms. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** The views show the position. */
export interface CaughtUp {
  readonly projection: string | null;
  readonly position: Position;
  /** True where an event of it is parked, so that the views do not show it after all. */
  readonly parked: boolean;
}

/** The views did not reach the position in time; they may still. */
export class CaughtUpTimeoutError extends Error {
  override readonly name = 'CaughtUpTimeoutError';
}

/** Resolves once the views show the position; rejects with a CaughtUpTimeoutError, or the signal's reason. */
export function caughtUp(port: Port, position: Position, options: CaughtUpOptions = {}): Promise<CaughtUp> {
  const { projection, timeoutMs = CAUGHT_UP_MS, signal } = options;
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      stop();
    };
    const fail = (error: Error): void => {
      finish();
      reject(error);
    };
    const onAbort = (): void => {
      fail(asError(signal?.reason));
    };
    let stop: () => void = () => undefined;
    const timer = setTimeout(() => {
      fail(new CaughtUpTimeoutError(`The views had not reached ${position} after ${timeoutMs} ms.`));
    }, timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    stop = port.listen<{ projectionCaughtUp: CaughtUp }, unknown>(
      CAUGHT_UP,
      { position, projection },
      {
        next: ({ data }) => {
          if (data === undefined) return;
          finish();
          resolve(data.projectionCaughtUp);
        },
        error: fail,
        complete: () => {
          fail(new Error('The service ended the subscription before the views had caught up.'));
        },
      },
    );
  });
}
