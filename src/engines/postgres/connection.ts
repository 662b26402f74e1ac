import { Socket } from 'node:net';
import { Client, types, type ClientConfig } from 'pg';
import type { Target } from './target.js';
import { LogServerError } from './server-error.js';
import { READ_ONLY } from './trouble.js';

/** The oldest server that is supported, as PostgreSQL counts versions. */
export const SERVER_VERSION_MIN = 150_000;
/** How long a host may take to let somebody in, in ms. */
const CONNECT_TIMEOUT_MS = 3_000;
/** How long the server may take for a statement, and how long a node waits for the answer, in ms. */
const STATEMENT_TIMEOUT_MS = 8_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** How long an append may wait for the lock that all nodes take in turn, in ms. */
const LOCK_TIMEOUT_MS = 5_000;
const INT8 = 20;

/** A connection to the server that takes writes. */
export interface Connection {
  readonly client: Client;
  /** What is sent in this turn of the event loop goes out as one write: with many small statements that is most of their cost. */
  gather(): void;
  /** Ends it at once, also where the server does not answer any more. */
  destroy(): void;
}

/** What a connection is for: appends alone; reads, many at a time; waiting for signals; leases; or work on the tables. */
export type Purpose = 'append' | 'read' | 'listen' | 'lease' | 'migrate';

/** Positions and times are whole numbers that fit. */
const TYPES: ClientConfig['types'] = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    // What is returned for other types is theirs.
    (oid === INT8 ? Number : types.getTypeParser(oid, format)) as never,
};

/** Connects to the first host that takes writes. Rejects with what the last one said. */
export async function connect(target: Target, purpose: Purpose): Promise<Connection> {
  let failure: unknown;
  for (const url of target.urls) {
    try {
      return await connectTo(url, target, purpose);
    } catch (error) {
      // What needs an operator is not to be hidden by the next host's silence.
      if (!(failure instanceof LogServerError)) failure = error;
    }
  }
  throw failure;
}

async function connectTo(url: string, target: Target, purpose: Purpose): Promise<Connection> {
  let socket: Socket | undefined;
  const client = new Client({
    connectionString: url,
    application_name: `tidemark ${purpose}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(purpose !== 'migrate' && { query_timeout: ANSWER_TIMEOUT_MS }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 1_000,
    pipeline: purpose === 'read',
    types: TYPES,
    stream: () => (socket = new Socket()),
  });
  const destroy = (): void => {
    socket?.destroy();
  };
  let gathering = false;
  const gather = (): void => {
    const { stream } = client.connection;
    if (gathering) return;
    gathering = true;
    stream.cork();
    process.nextTick(() => {
      gathering = false;
      stream.uncork();
    });
  };
  // A connection that breaks says so here, too; without a listener that would end the process.
  client.on('error', destroy);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number; readOnly: boolean }>(settingsFor(purpose));
    refuseOld(rows[0]?.version ?? 0, target);
    if (rows[0]?.readOnly === true)
      throw Object.assign(new Error('It takes no writes.'), { code: READ_ONLY });
    return { client, gather, destroy };
  } catch (error) {
    destroy();
    throw error;
  }
}

/** An acknowledged command is durable whatever the server's default is; and each statement sees what is committed by then. */
function settingsFor(purpose: Purpose): string {
  const settings: readonly (readonly [string, string | number])[] = [
    ['default_transaction_isolation', 'read committed'],
    ...(purpose === 'migrate' ? [] : [['statement_timeout', STATEMENT_TIMEOUT_MS] as const]),
    ...(purpose === 'append'
      ? [['lock_timeout', LOCK_TIMEOUT_MS] as const, ['plan_cache_mode', 'force_generic_plan'] as const]
      : []),
  ];
  return `SELECT current_setting('server_version_num')::integer AS version,
    pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "readOnly",
    set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false),
    ${settings.map(([name, value]) => `set_config('${name}', '${value}', false)`).join(', ')}`;
}

function refuseOld(version: number, target: Target): void {
  if (version >= SERVER_VERSION_MIN) return;
  throw new LogServerError(
    `The log's database ${target.name} is on PostgreSQL ${Math.floor(version / 10_000)}, which is too old. ` +
      `Tidemark needs PostgreSQL ${SERVER_VERSION_MIN / 10_000} or newer.`,
  );
}
