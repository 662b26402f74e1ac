import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ProjectionStatus as Status, RebuildStatus as Rebuild } from '../kernel/index.js';
import { ADMIN, Access, STAFF } from './access.js';
import { DateTime, Position } from './scalars.js';

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

/** How the generation that is being built is doing. */
export enum RebuildState {
  BUILDING = 'BUILDING',
  FAILED = 'FAILED',
}

registerEnumType(RebuildState, {
  name: 'RebuildState',
  valuesConfig: {
    BUILDING: { description: 'Applies the log from its beginning.' },
    FAILED: { description: 'Cannot go on; tries again by itself. The live views are not touched.' },
  },
});

const LAST_ERROR = 'Why it failed last, internals included; null while it works. For admins only.';

/** The generation that is being built beside the live one. */
@Access(STAFF)
@ObjectType({
  simpleResolvers: true,
  description: 'The generation that is being built; it is served once it has caught up with the live one.',
})
export class RebuildStatus {
  @Field(() => Int)
  generation!: number;

  @Field(() => RebuildState)
  state!: RebuildState;

  @Field(() => Position, { description: 'It has been built up to here.' })
  checkpoint!: number;

  @Field(() => Position, { description: 'The end of the log.' })
  head!: number;

  @Field(() => Float, { description: 'Share of the log that has been applied, 0 to 1.' })
  progress!: number;

  @Field(() => Float, { description: 'Over the last ten seconds.' })
  eventsPerSecond!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'How long it still takes at that rate, in milliseconds; null while that cannot be told.',
  })
  leftMs!: number | null;

  @Field(() => DateTime)
  startedAt!: number;

  @Field(() => Int, { description: 'Events set aside in it.' })
  parked!: number;

  @Access(ADMIN)
  @Field(() => String, { nullable: true, description: LAST_ERROR })
  lastError!: string | null;
}

/** The generation before the live one. */
@Access(STAFF)
@ObjectType({
  simpleResolvers: true,
  description: 'The generation that was live before; `rollbackProjection` goes back to it.',
})
export class KeptGeneration {
  @Field(() => Int)
  generation!: number;

  @Field(() => Int)
  version!: number;

  @Field(() => Position)
  checkpoint!: number;
}

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

  @Field(() => Int, {
    description: 'How old events must be before they are applied, in milliseconds; 0 unless held back.',
  })
  delayMs!: number;

  @Field(() => Int, { description: 'Events set aside because they could not be applied.' })
  parked!: number;

  @Field(() => Int, { description: 'How many entities those are of.' })
  parkedEntities!: number;

  @Field(() => Float, { description: 'Share of the log that has been applied, 0 to 1.' })
  progress!: number;

  @Field(() => Float, { description: 'Over the last ten seconds.' })
  eventsPerSecond!: number;

  @Field(() => RebuildStatus, { nullable: true, description: 'Null where nothing is being built.' })
  rebuild!: RebuildStatus | null;

  @Field(() => KeptGeneration, { nullable: true, description: 'Null where there is nothing to go back to.' })
  kept!: KeptGeneration | null;

  @Access(ADMIN)
  @Field(() => String, { nullable: true, description: LAST_ERROR })
  lastError!: string | null;
}

/** The kernel's status as the API shows it. */
export function toStatus({ state, rebuild, ...status }: Status): ProjectionStatus {
  return { ...status, state: ProjectionState[state], rebuild: rebuild && toRebuild(rebuild) };
}

function toRebuild({ state, ...rebuild }: Rebuild): RebuildStatus {
  return { ...rebuild, state: RebuildState[state] };
}
