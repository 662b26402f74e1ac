import { TidemarkError, newId } from '../../kernel/index.js';
import { connect, type Connection } from './connection.js';
import { targetOf } from './target.js';
import { isUndone, outcomeUnknown, startError, unavailable } from './trouble.js';

/** A transaction of the lease's holder that stands still for so long is ended by the server, in ms: others wait for it. */
const IDLE_TRANSACTION_MAX_MS = 5_000;

/** The right to do a piece of work, until it expires; `token` is greater than any earlier holder's. */
export interface Lease {
  readonly name: string;
  readonly token: number;
}

/** Runs statements of a fenced transaction; rejects with the server's own error. */
export type Run = <Row>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/**
 * Leases for work that must run once in a cluster. Only the server's clock counts. A lease saves double work; what makes
 * two holders harmless is the fence. Rejects with UNAVAILABLE where the server does not answer.
 */
export interface Leases {
  /** Takes a lease that nobody holds for `ttlMs`; undefined while somebody does, which may be this owner itself. */
  acquire(name: string, ttlMs: number): Promise<Lease | undefined>;
  /** Holds it for another `ttlMs` from now; false where it has expired, and then it is to be acquired anew. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  /** Lets others have it at once. */
  release(lease: Lease): Promise<void>;
  /**
   * Runs `work` in a transaction that commits only if the lease has been held at its beginning, and that nobody else can
   * acquire the lease during. Rejects with CONFLICT where it is not held any more: nothing of `work` is then done. Rejects
   * with OUTCOME_UNKNOWN where the answer to the commit was lost, and with what `work` throws.
   */
  fenced<T>(lease: Lease, work: (run: Run) => Promise<T>): Promise<T>;
  /** Ends its connection; leases that are held expire by themselves. */
  close(): void;
}

const ACQUIRE = `INSERT INTO tidemark.leases AS held (name, owner, token, expires_at)
  VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3::float8 / 1000))
  ON CONFLICT (name) DO UPDATE
    SET owner = excluded.owner, token = held.token + 1,
      expires_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
    WHERE held.expires_at <= clock_timestamp()
  RETURNING token`;
const RENEW = `UPDATE tidemark.leases SET expires_at = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
  WHERE name = $1 AND owner = $2 AND token = $3 AND expires_at > clock_timestamp() RETURNING token`;
const RELEASE = `UPDATE tidemark.leases SET expires_at = clock_timestamp()
  WHERE name = $1 AND owner = $2 AND token = $3 AND expires_at > clock_timestamp()`;
// Whoever wants to acquire it waits until this transaction is over.
const FENCE = `SELECT 1 FROM tidemark.leases
  WHERE name = $1 AND owner = $2 AND token = $3 AND expires_at > clock_timestamp() FOR UPDATE`;

/** Leases in the log's database, whose tables have to be there. Opens a connection when one is needed. */
export function openLeases(url: string): Leases {
  const target = targetOf(url);
  const owner = newId();
  let connection: Connection | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function open(): Promise<Connection> {
    try {
      const opened = await connect(target, 'lease');
      await opened.client.query(`SET idle_in_transaction_session_timeout = ${IDLE_TRANSACTION_MAX_MS}`);
      opened.client.on('end', () => {
        if (connection === opened) connection = undefined;
      });
      return (connection = opened);
    } catch (cause) {
      throw unavailable('The leases cannot be reached. Try again later.', startError(cause, target));
    }
  }

  /** One thing at a time: a transaction is the connection's. */
  function inTurn<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = turn.then(async () => work(connection ?? (await open())));
    turn = result.catch(() => undefined);
    return result;
  }

  function drop(broken: Connection): void {
    broken.destroy();
    if (connection === broken) connection = undefined;
  }

  async function statement<Row>(
    on: Connection,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    try {
      return await rowsOf(on, text, values);
    } catch (cause) {
      if (!isUndone(cause)) drop(on);
      throw unavailable('The leases cannot be reached. Try again later.', cause);
    }
  }

  async function fenced<T>(
    on: Connection,
    { name, token }: Lease,
    work: (run: Run) => Promise<T>,
  ): Promise<T> {
    await statement(on, 'BEGIN', []);
    let result: T;
    try {
      const held = await statement(on, FENCE, [name, owner, token]);
      if (held.length === 0) throw notHeld(name);
      result = await work((text, values = []) => rowsOf(on, text, values));
    } catch (error) {
      await statement(on, 'ROLLBACK', []).catch(() => {
        drop(on);
      });
      throw error;
    }
    try {
      await on.client.query('COMMIT');
    } catch (cause) {
      if (isUndone(cause)) throw unavailable('The work was undone by the server. Try again later.', cause);
      drop(on);
      throw outcomeUnknown(cause);
    }
    return result;
  }

  return {
    acquire: (name, ttlMs) =>
      inTurn(async (on) => {
        const [row] = await statement<{ token: number }>(on, ACQUIRE, [name, owner, ttlMs]);
        return row && { name, token: row.token };
      }),
    renew: ({ name, token }, ttlMs) =>
      inTurn(async (on) => (await statement(on, RENEW, [name, owner, token, ttlMs])).length > 0),
    release: ({ name, token }) =>
      inTurn(async (on) => {
        await statement(on, RELEASE, [name, owner, token]);
      }),
    fenced: (lease, work) => inTurn((on) => fenced(on, lease, work)),
    close: () => {
      connection?.destroy();
    },
  };
}

async function rowsOf<Row>(
  { client }: Connection,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const { rows } = await client.query(text, [...values]);
  // The caller knows what it selects.
  return rows as readonly Row[];
}

function notHeld(name: string): TidemarkError {
  return new TidemarkError(
    'CONFLICT',
    `The lease ${name} is not held any more. Acquire it again before you go on.`,
  );
}
