import { GraphQLError } from 'graphql';
import {
  TidemarkError,
  readAfter as readAfterPosition,
  refuseUnknown,
  type CommandResult,
  type CommandType,
  type Consistency,
  type Kernel,
  type OwnedRowsOf,
  type ProjectionOf,
  type Query,
  type ReadAfter,
  type TableMap,
  type Tag,
  type Until,
} from '../kernel/index.js';
import type { Principal } from './access.js';
import { coded } from './errors.js';
import type { NextCommandId } from './idempotency-key.js';
import type { Limits } from './limits/index.js';
import { unlimited, type OperationTime } from './operation-time.js';
import type { ClusterWatch } from './membership.js';
import type { PositionCodec, PositionToken } from './position.js';
import type { ServiceWatch } from './service-watch.js';

/** What a mutation's `options` say. */
export interface SendOptions {
  /** A UUID: the same command sent twice with it is done once. */
  readonly commandId?: string | null | undefined;
  /** CONFLICT if anything in the command's boundary changed after this position. */
  readonly ifUnchangedSince?: PositionToken | null | undefined;
  /** The owner whose things the sender is limited to; null for everybody's. */
  readonly limitedTo?: string | null;
}

/** What resolvers work with; one for each operation. */
export interface RequestContext {
  readonly kernel: Kernel;
  readonly positions: PositionCodec;
  /** Null without credentials. */
  readonly principal: Principal | null;
  readonly correlationId: string;
  readonly limits: Limits;
  /** How the service is doing, where it is put together with that. */
  readonly service?: ServiceWatch | undefined;
  /** Which nodes there are, where it is put together with that. */
  readonly cluster?: ClusterWatch | undefined;
  /** Aborts when nobody waits for the answer any more: the client has gone, or the operation's time is up. */
  readonly signal: AbortSignal;
  /** From here on the operation may have written something: without an answer in time its outcome is unknown. */
  mayWrite(): void;
  /** Sends a command; failures are coded GraphQL errors. */
  send<Input>(type: CommandType<Input>, input: unknown, options?: SendOptions | null): Promise<CommandResult>;
  /**
   * Asks a query at the operation's position, or later where `after` is (which then holds for all that follow); notes how
   * fresh the answer is. `onRead` is called in the turn of the read itself.
   */
  ask<Input, Output, Views extends object>(
    query: Query<Input, Output, Views>,
    input: Input,
    after?: number,
    onRead?: (consistency: Consistency) => void,
  ): Promise<Output>;
  /** Notes how fresh something is that is shown without a query. */
  show(consistency: Consistency): void;
  /**
   * An entity's rows as of then, from the log: waits for no view, also where the operation's position is later. The
   * position that they are of counts as that of what was read.
   */
  asOf<Tables extends TableMap>(
    projection: ProjectionOf<Tables>,
    tag: Tag,
    until?: Until,
  ): Promise<OwnedRowsOf<Tables>>;
  /** Makes every further read of this operation wait for the position. */
  readAfter(position: PositionToken, timeoutMs?: number, onTimeout?: ReadAfter['onTimeout']): void;
  /** The position that the operation asked its reads to wait for; undefined where it did not ask. */
  readsAfter(): number | undefined;
  /** How fresh everything read since the last call was: the oldest position counts. Undefined where nothing was read. */
  takeConsistency(): Consistency | undefined;
  /** The latest position of the commands that this operation sent; undefined where it sent none. */
  written(): number | undefined;
  /** One value for each operation, made when it is first asked for: for batching loaders. */
  once<T>(key: object, make: () => T): T;
}

/** What a context is made of. */
export interface ContextOptions {
  readonly kernel: Kernel;
  readonly positions: PositionCodec;
  readonly principal: Principal | null;
  readonly correlationId: string;
  readonly limits: Limits;
  readonly service?: ServiceWatch | undefined;
  readonly cluster?: ClusterWatch | undefined;
  /** Ids for commands that bring none of their own; random ones when left out. */
  readonly nextCommandId?: NextCommandId | undefined;
  /** Unlimited when left out. */
  readonly time?: Pick<OperationTime, 'signal' | 'mayWrite'> | undefined;
}

