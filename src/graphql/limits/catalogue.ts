import { COMMANDS_IN_FLIGHT_MAX, READ_AFTER_TIMEOUT_MAX_MS, WAITERS_MAX } from '../../kernel/index.js';

/** One thing that clients can grow, how far, and what they are told beyond that. */
export interface Limit {
  /** What it is where nobody sets it, and the least and the most that it can be set to. */
  readonly range: {
    readonly default: number;
    readonly min: number;
    readonly max: number;
    readonly unit: string;
  };
  /** What it bounds, in one sentence. */
  readonly what: string;
  /** The answer to whatever is over it: the HTTP status and the code, or the WebSocket's close code. */
  readonly answer: string;
}

const MIB = 1_048_576;
const HOUR_MS = 3_600_000;

/**
 * Every limit on what clients can grow, in the order of a request's way: connection, request, operation, document,
 * variables, kernel, WebSocket. The settings `LIMIT_…`, their documentation and their tests are made from it.
 */
export const LIMITS = {
  connectionsPerAddress: {
    range: { default: 2_000, min: 1, max: 1_000_000, unit: 'connections' },
    what: 'HTTP connections and WebSockets of one address. Raise it behind a proxy, which has one address for everybody.',
    answer: '503 OVERLOADED',
  },
  idleTimeoutMs: {
    range: { default: 5_000, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long an HTTP connection is kept without a request.',
    answer: 'closed',
  },
  headersBytes: {
    range: { default: 16_384, min: 256, max: MIB, unit: 'bytes' },
    what: 'The head of a request: its URL and headers.',
    answer: '431 BAD_REQUEST',
  },
  headersTimeoutMs: {
    range: { default: 5_000, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long the head of a request may take to come. Never longer than the whole request.',
    answer: '408 TIMEOUT',
  },
  requestTimeoutMs: {
    range: { default: 8_000, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long a whole request, with its body, may take to come.',
    answer: '408 TIMEOUT',
  },
  bodyBytes: {
    range: { default: 262_144, min: 1, max: 64 * MIB, unit: 'bytes' },
    what: 'The body of a request.',
    answer: '413 BAD_REQUEST',
  },
  operations: {
    range: { default: 2_000, min: 1, max: 100_000, unit: 'requests' },
    what: 'Requests that are worked on at a time, those that wait for a position included. More wait for their start.',
    answer: '503 OVERLOADED',
  },
  operationsQueued: {
    range: { default: 200, min: 1, max: 100_000, unit: 'requests' },
    what: 'Requests that wait for their start.',
    answer: '503 OVERLOADED',
  },
  operationMs: {
    range: { default: 10_000, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long a request is worked on. A mutation is answered 503 OUTCOME_UNKNOWN.',
    answer: '504 TIMEOUT',
  },
  batch: {
    range: { default: 0, min: 0, max: 100, unit: 'operations' },
    what: 'Operations that one request may have as a list. They run one after another, in the time of one; 0 takes no lists.',
    answer: '400 BAD_REQUEST',
  },
  documentTokens: {
    range: { default: 1_000, min: 1, max: 10_000, unit: 'tokens' },
    what: 'The tokens of a document.',
    answer: '400 GRAPHQL_PARSE_FAILED',
  },
  definitions: {
    range: { default: 20, min: 1, max: 1_000, unit: 'definitions' },
    what: 'The operations and fragments of a document.',
    answer: '400 GRAPHQL_VALIDATION_FAILED',
  },
  depth: {
    range: { default: 8, min: 1, max: 100, unit: 'levels' },
    what: 'How deep fields nest.',
    answer: '400 GRAPHQL_VALIDATION_FAILED',
  },
  rootFields: {
    range: { default: 10, min: 1, max: 1_000, unit: 'fields' },
    what: 'The fields at the top of an operation: so many commands or queries at the most.',
    answer: '400 GRAPHQL_VALIDATION_FAILED',
  },
  aliases: {
    range: { default: 15, min: 0, max: 1_000, unit: 'aliases' },
    what: 'The fields of a document that are given another name.',
    answer: '400 GRAPHQL_VALIDATION_FAILED',
  },
  directives: {
    range: { default: 20, min: 0, max: 1_000, unit: 'directives' },
    what: 'The directives of a document.',
    answer: '400 GRAPHQL_VALIDATION_FAILED',
  },
  cost: {
    range: { default: 10_000, min: 1, max: 1_000_000, unit: 'fields' },
    what: 'The fields that an operation may come to, each counted as often as the lists around it may be long.',
    answer: '400 GRAPHQL_VALIDATION_FAILED',
  },
  pageSize: {
    range: { default: 100, min: 1, max: 10_000, unit: 'nodes' },
    what: 'The largest page of a list: `first` or `last`.',
    answer: '200 BAD_USER_INPUT',
  },
  variables: {
    range: { default: 100, min: 1, max: 10_000, unit: 'variables' },
    what: 'The variables of an operation.',
    answer: '400 BAD_USER_INPUT',
  },
  variableItems: {
    range: { default: 1_000, min: 1, max: 1_000_000, unit: 'items' },
    what: 'The items of one list inside the variables.',
    answer: '400 BAD_USER_INPUT',
  },
  variableValues: {
    range: { default: 10_000, min: 1, max: 1_000_000, unit: 'values' },
    what: 'All that is inside the variables of an operation: items, fields, lists and objects together.',
    answer: '400 BAD_USER_INPUT',
  },
  variableDepth: {
    range: { default: 16, min: 1, max: 1_000, unit: 'levels' },
    what: 'How deep lists and objects nest inside a variable.',
    answer: '400 BAD_USER_INPUT',
  },
  readAfterMs: {
    range: { default: READ_AFTER_TIMEOUT_MAX_MS, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long a read may ask to wait for its position.',
    answer: '400 BAD_USER_INPUT',
  },
  waiters: {
    range: { default: WAITERS_MAX, min: 1, max: 1_000_000, unit: 'reads' },
    what: 'Reads that wait for the position of one projection at a time.',
    answer: '503 OVERLOADED',
  },
  commandsInFlight: {
    range: { default: COMMANDS_IN_FLIGHT_MAX, min: 1, max: 10_000, unit: 'commands' },
    what: 'Commands that are decided and stored at a time, those whose clients have given up included.',
    answer: '503 OVERLOADED',
  },
  sockets: {
    range: { default: 20_000, min: 1, max: 1_000_000, unit: 'sockets' },
    what: 'WebSockets at a time.',
    answer: '503 OVERLOADED',
  },
  initTimeoutMs: {
    range: { default: 3_000, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long a WebSocket may take to say `connection_init`.',
    answer: 'close 4408',
  },
  messageBytes: {
    range: { default: 65_536, min: 128, max: 16 * MIB, unit: 'bytes' },
    what: 'A message of a WebSocket.',
    answer: 'close 1009',
  },
  messagesPerSecond: {
    range: { default: 500, min: 1, max: 1_000_000, unit: 'messages' },
    what: 'The messages of one WebSocket in any second, pings included.',
    answer: 'close 4429',
  },
  subscriptionsPerSocket: {
    range: { default: 50, min: 1, max: 10_000, unit: 'subscriptions' },
    what: 'The subscriptions of one WebSocket.',
    answer: 'error OVERLOADED',
  },
  caughtUpMs: {
    range: { default: 60_000, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long the subscription `projectionCaughtUp` waits.',
    answer: 'error TIMEOUT',
  },
  bufferedBytes: {
    range: { default: MIB, min: 1, max: 64 * MIB, unit: 'bytes' },
    what: 'What waits for a WebSocket that reads too slowly, for longer than `LIMIT_SLOW_READER_MS`; 16 times as much, however briefly.',
    answer: 'close 1006',
  },
  slowReaderMs: {
    range: { default: 1_000, min: 1, max: HOUR_MS, unit: 'ms' },
    what: 'How long more than `LIMIT_BUFFERED_BYTES` may wait for a WebSocket.',
    answer: 'close 1006',
  },
} as const satisfies Readonly<Record<string, Limit>>;

/** The name of a limit. */
export type LimitName = keyof typeof LIMITS;

/** What every limit is set to. */
export type Limits = { readonly [Name in LimitName]: number };

/** The names of all limits, in the order of the catalogue. */
// Object.keys cannot know that these are all of them.
export const limitNames = Object.keys(LIMITS) as readonly LimitName[];

/** Every limit as it is where nobody sets it. */
// Each name of the catalogue has a number: fromEntries forgets which.
export const defaultLimits = Object.fromEntries(
  limitNames.map((name) => [name, LIMITS[name].range.default]),
) as unknown as Limits;

/** The environment variable that sets a limit: `LIMIT_BODY_BYTES` for `bodyBytes`. */
export function variableOf(name: LimitName): string {
  return `LIMIT_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}
