import { SpanKind, trace, type Link, type Span, type SpanOptions } from '@opentelemetry/api';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { newId } from '../../src/kernel/index.js';
import { createTracing } from '../../src/telemetry/index.js';
import { createOrder, send } from '../support/order-operations.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { until } from '../support/until.js';

const DASHBOARD = new URL('../../docs/dashboards/tidemark.json', import.meta.url);
const OPERATIONS = new URL('../../docs/operations.md', import.meta.url);

async function collect({ url }: Service): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain');
  return response.text();
}

/** The value of a sample, by its name and labels as they are written; 0 where it is not there yet. */
function valueOf(text: string, sample: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  return Number(line?.slice(sample.length) ?? 0);
}

const commands = (outcome: string): string =>
  `tidemark_command_duration_seconds_count{command="createOrder",outcome="${outcome}"}`;

describe('/metrics', () => {
  it('counts and times commands by outcome', async () => {
    const service = await startService();
    const options = { commandId: newId() };
    await createOrder(service, { options });
    await createOrder(service, { options });
    await send(service, 'cancelOrder', { orderId: newId(), reason: 'mistake' });
    const text = await collect(service);
    expect(valueOf(text, commands('accepted'))).toBe(1);
    expect(valueOf(text, commands('duplicate'))).toBe(1);
    expect(text).toMatch(/tidemark_command_duration_seconds_count\{command="cancelOrder",outcome="\w+"\} 1/);
    expect(text).toMatch(/tidemark_command_duration_seconds_bucket\{le="0.25",command="createOrder"/);
  });

  it('counts commands of a group and times its COMMIT', async () => {
    const service = await startService();
    await Promise.all(Array.from({ length: 30 }, () => createOrder(service)));
    const text = await collect(service);
    expect(valueOf(text, 'tidemark_commit_commands_sum')).toBe(30);
    const groups = valueOf(text, 'tidemark_commit_commands_count');
    expect(groups).toBeGreaterThan(0);
    expect(valueOf(text, 'tidemark_commit_sync_seconds_count')).toBe(groups);
    expect(valueOf(text, 'tidemark_commit_sync_seconds_sum')).toBeGreaterThan(0);
    expect(valueOf(text, 'tidemark_commit_write_seconds_count')).toBe(groups);
  });

  it('tells the lag of projections in events and seconds, and who waits for them', async () => {
    const service = await startService();
    const release = service.hold();
    const { receipt } = await createOrder(service);
    const waiting = service.gql('{ orders { totalCount } }', {}, { 'tidemark-read-after': receipt.position });
    await until(async () => {
      const text = await collect(service);
      expect(valueOf(text, 'tidemark_projection_lag_events{projection="orders"}')).toBe(1);
      expect(valueOf(text, 'tidemark_projection_lag_seconds{projection="orders"}')).toBeGreaterThan(0);
      expect(valueOf(text, 'tidemark_read_after_waiters{projection="orders"}')).toBe(1);
      expect(valueOf(text, 'tidemark_log_head')).toBe(1);
    });
    release();
    await waiting;
    await settled(service);
    const text = await collect(service);
    expect(valueOf(text, 'tidemark_projection_lag_events{projection="orders"}')).toBe(0);
    expect(valueOf(text, 'tidemark_projection_checkpoint{projection="orders"}')).toBe(1);
    expect(valueOf(text, 'tidemark_projection_rows_total{projection="orders"}')).toBeGreaterThan(0);
    expect(text).toContain('tidemark_projection_parked_events{projection="orders"} 0');
  });

  it('counts sockets and subscriptions, up and down, and knows the event loop', async () => {
    const service = await startService();
    const frames = service.subscribe('subscription { orders { snapshot } }');
    await frames.next();
    const text = await collect(service);
    expect(valueOf(text, 'tidemark_websockets')).toBe(1);
    expect(valueOf(text, 'tidemark_subscriptions')).toBe(1);
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
    await frames.stop();
    await until(async () => expect(valueOf(await collect(service), 'tidemark_subscriptions')).toBe(0));
  });

  it('has every metric that the dashboard shows and that the operations page names', async () => {
    const service = await startService();
    await createOrder(service);
    await settled(service);
    const text = await collect(service);
    const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
    const page = readFileSync(OPERATIONS, 'utf8');
    const named = new Set(`${queries}\n${page}`.match(/\b(tidemark|nodejs|process)_[a-z0-9_]+/g));
    expect(named.size).toBeGreaterThan(12);
    const served = new Set(text.match(/^\w+/gm));
    expect([...named].filter((name) => !served.has(name) && !text.includes(`# TYPE ${name} `))).toEqual([]);
    const own = [...text.matchAll(/^# TYPE (tidemark_\w+)/gm)].map(([, name]) => name);
    expect(own.filter((name) => name !== undefined && !page.includes(name))).toEqual([]);
  });
});

interface Recorded {
  readonly name: string;
  readonly id: string;
  readonly kind: SpanKind | undefined;
  readonly links: readonly Link[];
  readonly attributes: Record<string, unknown>;
}

/** As much of an SDK as it takes to see which spans there are. */
function recordSpans(): readonly Recorded[] {
  const spans: Recorded[] = [];
  const startSpan = (name: string, options: SpanOptions = {}): Span => {
    const id = String(spans.length + 1).padStart(16, '0');
    const attributes: Record<string, unknown> = { ...options.attributes };
    spans.push({ name, id, kind: options.kind, links: options.links ?? [], attributes });
    const span = {
      spanContext: () => ({ traceId: '0'.repeat(31) + '1', spanId: id, traceFlags: 1 }),
      isRecording: () => true,
      setAttributes: (more: object) => Object.assign(attributes, more) && span,
      setStatus: () => span,
      recordException: () => undefined,
      end: () => undefined,
    };
    // Only what the service calls is there.
    return span as unknown as Span;
  };
  const tracer = {
    startSpan,
    startActiveSpan: (name: string, options: SpanOptions, work: (span: Span) => unknown) =>
      work(startSpan(name, options)),
  };
  // Only the form of startActiveSpan that the service calls is there.
  trace.setGlobalTracerProvider({ getTracer: () => tracer as never });
  onTestFinished(() => {
    trace.disable();
  });
  return spans;
}

describe('traces', () => {
  it('follow a mutation through the append to the projections that apply it, where an SDK is there', async () => {
    const spans = recordSpans();
    const service = await startService();
    const commandId = newId();
    const { receipt } = await createOrder(service, { options: { commandId } });
    expect(receipt.status).toBe('ACCEPTED');
    await settled(service);
    const find = (name: string): Recorded | undefined => spans.find((span) => span.name === name);
    const append = find('log append');
    expect(find('command createOrder')).toMatchObject({
      attributes: { 'tidemark.command.id': commandId, 'tidemark.command.status': 'ACCEPTED' },
    });
    expect(append).toMatchObject({
      kind: SpanKind.PRODUCER,
      attributes: { 'tidemark.events': 1, 'tidemark.outcome': 'appended', 'tidemark.position': 1 },
    });
    for (const projection of ['orders', 'customers', 'sales']) {
      const span = find(`projection ${projection}`);
      expect(span).toMatchObject({ kind: SpanKind.CONSUMER, attributes: { 'tidemark.position': 1 } });
      expect(span?.links.map(({ context }) => context.spanId)).toEqual([append?.id]);
    }
  });

  it('are off without one: no middleware, and the log itself', () => {
    const tracing = createTracing();
    const log = createMemoryLog();
    expect(tracing.middleware).toEqual([]);
    expect(tracing.log(log)).toBe(log);
  });
});
