import { Ctx, Field, Float, ID, Int, ObjectType, Query, Resolver, Root, Subscription } from 'type-graphql';
import {
  NODE_SILENT_MS,
  TidemarkError,
  type HeardNode,
  type NodeProjection as Projection,
} from '../kernel/index.js';
import { ADMIN, Access } from './access.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { liveSource, type LiveSource } from './live.js';
import type { ClusterFacts, ClusterWatch } from './membership.js';
import { ProjectionState } from './projection-status.graphql.js';
import { DateTime, Position } from './scalars.js';

/** How one projection of a node is doing. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'How one projection of a node is doing.' })
export class NodeProjection {
  @Field(() => String)
  name!: string;

  @Field(() => ProjectionState)
  state!: ProjectionState;

  @Field(() => Position, { description: 'The log has been applied up to here.' })
  checkpoint!: number;

  @Field(() => Int, { description: 'Events not yet applied, of those that the node knows.' })
  lagEvents!: number;

  @Field(() => Float, { description: 'How long the oldest of them has been waiting, in milliseconds.' })
  lagMs!: number;

  @Field(() => Boolean, { description: 'Working, and no further behind than it declares acceptable.' })
  healthy!: boolean;

  @Field(() => Int, { description: 'Events set aside because they could not be applied.' })
  parked!: number;
}

/** A node of the cluster. */
@Access(ADMIN)
@ObjectType({
  simpleResolvers: true,
  description: 'A process that serves this log, as it last said itself. Times are by the clock of the log.',
})
export class ClusterNode {
  @Field(() => ID, { description: 'Another one at each start.' })
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'Where it is reached, as far as it knows.' })
  url!: string;

  @Field(() => String)
  version!: string;

  @Field(() => DateTime)
  startedAt!: number;

  @Field(() => DateTime, { description: 'When it was last heard of.' })
  heardAt!: number;

  @Field(() => Float, { description: 'How long ago that was when the list was read, in milliseconds.' })
  silentMs!: number;

  @Field(() => Boolean, {
    description: 'It was not heard of for so long that it has ended, or cannot reach the log.',
  })
  silent!: boolean;

  @Field(() => Boolean, { description: 'The node that answers.' })
  self!: boolean;

  @Field(() => Boolean, {
    description: 'Its log can be written, and its projections work; a silent one is not.',
  })
  ready!: boolean;

  @Field(() => [String], { description: 'Why it is not ready, in sentences.' })
  reasons!: readonly string[];

  @Field(() => Position, { description: 'The end of the log, as far as it knows.' })
  head!: number;

  @Field(() => [NodeProjection])
  projections!: readonly NodeProjection[];
}

/** The nodes of the log. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'The nodes that serve one log.' })
export class Cluster {
  @Field(() => Boolean, { description: 'The log is one that several nodes can share.' })
  shared!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Since when the list is old, because the log’s database does not answer; null while it is read every two seconds.',
  })
  staleSince!: number | null;

  @Field(() => [ClusterNode])
  nodes!: readonly ClusterNode[];
}

function toCluster({ shared, staleSince, self, nodes }: ClusterFacts): Cluster {
  return { shared, staleSince, nodes: nodes.map((node) => toNode(node, self)) };
}

function toNode({ projections, ...node }: HeardNode, self: string): ClusterNode {
  const silent = node.silentMs > NODE_SILENT_MS;
  const seconds = Math.round(node.silentMs / 1_000).toLocaleString('en');
  return {
    ...node,
    silent,
    self: node.id === self,
    // What it said last holds no more.
    ...(silent && { ready: false, reasons: [`It has not been heard of for ${seconds} s.`] }),
    projections: projections.map(toProjection),
  };
}

function toProjection({ state, ...projection }: Projection): NodeProjection {
  return { ...projection, state: ProjectionState[state] };
}

function clusterOf({ cluster }: RequestContext): ClusterWatch {
  if (cluster === undefined)
    throw new TidemarkError('UNAVAILABLE', 'This service does not know which nodes there are.');
  return cluster;
}

function frames(context: RequestContext): LiveSource<Cluster> {
  const { watch, latest } = clusterOf(context);
  return liveSource(watch, () => coded(async () => toCluster(await latest())));
}

/** Which nodes there are, for operators. */
@Resolver()
export class ClusterResolver {
  @Access(ADMIN)
  @Query(() => Cluster, { description: 'The nodes that serve this log, as they were within two seconds.' })
  cluster(@Ctx() context: RequestContext): Promise<Cluster> {
    return coded(async () => toCluster(await clusterOf(context).latest()));
  }

  @Access(ADMIN)
  @Subscription(() => Cluster, {
    name: 'cluster',
    description: 'The nodes that serve this log: now, and about every two seconds.',
    subscribe: ({ context }) => coded(async () => frames(context as RequestContext)) as never,
  })
  clusterFrames(@Root() frame: Cluster, @Ctx() _: RequestContext): Cluster {
    return frame;
  }
}
