/** What a client did, with the moments at which it began and ended, as numbers that only rise. */
export type Operation = Write | Read;

interface Base {
  readonly session: string;
  readonly register: string;
  readonly start: number;
  readonly end: number;
}

/** Something written to a register, under a mark that nobody else uses. */
export interface Write extends Base {
  readonly kind: 'write';
  readonly mark: string;
}

/** How many of a register's writes were there to see; `announced` where the answer said that it may be too old. */
export interface Read extends Base {
  readonly kind: 'read';
  readonly seen: number;
  readonly announced: boolean;
}

/** The writes of each register in the order of the log: what is true. */
export type Truth = ReadonlyMap<string, readonly string[]>;

/** The four session guarantees. */
export type Guarantee = 'read your writes' | 'monotonic reads' | 'monotonic writes' | 'writes follow reads';

/** A read that showed less than it had to. */
export interface Broken {
  readonly guarantee: Guarantee;
  readonly read: Read;
  readonly needed: number;
}

/** For each register, how many of its writes must be seen. */
type Needs = Map<string, number>;
type NeedsOf = Record<Guarantee, Needs>;

/** Where what a session has to see comes from, in the needs of whoever sees one of its writes. */
const HANDED_ON: Readonly<Record<Guarantee, Guarantee>> = {
  'read your writes': 'monotonic writes',
  'monotonic reads': 'writes follow reads',
  'monotonic writes': 'monotonic writes',
  'writes follow reads': 'writes follow reads',
};
const GUARANTEES = Object.keys(HANDED_ON) as readonly Guarantee[];

/**
 * Every read that broke a session guarantee. A read must show what its session had written or seen before it began,
 * and what the sessions whose writes it had seen knew when they wrote them.
 */
export function brokenIn(history: readonly Operation[], truth: Truth): readonly Broken[] {
  const sessions = new Map<string, NeedsOf>();
  const ranks = ranksOf(truth);
  const knownAt = new Map<string, NeedsOf>();
  const neededBy = new Map<Read, NeedsOf>();
  const broken: Broken[] = [];
  for (const { at, operation } of momentsOf(history)) {
    const needs = needsOf(sessions, operation.session);
    if (at === 'start' && operation.kind === 'write') knownAt.set(operation.mark, copyOf(needs));
    else if (at === 'start' && operation.kind === 'read') neededBy.set(operation, copyOf(needs));
    else if (operation.kind === 'write')
      raise(needs['read your writes'], operation.register, ranks.get(operation.mark) ?? 0);
    else {
      broken.push(...shortOf(operation, neededBy.get(operation) ?? newNeeds()));
      learn(operation, needs, truth, knownAt);
    }
  }
  return broken;
}

function shortOf(read: Read, needs: NeedsOf): readonly Broken[] {
  if (read.announced) return [];
  return GUARANTEES.map((guarantee) => ({
    guarantee,
    read,
    needed: needs[guarantee].get(read.register) ?? 0,
  })).filter(({ needed }) => read.seen < needed);
}

/** Who sees a write has to see from then on what its writer knew. */
function learn(
  { register, seen }: Read,
  needs: NeedsOf,
  truth: Truth,
  knownAt: ReadonlyMap<string, NeedsOf>,
): void {
  const before = needs['monotonic reads'].get(register) ?? 0;
  for (const mark of (truth.get(register) ?? []).slice(before, seen)) {
    const known = knownAt.get(mark);
    if (known === undefined) continue;
    for (const guarantee of GUARANTEES)
      for (const [where, count] of known[guarantee]) raise(needs[HANDED_ON[guarantee]], where, count);
  }
  raise(needs['monotonic reads'], register, seen);
}

interface Moment {
  readonly at: 'start' | 'end';
  readonly operation: Operation;
}

function momentsOf(history: readonly Operation[]): readonly Moment[] {
  return history
    .flatMap((operation): [number, Moment][] => [
      [operation.start, { at: 'start', operation }],
      [operation.end, { at: 'end', operation }],
    ])
    .sort(([first], [second]) => first - second)
    .map(([, moment]) => moment);
}

function ranksOf(truth: Truth): ReadonlyMap<string, number> {
  return new Map([...truth.values()].flatMap((marks) => marks.map((mark, at) => [mark, at + 1] as const)));
}

function needsOf(sessions: Map<string, NeedsOf>, session: string): NeedsOf {
  const needs = sessions.get(session) ?? newNeeds();
  sessions.set(session, needs);
  return needs;
}

function newNeeds(): NeedsOf {
  return copyOf(undefined);
}

function copyOf(needs: NeedsOf | undefined): NeedsOf {
  return {
    'read your writes': new Map(needs?.['read your writes']),
    'monotonic reads': new Map(needs?.['monotonic reads']),
    'monotonic writes': new Map(needs?.['monotonic writes']),
    'writes follow reads': new Map(needs?.['writes follow reads']),
  };
}

function raise(needs: Needs, register: string, count: number): void {
  if (count > (needs.get(register) ?? 0)) needs.set(register, count);
}

/** The marks that were written more than once. */
export function doubledIn(truth: Truth): readonly string[] {
  return [...truth.values()].flatMap((marks) => marks.filter((mark, at) => marks.indexOf(mark) !== at));
}
