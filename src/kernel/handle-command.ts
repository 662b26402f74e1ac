import { setTimeout as sleep } from 'node:timers/promises';
import { matches } from './boundaries.js';
import { fingerprintOf, type Command, type CommandResult, type Refusal } from './commands.js';
import { fold, isRefused, type Decider, type Decision, type InputMap } from './decider.js';
import { TidemarkError } from './errors.js';
import type { EventMap, EventOf } from './events.js';
import type { AppendOutcome, Boundary, EventLog } from './log.js';
import { createStateCache, type CachedState } from './state-cache.js';
import { createTurns } from './turns.js';

/** How often `decide` is run again on fresh state before the caller is told CONFLICT. */
export const CONFLICT_RETRIES_MAX = 8;
/** How many events a state is read in at a time. */
const READ_BATCH_MAX = 1_000;
/** The first retry waits up to this long; each further one up to twice as long. */
const JITTER_MS = 2;

/** What handling needs besides the decider. */
export interface DecideOptions {
  readonly log: EventLog;
  /** How many folded states to keep; 10,000 when left out. */
  readonly statesMax?: number;
}

/** Load, decide, append: serves all commands of one decider. Commands on one boundary take turns. */
export function handleWith<Events extends EventMap, Inputs extends InputMap, State>(
  decider: Decider<Events, Inputs, State>,
  { log, statesMax = 10_000 }: DecideOptions,
): (command: Command<Inputs[keyof Inputs & string]>) => Promise<CommandResult> {
  type AnyInput = Command<Inputs[keyof Inputs & string]>;
  const states = createStateCache<State>(statesMax);
  const inTurn = createTurns();

  async function load(key: string, boundary: Boundary, atLeast: number): Promise<CachedState<State>> {
    const cached = states.get(key);
    if (cached !== undefined && cached.after >= atLeast) return cached;
    return readOn(boundary, cached ?? { state: decider.initial, after: 0 });
  }

  async function readOn(boundary: Boundary, from: CachedState<State>): Promise<CachedState<State>> {
    // The head comes first: what is appended while we read may be in the state, but never counts as known.
    const head = await log.head();
    let { state, after } = from;
    for (;;) {
      const events = await log.read(decider.events.stored(boundary), { after, limit: READ_BATCH_MAX });
      state = fold(
        decider.evolve,
        state,
        // What was stored may mean something else today, and that need not be in the boundary.
        events.flatMap((event) => decider.events.decode(event)).filter((event) => matches(boundary, event)),
      );
      after = events.at(-1)?.position ?? after;
      if (events.length < READ_BATCH_MAX) return { state, after: Math.max(after, head) };
    }
  }

  function remember(
    key: string,
    loaded: CachedState<State>,
    decision: Decision<EventOf<Events>>,
    after: number,
  ): void {
    const state = isRefused(decision) ? loaded.state : fold(decider.evolve, loaded.state, decision);
    states.set(key, { state, after });
  }

  async function attempt(
    command: AnyInput,
    key: string,
    boundary: Boundary,
  ): Promise<CommandResult | AppendOutcome> {
    const loaded = await load(key, boundary, command.ifUnchangedSince ?? 0);
    const decide = decider.decide[command.name as keyof Inputs & string];
    const decision = decide(loaded.state, command);
    const subject = decider.subject?.(command) ?? null;
    const refusals = isRefused(decision) ? decision.refusals : [];
    // A position ahead of what was read proves nothing about what is appended until then.
    // A conflict would tell that something is there; a concealed refusal must not.
    const since = isRefused(decision) && decision.concealed === true ? undefined : command.ifUnchangedSince;
    const after = Math.min(since ?? Infinity, loaded.after);
    const outcome = await log.append({
      events: isRefused(decision) ? [] : decision.map((event) => decider.events.encode(event)),
      condition: { boundary: decider.events.stored(boundary), after },
      command: recordOf(command, refusals, subject),
    });
    if (outcome.kind === 'conflict') return outcome;
    if (outcome.kind === 'duplicate') return replay(command, outcome, subject);
    remember(key, loaded, decision, outcome.position);
    return resultOf(command, outcome.position, false, { refusals, subject });
  }

  async function decideAndAppend(command: AnyInput, key: string, boundary: Boundary): Promise<CommandResult> {
    for (let retry = 0; ; retry += 1) {
      const result = await attempt(command, key, boundary);
      if ('status' in result) return result;
      states.delete(key);
      if (command.ifUnchangedSince !== undefined || retry === CONFLICT_RETRIES_MAX)
        throw conflict(command, result.position);
      await sleep(Math.random() * JITTER_MS * 2 ** retry);
    }
  }

  return (command) => {
    // A command of this decider: the bus routes by name.
    const boundary = decider.boundary(command);
    const key = JSON.stringify(boundary);
    return inTurn(key, () => decideAndAppend(command, key, boundary));
  };
}

interface StoredResult {
  readonly refusals: readonly Refusal[];
  readonly subject: string | null;
}

function recordOf(command: Command, refusals: readonly Refusal[], subject: string | null) {
  const { commandId: id, name, actor, issuedAt, correlationId, causationId } = command;
  const stored: Partial<StoredResult> = {
    ...(refusals.length > 0 && { refusals }),
    ...(subject !== null && { subject }),
  };
  const result = Object.keys(stored).length > 0 ? JSON.stringify(stored) : null;
  return {
    id,
    name,
    actor,
    issuedAt,
    correlationId,
    causationId,
    fingerprint: fingerprintOf(command),
    result,
  };
}

function resultOf(
  command: Command,
  position: number,
  duplicate: boolean,
  stored: StoredResult,
): CommandResult {
  const status = stored.refusals.length > 0 ? 'REFUSED' : 'ACCEPTED';
  return { commandId: command.commandId, status, position, duplicate, ...stored };
}

function replay(
  command: Command,
  outcome: AppendOutcome & { kind: 'duplicate' },
  subject: string | null,
): CommandResult {
  if (outcome.fingerprint !== fingerprintOf(command)) {
    throw new TidemarkError(
      'IDEMPOTENCY_MISMATCH',
      `The command id ${command.commandId} was used before with another input. Send the same input again, or a new id.`,
    );
  }
  // The log returns the text that recordOf made.
  const stored = JSON.parse(outcome.result ?? '{}') as Partial<StoredResult>;
  return resultOf(command, outcome.position, true, {
    refusals: stored.refusals ?? [],
    subject: stored.subject ?? subject,
  });
}

function conflict(command: Command, position: number): TidemarkError {
  const message =
    command.ifUnchangedSince === undefined
      ? 'Others keep changing what this command depends on. Try again.'
      : 'This was changed since the position in ifUnchangedSince. Read it again, then decide anew.';
  return new TidemarkError('CONFLICT', message, { details: { position } });
}
