import { courseEvents } from '../../examples/courses/src/events.js';
import type { EventLog } from '../../src/kernel/index.js';

/** What a decision came to: done, or the code of its refusal. */
export type Outcome = string;

/** A command of the load: which, and of whom. */
export interface Step {
  readonly name: 'subscribeStudent' | 'unsubscribeStudent' | 'changeCapacity' | 'changeLimit';
  readonly input: Readonly<Record<string, string | number>>;
}

/** Few places and many who want them. */
export const COURSES = ['math', 'art', 'law', 'bio'] as const;
/** Students by number. */
export const STUDENTS = Array.from({ length: 40 }, (_, index) => `s-${index}`);
/** Capacity and limit at first. */
export const CAPACITY = 5;
/** How many courses each may take at first. */
export const LIMIT = 2;

/** Everybody wants into every course, three times over; some leave, and capacities and limits change meanwhile. */
export function steps(): readonly Step[] {
  const random = lcg(7);
  const wanted = [1, 2, 3].flatMap(() =>
    STUDENTS.flatMap((studentId) =>
      COURSES.map((courseId): Step => ({ name: 'subscribeStudent', input: { courseId, studentId } })),
    ),
  );
  const others = Array.from({ length: 160 }, (_, index): Step => {
    const courseId = pick(COURSES, random);
    const studentId = pick(STUDENTS, random);
    if (index % 4 === 0)
      return { name: 'changeCapacity', input: { courseId, capacity: 3 + below(6, random) } };
    if (index % 4 === 1) return { name: 'changeLimit', input: { studentId, courseLimit: below(4, random) } };
    return { name: 'unsubscribeStudent', input: { courseId, studentId } };
  });
  return shuffled([...wanted, ...others], random);
}

/** Does all of them, so many at a time. */
export async function race<Item, Result>(
  items: readonly Item[],
  inFlight: number,
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await run(items[index] as Item);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return results;
}

interface Standing {
  readonly capacity: Map<string, number>;
  readonly limit: Map<string, number>;
  readonly places: Set<string>;
}

/** What the log says: who is where in the end, and every event that should not have been written as things stood then. */
export async function audit(log: EventLog): Promise<{ readonly wrong: readonly string[] } & Standing> {
  const standing: Standing = { capacity: new Map(), limit: new Map(), places: new Set() };
  const wrong: string[] = [];
  for (let after = 0; ;) {
    const events = await log.read('all', { after, limit: 500 });
    for (const event of events)
      for (const { type, data, position } of courseEvents.decode(event)) {
        const fault = apply(standing, type, { ...data });
        if (fault !== undefined) wrong.push(`${position} ${type}: ${fault}`);
      }
    const last = events.at(-1);
    if (last === undefined) return { wrong, ...standing };
    after = last.position;
  }
}

function apply(
  { capacity, limit, places }: Standing,
  type: string,
  { courseId, studentId, ...data }: Readonly<Record<string, string | number>>,
): string | undefined {
  const course = String(courseId);
  const student = String(studentId);
  const place = `${course}/${student}`;
  const taken = () => [...places].filter((other) => other.startsWith(`${course}/`)).length;
  const courses = () => [...places].filter((other) => other.endsWith(`/${student}`)).length;
  switch (type) {
    case 'CourseDefined':
    case 'CourseCapacityChanged':
      capacity.set(course, Number(data['capacity']));
      return taken() > Number(data['capacity']) ? 'fewer places than are taken' : undefined;
    case 'StudentRegistered':
    case 'StudentLimitChanged':
      limit.set(student, Number(data['courseLimit']));
      return undefined;
    case 'StudentUnsubscribed':
      return places.delete(place) ? undefined : 'has no place';
    case 'StudentSubscribed': {
      if (places.has(place)) return 'has a place';
      places.add(place);
      if (taken() > (capacity.get(course) ?? 0)) return 'over the capacity';
      return courses() > (limit.get(student) ?? 0) ? 'over the limit' : undefined;
    }
    default:
      return 'unknown';
  }
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[below(items.length, random)] as Item;
}

function below(count: number, random: () => number): number {
  return Math.floor(random() * count);
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** The same numbers each time. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
