import { headersFor, statusOf } from './errors.js';

/** A whole HTTP answer that was made beforehand: whoever is overloaded has no time to make one. */
export interface ReadyAnswer {
  readonly status: number;
  /** Names and values in turn, as `writeHead` takes them without looking at each. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** The answer OVERLOADED with a sentence of what to do. */
export function overloaded(message: string): ReadyAnswer {
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'OVERLOADED' } }] });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headersFor('OVERLOADED'),
  };
  return { status: statusOf('OVERLOADED'), headers: Object.entries(headers).flat(), body };
}
