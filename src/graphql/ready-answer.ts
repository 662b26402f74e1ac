import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '../kernel/index.js';
import { headersFor, statusOf } from './errors.js';

/** A whole HTTP answer that was made beforehand: whoever is overloaded has no time to make one. */
export interface ReadyAnswer {
  readonly status: number;
  /** Names and values in turn, as `writeHead` takes them without looking at each. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** The answer of a status, with one error of a code and a sentence of what to do. */
export function readyAnswer(
  status: number,
  code: string,
  message: string,
  more: Readonly<Record<string, string>> = {},
): ReadyAnswer {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...more,
  };
  return { status, headers: Object.entries(headers).flat(), body };
}

/** The answer OVERLOADED with a sentence of what to do. */
export function overloaded(message: string): ReadyAnswer {
  const code: ErrorCode = 'OVERLOADED';
  return readyAnswer(statusOf(code), code, message, headersFor(code));
}

/** The answer as it goes over a connection that is closed behind it, where there is no response to write it to. */
export function asText({ status, headers, body }: ReadyAnswer): string {
  const lines = headers.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${headers[at + 1] ?? ''}`] : []));
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'connection: close', ...lines];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
