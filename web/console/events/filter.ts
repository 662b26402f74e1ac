import type { EventFilter } from '../generated/graphql.js';

/** How the log is narrowed, as the link to the page says it; empty texts narrow nothing. */
export interface Narrowing {
  /** Separated by commas. */
  readonly types: string;
  readonly tags: string;
  readonly command: string;
  readonly correlation: string;
  /** As `datetime-local` inputs have it, in the visitor's time zone. */
  readonly from: string;
  readonly to: string;
  /** Positions, as the service gave them. */
  readonly after: string;
  readonly before: string;
}

const NAMES = ['types', 'tags', 'command', 'correlation', 'from', 'to', 'after', 'before'] as const;

/** Reads the narrowing out of a link. */
export function narrowingOf(query: URLSearchParams): Narrowing {
  const entries = NAMES.map((name) => [name, query.get(name) ?? ''] as const);
  // One for each of the names.
  return Object.fromEntries(entries) as unknown as Narrowing;
}

/** What a narrowing is to the service. */
export function filterOf({
  types,
  tags,
  command,
  correlation,
  from,
  to,
  after,
  before,
}: Narrowing): EventFilter {
  return {
    ...list('types', types),
    ...list('tags', tags),
    ...(command !== '' && { commandId: command }),
    ...(correlation !== '' && { correlationId: correlation }),
    ...time('from', from),
    ...time('to', to),
    ...(after !== '' && { afterPosition: after }),
    ...(before !== '' && { beforePosition: before }),
  };
}

function list(name: 'types' | 'tags', text: string): Partial<EventFilter> {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.length === 0 ? {} : { [name]: items };
}

function time(name: 'from' | 'to', text: string): Partial<EventFilter> {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? {} : { [name]: new Date(ms).toISOString() };
}

/** Whether new events can pass it at all: the log's end is not among what it leaves out. */
export function isOpen({ to, before }: Narrowing): boolean {
  return to === '' && before === '';
}

/** Whether nothing is narrowed. */
export function isWhole(narrowing: Narrowing): boolean {
  return NAMES.every((name) => narrowing[name] === '');
}
