import { Arg, Ctx, Field, Float, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ADMIN, Access } from './access.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { operatorOf } from './operations.graphql.js';
import { Position } from './scalars.js';

@Access(ADMIN)
@ObjectType({
  simpleResolvers: true,
  description: 'A copy of the live views, from which a node that joins goes on.',
})
class ProjectionCopy {
  @Field(() => String)
  projection!: string;

  @Field(() => Int)
  generation!: number;

  @Field(() => Int)
  version!: number;

  @Field(() => Position, { description: 'Up to here the log has been applied to it.' })
  checkpoint!: number;

  @Field(() => Float)
  bytes!: number;
}

/** Copies of views, for nodes that join. */
@Resolver()
export class CopiesResolver {
  @Access(ADMIN)
  @Mutation(() => ProjectionCopy, {
    description:
      'Copies the live views into the folder `views/copies` of this node, for nodes that join; it takes the place of the copy before.',
  })
  copyProjection(
    @Ctx() context: RequestContext,
    @Arg('name', () => String) projection: string,
  ): Promise<ProjectionCopy> {
    return coded(async () => {
      const copy = await context.kernel.operations.copy(projection, operatorOf(context));
      return { projection, ...copy };
    });
  }
}
