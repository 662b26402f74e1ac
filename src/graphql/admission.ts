import type { IncomingMessage, ServerResponse } from 'node:http';
import { headersFor, statusOf } from './errors.js';

/** The most operations at a time; those that wait for a position count, too. */
export const OPERATIONS_MAX = 2_000;
/** The most operations that may wait for their start; one more is refused as OVERLOADED. */
export const OPERATIONS_QUEUED_MAX = 200;
/** The most operations that start in one turn of the event loop: more would make everybody else wait for the turn. */
export const STARTS_PER_TURN_MAX = 16;

/** How many operations may run, wait, and start in one turn. */
export interface AdmissionLimits {
  readonly running: number;
  readonly queued: number;
  readonly startsPerTurn: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The same handler with a bounded queue before it: what does not fit is answered OVERLOADED at once. */
export function withAdmission(
  handle: Handler,
  {
    running: runningMax = OPERATIONS_MAX,
    queued: queuedMax = OPERATIONS_QUEUED_MAX,
    startsPerTurn = STARTS_PER_TURN_MAX,
  }: Partial<AdmissionLimits> = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const queue: (readonly [IncomingMessage, ServerResponse])[] = [];
  let running = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || queue.length === 0 || running >= runningMax) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      startSome();
      schedule();
    });
  }

  function startSome(): void {
    for (let started = 0; started < startsPerTurn && running < runningMax; started += 1) {
      const next = queue.shift();
      if (next === undefined) return;
      // Whoever went away while waiting is owed nothing.
      if (next[1].destroyed) continue;
      running += 1;
      void handle(...next).finally(() => {
        running -= 1;
        schedule();
      });
    }
  }

  return (request, response) => {
    if (queue.length >= queuedMax) refuse(request, response);
    else {
      queue.push([request, response]);
      schedule();
    }
  };
}

const REFUSAL = JSON.stringify({
  errors: [
    {
      message: 'The service has more to do than it can. Try again later.',
      extensions: { code: 'OVERLOADED' },
    },
  ],
});

function refuse(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(statusOf('OVERLOADED'), {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(REFUSAL),
    ...headersFor('OVERLOADED'),
  });
  response.end(REFUSAL);
  // The connection is kept: a new one would cost more than reading over the body.
  request.resume();
}
