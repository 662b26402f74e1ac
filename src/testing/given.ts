import { deepStrictEqual } from 'node:assert/strict';
import {
  createCommand,
  fold,
  isRefused,
  matches,
  type CommandEnvelope,
  type Decider,
  type EventMap,
  type EventOf,
  type InputMap,
} from '../kernel/index.js';

/** What follows from a command; each check throws an AssertionError that shows the difference. */
export interface Then<Event, Code extends string = string> {
  /** Exactly these events. */
  then(...events: readonly Event[]): void;
  /** No event: it was already true. */
  thenNothing(): void;
  /** A refusal with this code. */
  thenRefused(code: Code): void;
  /** The events decided, for checks of one's own; throws when it was refused. */
  events(): readonly Event[];
}

/** Given past events, when a command comes, then these events or a refusal: a decider's specification. */
export interface Given<Events extends EventMap, Inputs extends InputMap, Code extends string = string> {
  /** Decides this command. The input is validated as on the bus: BAD_USER_INPUT is thrown for a wrong one. */
  when<C extends keyof Inputs & string>(
    command: C,
    input: unknown,
    envelope?: CommandEnvelope,
  ): Then<EventOf<Events>, Code>;
}

/**
 * A specification of a decider that starts from these events, of which it sees what its boundary has, as on the bus. The
 * input is validated as there.
 */
export function given<Events extends EventMap, Inputs extends InputMap, State, Code extends string>(
  decider: Decider<Events, Inputs, State, Code>,
  past: readonly NoInfer<EventOf<Events>>[],
): Given<Events, Inputs, Code> {
  return {
    when: (name, input, envelope) => {
      const command = createCommand(decider.commands[name], input, { issuedAt: 0, ...envelope });
      const boundary = decider.boundary(command);
      const seen = past.filter((event) => matches(boundary, decider.events.encode(event)));
      const decision = decider.decide[name](fold(decider.evolve, decider.initial, seen), command);
      const events = (): readonly EventOf<Events>[] => {
        if (isRefused(decision)) throw new Error(`Refused: ${JSON.stringify(decision.refusals)}`);
        return decision;
      };
      return {
        events,
        then: (...expected) => {
          deepStrictEqual(events(), expected);
        },
        thenNothing: () => {
          deepStrictEqual(events(), []);
        },
        thenRefused: (code) => {
          deepStrictEqual(isRefused(decision) ? decision.refusals[0].code : events(), code);
        },
      };
    },
  };
}
