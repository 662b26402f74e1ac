import { lexicographicSortSchema, printSchema, specifiedDirectives, type GraphQLSchema } from 'graphql';
import {
  buildSchemaSync,
  getMetadataStorage,
  type BuildSchemaOptions,
  type NonEmptyArray,
} from 'type-graphql';
import { CompositionError, messageOf } from '../kernel/index.js';
import { checkRules } from './access.js';
import { ClusterResolver } from './cluster.graphql.js';
import { EventsResolver } from './events.graphql.js';
import { defaultLimits, type Limits } from './limits/index.js';
import { CopiesResolver } from './copies.graphql.js';
import { OperationsResolver } from './operations.graphql.js';
import { ParkedResolver } from './parked.graphql.js';
import { unwrapResolvers } from './plain-resolvers.js';
import { positionCodec, type PositionCodec } from './position.js';
import { ProjectionsResolver } from './projections.graphql.js';
import { readAfterDirective, type TidemarkSchema } from './read-after.js';
import { RowOriginResolver } from './row-origin.graphql.js';
import { Position, positionScalar } from './scalars.js';
import { ServiceStatusResolver } from './service-status.graphql.js';

/** A class with type-graphql's decorators. */
export type ResolverClass = abstract new (...args: never[]) => object;

const ours: readonly ResolverClass[] = [
  ProjectionsResolver,
  OperationsResolver,
  CopiesResolver,
  ParkedResolver,
  EventsResolver,
  RowOriginResolver,
  ServiceStatusResolver,
  ClusterResolver,
];

/** The schema of these resolvers and the edge's own, for positions of one log; it states the longest wait. */
export function createSchema(
  resolvers: readonly ResolverClass[],
  positions: PositionCodec,
  limits: Pick<Limits, 'readAfterMs'> = defaultLimits,
): TidemarkSchema {
  const position = positionScalar(positions);
  const readAfter = readAfterDirective(position, limits);
  const all = [...ours, ...resolvers];
  checkFieldNames(all);
  const schema = namingOnce({
    // type-graphql's type wants one at least; ours is always there.
    resolvers: all as unknown as NonEmptyArray<new () => object>,
    scalarsMap: [{ type: Position, scalar: position }],
    directives: [...specifiedDirectives, readAfter],
    validate: false,
    // Subscriptions bring their own sources; type-graphql asks for a pubSub all the same.
    pubSub: {
      publish: () => undefined,
      subscribe: (topic) => {
        throw new Error(`Nothing is published on ${topic}: a subscription must name its source.`);
      },
    },
  });
  checkRules(schema);
  unwrapResolvers(schema, all);
  return { schema, readAfter };
}

/** The schema that a service with these resolvers has, as text: of a log it shows nothing. */
export function schemaText(resolvers: readonly ResolverClass[]): string {
  return printSorted(createSchema(resolvers, positionCodec({ id: '0', epoch: 1 })).schema);
}

/** Throws a CompositionError where two resolvers have a field of one name: only the last would be there. */
function checkFieldNames(resolvers: readonly ResolverClass[]): void {
  const { queries, mutations, subscriptions } = getMetadataStorage();
  for (const [root, handlers] of Object.entries({ queries, mutations, subscriptions })) {
    const names = handlers
      .filter(({ target }) => resolvers.includes(target as ResolverClass))
      .map(({ schemaName }) => schemaName);
    const twice = names.filter((name, index) => names.indexOf(name) < index);
    if (twice.length > 0)
      throw new CompositionError(
        `Among the ${root} there are two of the name ${twice.join(', ')}: rename one.`,
      );
  }
}

function namingOnce(options: BuildSchemaOptions): GraphQLSchema {
  try {
    return buildSchemaSync(options);
  } catch (error) {
    const [, name] = /multiple types named "(.*)"/.exec(messageOf(error)) ?? [];
    if (name === undefined) throw error;
    throw new CompositionError(`There are two GraphQL types of the name ${name}: rename one.`, {
      cause: error,
    });
  }
}

/** The schema as text, sorted, so that it changes only when the schema does. */
export function printSorted(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
