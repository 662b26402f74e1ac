import type { Connection } from './connection.js';
import { endsConnection, unavailable } from './trouble.js';

/** A lost connection is made anew at once; where that fails, after this long, then twice as long up to the maximum. */
const RETRY_MS = 100;
const RETRY_MAX_MS = 2_000;

/** A connection that is made anew whenever it is lost. */
export interface Link {
  /**
   * The connection. Waits for the first attempt after a loss, and rejects with UNAVAILABLE at once while later ones are
   * pending.
   */
  current(): Promise<Connection>;
  /** One statement, whose rows the caller knows. Rejects with UNAVAILABLE where it was not answered. */
  query<Row>(statement: { name?: string; text: string; values?: unknown[] }): Promise<readonly Row[]>;
  /** Gives a connection up that is of no use any more. */
  drop(connection: Connection, cause: unknown): void;
  close(): void;
}

/** What a link works with. */
export interface LinkOptions {
  readonly first: Connection;
  readonly connect: () => Promise<Connection>;
  /** Called when there is a connection again. */
  readonly onUp?: () => void;
  /** Called when it was lost, with why. */
  readonly onDown?: (cause: unknown) => void;
}

/** A link that begins with a connection. */
export function createLink(options: LinkOptions): Link {
  let state: { up: Connection } | { attempt: Promise<Connection> } | { failure: unknown } = {
    up: options.first,
  };
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  watch(options.first);

  function watch(connection: Connection): void {
    let cause: unknown;
    connection.client.on('error', (error) => (cause ??= error));
    connection.client.on('end', () => {
      drop(connection, cause ?? new Error('The server closed the connection.'));
    });
  }

  function drop(connection: Connection, cause: unknown): void {
    connection.destroy();
    if (closed || !('up' in state) || state.up !== connection) return;
    options.onDown?.(cause);
    const attempt = establish(0);
    // Nobody may be waiting for it.
    attempt.catch(() => undefined);
    state = { attempt };
  }

  async function establish(tries: number): Promise<Connection> {
    try {
      const connection = await options.connect();
      if (closed) {
        connection.destroy();
        throw new Error('The log is closed.');
      }
      state = { up: connection };
      watch(connection);
      options.onUp?.();
      return connection;
    } catch (error) {
      state = { failure: error };
      if (!closed) retryLater(tries);
      throw error;
    }
  }

  function retryLater(tries: number): void {
    retry = setTimeout(
      () => {
        establish(tries + 1).catch(() => undefined);
      },
      Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(tries, 20)),
    );
  }

  async function current(): Promise<Connection> {
    if ('up' in state) return state.up;
    try {
      if ('attempt' in state) return await state.attempt;
    } catch (cause) {
      throw away(cause);
    }
    throw away(state.failure);
  }

  return {
    current,
    query: async <Row>({
      values = [],
      ...statement
    }: {
      name?: string;
      text: string;
      values?: unknown[];
    }) => {
      const connection = await current();
      try {
        connection.gather();
        const { rows } = await connection.client.query({ ...statement, values });
        // The caller knows what it selects.
        return rows as readonly Row[];
      } catch (cause) {
        if (endsConnection(cause)) drop(connection, cause);
        throw unavailable('The log could not be read. Try again later.', cause);
      }
    },
    drop,
    close: () => {
      closed = true;
      clearTimeout(retry);
      if ('up' in state) state.up.destroy();
      state = { failure: new Error('The log is closed.') };
    },
  };
}

function away(cause: unknown): Error {
  return unavailable('The log cannot be reached; nothing was stored. Try again later.', cause);
}
