import { CompositionError, type AnyQuery, type Module } from '../kernel/index.js';
import type { ResolverClass } from './schema.js';

/** What a resolver sends and asks: a service is to have it, or its clients would be the first to notice. */
export interface ResolverNeeds {
  /** Names of commands. */
  readonly commands?: readonly string[];
  readonly queries?: readonly AnyQuery[];
}

const known = new WeakMap<ResolverClass, ResolverNeeds>();

/** Says what a resolver cannot do without. */
export function declareNeeds(resolver: ResolverClass, needs: ResolverNeeds): void {
  known.set(resolver, needs);
}

/** Throws a CompositionError where a resolver sends a command, or asks a query, that none of the modules has. */
export function checkNeeds(resolvers: readonly ResolverClass[], modules: readonly Module[]): void {
  const queries = new Set(modules.flatMap((module) => module.queries ?? []));
  const commands = new Set(modules.flatMap(commandsOf));
  for (const needs of resolvers.map((resolver) => known.get(resolver))) {
    const command = needs?.commands?.find((name) => !commands.has(name));
    if (command !== undefined)
      throw new CompositionError(
        `The mutation ${command} sends a command that no module has: add its decider to a module's deciders.`,
      );
    const query = needs?.queries?.find((one) => !queries.has(one));
    if (query !== undefined)
      throw new CompositionError(
        `A resolver asks the query ${query.name}, which no module has: add the view's queries to a module's queries.`,
      );
  }
}

function commandsOf({ deciders = [], commands = [] }: Module): readonly string[] {
  return [
    ...deciders.flatMap((decider) => Object.keys(decider.commands)),
    ...commands.map(({ name }) => name),
  ];
}
