import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client } from 'graphql-ws';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { service } from '../../src/app.js';
import { startService as start, type App, type ServiceDefinition } from '../../src/service/index.js';
import { readConfig, type Config } from '../../src/settings/index.js';
import { tempDir } from './temp-dir.js';

/** An error as it leaves the server. */
export interface WireError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [detail: string]: unknown };
}

/** How fresh an answer says it is. */
export interface WireConsistency {
  readonly position: string;
  readonly head: string;
  readonly lagMs: number;
  readonly stale: boolean;
  readonly waitedMs: number;
}

/** A GraphQL answer; `data` is loose, since every test selects something else. */
export interface Body {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a document selects is not known here
  readonly data?: any;
  readonly errors?: readonly WireError[];
  readonly extensions?: { readonly consistency?: WireConsistency; readonly written?: string };
}

/** An HTTP answer, parsed and as text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** A running subscription. */
export interface Frames {
  /** The next frame; undefined once the server has completed. Rejects with the server's errors. */
  next(): Promise<Body | undefined>;
  /** Unsubscribes. */
  stop(): Promise<void>;
}

/** Variables of an operation. */
export type Variables = Readonly<Record<string, unknown>>;

/** The real service, in this process, on a port and a folder of its own. */
export interface Service {
  readonly app: App;
  readonly url: string;
  readonly dataDir: string;
  /** What the service logged as errors, one JSON text each. */
  readonly logged: readonly string[];
  gql(query: string, variables?: Variables, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Subscribes over a WebSocket of its own. */
  subscribe(query: string, variables?: Variables): Frames;
  /** The position of the last event. */
  head(): Promise<number>;
  /** Makes all projections stand still until the returned function is called, or the test ends. */
  hold(): () => void;
  /** Makes one projection fail every batch until the returned function is called; it then goes on by itself. */
  fail(projection: string): () => void;
  /** Stops the service now instead of after the test. */
  stop(): Promise<void>;
}

/** Starts the service; it is stopped when the test is over. */
export async function startService({
  dawdleMs = 0,
  definition = service,
  ...overrides
}: ServiceOptions = {}): Promise<Service> {
  const dataDir = overrides.dataDir ?? tempDir();
  const logged: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => logged.push(line) });
  const app = await start(
    definition,
    { ...readConfig({}), port: 0, logLevel: 'error', durability: 'normal', ...overrides, dataDir },
    logger,
  );
  const gate = gateBeforeProjections(app, dawdleMs);
  const clients: Client[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      gate.open();
      for (const client of clients) await client.dispose();
      await app.stop();
    })());
  onTestFinished(stop);
  return {
    app,
    url: app.url,
    dataDir,
    logged,
    gql: (query, variables, headers) => post(app.url, JSON.stringify({ query, variables }), headers),
    subscribe: (query, variables) => {
      const client = createClient({
        url: `${app.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        lazyCloseTimeout: 0,
        retryAttempts: 0,
      });
      clients.push(client);
      return framesOf(client, query, variables);
    },
    head: () => app.kernel.log.head(),
    hold: () => {
      gate.close();
      return () => {
        gate.open();
      };
    },
    fail: (projection) => failing(app, projection),
    stop,
  };
}

/** What a test may set: the settings, how long each projection dawdles before each batch, and which service it is. */
export interface ServiceOptions extends Partial<Config> {
  readonly dawdleMs?: number;
  /** The orders when left out. */
  readonly definition?: ServiceDefinition;
}

/** Posts a body as it is. */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return answerOf(response);
}

/** An answer, read to its end. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ?? false;
  const body = json ? (JSON.parse(text) as Body) : {};
  return { status: response.status, headers: response.headers, text, body };
}

function framesOf(client: Client, query: string, variables: Variables = {}): Frames {
  const frames = client.iterate<unknown>({ query, variables });
  return {
    next: async () => {
      const { done, value } = await frames.next();
      if (done === true) return undefined;
      const frame = value as Body;
      // Wrong variables come as a frame, other errors as a message; a test need not care.
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what graphql-ws rejects with, too
      if (frame.data == null && frame.errors) throw frame.errors;
      return frame;
    },
    stop: async () => {
      await frames.return?.();
    },
  };
}

/**
 * Projections alone read the log from end to end (`all`), commands read their own boundary: so a gate before that read
 * makes the views stand still while everything else goes on.
 */
function gateBeforeProjections({ kernel: { log } }: App, dawdleMs: number): { close(): void; open(): void } {
  const read = log.read.bind(log);
  let opened: Promise<void> | undefined;
  let open: () => void = () => undefined;
  const gated: typeof log.read = async (scope, options) => {
    if (scope === 'all' && dawdleMs > 0) await sleep(dawdleMs);
    if (scope === 'all') await opened;
    return read(scope, options);
  };
  Object.assign(log, { read: gated });
  return {
    close: () => {
      opened ??= new Promise((resolve) => (open = resolve));
    },
    open: () => {
      opened = undefined;
      open();
    },
  };
}

function failing({ kernel }: App, name: string): () => void {
  const store = kernel.projectors.get(name)?.store();
  if (store === undefined) throw new Error(`There is no projection ${name}.`);
  const commit = store.commit.bind(store);
  Object.assign(store, {
    commit: () => {
      throw new Error('secret: the disk of /var/lib is on fire');
    },
  });
  return () => Object.assign(store, { commit });
}
