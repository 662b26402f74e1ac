import {
  GraphQLObjectType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printType,
  type GraphQLNamedType,
} from 'graphql';
import { createSchema, positionCodec, type ResolverClass } from '../../src/graphql/index.js';

const positions = positionCodec({ id: '0197f4c2-0000-7000-8000-000000000001', epoch: 1 });

function typesOf(resolvers: readonly ResolverClass[]): Readonly<Record<string, GraphQLNamedType>> {
  return lexicographicSortSchema(createSchema(resolvers, positions).schema).getTypeMap();
}

/** What these resolvers add to a service's schema, as text. */
export function printAdded(resolvers: readonly ResolverClass[]): string {
  const base = typesOf([]);
  return Object.values(typesOf(resolvers))
    .filter((type) => !isSpecifiedScalarType(type) && !type.name.startsWith('__'))
    .flatMap((type) => {
      const before = base[type.name];
      if (before === undefined) return [printType(type)];
      if (!isObjectType(type) || !isObjectType(before)) return [];
      const config = type.toConfig();
      const added = Object.entries(config.fields).filter(([name]) => before.getFields()[name] === undefined);
      return added.length === 0
        ? []
        : [printType(new GraphQLObjectType({ ...config, fields: Object.fromEntries(added) }))];
    })
    .join('\n\n');
}
