import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import {
  TidemarkError,
  deadlineIn,
  projectorOf,
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
import { ProjectionStatus, toStatus } from './projection-status.graphql.js';
import { Position } from './scalars.js';

/** The least time between two frames of `projectionStatus`, in ms. */
const STATUS_INTERVAL_MS = 200;

/** A projection has applied a position. */
@Access(ANYONE)
@ObjectType({
  simpleResolvers: true,
  description: 'The projection has applied the position; its views show it, unless it is `parked`.',
})
export class ProjectionCaughtUp {
  @Field(() => String, { nullable: true, description: 'Null where all projections were waited for.' })
  projection!: string | null;

  @Field(() => Position, {
    description: 'What has been applied by now: the position asked for, or a later one.',
  })
  position!: number;

  @Field(() => Boolean, {
    description:
      'True where an event of the position’s command, or an earlier one of the same entity, could not be applied and is set aside: the views do not show it.',
  })
  parked!: boolean;
}

@ArgsType()
class CaughtUpArgs {
  @Field(() => Position)
  position!: PositionToken;

  @Field(() => String, { nullable: true, description: 'All projections when left out.' })
  projection?: string | null;
}

function chosen({ projectors }: Kernel, name: string | null | undefined): readonly Projector[] {
  return name == null ? [...projectors.values()] : [projectorOf(projectors, name)];
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
  const reached = Math.min(...projectors.map(({ freshness }) => freshness.checkpoint()));
  return { projection, position: reached, parked: await isParked(kernel, projectors, position) };
}

/** Whether what was written at the position, or what came before it of the same entity, is set aside somewhere. */
async function isParked(
  { events }: Kernel,
  projectors: readonly Projector[],
  position: number,
): Promise<boolean> {
  // It seldom is, and then the log need not be read.
  if (projectors.every((projector) => projector.status().parked === 0)) return false;
  const written = await events.commandAt(position);
  return projectors.some((projector) => projector.isSetAside(written));
}

/** Each projection's status now, then where it has changed, looked at once every STATUS_INTERVAL_MS. */
function statusFrames(projectors: readonly Projector[]) {
  const sent = new Map<string, string>();
  // Those that are still to be looked at this time: rates and lags change with every look.
  let round = [...projectors];
  let again: () => void;
  return liveSource<Status>(
    (signal) => {
      again = signal;
      const timer = setInterval(() => {
        round = [...projectors];
        signal();
      }, STATUS_INTERVAL_MS);
      return () => {
        clearInterval(timer);
      };
    },
    async () => {
      for (let next = round.shift(); next !== undefined; next = round.shift()) {
        const status = next.status();
        const text = JSON.stringify(status);
        if (sent.get(status.name) === text) continue;
        sent.set(status.name, text);
        again(); // for the others
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
    return kernel.status().map(toStatus);
  }

  @Access(STAFF)
  @Query(() => ProjectionStatus, { description: 'How one projection is doing.' })
  projection(
    @Ctx() { kernel }: RequestContext,
    @Arg('name', () => String) name: string,
  ): Promise<ProjectionStatus> {
    return coded(async () => toStatus(kernel.operations.status(name)));
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
      coded(async () =>
        statusFrames(chosen((context as RequestContext).kernel, (args as { name?: string | null }).name)),
      ) as never,
  })
  projectionStatus(
    @Root() frame: Status,
    @Arg('name', () => String, { nullable: true }) _: string | null,
  ): ProjectionStatus {
    return toStatus(frame);
  }
}
