import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprintOf, type Command, type CommandResult, type Refusal } from './commands.js';
import { isRefused, type Decider, type InputMap } from './decider.js';
import { TidemarkError } from './errors.js';
import type { EventMap } from './events.js';
import { createLines, type Lines } from './lines.js';
import type { AppendOutcome, Boundary, EventLog } from './log.js';
import type { Snapshotting } from './snapshotting.js';
import { createStateCache, type StateCache } from './state-cache.js';
import { createStates } from './states.js';
import { createTurns } from './turns.js';

/** How often `decide` is run again on fresh state before the caller is told CONFLICT. */
export const CONFLICT_RETRIES_MAX = 8;
/** The retry after the first waits up to twice this long; each further one up to twice as long. */
const JITTER_MS = 2;

/** What handling needs besides the decider. */
export interface DecideOptions {
  readonly log: EventLog;
  /** Where folded states are kept, of all deciders that share it; one of its own when left out. */
  readonly cache?: StateCache;
  readonly snapshots?: Snapshotting | undefined;
  /** Where commands wait that were in each other's way, of all deciders that share it; its own when left out. */
  readonly lines?: Lines;
}

/**
 * Load, decide, append: serves all commands of one decider. Commands on one boundary take turns. Those whose boundaries
 * overlap run side by side until they are in each other's way; from then on they take turns, too, by the tags they share.
 */
export function handleWith<Events extends EventMap, Inputs extends InputMap, State>(
  decider: Decider<Events, Inputs, State>,
  { log, cache = createStateCache(), snapshots, lines = createLines() }: DecideOptions,
): (command: Command<Inputs[keyof Inputs & string]>) => Promise<CommandResult> {
  type AnyInput = Command<Inputs[keyof Inputs & string]>;
  const states = createStates(decider, { log, cache, snapshots: snapshots?.of(decider) });
  const inTurn = createTurns();

  async function attempt(
    command: AnyInput,
    key: string,
    boundary: Boundary,
    isFirst: boolean,
  ): Promise<CommandResult | AppendOutcome> {
    const cached = states.cached(key, command.ifUnchangedSince ?? 0);
    // Nothing can be about an id that was made for this command; the condition proves it.
    const known = cached ?? (isFirst && isOfNew(boundary, command) ? states.none : undefined);
    const loaded = known ?? (await states.load(key, boundary));
    const decide = decider.decide[command.name as keyof Inputs & string];
    const decision = decide(loaded.state, command);
    const subject = decider.subject?.(command) ?? null;
    const refusals = isRefused(decision) ? decision.refusals : [];
    // A position ahead of what was read proves nothing about what is appended until then.
    // A conflict would tell that something is there; a concealed refusal must not.
    const since = isRefused(decision) && decision.concealed === true ? undefined : command.ifUnchangedSince;
    const after = Math.min(since ?? Infinity, loaded.after);
    const events = isRefused(decision) ? [] : decision;
    const outcome = await log.append({
      events: events.map((event) => decider.events.encode(event)),
      condition: { boundary: decider.events.stored(boundary), after },
      command: recordOf(command, refusals, subject),
    });
    if (outcome.kind === 'conflict') {
      states.forget(key, loaded);
      return outcome;
    }
    if (outcome.kind === 'duplicate') {
      states.keep(key, loaded);
      return replay(command, outcome, subject);
    }
    const { position } = outcome;
    states.advance(key, loaded, events, { position, commandId: command.commandId });
    return resultOf(command, position, false, { refusals, subject });
  }

  async function decideAndAppend(command: AnyInput, key: string, boundary: Boundary): Promise<CommandResult> {
    const isBusy = boundary.some(({ tags }) => lines.isBusy(tags));
    if (!isBusy) {
      const result = await attempt(command, key, boundary, true);
      if ('status' in result) return result;
      if (command.ifUnchangedSince !== undefined) throw conflict(command, result.position);
    }
    // Who keeps losing races with whoever comes later would be told CONFLICT in the end.
    const tags = new Set(boundary.flatMap((criterion) => criterion.tags));
    return lines.wait([...tags], () => insist(command, key, boundary, isBusy ? 0 : 1));
  }

  async function insist(
    command: AnyInput,
    key: string,
    boundary: Boundary,
    retries: number,
  ): Promise<CommandResult> {
    for (let retry = retries; ; retry += 1) {
      const result = await attempt(command, key, boundary, false);
      if ('status' in result) return result;
      if (command.ifUnchangedSince !== undefined || retry === CONFLICT_RETRIES_MAX)
        throw conflict(command, result.position);
      await sleep(Math.random() * JITTER_MS * 2 ** retry);
    }
  }

  return (command) => {
    // A command of this decider: the bus routes by name.
    const boundary = decider.boundary(command);
    const key = `${decider.name} ${JSON.stringify(boundary)}`;
    return inTurn(key, () => decideAndAppend(command, key, boundary));
  };
}

/** Whether all that the decision depends on is about the id that was made for this very command. */
function isOfNew(boundary: Boundary, { freshId }: Command): boolean {
  return boundary.every(({ tags }) => tags.some((tag) => tag.includes(freshId)));
}

interface StoredResult {
  readonly refusals: readonly Refusal[];
  readonly subject: string | null;
}

function recordOf(command: Command, refusals: readonly Refusal[], subject: string | null) {
  const { commandId: id, name, actor, issuedAt, correlationId, causationId } = command;
  const fingerprint = fingerprintOf(command);
  return {
    id,
    name,
    actor,
    issuedAt,
    correlationId,
    causationId,
    fingerprint,
    result: resultText(refusals, subject),
  };
}

/** The result as text, without what is left out; null where that is all of it. */
function resultText(refusals: readonly Refusal[], subject: string | null): string | null {
  if (refusals.length === 0) return subject === null ? null : JSON.stringify({ subject });
  return JSON.stringify(subject === null ? { refusals } : { refusals, subject });
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
