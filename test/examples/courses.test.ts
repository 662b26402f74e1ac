import { describe, expect, test } from 'vitest';
import { course } from '../../examples/courses/src/course.js';
import { service as definition } from '../../examples/courses/src/service.js';
import { student } from '../../examples/courses/src/student.js';
import { subscribing, unsubscribing } from '../../examples/courses/src/subscription.js';
import { newId, TidemarkError, type CommandResult } from '../../src/kernel/index.js';
import { startService, type Body, type Service, type Variables } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import {
  CAPACITY,
  COURSES,
  LIMIT,
  STUDENTS,
  audit,
  race,
  steps,
  type Outcome,
  type Step,
} from './courses-load.js';

const IN_FLIGHT = 64;
const commands = {
  ...course.commands,
  ...student.commands,
  ...subscribing.commands,
  ...unsubscribing.commands,
};

const inputType = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
const mutation = (name: string, more = ''): string =>
  `mutation M($input: ${inputType(name)}!) { ${name}(input: $input) { receipt { status position duplicate } userErrors { code } ${more} } }`;

function send(
  { app }: Service,
  name: keyof typeof commands,
  input: unknown,
  id = newId(),
): Promise<CommandResult> {
  return app.kernel.commands.send<unknown>(commands[name], input, { commandId: id });
}

/** What is there before anybody subscribes. */
async function opened(): Promise<Service> {
  const service = await startService({ definition });
  for (const courseId of COURSES)
    await send(service, 'defineCourse', { courseId, title: `About ${courseId}`, capacity: CAPACITY });
  for (const studentId of STUDENTS)
    await send(service, 'registerStudent', { studentId, name: studentId, courseLimit: LIMIT });
  return service;
}

async function ask({ gql }: Service, query: string, variables: Variables = {}): Promise<Body['data']> {
  const { body } = await gql(query, variables);
  expect(body.errors).toBeUndefined();
  return body.data;
}

const inProcess =
  (service: Service) =>
  async ({ name, input }: Step): Promise<Outcome> => {
    try {
      const { refusals } = await send(service, name, input);
      return refusals[0]?.code ?? 'done';
    } catch (error) {
      if (error instanceof TidemarkError) return error.code;
      throw error;
    }
  };

const overHttp =
  ({ gql }: Service) =>
  async ({ name, input }: Step): Promise<Outcome> => {
    const { body } = await gql(mutation(name), { input });
    return body.errors?.[0]?.extensions.code ?? body.data[name].userErrors[0]?.code ?? 'done';
  };

function count(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** The views say what the log says. */
async function expectViewsAgree(
  service: Service,
  { capacity, limit, places }: Awaited<ReturnType<typeof audit>>,
) {
  await settled(service);
  const data = await ask(
    service,
    `{ courses { nodes { id capacity taken free } } students(first: 100) { nodes { id courses courseLimit } }
       subscriptions(first: 100) { nodes { id courseId studentId } } }`,
  );
  const of = (part: (place: string) => string | undefined, id: string) =>
    [...places].filter((place) => part(place) === id).length;
  expect(data.courses.nodes).toEqual(
    [...COURSES].sort().map((id) => {
      const taken = of((place) => place.split('/')[0], id);
      return { id, capacity: capacity.get(id), taken, free: (capacity.get(id) ?? 0) - taken };
    }),
  );
  expect(data.students.nodes).toEqual(
    [...STUDENTS].sort().map((id) => {
      return { id, courses: of((place) => place.split('/')[1], id), courseLimit: limit.get(id) };
    }),
  );
  expect(data.subscriptions.nodes.map(({ id }: { id: string }) => id)).toEqual([...places].sort());
}

describe.each([
  ['in process', inProcess],
  ['over HTTP', overHttp],
])('Hundreds who want the same few places, %s', (_, runWith) => {
  test('never get more than there are, and never more than they may', async () => {
    const service = await opened();
    const load = steps();
    const outcomes = await race(load, IN_FLIGHT, runWith(service));
    const found = await audit(service.app.kernel.log);
    expect(found.wrong).toEqual([]);
    // Places were fought over, and everybody was told how it went.
    const counted = count(outcomes);
    console.log(counted);
    expect(Object.keys(counted).sort()).toEqual([
      'ALREADY_SUBSCRIBED',
      'CAPACITY_BELOW_TAKEN',
      'COURSE_FULL',
      'STUDENT_LIMIT',
      'done',
    ]);
    expect(counted['COURSE_FULL']).toBeGreaterThan(100);
    await expectViewsAgree(service, found);
  });
});
