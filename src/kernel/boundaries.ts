import type { Boundary, NewEvent } from './log.js';

/** Whether the event matches any of the boundary's criteria. */
export function matches(boundary: Boundary, event: Pick<NewEvent, 'type' | 'tags'>): boolean {
  return boundary.some(
    ({ tags, types }) =>
      tags.every((tag) => event.tags.includes(tag)) && (types === undefined || types.includes(event.type)),
  );
}
