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

async function ask(service: Service, query: string, variables: Variables = {}): Promise<Body['data']> {
  const { body } = await service.gql(query, variables);
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
  (service: Service) =>
  async ({ name, input }: Step): Promise<Outcome> => {
    const { body } = await service.gql(mutation(name), { input });
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

describe('A retry', () => {
  const both = { courseId: 'math', studentId: 's-1' };

  test('of a subscription takes one place, however often it is sent', async () => {
    const service = await opened();
    const id = newId();
    const selected = mutation('subscribeStudent', 'course { id taken free }');
    const answers = await race(Array.from({ length: 50 }), IN_FLIGHT, async () => {
      const { body } = await service.gql(selected, { input: both }, { 'idempotency-key': id });
      return body.data.subscribeStudent;
    });
    expect(answers.filter(({ receipt }) => !receipt.duplicate)).toHaveLength(1);
    expect(new Set(answers.map(({ receipt }) => receipt.position)).size).toBe(1);
    for (const answer of answers)
      expect(answer).toMatchObject({
        receipt: { status: 'ACCEPTED' },
        userErrors: [],
        course: { id: 'math', taken: 1, free: CAPACITY - 1 },
      });
    expect((await audit(service.app.kernel.log)).wrong).toEqual([]);
  });

  test('of one that was refused is refused, also when there is a place by now', async () => {
    const service = await opened();
    for (const studentId of STUDENTS.slice(0, CAPACITY))
      await send(service, 'subscribeStudent', { courseId: 'law', studentId });
    const late = { courseId: 'law', studentId: 's-30' };
    const id = newId();
    const refused = await send(service, 'subscribeStudent', late, id);
    expect(refused.refusals.map(({ code }) => code)).toEqual(['COURSE_FULL']);
    await send(service, 'unsubscribeStudent', { courseId: 'law', studentId: 's-0' });
    expect(await send(service, 'subscribeStudent', late, id)).toMatchObject({
      status: 'REFUSED',
      duplicate: true,
    });
    expect(await send(service, 'subscribeStudent', late)).toMatchObject({ status: 'ACCEPTED' });
    await expect(send(service, 'subscribeStudent', { ...late, courseId: 'bio' }, id)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });
});

test('What others do to a course does not stand in the way of who leaves it, or of a student’s limit', async () => {
  const service = await opened();
  const { position } = await send(service, 'subscribeStudent', { courseId: 'art', studentId: 's-1' });
  await send(service, 'subscribeStudent', { courseId: 'art', studentId: 's-2' });
  await send(service, 'changeCapacity', { courseId: 'art', capacity: 9 });
  const unchanged = { ifUnchangedSince: position };
  const { commands: bus } = service.app.kernel;
  await expect(
    bus.send(student.commands.changeLimit, { studentId: 's-1', courseLimit: 3 }, unchanged),
  ).resolves.toMatchObject({ status: 'ACCEPTED' });
  await expect(
    bus.send(unsubscribing.commands.unsubscribeStudent, { courseId: 'art', studentId: 's-1' }, unchanged),
  ).resolves.toMatchObject({ status: 'ACCEPTED' });
  await expect(
    bus.send(subscribing.commands.subscribeStudent, { courseId: 'art', studentId: 's-1' }, unchanged),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('Every example of the playground is answered', async () => {
  const service = await startService({ definition });
  for (const { query } of definition.playground ?? []) await ask(service, query);
});
