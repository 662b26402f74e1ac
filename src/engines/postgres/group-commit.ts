import {
  TidemarkError,
  checkAppend,
  type Append,
  type AppendOutcome,
  type CommitMeasure,
  type LogIdentity,
} from '../../kernel/index.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ARGUMENTS,
  argumentsOf,
  columnsOf,
  outcomeOf,
  refuseHuge,
  takeBatch,
  type CheckedAppend,
  type Verdict,
} from './batch.js';
import type { Connection } from './connection.js';
import type { Link } from './link.js';
import type { Mark } from './watch.js';
import { OTHER_LOG, codeOf, endsConnection, isUndone, outcomeUnknown, unavailable } from './trouble.js';

/** The most commands that may wait for their call; one more is refused as OVERLOADED. */
export const QUEUE_MAX = 10_000;

const CALL = `SELECT * FROM tidemark.append_batch(${ARGUMENTS})`;

/** From which share of a call's time on the work that follows is done beside the next call: half a group is less than half a call. */
const OVERLAP_MIN = 0.5;

/**
 * Sends whatever has gathered as one call, one call at a time: the slower the server, the larger the calls. Where what
 * follows from the answers takes this side longer than a call takes the server, two groups take turns: while the server
 * has one, this side is at the other.
 */
export interface GroupCommit {
  /** Rejects as `EventLog.append` does. */
  append(append: Append): Promise<AppendOutcome>;
  /** Commits a call without commands, to see whether that works; rejects where not. */
  probe(): Promise<void>;
  /** Why the last call failed; undefined since one worked. */
  trouble(): unknown;
  /** Sends what is waiting, then takes no more. */
  close(): Promise<void>;
}

/** What group commit works with. */
export interface GroupCommitOptions {
  readonly link: Link;
  readonly identity: LogIdentity;
  /** Called after each call that wrote events, with the last of them. */
  readonly onCommit: (last: Mark) => void;
  readonly measure?: ((measure: CommitMeasure) => void) | undefined;
}

interface Waiting extends CheckedAppend {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A call's commands and what the server said of them. */
interface Answered {
  readonly batch: readonly Waiting[];
  readonly verdicts: readonly Verdict[];
}

/** Somebody who wants to know whether calls work; any call says so. */
interface Probe {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Group commit over one link, which is its alone. */
export function createGroupCommit({ link, identity, onCommit, measure }: GroupCommitOptions): GroupCommit {
  const queue: Waiting[] = [];
  const probes: Probe[] = [];
  let busy = false;
  const whenIdle: (() => void)[] = [];
  let closed: TidemarkError | undefined;
  let trouble: unknown;
  /** How long the last call took, and what followed from an answer, in ms. */
  let callMs = 0;
  let workMs = 0;

  function pump(): void {
    if (busy) return;
    busy = true;
    // What comes in the same turn of the event loop goes with it.
    setImmediate(() => {
      void drain();
    });
  }

  async function drain(): Promise<void> {
    let untold: Answered | undefined;
    while (queue.length > 0 || probes.length > 0 || untold !== undefined) {
      const answer =
        queue.length > 0 || probes.length > 0 ? send(takeBatch(queue), probes.splice(0)) : undefined;
      if (untold !== undefined) {
        // The call is on its way by then.
        await nextTurn();
        await tell(untold);
      }
      untold = await answer;
      if (untold === undefined) continue;
      if (untold.batch.length < 2 || workMs * untold.batch.length < callMs * OVERLAP_MIN) {
        await tell(untold);
        untold = undefined;
      } else if (queue.length === 0) {
        const half = Math.ceil(untold.batch.length / 2);
        await tell(partOf(untold, 0, half));
        untold = partOf(untold, half);
      }
    }
    busy = false;
    for (const resolve of whenIdle.splice(0)) resolve();
  }

  /** Undefined where it failed, of which everybody has been told. */
  async function send(batch: readonly Waiting[], along: readonly Probe[]): Promise<Answered | undefined> {
    try {
      const verdicts = await call(batch);
      for (const { resolve } of along) resolve();
      return { batch, verdicts };
    } catch (error) {
      for (const { reject } of [...batch, ...along]) reject(error);
      return undefined;
    }
  }

  /** Resolves when what follows at once from these answers is done. */
  async function tell({ batch, verdicts }: Answered): Promise<void> {
    const started = performance.now();
    settle(batch, verdicts);
    await nextTurn();
    if (batch.length > 0) workMs = (performance.now() - started) / batch.length;
  }

  async function call(batch: readonly CheckedAppend[]): Promise<readonly Verdict[]> {
    const started = performance.now();
    const values = argumentsOf(identity, columnsOf(batch));
    const connection = await reach();
    const sent = performance.now();
    try {
      const { rows } = await connection.client.query<Verdict>({ name: 'append_batch', text: CALL, values });
      trouble = undefined;
      callMs = performance.now() - sent;
      measure?.({ commands: batch.length, writeMs: sent - started, syncMs: callMs });
      return rows;
    } catch (error) {
      throw failed(connection, error);
    }
  }

  async function reach(): Promise<Connection> {
    try {
      return await link.current();
    } catch (error) {
      trouble = error instanceof TidemarkError ? error.cause : error;
      throw error;
    }
  }

  function failed(connection: Connection, error: unknown): TidemarkError {
    trouble = error;
    if (endsConnection(error)) link.drop(connection, error);
    if (!isUndone(error)) return outcomeUnknown(error);
    return unavailable(
      codeOf(error) === OTHER_LOG
        ? 'The log was replaced or restored; nothing was stored. Try again later.'
        : 'The log could not be written; nothing was stored. Try again later.',
      error,
    );
  }

  function settle(batch: readonly Waiting[], verdicts: readonly Verdict[]): void {
    const again: Waiting[] = [];
    let last: Mark | undefined;
    batch.forEach((waiting, index) => {
      const verdict = verdicts[index];
      const outcome = verdict && outcomeOf(verdict);
      if (outcome?.kind === 'appended' && waiting.data.length > 0)
        last = { position: outcome.position, commandId: waiting.append.command.id };
      if (outcome === undefined) again.push(waiting);
      else waiting.resolve(outcome);
    });
    queue.unshift(...again);
    if (last !== undefined) onCommit(last);
  }

  return {
    append: (append) =>
      // What is thrown in here rejects.
      new Promise((resolve, reject) => {
        const checked = { append: copyOf(append), data: checkAppend(append), resolve, reject };
        refuseHuge(checked);
        if (closed !== undefined) throw closed;
        if (queue.length >= QUEUE_MAX)
          throw new TidemarkError('OVERLOADED', 'Too many commands wait to be stored. Try again later.');
        queue.push(checked);
        pump();
      }),
    probe: () =>
      new Promise((resolve, reject) => {
        if (closed !== undefined) throw closed;
        probes.push({ resolve, reject });
        pump();
      }),
    trouble: () => trouble,
    close: async () => {
      closed ??= unavailable('The log is closed.', undefined);
      if (busy) await new Promise<void>((resolve) => whenIdle.push(resolve));
    },
  };
}

function partOf({ batch, verdicts }: Answered, from: number, to?: number): Answered {
  return { batch: batch.slice(from, to), verdicts: verdicts.slice(from, to) };
}

/** The caller may change its lists while the append waits; each event's data is text already. */
function copyOf({ events, condition, command }: Append): Append {
  const copies = events.map(({ type, schemaVersion, data, tags }) => ({
    type,
    schemaVersion,
    data,
    tags: [...tags],
  }));
  return condition === undefined ? { events: copies, command } : { events: copies, command, condition };
}
