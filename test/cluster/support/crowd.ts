import {
  createClient,
  createMemory,
  createSession,
  type Fetch,
  type Memory,
} from '../../../src/client/index.js';
import type { EventLog } from '../../../src/kernel/index.js';
import { brokenIn, doubledIn, type Broken } from '../../client/support/guarantees.js';
import { historyOf, newRecord, truthOf, work } from '../../client/support/workload.js';
import { randomOf } from '../../durability/support/random.js';
import type { Body } from '../../support/service.js';

const SESSIONS = 16;
/** An attempt without an answer is given up after this long, and made again elsewhere. */
const RETRY = { waitMs: 10, waitMsMax: 100, attemptsMax: 10_000, attemptMs: 1_000 };

/** What a crowd was told, held against the log. */
export interface Heard {
  /** The ids of the commands that were acknowledged, with their position. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Reads that broke a session guarantee. */
  readonly broken: readonly Broken[];
  /** Marks that are in the log more than once. */
  readonly doubled: readonly string[];
  readonly reads: number;
  /** Reads that said themselves that they may be too old. */
  readonly announced: number;
  /** Operations that never got an answer. */
  readonly failed: number;
}

/** Clients that read and write until they are told to finish, each operation and each attempt at any of the nodes. */
export interface Crowd {
  readonly seed: number;
  /** How many commands have been acknowledged so far. */
  count(): number;
  /** How often an attempt was made again, by what was answered; `LOST` where nothing was. */
  readonly retried: ReadonlyMap<string, number>;
  /** Resolves when all clients have finished what they had begun. */
  finish(): Promise<void>;
  /** What they were told, held against the log. */
  heldAgainst(log: EventLog): Promise<Heard>;
}

/** How its clients are. */
export interface CrowdOptions {
  /** Whether they remember positions and send them along, as the client library does. */
  readonly threading?: boolean;
  readonly seed?: number;
}

/** A memory that remembers nothing: what clients without the library do. */
function noMemory(): Memory {
  return { ...createMemory({ storage: null, share: false }), position: () => undefined };
}

/** Lets a crowd loose on these nodes. */
export function startCrowd(
  urls: readonly string[],
  { threading = true, seed = Date.now() % 1_000_000 }: CrowdOptions = {},
): Crowd {
  const random = randomOf(seed);
  const acknowledged = new Map<string, string>();
  const retried = new Map<string, number>();
  const record = newRecord();
  let going = true;

  const count = (code: string): void => void retried.set(code, (retried.get(code) ?? 0) + 1);

  const hop: Fetch = async (_, init) => {
    try {
      const response = await fetch(`${random.pick(urls)}/graphql`, init);
      const text = await response.text();
      note(new Headers(init.headers).get('idempotency-key'), text, response.status);
      return new Response(text, response);
    } catch (error) {
      count('LOST');
      throw error;
    }
  };

  function note(key: string | null, text: string, status: number): void {
    const { data, errors, extensions } = JSON.parse(text) as Body;
    if (errors !== undefined) count(errors[0]?.extensions.code ?? String(status));
    if (key !== null && data?.createOrder != null) acknowledged.set(key, extensions?.written ?? '');
  }

  /** Two of them are two tabs of one user. */
  const shared = threading ? createMemory({ storage: null, share: false }) : noMemory();
  const sessions = Array.from({ length: SESSIONS }, (_, at) => {
    const own = threading ? createMemory({ storage: null, share: false }) : noMemory();
    const session = createSession({ memory: at < 2 ? shared : own, retry: RETRY });
    const port = createClient({ url: 'http://any-node/graphql', session, fetch: hop });
    return { session: at < 2 ? 'shared' : `session ${at}`, port };
  });
  const running = sessions.map(async (client) => {
    while (going) await work(client, 1, random, record);
  });
  return {
    seed,
    count: () => acknowledged.size,
    retried,
    finish: async () => {
      going = false;
      await Promise.all(running);
    },
    heldAgainst: async (log) => {
      const truth = await truthOf(log);
      const history = historyOf(record, truth);
      return {
        acknowledged,
        broken: brokenIn(history, truth),
        doubled: doubledIn(truth),
        reads: history.filter(({ kind }) => kind === 'read').length,
        announced: record.announced,
        failed: record.failed,
      };
    },
  };
}
