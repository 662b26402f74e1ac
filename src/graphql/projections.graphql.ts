import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  Float,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
  registerEnumType,
} from 'type-graphql';
import {
  TidemarkError,
  deadlineIn,
  refuseUnknown,
  type Kernel,
  type ProjectionStatus as Status,
  type Projector,
} from '../kernel/index.js';
import { ANYONE, Access, SIGNED_IN, STAFF } from './access.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { liveSource, onceSource } from './live.js';
import type { PositionToken } from './position.js';
import { Position } from './scalars.js';

/** The least time between two frames of `projectionStatus`, in ms. */
const STATUS_INTERVAL_MS = 200;

/** What a projection is doing. */
export enum ProjectionState {
  CATCHING_UP = 'CATCHING_UP',
  LIVE = 'LIVE',
  BUILDING = 'BUILDING',
  PAUSED = 'PAUSED',
  FAILED = 'FAILED',
  STOPPED = 'STOPPED',
}

registerEnumType(ProjectionState, {
  name: 'ProjectionState',
  valuesConfig: {
    CATCHING_UP: { description: 'Far behind the log, and reading.' },
    LIVE: { description: 'Applies events as they come.' },
    BUILDING: {
      description: 'Its views are being built; until then those of an older version are served, or none.',
    },
    PAUSED: { description: 'Waits for `resumeProjection`.' },
    FAILED: { description: 'Cannot go on; tries again by itself, and nothing is skipped.' },
    STOPPED: { description: 'Not running.' },
  },
});

/** How one projection is doing. */
@Access(STAFF)
@ObjectType({ simpleResolvers: true, description: 'How one projection is doing.' })
export class ProjectionStatus {
  @Field(() => String)
  name!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => Int, { description: 'Counts the times its views were built anew.' })
  generation!: number;

  @Field(() => ProjectionState)
  state!: ProjectionState;

  @Field(() => Position, { description: 'The log has been applied up to here.' })
  checkpoint!: number;

  @Field(() => Position, { description: 'The end of the log.' })
  head!: number;

  @Field(() => Int, { description: 'Events not yet applied.' })
  lagEvents!: number;

  @Field(() => Float, { description: 'How long the oldest of them has been waiting, in milliseconds.' })
  lagMs!: number;

  @Field(() => Boolean, { description: 'Working, and no further behind than it declares acceptable.' })
  healthy!: boolean;

  @Field(() => Int, { description: 'Events set aside because they could not be applied.' })
  parked!: number;

  @Field(() => Float, { description: 'Share of the log that has been applied, 0 to 1.' })
  progress!: number;
}

/** A projection has applied a position. */
@Access(ANYONE)
@ObjectType({
  simpleResolvers: true,
  description: 'The projection has applied the position; its views show it.',
})
export class ProjectionCaughtUp {
  @Field(() => String, { nullable: true, description: 'Null where all projections were waited for.' })
  projection!: string | null;

  @Field(() => Position, {
    description: 'What has been applied by now: the position asked for, or a later one.',
  })
  position!: number;
}

@ArgsType()
class CaughtUpArgs {
  @Field(() => Position)
  position!: PositionToken;

  @Field(() => String, { nullable: true, description: 'All projections when left out.' })
  projection?: string | null;
}

function chosen(kernel: Kernel, name: string | null | undefined): readonly Projector[] {
  if (name == null) return [...kernel.projectors.values()];
  const projector = kernel.projectors.get(name);
  if (projector !== undefined) return [projector];
  const names = [...kernel.projectors.keys()].join(', ');
  throw new TidemarkError(
    'BAD_USER_INPUT',
    `There is no projection ${JSON.stringify(name)}. There are: ${names}.`,
  );
}

async function caughtUp(
  { kernel, positions, limits: { caughtUpMs } }: RequestContext,
  { position: token, projection = null }: CaughtUpArgs,
  signal: AbortSignal,
): Promise<ProjectionCaughtUp> {
  const projectors = chosen(kernel, projection);
  const position = positions.resolve(token);
  await refuseUnknown(position, 0, kernel.log);
  const deadline = deadlineIn(caughtUpMs);
  const outcomes = await Promise.all(
    projectors.map(({ freshness }) => freshness.wait(position, deadline, signal)),
  );
  if (outcomes.includes('timeout')) {
    throw new TidemarkError('TIMEOUT', `The position was not reached in ${caughtUpMs} ms.`);
  }
  return { projection, position: Math.min(...projectors.map(({ freshness }) => freshness.checkpoint())) };
}

function toType({ state, lastError: _, ...status }: Status): ProjectionStatus {
  return { ...status, state: ProjectionState[state] };
}

/** Each projection's status now, then whenever it changes, looked at every STATUS_INTERVAL_MS. */
function statusFrames(projectors: readonly Projector[]) {
  const sent = new Map<string, string>();
  let again: () => void;
  return liveSource<Status>(
    (signal) => {
      again = signal;
      const timer = setInterval(signal, STATUS_INTERVAL_MS);
      return () => {
        clearInterval(timer);
      };
    },
    async () => {
      for (const projector of projectors) {
        const status = projector.status();
        const text = JSON.stringify(status);
        if (sent.get(status.name) === text) continue;
        sent.set(status.name, text);
        again(); // the others may have changed too
        return status;
      }
      return undefined;
    },
  );
}

/** Freshness as the API shows it. */
@Resolver()
export class ProjectionsResolver {
  @Access(STAFF)
  @Query(() => [ProjectionStatus], { description: 'How each projection is doing.' })
  projections(@Ctx() { kernel }: RequestContext): ProjectionStatus[] {
    return kernel.status().map(toType);
  }

  @Access(SIGNED_IN)
  @Subscription(() => ProjectionCaughtUp, {
    description:
      'Pushes once when the position has been applied (at once if it already has), then completes.',
    subscribe: ({ args, context }) =>
      onceSource((signal) =>
        coded(() => caughtUp(context as RequestContext, args as unknown as CaughtUpArgs, signal)),
      ),
  })
  projectionCaughtUp(
    @Root() frame: ProjectionCaughtUp,
    @Args(() => CaughtUpArgs) _: CaughtUpArgs,
  ): ProjectionCaughtUp {
    return frame;
  }

  @Access(STAFF)
  @Subscription(() => ProjectionStatus, {
    description:
      'How a projection is doing (each of them where none is named): now, and whenever that changes.',
    subscribe: ({ args, context }) =>
      statusFrames(chosen((context as RequestContext).kernel, (args as { name?: string | null }).name)),
  })
  projectionStatus(
    @Root() frame: Status,
    @Arg('name', () => String, { nullable: true }) _: string | null,
  ): ProjectionStatus {
    return toType(frame);
  }
}
