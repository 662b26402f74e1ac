import {
  checkAppend,
  checkBoundary,
  matches,
  newId,
  wholeCommands,
  type Append,
  type AppendOutcome,
  type Boundary,
  type CommandRecord,
  type EventLog,
  type RecordedEvent,
} from '../../kernel/index.js';

/** How a log in memory is made. */
export interface MemoryLogOptions {
  /** What time it is when an event is recorded, in ms since 1970; the system's clock when left out. */
  readonly now?: () => number;
}

/** A log in this process's memory: the reference for the contract, and for tests. Nothing survives the process. */
export function createMemoryLog({ now = () => Date.now() }: MemoryLogOptions = {}): EventLog {
  const events: RecordedEvent[] = [];
  const commands = new Map<string, CommandRecord & { position: number }>();
  const listeners = new Set<(head: number) => void>();

  function newestMatch(boundary: Boundary, after: number): number | undefined {
    return events.findLast((event) => event.position > after && matches(boundary, event))?.position;
  }

  function record(append: Append, data: readonly string[]): number {
    const { id: commandId, actor, issuedAt, correlationId, causationId } = append.command;
    const recordedAt = now();
    append.events.forEach(({ type, schemaVersion, tags }, index) => {
      events.push({
        position: events.length + 1,
        type,
        schemaVersion,
        // A copy as JSON would give it back, so that nobody can change the past.
        data: JSON.parse(data[index] ?? '{}') as object,
        tags: [...new Set(tags)],
        recordedAt,
        commandId,
        actor,
        issuedAt,
        correlationId,
        causationId,
      });
    });
    commands.set(commandId, { ...append.command, position: events.length });
    return events.length;
  }

  function decide(append: Append, data: readonly string[]): AppendOutcome {
    const stored = commands.get(append.command.id);
    if (stored !== undefined) {
      return {
        kind: 'duplicate',
        position: stored.position,
        fingerprint: stored.fingerprint,
        result: stored.result,
      };
    }
    const { condition } = append;
    const match = condition && newestMatch(condition.boundary, condition.after);
    if (match !== undefined) return { kind: 'conflict', position: match };
    return { kind: 'appended', position: record(append, data) };
  }

  return {
    identity: { id: newId(), epoch: 1 },
    append: async (append) => {
      const outcome = decide(append, checkAppend(append));
      if (outcome.kind === 'appended' && append.events.length > 0) {
        for (const listener of listeners) listener(outcome.position);
      }
      return outcome;
    },
    read: async (scope, { after, limit }) => {
      if (scope === 'all') {
        const whole = wholeCommands(events.slice(after, after + limit + 1), limit);
        return whole ?? restOfCommand(events, after);
      }
      checkBoundary(scope);
      return events.filter((event) => event.position > after && matches(scope, event)).slice(0, limit);
    },
    command: async (id) => {
      const stored = commands.get(id);
      return stored && { name: stored.name, result: stored.result, position: stored.position };
    },
    head: async () => events.length,
    health: async () => ({ writable: true }),
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function restOfCommand(events: readonly RecordedEvent[], after: number): readonly RecordedEvent[] {
  const rest = events.slice(after);
  const end = rest.findIndex(({ commandId }) => commandId !== rest[0]?.commandId);
  return end === -1 ? rest : rest.slice(0, end);
}
