import type { RecordedEvent } from '../kernel/index.js';
import { plain } from './text.js';

/** An event for `--json`: times as ISO 8601. */
export function eventJson(event: RecordedEvent): object {
  return { ...event, recordedAt: iso(event.recordedAt), issuedAt: iso(event.issuedAt) };
}

/** Makes a line of each event, aligned with the lines before it. */
export function createEventLines(): (events: readonly RecordedEvent[]) => readonly string[] {
  let [positionWidth, typeWidth] = [0, 0];
  return (events) => {
    positionWidth = Math.max(positionWidth, ...events.map(({ position }) => String(position).length));
    typeWidth = Math.max(typeWidth, ...events.map(({ type }) => type.length));
    return events.map(({ position, recordedAt, type, actor, tags }) =>
      [
        String(position).padStart(positionWidth),
        iso(recordedAt),
        plain(type).padEnd(typeWidth),
        plain(tags.join(' ')),
        `by ${plain(actor)}`,
      ].join('  '),
    );
  };
}

/** All there is to know of an event. */
export function eventDetails(event: RecordedEvent): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['position', String(event.position)],
    ['type', `${event.type}, version ${event.schemaVersion}`],
    ['tags', event.tags.join(' ')],
    ['recorded', iso(event.recordedAt)],
    ['issued', iso(event.issuedAt)],
    ['actor', event.actor],
    ['command', event.commandId],
    ['correlation', event.correlationId],
    ...(event.causationId === null ? [] : [['causation', event.causationId] as const]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`),
    'data',
    ...JSON.stringify(event.data, null, 2)
      .split('\n')
      .map((line) => `  ${plain(line)}`),
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
