import { ArgsType, Field } from 'type-graphql';
import type { Until } from '../kernel/index.js';
import type { PositionCodec, PositionToken } from './position.js';
import { DateTime, Position } from './scalars.js';

/** As of when something is read; as it is now where both are left out. */
@ArgsType()
export class AsOfArgs {
  @Field(() => Position, {
    nullable: true,
    description: 'As it was at this position, from the log itself: nothing is waited for.',
  })
  asOfPosition?: PositionToken | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'As far as it had been recorded by then: from the log’s first event to now. Not with `asOfPosition`.',
  })
  asOfTime?: Date | null;
}

/** What the arguments say, with positions as numbers; undefined where they say nothing. Throws UNKNOWN_POSITION. */
export function untilOf({ asOfPosition, asOfTime }: AsOfArgs, positions: PositionCodec): Until | undefined {
  if (asOfPosition == null && asOfTime == null) return undefined;
  return {
    ...(asOfPosition != null && { position: positions.resolve(asOfPosition) }),
    ...(asOfTime != null && { time: asOfTime.getTime() }),
  };
}
