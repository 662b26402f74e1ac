import { Arg, Args, ArgsType, Ctx, ID, Query, Resolver, type ClassType } from 'type-graphql';
import {
  PageArgs,
  coded,
  connectionType,
  type ConnectionObject,
  type RequestContext,
  type ResolverClass,
} from '../graphql/index.js';
import { sortedBy, type ViewColumn, type ViewKey, type ViewRow } from './columns.js';
import { sortTerms } from './keyset.js';
import { connectionOf, sorting } from './list.js';
import { screaming } from './names.js';
import { SortDirection } from './sort-direction.js';
import {
  accessOf,
  enumType,
  inputType,
  method,
  withFields,
  type FieldDefinitions,
  type Roles,
} from './types.js';
import type { ViewFilter, ViewQueries } from './view-queries.js';

/** What the queries of a view are called, return and read. */
export interface ViewFields {
  readonly one: string;
  readonly many: string;
  readonly type: ClassType;
  readonly typeName: string;
  readonly access: Roles;
  readonly filter: readonly ViewColumn[];
  readonly orderBy: readonly ViewColumn[];
  readonly key: ViewKey;
  readonly queries: ViewQueries;
}

interface ListArgs extends PageArgs {
  readonly filter?: ViewFilter | null;
  readonly orderBy?: readonly { readonly field: string; readonly direction: SortDirection }[] | null;
}

/** A resolver of two queries: one row by its id, and a page of the list. */
export function viewResolver(view: ViewFields): ResolverClass {
  const { one, many, type, typeName, access, key, queries } = view;
  const sorts = Object.fromEntries(view.orderBy.map((column) => [screaming(column.name), sortedBy(column)]));
  const source = { list: queries.list, count: queries.count, toNode: (row: ViewRow) => row };
  const resolver = class {
    one(context: RequestContext, id: string): Promise<ViewRow | null> {
      return coded(async () => (await context.ask(queries.byId, id)) ?? null);
    }

    many(context: RequestContext, args: ListArgs): Promise<ConnectionObject<ViewRow>> {
      return coded(async () => {
        const order = sortTerms(sorts, sortedBy(key), sorting(args.orderBy));
        return connectionOf(context, source, args, args.filter ?? {}, order);
      });
    }
  };
  Resolver()(resolver);
  method(resolver, 'one', [
    accessOf(access, one),
    Query(() => type, { name: one, nullable: true, description: 'Null where there is none of this id.' }),
  ]);
  Ctx()(resolver.prototype, 'one', 0);
  Arg('id', () => ID)(resolver.prototype, 'one', 1);
  const connection = connectionType(typeName, type);
  method(resolver, 'many', [accessOf(access, many), Query(() => connection, { name: many })]);
  Ctx()(resolver.prototype, 'many', 0);
  const args = listArgs(view, Object.keys(sorts));
  Args(() => args)(resolver.prototype, 'many', 1);
  return resolver;
}

/** The arguments of the list: a page, and what it may be narrowed and sorted by. */
function listArgs({ typeName, filter, orderBy }: ViewFields, sorts: readonly string[]): ClassType {
  const args = class extends PageArgs {};
  ArgsType()(args);
  return withFields(args, {
    ...(filter.length > 0 && { filter: filterArg(typeName, filter) }),
    ...(orderBy.length > 0 && { orderBy: orderArg(typeName, sorts) }),
  });
}

function filterArg(typeName: string, filter: readonly ViewColumn[]): FieldDefinitions[string] {
  const fields = filter.map(({ name, field }) => [name, { type: field.type, nullable: true }] as const);
  const type = inputType(`${typeName}Filter`, 'All that is given must hold.', Object.fromEntries(fields));
  return { type: () => type, nullable: true };
}

function orderArg(typeName: string, sorts: readonly string[]): FieldDefinitions[string] {
  const field = enumType(`${typeName}OrderField`, Object.fromEntries(sorts.map((name) => [name, name])));
  const type = inputType(`${typeName}Order`, undefined, {
    field: { type: () => field },
    direction: { type: () => SortDirection, defaultValue: SortDirection.ASC },
  });
  return { type: () => [type], nullable: true, description: 'By the key when left out.' };
}
