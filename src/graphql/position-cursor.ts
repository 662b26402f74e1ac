import { encodeCursor, type Page } from './connection.js';
import { parsePosition, type PositionCodec } from './position.js';

/** The name of the order in which pages of events are. */
export const POSITION_CURSOR = 'POSITION';

/** The cursor of an event at this position: it carries the log's id and epoch, as positions do. */
export function cursorOf(position: number, positions: PositionCodec): string {
  return encodeCursor(POSITION_CURSOR, [positions.encode(position)]);
}

/** The position of a page's cursor; undefined without one, UNKNOWN_POSITION where it is of another log. */
export function positionIn({ cursor }: Page, positions: PositionCodec): number | undefined {
  return cursor === undefined ? undefined : positions.resolve(parsePosition(cursor[0]));
}
