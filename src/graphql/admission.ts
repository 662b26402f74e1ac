import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Limits } from './limits/index.js';
import { overloaded } from './ready-answer.js';

/** The most operations that start in one turn of the event loop: more would make everybody else wait for the turn. */
export const STARTS_PER_TURN_MAX = 32;

/** How many operations may run, wait, and start in one turn (STARTS_PER_TURN_MAX when left out). */
export interface AdmissionLimits extends Pick<Limits, 'operations' | 'operationsQueued'> {
  readonly startsPerTurn?: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** How many operations run, and how many wait for their start. */
export interface OperationCount {
  readonly running: number;
  readonly queued: number;
}

/** A bounded queue before a handler. */
export interface Admission {
  /** Answers OVERLOADED where the queue is full, at next to no cost; false where there is room. */
  refuses(response: ServerResponse): boolean;
  /** Starts the request when its turn comes; refuses it where the queue is full. */
  admit(request: IncomingMessage, response: ServerResponse): void;
  count(): OperationCount;
}

const REFUSAL = overloaded('The service has more to do than it can. Try again later.');

/** Admits to `handle` what fits; the rest is answered OVERLOADED at once. */
export function createAdmission(
  handle: Handler,
  { operations, operationsQueued, startsPerTurn = STARTS_PER_TURN_MAX }: AdmissionLimits,
): Admission {
  const queue: (readonly [IncomingMessage, ServerResponse])[] = [];
  let running = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || queue.length === 0 || running >= operations) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      startSome();
      schedule();
    });
  }

  function startSome(): void {
    for (let started = 0; started < startsPerTurn && running < operations; started += 1) {
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

  function refuses(response: ServerResponse): boolean {
    if (queue.length < operationsQueued) return false;
    // The connection is kept, and Node reads over the body: a new connection would cost more.
    response.writeHead(REFUSAL.status, [...REFUSAL.headers]);
    response.end(REFUSAL.body);
    return true;
  }

  return {
    refuses,
    count: () => ({ running, queued: queue.length }),
    admit: (request, response) => {
      if (refuses(response)) return;
      queue.push([request, response]);
      schedule();
    },
  };
}
