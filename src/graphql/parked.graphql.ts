import { Args, ArgsType, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { ParkedEvent as Parked, RecordedEvent } from '../kernel/index.js';
import { ADMIN, Access } from './access.js';
import {
  ForwardPageArgs,
  connectionType,
  pageOf,
  toConnection,
  type ConnectionObject,
} from './connection.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { LogEvent } from './log-event.graphql.js';
import { POSITION_CURSOR, cursorOf, positionIn } from './position-cursor.js';
import { DateTime, Position } from './scalars.js';

/** An event that is set aside. */
@Access(ADMIN)
@ObjectType({ description: 'An event that could not be applied, or that waits behind one of its entity.' })
export class ParkedEvent {
  @Field(() => Position, { simple: true })
  position!: number;

  @Field(() => String, { simple: true, description: 'What is set aside together: `order:0197…`.' })
  entity!: string;

  @Field(() => String, { simple: true })
  type!: string;

  @Field(() => ID, { simple: true })
  commandId!: string;

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: 'Why it could not be applied; null where it only waits behind another of its entity.',
  })
  error!: string | null;

  @Field(() => String, { simple: true, nullable: true })
  stack!: string | null;

  @Field(() => Int, { simple: true, description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => DateTime, { simple: true })
  parkedAt!: number;

  @Field(() => LogEvent, { nullable: true, description: 'The event itself, from the log.' })
  async event(@Ctx() { kernel }: RequestContext): Promise<RecordedEvent | null> {
    return (await coded(() => kernel.events.at(this.position))) ?? null;
  }
}

function toParked(parked: Parked): ParkedEvent {
  return Object.assign(Object.create(ParkedEvent.prototype) as ParkedEvent, parked);
}

const ParkedEventConnection = connectionType('ParkedEvent', ParkedEvent);

@ArgsType()
class ParkedArgs extends ForwardPageArgs {
  @Field(() => String)
  projection!: string;

  @Field(() => String, { nullable: true, description: 'Of one entity only: `order:0197…`.' })
  entity?: string | null;
}

function pageOfParked(
  { kernel: { operations }, positions, limits }: RequestContext,
  { projection, entity, first = null, after = null }: ParkedArgs,
): ConnectionObject<ParkedEvent> {
  const page = pageOf({ first, after }, POSITION_CURSOR, 1, limits.pageSize);
  const limit = page.size + 1;
  const found = operations.parked(projection, {
    entity: entity ?? undefined,
    after: positionIn(page, positions),
    limit,
  });
  const edges = found
    .slice(0, page.size)
    .map((parked) => ({ cursor: cursorOf(parked.position, positions), node: toParked(parked) }));
  const count = async (): Promise<number> => operations.parkedCount(projection, entity ?? undefined);
  return toConnection({ edges, hasMore: found.length === limit, page, count });
}

/** What projections have set aside, for operators. */
@Resolver()
export class ParkedResolver {
  @Access(ADMIN)
  @Query(() => ParkedEventConnection, {
    description: 'What a projection has set aside, in the order of the log.',
  })
  parkedEvents(
    @Ctx() context: RequestContext,
    @Args(() => ParkedArgs) args: ParkedArgs,
  ): Promise<ConnectionObject<ParkedEvent>> {
    return coded(async () => pageOfParked(context, args));
  }
}
