import { Ctx, Field, Float, Int, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { TidemarkError } from '../kernel/index.js';
import { ADMIN, Access } from './access.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { liveSource, type LiveSource } from './live.js';
import { readinessOf } from './readiness.js';
import { DateTime, Position } from './scalars.js';
import type { MeasuredHistogram, ServiceFacts } from './service-watch.js';

/** A histogram. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'Measurements since the start, by size.' })
class Histogram implements MeasuredHistogram {
  @Field(() => [Float], { description: 'Ascending.' })
  bounds!: readonly number[];

  @Field(() => [Float], { description: 'How many were at most each bound.' })
  counts!: readonly number[];

  @Field(() => Float, { description: 'How many in all, those above the last bound included.' })
  count!: number;

  @Field(() => Float)
  sum!: number;
}

/** A count by name. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'How many of what.' })
class NamedCount {
  @Field(() => String)
  name!: string;

  @Field(() => Float)
  count!: number;
}

/** How the service is doing. */
@Access(ADMIN)
@ObjectType({
  simpleResolvers: true,
  description:
    'How the service is doing: counts and histograms since its start, everything else as it is now.',
})
export class ServiceStatus {
  @Field(() => DateTime)
  at!: number;

  @Field(() => DateTime)
  startedAt!: number;

  @Field(() => String)
  version!: string;

  @Field(() => String, {
    description: '`full`: what is acknowledged survives a power cut. `normal`: a crash.',
  })
  durability!: string;

  @Field(() => Boolean, {
    description: 'The log can be written, and every projection works within its acceptable lag.',
  })
  ready!: boolean;

  @Field(() => [String], { description: 'Why it is not ready, in sentences.' })
  reasons!: readonly string[];

  @Field(() => Position, { description: 'The end of the log.' })
  head!: number;

  @Field(() => [NamedCount], { description: 'By outcome: accepted, refused, duplicate, or an error code.' })
  commands!: readonly NamedCount[];

  @Field(() => Histogram, { description: 'From the bus to the answer, in seconds.' })
  commandSeconds!: Histogram;

  @Field(() => Histogram, { description: 'Commands that shared one transaction and one fsync.' })
  commitCommands!: Histogram;

  @Field(() => Histogram, { description: 'COMMIT with its fsync, in seconds.' })
  commitSyncSeconds!: Histogram;

  @Field(() => Histogram, {
    description: 'How long reads that asked for a position waited for it, in seconds; 0 where it was there.',
  })
  readAfterSeconds!: Histogram;

  @Field(() => [NamedCount], { description: 'Reads that wait now, by projection.' })
  readAfterWaiters!: readonly NamedCount[];

  @Field(() => Int)
  sockets!: number;

  @Field(() => Int)
  subscriptions!: number;

  @Field(() => Int, { description: 'Over HTTP.' })
  operationsRunning!: number;

  @Field(() => Int, { description: 'Over HTTP, waiting for their start.' })
  operationsQueued!: number;

  @Field(() => Float, { description: 'How late the event loop was since the frame before, in milliseconds.' })
  eventLoopDelayP50Ms!: number;

  @Field(() => Float)
  eventLoopDelayP99Ms!: number;

  @Field(() => Float, { description: 'Processor time since the start, in seconds.' })
  cpuSeconds!: number;

  @Field(() => Float)
  rssBytes!: number;

  @Field(() => Float)
  heapUsedBytes!: number;
}

function namedCounts(counts: ReadonlyMap<string, number>): readonly NamedCount[] {
  return [...counts].map(([name, count]) => ({ name, count }));
}

async function statusFrom(facts: ServiceFacts, { kernel }: RequestContext): Promise<ServiceStatus> {
  const { ready, reasons } = await readinessOf(kernel);
  const { commands, readAfterWaiters, ...rest } = facts;
  return {
    ...rest,
    ready,
    reasons,
    head: await kernel.log.head(),
    commands: namedCounts(commands),
    readAfterWaiters: namedCounts(readAfterWaiters),
  };
}

function frames(context: RequestContext): LiveSource<ServiceStatus> {
  const { service } = context;
  if (service === undefined)
    throw new TidemarkError('UNAVAILABLE', 'This service does not measure how it is doing.');
  let sent: ServiceFacts | undefined;
  return liveSource(service.watch, () =>
    coded(async () => {
      const facts = await service.latest();
      if (facts === sent) return undefined;
      sent = facts;
      return statusFrom(facts, context);
    }),
  );
}

/** How the service is doing, for operators. */
@Resolver()
export class ServiceStatusResolver {
  @Access(ADMIN)
  @Subscription(() => ServiceStatus, {
    description: 'How the service is doing: now, and about every second.',
    subscribe: ({ context }) => coded(async () => frames(context as RequestContext)) as never,
  })
  serviceStatus(@Root() frame: ServiceStatus, @Ctx() _: RequestContext): ServiceStatus {
    return frame;
  }
}
