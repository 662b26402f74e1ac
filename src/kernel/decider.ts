import type { Command, CommandType, Refusal } from './commands.js';
import type { EventCatalogue, EventMap, EventOf } from './events.js';
import type { Boundary } from './log.js';
import type { Schema } from './schema.js';
import { checkSnapshotOptions, type SnapshotOptions } from './snapshot-options.js';

/** A decider's "no". */
export interface Refused<Code extends string = string> {
  readonly refusals: readonly [Refusal<Code>, ...Refusal<Code>[]];
  /** True where nothing may show that there is something to refuse. */
  readonly concealed?: boolean;
}

/** What a decider answers: the events to record (none where it is already true), or why not. */
export type Decision<Event, Code extends string = string> = readonly Event[] | Refused<Code>;

/** The validated inputs of a decider's commands, by command name. */
export type InputMap = { readonly [command: string]: unknown };

/** The commands of a decider as the bus sees them, one for each name. */
export type CommandTypes<Inputs extends InputMap> = {
  readonly [C in keyof Inputs & string]: CommandType<Inputs[C]>;
};

/** Any of a decider's commands. */
export type AnyCommand<Inputs extends InputMap> = {
  [C in keyof Inputs & string]: Command<Inputs[C]>;
}[keyof Inputs & string];

/** The definition of a decider: plain data and pure functions; the input types follow from the schemas. */
export interface DeciderDefinition<
  Events extends EventMap,
  Inputs extends InputMap,
  State,
  Code extends string = string,
> {
  /** Unique in a kernel; states and snapshots go by it. */
  readonly name: string;
  /** The facts that it reads and writes: a catalogue, or some of it by `pickEvents`. */
  readonly events: EventCatalogue<Events>;
  /** The input of each command, as a schema of any library that has Standard Schema: zod, valibot, ArkType. */
  readonly inputs: { readonly [C in keyof Inputs & string]: Schema<Inputs[C]> };
  /** The events that the decision depends on. */
  readonly boundary: (command: AnyCommand<Inputs>) => Boundary;
  /** The id of what the command is about; receipts carry it. */
  readonly subject?: (command: AnyCommand<Inputs>) => string;
  /** That long boundaries are read from snapshots of the state, which must be exact as JSON. None when left out. */
  readonly snapshot?: SnapshotOptions;
  /** The state before the first event of the boundary. */
  readonly initial: State;
  /** The state after one more event, for every type of `events`. Pure; never mutates the state. */
  readonly evolve: {
    readonly [T in keyof Events & string]: (state: State, data: Events[T]) => NoInfer<State>;
  };
  /** What follows from each command: events, none where it is already true, or a refusal. Pure: may run more than once. */
  readonly decide: {
    readonly [C in keyof Inputs & string]: (
      state: State,
      command: Command<Inputs[C]>,
    ) => Decision<EventOf<Events>, Code>;
  };
}

/** The codes of a definition's refusals, where the compiler finds them all. */
interface Refusing<Code extends string> {
  readonly decide: { readonly [command: string]: (...args: never[]) => Decision<unknown, Code> };
}

/** Keeps texts and numbers that `evolve` returns as they are written, so that they fit a state that names them. */
interface Evolving<Events extends EventMap, Next> {
  readonly evolve: { readonly [T in keyof Events & string]: (...args: never[]) => Next };
}

/** A definition with its commands, ready to be sent over the bus. */
export interface Decider<
  Events extends EventMap,
  Inputs extends InputMap,
  State,
  Code extends string = string,
> extends DeciderDefinition<Events, Inputs, State, Code> {
  readonly commands: CommandTypes<Inputs>;
}

/** A decider of any types, as modules list it. */
export interface AnyDecider {
  readonly name: string;
  readonly events: Pick<EventCatalogue<EventMap>, 'types' | 'retired'>;
  readonly commands: { readonly [command: string]: CommandType };
  readonly snapshot?: SnapshotOptions;
  // Each is only ever called by way of its own commands.
  readonly evolve: object;
  readonly decide: object;
}

/** The decider that these pure functions define. Throws a CompositionError for snapshots that it cannot have. */
export function defineDecider<
  Events extends EventMap,
  Inputs extends InputMap,
  State,
  Code extends string = string,
  const Next = unknown,
>(
  definition: DeciderDefinition<Events, Inputs, State, Code> & Refusing<Code> & Evolving<Events, Next>,
): Decider<Events, Inputs, State, Code> {
  const { name: decider, snapshot, initial } = definition;
  if (snapshot !== undefined) checkSnapshotOptions(decider, snapshot, initial);
  const commands = Object.fromEntries(
    Object.entries<Schema>(definition.inputs).map(([name, schema]) => [name, { name, schema }]),
    // One command type for each input schema, by the same name.
  ) as unknown as CommandTypes<Inputs>;
  return { ...definition, commands };
}

/** A "no" with a code for programs, a sentence for people, and the path of the input field it concerns. */
export function refuse<const Code extends string>(
  code: Code,
  message: string,
  field: readonly string[] = [],
): Refused<Code> {
  return { refusals: [{ code, message, field }] };
}

/** Whether a decision is a "no". */
export function isRefused(decision: Decision<unknown>): decision is Refused {
  return !Array.isArray(decision);
}

/** The state after these events. */
export function fold<Events extends EventMap, State>(
  evolve: { readonly [T in keyof Events & string]: (state: State, data: Events[T]) => State },
  state: State,
  events: readonly { readonly type: keyof Events & string; readonly data: Events[keyof Events & string] }[],
): State {
  return events.reduce((folded, { type, data }) => evolve[type](folded, data), state);
}
