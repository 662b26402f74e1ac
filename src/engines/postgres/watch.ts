import type { Client } from 'pg';
import type { LogIdentity } from '../../kernel/index.js';
import type { Connection } from './connection.js';
import { OTHER_LOG } from './trouble.js';

/** How often the log is asked for its head where no signal came, in ms. */
export const PULL_MS = 1_000;
const LOG_CHANNEL = 'tidemark_log';
const OPERATIONS_CHANNEL = 'tidemark_operations';

/** What the log says of itself. */
export interface LogState {
  readonly id: string;
  readonly epoch: number;
  readonly position: number;
  /** How many operations it has. */
  readonly operations: number;
  /** The server's clock, in ms since 1970. */
  readonly now: number;
}

/** An event that this node has seen: a log that does not have it in this place has lost it. */
export interface Mark {
  readonly position: number;
  readonly commandId: string;
}

/** Knows how far the log was heard to go, and whether it is still the log that was opened. */
export interface Watch {
  /** There may be something new. */
  readonly signal: (head: number) => void;
  /** This node has seen an event. */
  mark(seen: Mark | undefined): void;
  /** The head as it was last heard of. */
  head(): number;
  /** Asks the log now. Rejects with UNAVAILABLE where it does not answer. */
  pull(): Promise<number>;
  /** Looks at a new connection before it is used. Rejects where it leads to another log, or to one that has lost its end. */
  verify(connection: Connection): Promise<void>;
  /** Since when the log that was opened has not answered, in ms since 1970; undefined while it does. */
  silentSince(): number | undefined;
  /** How far the server's clock is ahead of this process's, in ms; 0 until it is known. */
  aheadMs(): number;
  /** Whether the database has become another log than the one that was opened; it then stays so. */
  estranged(): boolean;
  close(): void;
}

/** What a watch works with. */
export interface WatchOptions {
  readonly ask: () => Promise<LogState | undefined>;
  readonly identity: LogIdentity;
  readonly onHead: (head: number) => void;
  /** Called when there are new operations. */
  readonly onOperations: () => void;
  /** Called once, when the database has become another log. */
  readonly onEstranged: () => void;
}

/** What the error of a connection to another log is. */
export function otherLog(): Error {
  return Object.assign(new Error('The database has become another log.'), { code: OTHER_LOG });
}

/** A watch that pulls once a second: signals only make it faster. */
export function createWatch({ ask, identity, onHead, onOperations, onEstranged }: WatchOptions): Watch {
  let head = 0;
  let seen: Mark = { position: 0, commandId: '' };
  let operations = 0;
  let silentSince: number | undefined;
  // When the oldest question without an answer was asked.
  let pendingSince: number | undefined;
  let estrangedSince: number | undefined;
  let aheadMs = 0;

  /** Nothing is known of the log that this node's views are of from now on. */
  function estrange(): void {
    if (estrangedSince !== undefined) return;
    estrangedSince = Date.now();
    onEstranged();
  }

  function signal(position: number): void {
    if (position <= head || estrangedSince !== undefined) return;
    head = position;
    onHead(position);
  }

  function mark(event: Mark | undefined): void {
    if (event !== undefined && event.position > seen.position)
      seen = { position: event.position, commandId: event.commandId };
  }

  function isSame(state: Pick<LogState, 'id' | 'epoch'> | undefined): boolean {
    return state?.id === identity.id && state.epoch === identity.epoch;
  }

  async function pull(): Promise<number> {
    const asked = Date.now();
    pendingSince ??= asked;
    try {
      const state = await ask();
      silentSince = undefined;
      pendingSince = undefined;
      if (state !== undefined) aheadMs = Math.round(state.now - (asked + Date.now()) / 2);
      if (state === undefined || !isSame(state)) {
        estrange();
        return head;
      }
      signal(state.position);
      if (state.operations > operations) {
        operations = state.operations;
        onOperations();
      }
      return state.position;
    } catch (error) {
      silentSince ??= asked;
      pendingSince = undefined;
      throw error;
    }
  }

  async function verify({ client }: Connection): Promise<void> {
    const { position, commandId } = seen;
    // What was heard of before the question must be in the answer.
    const heard = head;
    const { rows } = await client.query<Omit<LogState, 'operations' | 'now'> & { found: string | null }>(
      `SELECT log_id AS id, epoch, position, (SELECT command_id FROM tidemark.log_events WHERE position = $1) AS found
       FROM tidemark.log_head`,
      [position],
    );
    const [state] = rows;
    const has = (state?.position ?? 0) >= heard && (position === 0 || state?.found === commandId);
    if (isSame(state) && has) return;
    estrange();
    // What others hold of the lost end, tokens and views, must not be taken for what came in its place.
    if (isSame(state)) await raiseEpoch(client, identity);
    throw otherLog();
  }

  const timer = setInterval(() => {
    // What went wrong is told by silentSince.
    if (pendingSince === undefined) pull().catch(() => undefined);
  }, PULL_MS);
  return {
    signal,
    head: () => head,
    mark,
    pull,
    verify,
    silentSince: () => estrangedSince ?? silentSince ?? (isLate(pendingSince) ? pendingSince : undefined),
    aheadMs: () => aheadMs,
    estranged: () => estrangedSince !== undefined,
    close: () => {
      clearInterval(timer);
    },
  };
}

/** From here on tokens and views of the log as it was are of another one. Does nothing where somebody else has done it. */
export async function raiseEpoch(client: Client, { id, epoch }: LogIdentity): Promise<void> {
  await client.query('UPDATE tidemark.log_head SET epoch = epoch + 1 WHERE log_id = $1 AND epoch = $2', [
    id,
    epoch,
  ]);
}

function isLate(since: number | undefined): boolean {
  return since !== undefined && Date.now() - since > 2 * PULL_MS;
}

/** Makes a connection hear of each commit, and of each operation. */
export async function listen({ client }: Connection, watch: Pick<Watch, 'signal' | 'pull'>): Promise<void> {
  client.on('notification', ({ channel, payload }) => {
    if (channel === LOG_CHANNEL) watch.signal(Number(payload));
    // The next pull comes anyway.
    else watch.pull().catch(() => undefined);
  });
  await client.query(`LISTEN ${LOG_CHANNEL}; LISTEN ${OPERATIONS_CHANNEL}`);
}
