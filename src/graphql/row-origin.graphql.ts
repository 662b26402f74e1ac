import { Arg, Args, Ctx, Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { ENTITY_CHANGES_MAX, ORIGIN_MAX, type EntityChange, type RowOrigin } from '../kernel/index.js';
import { ADMIN, Access } from './access.js';
import { AsOfArgs, untilOf } from './as-of.js';
import { withPosition, type RequestContext } from './context.js';
import { coded } from './errors.js';
import { DateTime, Json, Position } from './scalars.js';

/** What an event did to a row. */
export enum RowChangeKind {
  ADDED = 'ADDED',
  CHANGED = 'CHANGED',
  REMOVED = 'REMOVED',
}

registerEnumType(RowChangeKind, { name: 'RowChangeKind', description: 'What an event did to a row.' });

/** One column that an event changed. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'One column that an event changed.' })
export class ColumnChange {
  @Field(() => String)
  column!: string;

  @Field(() => Json, { nullable: true, description: 'Null where there was no row, too.' })
  before!: unknown;

  @Field(() => Json, { nullable: true, description: 'Null where there is no row any more, too.' })
  after!: unknown;
}

/** One event that made a row what it is. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'One event that made a row what it is.' })
export class RowChangeOrigin {
  @Field(() => Position)
  position!: number;

  @Field(() => String, { description: 'The type of the event, as it was recorded.' })
  type!: string;

  @Field(() => DateTime)
  recordedAt!: number;

  @Field(() => String)
  actor!: string;

  @Field(() => ID)
  commandId!: string;

  @Field(() => RowChangeKind)
  change!: RowChangeKind;

  @Field(() => [ColumnChange])
  columns!: readonly ColumnChange[];
}

/** What an event did to a row of some view. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'What an event of an entity did to a row of a view.' })
export class EntityRowChange {
  @Field(() => Position, { description: 'Of the event.' })
  position!: number;

  @Field(() => String)
  projection!: string;

  @Field(() => String)
  table!: string;

  @Field(() => [String], {
    description: 'The values of the key’s columns, in order, as `rowOrigin` takes them.',
  })
  key!: readonly string[];

  @Field(() => Boolean, {
    description: 'Other entities’ events make this row, too: that it was touched is all that is known here.',
  })
  shared!: boolean;

  @Field(() => RowChangeKind)
  change!: RowChangeKind;

  @Field(() => [ColumnChange], { description: 'Empty for a shared row.' })
  columns!: readonly ColumnChange[];
}

function toRowChange({ change, ...rest }: EntityChange): EntityRowChange {
  return { ...rest, change: RowChangeKind[change] };
}

function toType({ event, change, columns }: RowOrigin): RowChangeOrigin {
  return { ...event, change: RowChangeKind[change], columns };
}

/** Why a row is what it is. */
@Resolver()
export class RowOriginResolver {
  @Access(ADMIN)
  @Query(() => [RowChangeOrigin], {
    description: `Which events made a row of a view, oldest first, the newest ${ORIGIN_MAX} of them: folded from the log, so that the view need not be right. For tables that say whose events make a row.`,
  })
  async rowOrigin(
    @Ctx() { kernel, positions, signal }: RequestContext,
    @Arg('projection', () => String) projection: string,
    @Arg('table', () => String) table: string,
    @Arg('key', () => [String], { description: 'The values of the key’s columns, in order, as text.' })
    key: string[],
    @Args(() => AsOfArgs) asOf: AsOfArgs,
  ): Promise<RowChangeOrigin[]> {
    const found = coded(async () => {
      const until = untilOf(asOf, positions);
      return kernel.history.origin(projection, table, key, until, signal);
    });
    return (await withPosition(found, positions)).map(toType);
  }

  @Access(ADMIN)
  @Query(() => [EntityRowChange], {
    description: `Which rows of which views the events of a tag have touched, in the order of the log, the newest ${ENTITY_CHANGES_MAX}: folded from the log. What a projection has set aside has touched nothing.`,
  })
  async rowChanges(
    @Ctx() { kernel, positions, signal }: RequestContext,
    @Arg('tag', () => String, { description: '`order:0197…`' }) tag: string,
    @Args(() => AsOfArgs) asOf: AsOfArgs,
  ): Promise<EntityRowChange[]> {
    const found = coded(async () => kernel.history.changes(tag, untilOf(asOf, positions), signal));
    return (await withPosition(found, positions)).map(toRowChange);
  }
}
