import 'reflect-metadata/lite';
import { join } from 'node:path';
import { course } from '../examples/courses/src/course.js';
import { student } from '../examples/courses/src/student.js';
import { subscribing } from '../examples/courses/src/subscription.js';
import { openSqliteLog, sqliteViews } from '../src/engines/sqlite/index.js';
import { createKernel, type CommandBus, type CommandResult, type EventLog } from '../src/kernel/index.js';
import { bench, compare, latency, type Variant } from './harness.js';
import { closedLoop, timed } from './workload.js';

const IN_FLIGHT = 64;
/** So many that those in flight are about courses and students of their own. */
const COURSES = 1_000;
const HOT_COURSES = 10;
const CAPACITY = 30;

const DECIDERS = [course, student, subscribing];

/** What is there at first, and the command that is measured. */
interface Load {
  readonly courses?: number;
  readonly capacity?: number;
  readonly students?: number;
  readonly send: (commands: CommandBus, n: number) => Promise<CommandResult>;
  /** Whether the first student has a place in the first course. */
  readonly full?: boolean;
  /** What the command must come to: a code where it is refused. */
  readonly refused?: string;
}

/** What the rows are, for who reads the table. */
const NOTES = [
  'change a limit, register a student: a boundary of one entity; the states of 1,000 students are in memory, new ones have none.',
  'subscribe, 1,000 courses: a boundary of two entities, course and student; those in flight are about others. No two commands have the same boundary, so each reads its events.',
  'subscribe, 10 courses: six in flight want the same course at a time, and take turns; it has 500 students in the end, whose subscriptions each decision reads.',
  'subscribe, a full course: all want its only place and are refused; that changes nothing, so nobody waits for anybody.',
];

await bench('courses', async ({ by, scratch }) => {
  const commands = by(200, 3_000, 5_000);
  // However slow the disk is at the moment, a round ends.
  const roundMs = by(500, 1_000, 4_000);
  const subscribe = (commands: CommandBus, n: number, courses: number): Promise<CommandResult> =>
    commands.send(subscribing.commands.subscribeStudent, {
      courseId: `c-${n % courses}`,
      studentId: `s-${n}`,
    });

  const measure =
    ({ courses = 0, capacity = CAPACITY, students = 0, full = false, send, refused }: Load): Variant =>
    async () => {
      const { bus, counted, close } = await compose(scratch());
      await prepare(bus, { courses, capacity, students });
      if (full) expectOutcome(await subscribe(bus, 0, 1));
      Object.assign(counted, { appends: 0, reads: 0 });
      const latencies: number[] = [];
      const started = performance.now();
      const cpu = process.cpuUsage();
      await closedLoop(
        IN_FLIGHT,
        (n) => n < commands && performance.now() - started < roundMs,
        async (n) => {
          expectOutcome(await timed(latencies, () => send(bus, n)), refused);
        },
      );
      const seconds = (performance.now() - started) / 1_000;
      const { user, system } = process.cpuUsage(cpu);
      await close();
      return {
        'commands/s': latencies.length / seconds,
        ...latency('ack', latencies),
        'CPU µs/command': (user + system) / latencies.length,
        'decided/command': counted.appends / latencies.length,
        'events read/command': counted.reads / latencies.length,
      };
    };

  const section = await compare({
    title: `decisions of the courses service, ${commands} commands, ${IN_FLIGHT} in flight, no projections, synchronous=FULL`,
    rounds: by(1, 5, 5),
    compare: { metric: 'commands/s', also: ['CPU µs/command'], reference: 'change a limit' },
    variants: {
      'change a limit': measure({
        students: COURSES,
        send: (bus, n) =>
          bus.send(student.commands.changeLimit, {
            studentId: `s-${n % COURSES}`,
            courseLimit: 6 + Math.floor(n / COURSES),
          }),
      }),
      'register a student': measure({
        send: (bus, n) => bus.send(student.commands.registerStudent, { studentId: `s-${n}`, name: 'Ada' }),
      }),
      'subscribe, 1,000 courses': measure({
        courses: COURSES,
        students: commands,
        send: (bus, n) => subscribe(bus, n, COURSES),
      }),
      'subscribe, 10 courses': measure({
        courses: HOT_COURSES,
        capacity: 10_000,
        students: commands,
        send: (bus, n) => subscribe(bus, n, HOT_COURSES),
      }),
      'subscribe, a full course': measure({
        courses: 1,
        capacity: 1,
        students: commands + 1,
        full: true,
        send: (bus, n) => subscribe(bus, n + 1, 1),
        refused: 'COURSE_FULL',
      }),
    },
  });
  return [{ ...section, notes: NOTES }];
});

/** The domain over files of its own, and how much was asked of the log. */
async function compose(folder: string) {
  const log = openSqliteLog({ file: join(folder, 'log.sqlite'), durability: 'full' });
  const counted = { appends: 0, reads: 0 };
  const counting: EventLog = {
    ...log,
    append: (append) => {
      counted.appends += 1;
      return log.append(append);
    },
    read: async (scope, options) => {
      const found = await log.read(scope, options);
      counted.reads += found.length;
      return found;
    },
  };
  const kernel = await createKernel({
    log: counting,
    views: sqliteViews(join(folder, 'views')),
    modules: [{ name: 'courses', deciders: DECIDERS }],
  });
  const close = async (): Promise<void> => {
    await kernel.stop();
    log.close();
  };
  return { bus: kernel.commands, counted, close };
}

async function prepare(
  bus: CommandBus,
  { courses, capacity, students }: Required<Pick<Load, 'courses' | 'capacity' | 'students'>>,
) {
  await closedLoop(
    IN_FLIGHT,
    (n) => n < courses,
    async (n) => {
      const input = { courseId: `c-${n}`, title: 'A course', capacity };
      expectOutcome(await bus.send(course.commands.defineCourse, input));
    },
  );
  await closedLoop(
    IN_FLIGHT,
    (n) => n < students,
    async (n) => {
      expectOutcome(await bus.send(student.commands.registerStudent, { studentId: `s-${n}`, name: 'Ada' }));
    },
  );
}

/** Throws where it came to something else: a bench measures what works. */
function expectOutcome({ refusals }: CommandResult, refused?: string): void {
  if (refusals[0]?.code !== refused) throw new Error(`A command came to ${JSON.stringify(refusals)}.`);
}
