import { Field, ID, Int, ObjectType } from 'type-graphql';
import { ADMIN, Access } from './access.js';
import { DateTime, Json, Position } from './scalars.js';

/** An event as the log holds it. */
@Access(ADMIN)
@ObjectType({
  simpleResolvers: true,
  description: 'An event as it was recorded: its type and data are not brought up to today’s versions.',
})
export class LogEvent {
  @Field(() => Position)
  position!: number;

  @Field(() => String)
  type!: string;

  @Field(() => Int)
  schemaVersion!: number;

  @Field(() => [String], { description: 'The entities it is about: `order:0197…`.' })
  tags!: readonly string[];

  @Field(() => Json)
  data!: object;

  @Field(() => DateTime, { description: 'When it was written to the log.' })
  recordedAt!: number;

  @Field(() => DateTime, { description: 'When its command was issued.' })
  issuedAt!: number;

  @Field(() => String, { description: 'Who issued it.' })
  actor!: string;

  @Field(() => ID)
  commandId!: string;

  @Field(() => String)
  correlationId!: string;

  @Field(() => String, { nullable: true })
  causationId!: string | null;
}
