import { hash } from 'node:crypto';
import { newId } from './ids.js';
import { parse, type Schema } from './schema.js';

/** A kind of command: its name and what its input must be. */
export interface CommandType<Input = unknown> {
  readonly name: string;
  readonly schema: Schema<Input>;
}

/** An intention, as it travels over the bus. `input` has been validated. */
export interface Command<Input = unknown> {
  readonly name: string;
  readonly input: Input;
  readonly commandId: string;
  readonly actor: string;
  /** Milliseconds since 1970; deciders take the time from here. */
  readonly issuedAt: number;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** The owner whose things the sender is limited to; deciders treat all others' as if they did not exist. */
  readonly limitedTo: string | null;
  /** Refuse with CONFLICT if anything in the command's boundary changed after this position. */
  readonly ifUnchangedSince: number | undefined;
  /** A new id for what the command creates: the same one however often `decide` runs. */
  readonly freshId: string;
}

/** What the sender may say about a command; all of it has a default. */
export interface CommandEnvelope {
  readonly commandId?: string;
  readonly actor?: string;
  readonly issuedAt?: number;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly ifUnchangedSince?: number;
  readonly limitedTo?: string | null;
}

/** Why the business said no: a code for programs, a sentence for people, and the input field it concerns. */
export interface Refusal<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
  readonly field: readonly string[];
}

/** What a command returns. `position` is a token for reading after it, also for a refusal and a duplicate. */
export interface CommandResult {
  readonly commandId: string;
  readonly status: 'ACCEPTED' | 'REFUSED';
  readonly position: number;
  readonly duplicate: boolean;
  readonly refusals: readonly Refusal[];
  /** The id of what the command was about, where its decider names one. */
  readonly subject: string | null;
}

/** Declares a command that a handler of its own will serve. */
export function defineCommand<Input>(name: string, schema: Schema<Input>): CommandType<Input> {
  return { name, schema };
}

/** Builds the command from what was sent: validates the input (BAD_USER_INPUT) and fills in the envelope. */
export function createCommand<Input>(
  type: CommandType<Input>,
  input: unknown,
  envelope: CommandEnvelope = {},
): Command<Input> {
  const commandId = envelope.commandId?.toLowerCase() ?? newId();
  return {
    name: type.name,
    input: parse(type.schema, input),
    commandId,
    actor: envelope.actor ?? 'anonymous',
    issuedAt: envelope.issuedAt ?? Date.now(),
    correlationId: envelope.correlationId ?? commandId,
    causationId: envelope.causationId ?? null,
    ifUnchangedSince: envelope.ifUnchangedSince,
    limitedTo: envelope.limitedTo ?? null,
    freshId: newId(),
  };
}

/** 32 hex digits that stand for who asked for what: equal for a retry, different for anything else. */
export function fingerprintOf({ name, actor, input, ifUnchangedSince }: Command): string {
  return hash('sha256', JSON.stringify([name, actor, input, ifUnchangedSince ?? null]), 'hex').slice(0, 32);
}
