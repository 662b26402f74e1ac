import 'reflect-metadata/lite';
import { Field, ID, InterfaceType, Mutation, ObjectType, Query, Resolver, Subscription } from 'type-graphql';
import { describe, expect, test } from 'vitest';
import {
  ANYONE,
  Access,
  STAFF,
  createSchema,
  onceSource,
  positionCodec,
  type ResolverClass,
} from '../../src/graphql/index.js';
import { CompositionError } from '../../src/kernel/index.js';

// A file of its own: type-graphql keeps what decorators say for the whole process.

@Access(ANYONE)
@ObjectType()
class Guarded {
  @Field(() => ID)
  id!: string;
}

@ObjectType()
class Unguarded {
  @Field(() => ID)
  id!: string;
}

@InterfaceType()
abstract class UnguardedInterface {
  @Field(() => ID)
  id!: string;
}

@Resolver()
class Good {
  @Access(STAFF)
  @Query(() => Guarded)
  good(): Guarded {
    return { id: '1' };
  }
}

@Resolver()
class OpenQuery {
  @Query(() => Guarded)
  openQuery(): Guarded {
    return { id: '1' };
  }
}

@Resolver()
class OpenMutation {
  @Mutation(() => Guarded)
  openMutation(): Guarded {
    return { id: '1' };
  }
}

@Resolver()
class OpenSubscription {
  @Subscription(() => Guarded, { subscribe: () => onceSource(async () => ({ id: '1' })) })
  openSubscription(): Guarded {
    return { id: '1' };
  }
}

@Resolver()
class OpenType {
  @Access(STAFF)
  @Query(() => Unguarded)
  openType(): Unguarded {
    return { id: '1' };
  }

  @Access(STAFF)
  @Query(() => UnguardedInterface, { nullable: true })
  openInterface(): UnguardedInterface | null {
    return null;
  }
}

function compose(...resolvers: readonly ResolverClass[]): void {
  createSchema(resolvers, positionCodec({ id: '0', epoch: 1 }));
}

function refusalOf(...resolvers: readonly ResolverClass[]): string {
  try {
    compose(...resolvers);
  } catch (error) {
    expect(error).toBeInstanceOf(CompositionError);
    return (error as Error).message;
  }
  throw new Error('It was not refused.');
}

describe('A schema', () => {
  test('whose every root field and type has a rule is made', () => {
    expect(() => {
      compose(Good);
    }).not.toThrow();
  });

  test('with a root field without a rule is refused, by name', () => {
    expect(refusalOf(Good, OpenQuery)).toContain('Nobody says who may use Query.openQuery:');
    expect(refusalOf(OpenMutation)).toContain('Mutation.openMutation');
    expect(refusalOf(OpenSubscription)).toContain('Subscription.openSubscription');
  });

  test('with a type without a rule is refused, also behind a field that has one', () => {
    expect(refusalOf(OpenType)).toMatch(/use Unguarded, UnguardedInterface:|UnguardedInterface, Unguarded:/);
  });

  test('is refused with everything named that has no rule', () => {
    const message = refusalOf(OpenQuery, OpenMutation, OpenType);
    for (const name of ['Query.openQuery', 'Mutation.openMutation', 'Unguarded']) {
      expect(message).toContain(name);
    }
  });
});
