import type { RecordedEvent } from './log.js';

/**
 * The part of a page (`limit` + 1 events of the whole log, or fewer at its end) that splits no command; undefined
 * where the first command alone fills the page, so that the engine must read it to its end.
 */
export function wholeCommands(
  page: readonly RecordedEvent[],
  limit: number,
): readonly RecordedEvent[] | undefined {
  if (page.length <= limit) return page;
  const cut = page[limit]?.commandId;
  let end = limit;
  while (end > 0 && page[end - 1]?.commandId === cut) end -= 1;
  return end === 0 ? undefined : page.slice(0, end);
}
