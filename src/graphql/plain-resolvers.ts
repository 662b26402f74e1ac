import { isObjectType, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { CompositionError } from '../kernel/index.js';

type Handler = ReturnType<typeof getMetadataStorage>['queries'][number];
type Param = NonNullable<Handler['params']>[number];
type Args = Readonly<Record<string, unknown>>;
type Resolver = GraphQLFieldResolver<unknown, unknown, Args>;
type Method = (this: unknown, ...params: readonly unknown[]) => unknown;
type Own = Pick<Handler, 'target' | 'methodName' | 'schemaName' | 'params'>;

/**
 * Makes the schema call methods and getters directly, with arguments as plain data. type-graphql wraps each in middlewares,
 * a container, and for each argument a class instance and a promise; nothing here uses them. Throws a CompositionError for
 * a parameter that is neither context, root nor argument.
 */
export function unwrapResolvers(schema: GraphQLSchema, resolvers: readonly object[]): void {
  const { queries, mutations, fieldResolvers, objectTypes } = getMetadataStorage();
  const instances = new Map(resolvers.map((target) => [target, Reflect.construct(target as () => void, [])]));
  const roots = [
    { type: schema.getQueryType(), handlers: queries },
    { type: schema.getMutationType(), handlers: mutations },
  ];
  for (const { type, handlers } of roots) {
    for (const handler of handlers) {
      const instance = instances.get(handler.target) as Readonly<Record<string, Method>> | undefined;
      const method = instance?.[handler.methodName];
      if (method !== undefined)
        replace(type?.getFields()[handler.schemaName], call(method, handler, instance));
    }
  }
  for (const own of fieldResolvers) {
    const type = schema.getType(objectTypes.find(({ target }) => target === own.target)?.name ?? '');
    if (isObjectType(type)) replace(type.getFields()[own.schemaName], ownResolver(own));
  }
}

function replace(field: GraphQLField<unknown, unknown> | undefined, resolver: Resolver): void {
  if (field !== undefined) field.resolve = resolver;
}

function ownResolver(own: Own): Resolver {
  const property = Object.getOwnPropertyDescriptor(own.target.prototype, own.methodName);
  return property?.get === undefined
    ? call(property?.value as Method, own)
    : (root) => property.get?.call(root) as unknown;
}

/** Calls the method on `instance`, or on the root value where there is none. */
function call(method: Method, { params = [] }: Own, instance?: object): Resolver {
  const picks = params.toSorted((a, b) => a.index - b.index).map(pick);
  return (root, args, context) =>
    method.apply(
      instance ?? root,
      picks.map((from) => from(root, args, context)),
    );
}

function pick(param: Param): (root: unknown, args: Args, context: unknown) => unknown {
  if (param.kind === 'context') return (_root, _args, context) => context;
  if (param.kind === 'args') return (_root, args) => args;
  if (param.kind === 'arg') return (_root, args) => args[param.name];
  if (param.kind === 'root') return (root) => root;
  throw new CompositionError(`A resolver's parameter cannot be of the kind ${param.kind} here.`);
}
