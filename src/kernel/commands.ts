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
  /** A UUID that stands for the command: sent twice, it is done once. A new one when left out. */
  readonly commandId?: string;
  /** Who asks; `anonymous` when left out. */
  readonly actor?: string;
  /** When it was asked for, in ms since 1970; now when left out. */
  readonly issuedAt?: number;
  /** What it belongs to; the command's own id when left out. */
  readonly correlationId?: string;
  /** The command or event that led to it. */
  readonly causationId?: string;
  /** The position that the sender has seen: CONFLICT if anything in the boundary came after it. */
  readonly ifUnchangedSince?: number;
  /** The owner whose things the sender is limited to; null, and when left out, for no limit. */
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
  const now = Date.now();
  const commandId = envelope.commandId?.toLowerCase() ?? newId(now);
  return {
    name: type.name,
    input: parse(type.schema, input),
    commandId,
    actor: envelope.actor ?? 'anonymous',
    issuedAt: envelope.issuedAt ?? now,
    correlationId: envelope.correlationId ?? commandId,
    causationId: envelope.causationId ?? null,
    ifUnchangedSince: envelope.ifUnchangedSince,
    limitedTo: envelope.limitedTo ?? null,
    freshId: newId(now),
  };
}

/** 32 hex digits that stand for who asked for what: equal for a retry, different for anything else. */
export function fingerprintOf({ name, actor, input, ifUnchangedSince }: Command): string {
  return hash('sha256', JSON.stringify([name, actor, input, ifUnchangedSince ?? null]), 'hex').slice(0, 32);
}
