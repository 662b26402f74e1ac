import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { ANYONE, Access } from './access.js';
import type { CommandResult } from '../kernel/index.js';
import type { PositionToken } from './position.js';
import { Position } from './scalars.js';

/** What became of a command. */
export enum CommandStatus {
  /** It holds: its events are in the log, or it was true already. */
  ACCEPTED = 'ACCEPTED',
  /** The domain said no, and nothing was written; `userErrors` has why. */
  REFUSED = 'REFUSED',
}

registerEnumType(CommandStatus, {
  name: 'CommandStatus',
  description: 'What became of a command.',
  valuesConfig: {
    ACCEPTED: { description: 'It was done, or there was nothing to do.' },
    REFUSED: { description: 'The business says no; `userErrors` says why. Nothing changed.' },
  },
});

/** The answer to a command. */
@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'The answer to a command.' })
export class Receipt {
  @Field(() => ID)
  commandId!: string;

  @Field(() => CommandStatus)
  status!: CommandStatus;

  @Field(() => Position, { description: 'Read after this position to see what the command did.' })
  position!: number;

  @Field(() => Boolean, {
    description: 'True when the command had been done before: this is what was answered then.',
  })
  duplicate!: boolean;
}

/** Why the business said no. */
@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'Why the business said no.' })
export class UserError {
  @Field(() => String, { description: 'For programs: `ALREADY_SHIPPED`.' })
  code!: string;

  @Field(() => String, { description: 'For people.' })
  message!: string;

  @Field(() => [String], {
    description: 'The path of the input field it concerns; empty where it concerns none.',
  })
  field!: readonly string[];
}

/** What goes with any command. */
@InputType({ description: 'What goes with any command.' })
export class CommandOptions {
  /** A UUID: the same command sent twice with it is done once. */
  @Field(() => ID, {
    nullable: true,
    description:
      'A UUID, best of version 7. The same id with the same input is done once, however often it is sent.',
  })
  commandId?: string | null;

  /** CONFLICT if anything that the decision depends on changed after this position. */
  @Field(() => Position, {
    nullable: true,
    description: 'Answer CONFLICT if what the command is about changed after this position.',
  })
  ifUnchangedSince?: PositionToken | null;
}

/** The receipt of a command's result. */
export function receiptOf({ commandId, status, position, duplicate }: CommandResult): Receipt {
  return { commandId, status: CommandStatus[status], position, duplicate };
}
