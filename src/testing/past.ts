import type { EventMap, EventOf, ProjectionOf, RecordedEvent, TableMap } from '../kernel/index.js';

/** What a log knows of an event besides its type, data and tags; all of it has a default. */
export type PastEnvelope = Partial<
  Omit<RecordedEvent, 'position' | 'type' | 'data' | 'schemaVersion' | 'tags'>
>;

/**
 * An event that has happened: one of a catalogue's, with what is to be known of it besides; or one as a log holds it, of
 * any version, such as one of `app.events()`.
 */
export type PastEvent<Events extends EventMap> = (EventOf<Events> & PastEnvelope) | RecordedEvent;

/**
 * These events as a log would hold them: at the positions from 1 on, with the tags and the version of the catalogue, each
 * of a command of its own, written by `anonymous` at the time 0, where nothing else is said.
 */
export function recordedPast<Tables extends TableMap, Events extends EventMap>(
  { typedEvents }: Pick<ProjectionOf<Tables, Events>, 'typedEvents'>,
  past: readonly PastEvent<Events>[],
): readonly RecordedEvent[] {
  return past.map((event, index) => {
    const position = index + 1;
    if ('position' in event) return { ...event, position };
    const { type, data, ...envelope } = event;
    const commandId = envelope.commandId ?? commandIdOf(position);
    return {
      // The type and its data belong together: they were taken apart from one event.
      ...typedEvents.encode({ type, data }),
      recordedAt: 0,
      actor: 'anonymous',
      issuedAt: 0,
      correlationId: commandId,
      causationId: null,
      ...envelope,
      commandId,
      position,
    };
  });
}

/** What an error says of an event. */
export function described({ type, schemaVersion, position, data }: RecordedEvent): string {
  return `${type} (version ${schemaVersion}) at position ${position}, ${JSON.stringify(data)}`;
}

/** The same each time, so that rows which keep it can be named in a test. */
function commandIdOf(position: number): string {
  return `00000000-0000-7000-8000-${String(position).padStart(12, '0')}`;
}
