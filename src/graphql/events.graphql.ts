import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  InputType,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { EVENTS_SCANNED_MAX, type EventFilter, type RecordedEvent } from '../kernel/index.js';
import { ADMIN, Access } from './access.js';
import { PageArgs, connectionType, pageOf, toConnection, type ConnectionObject } from './connection.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { liveSource, type LiveSource } from './live.js';
import { LogEvent } from './log-event.graphql.js';
import { POSITION_CURSOR, cursorOf, positionIn } from './position-cursor.js';
import type { PositionCodec, PositionToken } from './position.js';
import { DateTime, Position } from './scalars.js';

/** The most events of one frame. */
const FRAME_MAX = 100;

@InputType('EventFilter', { description: 'Which events of the log; what is left out does not matter.' })
class EventFilterInput {
  @Field(() => [String], { nullable: true, description: 'Any of these types, as they were recorded.' })
  types?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'All of these tags: `["order:0197…"]`.' })
  tags?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'What one command wrote.' })
  commandId?: string | null;

  @Field(() => String, { nullable: true, description: 'All that belongs together.' })
  correlationId?: string | null;

  @Field(() => Position, { nullable: true, description: 'Only what comes after it.' })
  afterPosition?: PositionToken | null;

  @Field(() => Position, { nullable: true, description: 'Only what comes before it.' })
  beforePosition?: PositionToken | null;

  @Field(() => DateTime, { nullable: true, description: 'Recorded then or later.' })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Recorded before that.' })
  to?: Date | null;
}

const LogEventConnection = connectionType('LogEvent', LogEvent, false);

@ArgsType()
class EventsArgs extends PageArgs {
  @Field(() => EventFilterInput, { nullable: true })
  filter?: EventFilterInput | null;
}

@ArgsType()
class TailArgs {
  @Field(() => EventFilterInput, { nullable: true })
  filter?: EventFilterInput | null;

  @Field(() => Position, { nullable: true, description: 'From after here; from now on when left out.' })
  after?: PositionToken | null;
}

@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'What came next in the log.' })
class LogEventsFrame {
  @Field(() => [LogEvent], { description: `At most ${FRAME_MAX}; more come with the next frame.` })
  events!: readonly RecordedEvent[];

  @Field(() => Position, {
    description: 'The log has been read up to here: subscribe `after` it to go on without a gap.',
  })
  position!: number;
}

function toFilter(input: EventFilterInput | null | undefined, positions: PositionCodec): EventFilter {
  const { types, tags, commandId, correlationId, afterPosition, beforePosition, from, to } = input ?? {};
  return {
    types: types ?? undefined,
    tags: tags ?? undefined,
    commandId: commandId ?? undefined,
    correlationId: correlationId ?? undefined,
    afterPosition: afterPosition ? positions.resolve(afterPosition) : undefined,
    beforePosition: beforePosition ? positions.resolve(beforePosition) : undefined,
    from: from?.getTime(),
    to: to?.getTime(),
  };
}

async function pageOfEvents(
  { kernel, positions, limits }: RequestContext,
  args: EventsArgs,
): Promise<ConnectionObject<RecordedEvent>> {
  const page = pageOf(args, POSITION_CURSOR, 1, limits.pageSize);
  const { size, backward } = page;
  const filter = toFilter(args.filter, positions);
  const cursor = positionIn(page, positions);
  const { events, more, reached } = await kernel.events.page({ filter, size, backward, cursor });
  const edges = events.map((node) => ({ cursor: cursorOf(node.position, positions), node }));
  return toConnection({
    edges,
    hasMore: more,
    page,
    reached: more ? cursorOf(reached, positions) : undefined,
  });
}

async function tail(
  { kernel: { events }, positions }: RequestContext,
  { filter: input, after }: TailArgs,
): Promise<LiveSource<LogEventsFrame>> {
  const filter = toFilter(input, positions);
  let reached = after ? positions.resolve(after) : await events.head();
  await events.check(filter);
  await events.check({ afterPosition: reached });
  let again: () => void;
  let first = true;
  return liveSource(
    (signal) => {
      again = signal;
      return events.onAppend(signal);
    },
    () =>
      coded(async () => {
        const page = await events.page({ filter, size: FRAME_MAX, cursor: reached });
        if (page.more) again();
        const tells = first || page.more || page.events.length > 0;
        first = false;
        reached = page.reached;
        return tells ? { events: page.events, position: reached } : undefined;
      }),
  );
}

/** The log, for operators. */
@Resolver()
export class EventsResolver {
  @Access(ADMIN)
  @Query(() => LogEventConnection, {
    description: `The events of the log, oldest first. A page looks at ${EVENTS_SCANNED_MAX} events at most: it may be short, or empty, and yet have a next one.`,
  })
  events(
    @Ctx() context: RequestContext,
    @Args(() => EventsArgs) args: EventsArgs,
  ): Promise<ConnectionObject<RecordedEvent>> {
    return coded(() => pageOfEvents(context, args));
  }

  @Access(ADMIN)
  @Query(() => LogEvent, {
    nullable: true,
    description: 'The event at a position; null where there is none.',
  })
  event(
    @Ctx() { kernel, positions }: RequestContext,
    @Arg('position', () => Position) position: PositionToken,
  ): Promise<RecordedEvent | null> {
    return coded(async () => (await kernel.events.at(positions.resolve(position))) ?? null);
  }

  @Access(ADMIN)
  @Subscription(() => LogEventsFrame, {
    name: 'events',
    description: 'What is written to the log, from a position or from now on. The first frame comes at once.',
    subscribe: ({ args, context }) =>
      coded(() => tail(context as RequestContext, args as unknown as TailArgs)) as never,
  })
  tail(@Root() frame: LogEventsFrame, @Args(() => TailArgs) _: TailArgs): LogEventsFrame {
    return frame;
  }
}
