import { codesOf } from './told.js';
import type { WireAnswer } from './types.js';

/** How often and how fast operations are tried again. */
export interface RetryOptions {
  /** How often an operation is sent in all, 1 or more. */
  readonly attemptsMax: number;
  /** Before the second attempt; doubled for each further one. */
  readonly waitMs: number;
  /** The longest pause between two attempts, in ms. */
  readonly waitMsMax: number;
  /** How long one attempt may take. */
  readonly attemptMs: number;
}

/** What holds when nothing else is said: about ten seconds in all, so that a restart of the service passes unseen. */
export const RETRY: RetryOptions = { attemptsMax: 8, waitMs: 100, waitMsMax: 4_000, attemptMs: 20_000 };

/** The longest that a service may ask to wait. */
const RETRY_AFTER_MS_MAX = 30_000;

const TRANSIENT: readonly string[] = ['OVERLOADED', 'UNAVAILABLE', 'OUTCOME_UNKNOWN', 'TIMEOUT'];
/** Statuses of proxies in front of the service. */
const TRANSIENT_STATUS: readonly number[] = [429, 502, 503, 504];

/** One attempt's answer, as far as it matters whether to try again. */
export interface Reply {
  readonly answer: WireAnswer;
  readonly status?: number | undefined;
  /** The header Retry-After as it came. */
  readonly retryAfter?: string | null | undefined;
}

/** True where the service, or a proxy, could not serve this now, and may soon. */
export function isTransient({ answer, status }: Reply): boolean {
  const codes = codesOf(answer);
  if (codes.length > 0) return codes.some((code) => TRANSIENT.includes(code));
  return status !== undefined && TRANSIENT_STATUS.includes(status);
}

/** How long to wait before the attempt after `attempt` (from 1), in ms: what the service asks for, else with jitter. */
export function waitBefore(attempt: number, options: RetryOptions, retryAfter?: string | null): number {
  const backoff = Math.min(options.waitMsMax, options.waitMs * 2 ** (attempt - 1));
  const jittered = backoff * (0.5 + Math.random() / 2);
  return Math.max(jittered, Math.min(RETRY_AFTER_MS_MAX, msOf(retryAfter)));
}

/** Retry-After is a number of seconds or a date. */
function msOf(retryAfter: string | null | undefined): number {
  if (retryAfter == null || retryAfter === '') return 0;
  const seconds = Number(retryAfter);
  const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

/** Waits; rejects at once with the signal's reason when that is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(asError(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Runs `work` with a signal that is aborted with `signal`, and after `ms`. */
export async function within<Value>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const own = new AbortController();
  const stop = (): void => {
    own.abort(signal?.reason);
  };
  const timer = setTimeout(() => {
    own.abort(new Error(`No answer within ${ms} ms`));
  }, ms);
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await work(own.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** What a signal was aborted with may be anything. */
export function asError(reason: unknown): Error {
  return reason instanceof Error
    ? reason
    : new Error(typeof reason === 'string' ? reason : 'Aborted', { cause: reason });
}
