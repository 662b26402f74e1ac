import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import {
  DELAY_MS_MAX,
  SAMPLE_MAX,
  TidemarkError,
  refuseUnknown,
  type Operations,
  type Operation as DoneOperation,
  type Operator,
  type RetryOutcome,
} from '../kernel/index.js';
import { ADMIN, Access } from './access.js';
import {
  PageArgs,
  connectionType,
  encodeCursor,
  pageOf,
  toConnection,
  type ConnectionObject,
  type CursorValue,
} from './connection.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { liveSource, type LiveSource } from './live.js';
import { Operation, RetryResult, VerifyResult, toVerifyResult } from './operations.types.graphql.js';
import type { PositionToken } from './position.js';
import { ProjectionStatus, toStatus } from './projection-status.graphql.js';
import { Position } from './scalars.js';

/** The name of the order in which pages of operations are. */
const SEQ_CURSOR = 'SEQ';

/** The most operations of one frame. */
const OPERATIONS_FRAME_MAX = 50;

const OperationConnection = connectionType('Operation', Operation, false);

@ArgsType()
class OperationsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'On all projections when left out.' })
  projection?: string | null;
}

@ArgsType()
class ParkedEventArgs {
  @Field(() => String)
  projection!: string;

  @Field(() => Position, { description: 'Of the event; the first of its entity that is set aside.' })
  position!: PositionToken;
}

@ArgsType()
class SkipArgs extends ParkedEventArgs {
  @Field(() => String, { description: 'Why it may be passed over; it is written down.' })
  reason!: string;
}

/** Who asks for what is being done, as it is written down. */
export function operatorOf({ principal, correlationId }: RequestContext): Operator {
  return { actor: principal?.subject ?? 'anonymous', correlationId };
}

/** Does something to a projection, and says how it is doing then. */
function operate(
  context: RequestContext,
  name: string,
  work: (operations: Operations, by: Operator) => Promise<unknown>,
): Promise<ProjectionStatus> {
  const { operations } = context.kernel;
  return coded(async () => {
    await work(operations, operatorOf(context));
    return toStatus(operations.status(name));
  });
}

/** The same to an event that is set aside. */
function operateOnParked(
  context: RequestContext,
  { projection, position: token }: ParkedEventArgs,
  work: (operations: Operations, position: number, by: Operator) => Promise<RetryOutcome>,
): Promise<RetryResult> {
  const { kernel, positions } = context;
  return coded(async () => {
    const position = positions.resolve(token);
    await refuseUnknown(position, 0, kernel.log);
    const { applied, skipped } = await work(kernel.operations, position, operatorOf(context));
    return { applied, skipped, status: toStatus(kernel.operations.status(projection)) };
  });
}

async function pageOfOperations(
  { kernel, limits }: RequestContext,
  args: OperationsArgs,
): Promise<ConnectionObject<Operation>> {
  const page = pageOf(args, SEQ_CURSOR, 1, limits.pageSize);
  const { size, backward } = page;
  const cursor = page.cursor && seqIn(page.cursor);
  const limit = size + 1;
  const found = await kernel.operations.done({
    projection: args.projection ?? undefined,
    limit,
    backward,
    ...(backward ? { before: cursor } : { after: cursor }),
  });
  const nodes = backward ? found.slice(-size) : found.slice(0, size);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(SEQ_CURSOR, [node.seq]), node }));
  return toConnection({ edges, hasMore: found.length === limit, page });
}

/** The newest operations, then what is added to them. */
function doneFrames({ kernel: { operations } }: RequestContext): LiveSource<readonly DoneOperation[]> {
  let after: number | undefined;
  let again: () => void;
  return liveSource(
    (signal) => {
      again = signal;
      return operations.onRecord(signal);
    },
    async () => {
      const limit = OPERATIONS_FRAME_MAX;
      const first = after === undefined;
      const done = await operations.done(first ? { limit, backward: true } : { after, limit });
      if (!first && done.length === limit) again();
      after = done.at(-1)?.seq ?? after ?? 0;
      return first || done.length > 0 ? done : undefined;
    },
  );
}

function seqIn([seq]: readonly CursorValue[]): number {
  if (typeof seq === 'number') return seq;
  throw new TidemarkError('BAD_USER_INPUT', 'Not a cursor. Send one as it was returned, unchanged.');
}

const name = 'name';

/** What operators can do. */
@Resolver()
export class OperationsResolver {
  @Access(ADMIN)
  @Query(() => OperationConnection, { description: 'What operators have done, oldest first.' })
  operations(
    @Ctx() context: RequestContext,
    @Args(() => OperationsArgs) args: OperationsArgs,
  ): Promise<ConnectionObject<Operation>> {
    return coded(() => pageOfOperations(context, args));
  }

