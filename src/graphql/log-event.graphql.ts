import { Ctx, Field, ID, Int, ObjectType, Root } from 'type-graphql';
import { ADMIN, Access } from './access.js';
import type { RequestContext } from './context.js';
import { coded } from './errors.js';
import { DateTime, Json, Position } from './scalars.js';

/** A command as the log holds it. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'A command as it was stored, with what it was answered.' })
export class LogCommand {
  @Field(() => String, { description: 'The mutation: `placeOrder`.' })
  name!: string;

  @Field(() => Position, { description: 'Of its last event.' })
  position!: number;
}

/** An event as the log holds it. */
@Access(ADMIN)
@ObjectType({
  description: 'An event as it was recorded: its type and data are not brought up to today’s versions.',
})
export class LogEvent {
  @Field(() => Position, { simple: true })
  position!: number;

  @Field(() => String, { simple: true })
  type!: string;

  @Field(() => Int, { simple: true })
  schemaVersion!: number;

  @Field(() => [String], { simple: true, description: 'The entities it is about: `order:0197…`.' })
  tags!: readonly string[];

  @Field(() => Json, { simple: true })
  data!: object;

  @Field(() => DateTime, { simple: true, description: 'When it was written to the log.' })
  recordedAt!: number;

  @Field(() => DateTime, { simple: true, description: 'When its command was issued.' })
  issuedAt!: number;

  @Field(() => String, { simple: true, description: 'Who issued it.' })
  actor!: string;

  @Field(() => ID, { simple: true })
  commandId!: string;

  @Field(() => String, { simple: true })
  correlationId!: string;

  @Field(() => String, { simple: true, nullable: true })
  causationId!: string | null;

  @Field(() => LogCommand, { nullable: true, description: 'The command that wrote it.' })
  async command(@Root() event: LogEvent, @Ctx() { kernel }: RequestContext): Promise<LogCommand | null> {
    return (await coded(() => kernel.events.command(event.commandId))) ?? null;
  }
}