/** The context of one operation. */
export function createContext(options: ContextOptions): RequestContext {
  const { kernel, positions, principal, correlationId, limits, service, cluster, nextCommandId } = options;
  const { signal, mayWrite } = options.time ?? unlimited();
  const made = new Map<object, unknown>();
  let wanted: ReadAfter | undefined;
  let awaited = 0;
  let written: number | undefined;
  let consistency: Consistency | undefined;

  /** What a read waits for: what the operation asks for, and what it wrote itself as far as it has been read. */
  function wantedAfter(position: number): ReadAfter | undefined {
    awaited = Math.max(awaited, position);
    if (awaited <= (wanted?.position ?? 0)) return wanted;
    // The operation's deadline holds for all its reads, also for those that follow its own writes.
    return wanted === undefined
      ? readAfterPosition(awaited, undefined, undefined, limits.readAfterMs)
      : { ...wanted, position: awaited };
  }

  function note(read: Consistency): void {
    consistency = consistency === undefined ? read : merge(consistency, read);
  }

  return {
    kernel,
    positions,
    principal,
    correlationId,
    limits,
    service,
    cluster,
    signal,
    mayWrite,
    send: (type, input, sendOptions) =>
      withPosition(
        coded(async () => {
          // What became of the others of this operation has been answered already.
          if (signal.aborted)
            throw new TidemarkError('TIMEOUT', 'There was no time left to send this command.');
          const { ifUnchangedSince, limitedTo = null } = sendOptions ?? {};
          const commandId = sendOptions?.commandId ?? nextCommandId?.();
          const since = ifUnchangedSince && positions.resolve(ifUnchangedSince);
          if (typeof since === 'number') await refuseUnknown(since, 0, kernel.log);
          const result = await kernel.commands.send(type, input, {
            actor: principal?.subject ?? 'anonymous',
            correlationId,
            limitedTo,
            ...(typeof commandId === 'string' && { commandId }),
            ...(typeof since === 'number' && { ifUnchangedSince: since }),
          });
          written = Math.max(written ?? 0, result.position);
          return result;
        }),
        positions,
      ),
    ask: (query, input, after = 0, onRead) =>
      coded(async () => {
        const answer = await kernel.queries.ask(query, input, {
          readAfter: wantedAfter(after),
          signal,
          onRead,
        });
        note(answer.consistency);
        return answer.value;
      }),
    asOf: (projection, tag, until) =>
      withPosition(
        coded(async () => {
          // A position of another log is one here, too, although nothing waits for it.
          if (wanted !== undefined) await refuseUnknown(wanted.position, 0, kernel.log);
          const { rows, position, head } = await kernel.history.asOf(projection, tag, until, signal);
          note({ position, head, lagMs: 0, stale: false, waitedMs: 0, parked: 0 });
          return rows;
        }),
        positions,
      ),
    show: note,
    readsAfter: () => wanted?.position,
    readAfter: (token, timeoutMs, onTimeout) => {
      const position = positions.resolve(token);
      if (wanted === undefined || timeoutMs !== undefined || position > wanted.position) {
        const latest = Math.max(position, wanted?.position ?? 0);
        wanted = readAfterPosition(latest, timeoutMs, onTimeout, limits.readAfterMs);
      }
    },
    takeConsistency: () => {
      const taken = consistency;
      consistency = undefined;
      return taken;
    },
    written: () => written,
    once: (key, make) => {
      if (!made.has(key)) made.set(key, make());
      // Whatever `make` of this key returned.
      return made.get(key) as ReturnType<typeof make>;
    },
  };
}

/** The same, but an error's position leaves as a token, like every other position. */
export async function withPosition<T>(work: Promise<T>, positions: PositionCodec): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const position = error instanceof GraphQLError ? error.extensions['position'] : undefined;
    if (error instanceof GraphQLError && typeof position === 'number')
      error.extensions['position'] = positions.encode(position);
    throw error;
  }
}

function merge(a: Consistency, b: Consistency): Consistency {
  return {
    position: Math.min(a.position, b.position),
    head: Math.max(a.head, b.head),
    lagMs: Math.max(a.lagMs, b.lagMs),
    stale: a.stale || b.stale,
    waitedMs: Math.max(a.waitedMs, b.waitedMs),
    parked: Math.max(a.parked, b.parked),
  };
}

/**
 * A response's `extensions`, positions as tokens: how fresh what was read is, and the latest position of what was
 * written. Undefined where nothing was read or written since they were last taken.
 */
export function extensionsOf(context: RequestContext): Record<string, unknown> | undefined {
  const consistency = context.takeConsistency();
  const written = context.written();
  if (consistency === undefined && written === undefined) return undefined;
  const { positions } = context;
  return {
    ...(consistency !== undefined && { consistency: withTokens(consistency, positions) }),
    ...(written !== undefined && { written: positions.encode(written) }),
  };
}

function withTokens(
  { position, head, ...rest }: Consistency,
  positions: PositionCodec,
): Record<string, unknown> {
  return { position: positions.encode(position), head: positions.encode(head), ...rest };
}
