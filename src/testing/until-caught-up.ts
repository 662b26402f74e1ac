import { setTimeout as sleep } from 'node:timers/promises';
import { deadlineIn, projectorOf, refuseUnknown, type Kernel, type Projector } from '../kernel/index.js';

/** How long to wait for views where nobody says, in ms. */
const CAUGHT_UP_MS = 10_000;
/** How often a service is asked, in ms. */
const ASK_EVERY_MS = 20;
const STATUS = '{ projections { name state checkpoint } }';

/** What to wait for, and how long. */
export interface UntilCaughtUpOptions {
  /** All projections when left out. */
  readonly projection?: string;
  /** 10,000 when left out. */
  readonly timeoutMs?: number;
}

/** What goes along with the requests to a service, such as the token of somebody of its staff. */
export interface OverHttpOptions extends UntilCaughtUpOptions {
  /** What goes along with the request, such as credentials. */
  readonly headers?: Readonly<Record<string, string>>;
}

type AnyKernel = Pick<Kernel, 'log' | 'projectors'>;

/** Where a projection is, as whoever waits for it is told. */
interface Standing {
  readonly name: string;
  readonly state: string;
  readonly checkpoint: string | number;
}

/**
 * Resolves when the views show everything up to a position: the log's end where a kernel is given none. An event that is
 * set aside counts as shown, as it does for `projectionCaughtUp`. A service is asked at its GraphQL address, again and
 * again, for which it wants somebody of its staff. Rejects with an Error that says where each projection is by then, with
 * UNKNOWN_POSITION or NOT_FOUND of the kernel, and with what the service answered where that is an error.
 */
export function untilCaughtUp(
  kernel: AnyKernel,
  position?: number,
  options?: UntilCaughtUpOptions,
): Promise<void>;
export function untilCaughtUp(url: string | URL, position: string, options?: OverHttpOptions): Promise<void>;
export function untilCaughtUp(
  target: AnyKernel | string | URL,
  position?: number | string,
  options: OverHttpOptions = {},
): Promise<void> {
  if (typeof target !== 'string' && !(target instanceof URL)) {
    if (typeof position === 'string') throw new TypeError('A kernel counts positions: give it a number.');
    return ofKernel(target, position, options);
  }
  if (typeof position !== 'string')
    throw new TypeError('A service knows positions as text: give it one that it returned.');
  return overHttp(target, position, options);
}

async function ofKernel(
  { log, projectors }: AnyKernel,
  position: number | undefined,
  { projection, timeoutMs = CAUGHT_UP_MS }: UntilCaughtUpOptions,
): Promise<void> {
  const chosen: readonly Projector[] =
    projection === undefined ? [...projectors.values()] : [projectorOf(projectors, projection)];
  const through = position ?? (await log.head());
  await refuseUnknown(through, 0, log);
  const deadline = deadlineIn(timeoutMs);
  const outcomes = await Promise.all(chosen.map(({ freshness }) => freshness.wait(through, deadline)));
  if (outcomes.every((outcome) => outcome === 'reached')) return;
  throw late(
    through,
    timeoutMs,
    chosen.map((projector) => projector.status()),
  );
}

async function overHttp(
  url: string | URL,
  position: string,
  { projection, timeoutMs = CAUGHT_UP_MS, headers = {} }: OverHttpOptions,
): Promise<void> {
  const deadline = deadlineIn(timeoutMs);
  let last: readonly Standing[] = [];
  do {
    const all = await standings(url, headers, deadline.leftMs());
    // Undefined where the service has not answered in time.
    if (all === undefined) break;
    last = all.filter(({ name }) => projection === undefined || name === projection);
    if (last.length === 0 && projection !== undefined)
      throw new Error(`The service has no projection ${projection}.`);
    if (last.every(({ checkpoint }) => hasReached(String(checkpoint), position))) return;
    await sleep(ASK_EVERY_MS);
  } while (deadline.leftMs() > 0);
  throw late(position, timeoutMs, last);
}

async function standings(
  url: string | URL,
  headers: Readonly<Record<string, string>>,
  leftMs: number,
): Promise<readonly Standing[] | undefined> {
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(leftMs)));
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: STATUS }),
      signal,
    });
    return projectionsIn(response.status, await response.text());
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function projectionsIn(status: number, text: string): readonly Standing[] {
  const projections = answerIn(text)?.data?.projections;
  if (projections !== undefined) return projections;
  throw new Error(`The service did not say how its projections are: ${status} ${text}`);
}

/** Only what STATUS asks for, if it is an answer to it. */
interface Answer {
  readonly data?: { readonly projections?: readonly Standing[] } | null;
}

function answerIn(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

/** Positions of one log sort as their text does; those of different logs have no order. */
function hasReached(checkpoint: string, position: string): boolean {
  const logOf = (text: string): string => text.slice(0, text.lastIndexOf('-'));
  if (logOf(checkpoint) !== logOf(position) || logOf(position) === '')
    throw new Error(`${position} is no position of this service, whose views are at ${checkpoint}.`);
  return checkpoint >= position;
}

function late(position: string | number, timeoutMs: number, standing: readonly Standing[]): Error {
  const each = standing.map(({ name, state, checkpoint }) => `${name} is ${state} at ${checkpoint}`);
  return new Error(
    `The views had not reached ${position} after ${timeoutMs} ms: ${each.join(', ') || 'no answer'}.`,
  );
}