  @Access(ADMIN)
  @Subscription(() => [Operation], {
    name: 'operations',
    description: `What operators have done: first the newest ${OPERATIONS_FRAME_MAX}, oldest first, then whatever is added.`,
    subscribe: ({ context }) => coded(async () => doneFrames(context as RequestContext)) as never,
  })
  operationsDone(@Root() frame: readonly Operation[]): readonly Operation[] {
    return frame;
  }

  @Access(ADMIN)
  @Mutation(() => ProjectionStatus, {
    description:
      'Builds a new generation of the views beside the live one, which serves until the new one has caught up.',
  })
  rebuildProjection(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
  ): Promise<ProjectionStatus> {
    return operate(context, projection, (operations, by) => operations.rebuild(projection, by));
  }

  @Access(ADMIN)
  @Mutation(() => ProjectionStatus, { description: 'Gives up the generation that is being built.' })
  cancelRebuild(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
  ): Promise<ProjectionStatus> {
    return operate(context, projection, (operations, by) => operations.cancelRebuild(projection, by));
  }

  @Access(ADMIN)
  @Mutation(() => ProjectionStatus, {
    description: 'Goes back to the generation before the live one, at once; it then catches up.',
  })
  rollbackProjection(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
  ): Promise<ProjectionStatus> {
    return operate(context, projection, (operations, by) => operations.rollback(projection, by));
  }

  @Access(ADMIN)
  @Mutation(() => ProjectionStatus, { description: 'Deletes the generation that was kept for a rollback.' })
  pruneProjection(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
  ): Promise<ProjectionStatus> {
    return operate(context, projection, (operations, by) => operations.prune(projection, by));
  }

  @Access(ADMIN)
  @Mutation(() => ProjectionStatus, {
    description: 'Applies nothing more until it is resumed, also after a restart; queries go on.',
  })
  pauseProjection(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
  ): Promise<ProjectionStatus> {
    return operate(context, projection, (operations, by) => operations.pause(projection, by));
  }

  @Access(ADMIN)
  @Mutation(() => ProjectionStatus, {
    description: 'Goes on after a pause; after a failure tries again at once.',
  })
  resumeProjection(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
  ): Promise<ProjectionStatus> {
    return operate(context, projection, (operations, by) => operations.resume(projection, by));
  }

  @Access(ADMIN)
  @Mutation(() => ProjectionStatus, {
    description: `Holds events back until they are so old, to see what clients make of views that are behind: 0 to ${DELAY_MS_MAX} ms, until changed or restarted. What is being built is not held back.`,
  })
  delayProjection(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
    @Arg('delayMs', () => Int) delayMs: number,
  ): Promise<ProjectionStatus> {
    return operate(context, projection, (operations, by) => operations.delay(projection, delayMs, by));
  }

  @Access(ADMIN)
  @Mutation(() => RetryResult, {
    description:
      'Applies an event that was set aside, and what waits behind it, up to the first that still fails.',
  })
  retryParked(
    @Ctx() context: RequestContext,
    @Args(() => ParkedEventArgs) args: ParkedEventArgs,
  ): Promise<RetryResult> {
    return operateOnParked(context, args, (operations, position, by) =>
      operations.retryParked(args.projection, position, by),
    );
  }

  @Access(ADMIN)
  @Mutation(() => RetryResult, {
    description: 'Passes over an event that was set aside, for good, and applies what waits behind it.',
  })
  skipParked(@Ctx() context: RequestContext, @Args(() => SkipArgs) args: SkipArgs): Promise<RetryResult> {
    return operateOnParked(context, args, (operations, position, by) =>
      operations.skipParked(args.projection, position, args.reason, by),
    );
  }

  @Access(ADMIN)
  @Mutation(() => VerifyResult, {
    description:
      'Holds the live views against a replay of the log, while everything goes on; changes neither. It has as long as any request: for a large log draw a sample, or use `tidemark verify`, which takes the time it needs.',
  })
  verifyProjection(
    @Ctx() context: RequestContext,
    @Arg(name, () => String) projection: string,
    @Arg('sample', () => Int, {
      nullable: true,
      description: `Compare so many rows of each table, 1 to ${SAMPLE_MAX}, with their own events only. All rows with a replay when left out.`,
    })
    sample: number | null,
  ): Promise<VerifyResult> {
    return coded(async () => {
      const how = { sample: sample ?? undefined };
      return toVerifyResult(await context.kernel.operations.verify(projection, operatorOf(context), how));
    });
  }
}
