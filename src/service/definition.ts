import type { PlaygroundTab, ResolverClass } from '../graphql/index.js';
import type { Module } from '../kernel/index.js';

/** What makes a service: its domains, and what they show to clients. Everything else is settings. */
export interface ServiceDefinition {
  /** What people call it: the title of its playground. */
  readonly name: string;
  /** The domains that it serves. */
  readonly modules: readonly Module[];
  /** Classes with type-graphql's decorators, or what `deriveView` and `deriveCommands` make. */
  readonly resolvers: readonly ResolverClass[];
  /** Examples that the playground opens with, before those for operators. None when left out. */
  readonly playground?: readonly PlaygroundTab[];
  /** The page of the example's domain, which the setting SHOP turns on and off. None when left out. */
  readonly shop?: boolean;
}

/** The definition, checked by its type. */
export function defineService(definition: ServiceDefinition): ServiceDefinition {
  return definition;
}
