import { bench, compare, latency, percentile, type Sample, type Variant } from './harness.js';
import { createHttpClient, type HttpClient } from './http-client.js';
import { operations } from './operations.js';
import { startService, type Placement, type Service, type ServiceReading } from './service.js';
import { closedLoop, itemOf, orderOf, timed } from './workload.js';

const CONNECTIONS = 64;
const ITEMS_PER_ORDER = 5;
const NAMES: Record<string, Placement> = { 'main thread': 'main', 'one worker': 'worker' };

interface Subject {
  readonly service: Service;
  readonly client: HttpClient;
  orders: number;
}

// On two cores the worker shares the second one with the load generator; in the last section it has it to itself.
await bench('projector-placement', async ({ quick, scratch }) => {
  const runMs = quick ? 400 : 3_000;
  const rounds = quick ? 1 : 5;
  const subjects = new Map<string, Subject>();
  for (const [name, placement] of Object.entries(NAMES)) {
    const service = await startService(placement, scratch());
    subjects.set(name, { service, client: createHttpClient(service.url, CONNECTIONS), orders: 0 });
  }

  const section = (title: string, metric: string, run: (subject: Subject) => Promise<Sample>) => {
    const variants: Record<string, Variant> = {};
    for (const [name, subject] of subjects) variants[name] = () => run(subject);
    return compare({ title, rounds, compare: { metric, reference: 'main thread' }, variants });
  };

  const overHttp = async (subject: Subject, write: (subject: Subject, into: Latencies) => Promise<void>) => {
    const into: Latencies = { mutation: [], read: [], waited: [] };
    await subject.service.read();
    const cpu = process.cpuUsage();
    const started = performance.now();
    await closedLoop(
      CONNECTIONS,
      () => performance.now() - started < runMs,
      () => write(subject, into),
    );
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    return {
      'commands/s': (into.mutation.length / ms) * 1_000,
      ...latency('mutation', into.mutation),
      ...(into.read.length > 0 && { ...latency('read-after', into.read), ...latency('waited', into.waited) }),
      ...serverSide(await subject.service.read(), into.mutation.length),
      'client cores': (user + system) / 1_000 / ms,
    };
  };

  const sections = [
    await section(`HTTP, mutations only, ${CONNECTIONS} connections`, 'commands/s', (subject) =>
      overHttp(subject, async (at, into) => {
        await writeOrder(at, into);
      }),
    ),
    await section(
      `HTTP, each mutation followed by a query with @readAfter, ${CONNECTIONS} connections`,
      'commands/s',
      (subject) => overHttp(subject, writeThenRead),
    ),
    await section(
      'In process, 64 commands in flight, nothing else on the machine',
      'commands/s',
      async ({ service }) => {
        const reading = await service.runCommands(runMs, 64);
        return {
          'commands/s': reading.commandsPerSecond,
          ...latency('ack', reading.latencies),
          ...serverSide(reading, reading.latencies.length),
        };
      },
    ),
    await section(
      'In process, 1 command in flight, nothing else on the machine',
      'commands/s',
      async ({ service }) => {
        const reading = await service.runCommands(runMs / 2, 1);
        return {
          'commands/s': reading.commandsPerSecond,
          ...latency('ack', reading.latencies),
          ...serverSide(reading, reading.latencies.length),
        };
      },
    ),
  ];
  for (const { service, client } of subjects.values()) {
    client.close();
    await service.stop();
  }
  return sections;
});

interface Latencies {
  readonly mutation: number[];
  readonly read: number[];
  readonly waited: number[];
}

function serverSide({ loopDelayP99Ms, visibleMs, ...used }: ServiceReading, commands: number): Sample {
  return {
    // Unlike the rates, processor time hardly depends on what else the machine does.
    'main thread µs/command': (used.mainCpuMs * 1_000) / commands,
    'process µs/command': (used.cpuMs * 1_000) / commands,
    'loop delay p99 ms': loopDelayP99Ms,
    'all visible p50 ms': percentile(visibleMs, 0.5),
    'all visible p99 ms': percentile(visibleMs, 0.99),
    'server cores': used.cpu,
  };
}

async function create(subject: Subject, { mutation }: Latencies) {
  const input = orderOf(subject.orders++);
  const { data } = await timed(mutation, () => subject.client.send(operations.createOrder, { input }));
  return data['createOrder'] as { orderId: string; receipt: { position: string } };
}

async function writeOrder(subject: Subject, into: Latencies): Promise<void> {
  const { orderId } = await create(subject, into);
  for (let n = 0; n < ITEMS_PER_ORDER - 1; n += 1) {
    const input = { orderId, item: itemOf(n) };
    await timed(into.mutation, () => subject.client.send(operations.addOrderItem, { input }));
  }
}

async function writeThenRead(subject: Subject, into: Latencies): Promise<void> {
  const { orderId, receipt } = await create(subject, into);
  const variables = { id: orderId, position: receipt.position };
  const answer = await timed(into.read, () => subject.client.send(operations.orderAfter, variables));
  const consistency = answer.extensions?.consistency;
  if (consistency?.stale !== false || answer.data['order'].position < receipt.position)
    throw new Error('A stale answer.');
  into.waited.push(consistency.waitedMs);
}
