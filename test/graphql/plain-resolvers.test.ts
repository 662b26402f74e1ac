import 'reflect-metadata/lite';
import { graphql } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, Info, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { describe, expect, test } from 'vitest';
import { ANYONE, Access, createSchema, positionCodec, type ResolverClass } from '../../src/graphql/index.js';
import { CompositionError } from '../../src/kernel/index.js';

// A file of its own: type-graphql keeps what decorators say for the whole process.

@ArgsType()
class Sum {
  @Field(() => Int)
  a!: number;

  @Field(() => Int, { defaultValue: 2 })
  b!: number;
}

@Access(ANYONE)
@ObjectType({ simpleResolvers: true })
class Pair {
  @Field(() => Int)
  readonly one = 1;

  @Field(() => Int)
  get two(): number {
    return this.one + 1;
  }

  @Field(() => Int)
  times(@Arg('by', () => Int) by: number, @Ctx() context: { base: number }): number {
    return context.base * this.two * by;
  }
}

@Resolver()
class Calculator {
  readonly start = 10;

  @Access(ANYONE)
  @Query(() => Int)
  sum(@Args(() => Sum) { a, b }: Sum): number {
    return this.start + a + b;
  }

  @Access(ANYONE)
  @Query(() => Pair)
  pair(): Pair {
    return new Pair();
  }
}

@Resolver()
class Elsewhere {
  @Access(ANYONE)
  @Query(() => Int)
  sum(): number {
    return -1;
  }
}

@Resolver()
class Inquisitive {
  @Access(ANYONE)
  @Query(() => Int)
  fields(@Info() info: { path: object }): number {
    return Object.keys(info.path).length;
  }
}

const schemaOf = (resolver: ResolverClass) =>
  createSchema([resolver], positionCodec({ id: '01890a5d-ac96-774b-bcce-b302099a8057', epoch: 1 })).schema;

describe('Fields', () => {
  test('call methods and getters with arguments, defaults, context and themselves', async () => {
    const source = '{ sum(a: 1) pair { one two times(by: 3) } }';
    const answer = await graphql({ schema: schemaOf(Calculator), source, contextValue: { base: 100 } });
    expect(JSON.parse(JSON.stringify(answer))).toEqual({
      data: { sum: 13, pair: { one: 1, two: 2, times: 600 } },
    });
  });

  test('are those of the schema’s own resolvers, whatever else the process has defined', async () => {
    const answer = await graphql({ schema: schemaOf(Elsewhere), source: '{ sum }' });
    expect(answer.data).toEqual({ sum: -1 });
  });

  test('whose parameters are anything else are refused when the schema is made', () => {
    expect(() => schemaOf(Inquisitive)).toThrow(CompositionError);
  });
});
