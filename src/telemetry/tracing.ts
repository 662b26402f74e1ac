import {
  SpanKind,
  SpanStatusCode,
  context,
  trace,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { CommandMiddleware, EventLog, Kernel } from '../kernel/index.js';

/** How many recent appends are remembered, so that projections can link to what caused their work. */
const RECENT_MAX = 1_000;

/** Traces a command from the bus through the append to the projections that apply it. */
export interface Tracing {
  readonly middleware: readonly CommandMiddleware[];
  /** The log, with a span for each append. */
  log(log: EventLog): EventLog;
  watch(kernel: Kernel): void;
}

const OFF: Tracing = { middleware: [], log: (log) => log, watch: () => undefined };

/** Tracing by the OpenTelemetry API. Where no SDK is registered by now it is off and costs nothing. */
export function createTracing(): Tracing {
  const tracer = trace.getTracer('tidemark');
  const probe = tracer.startSpan('tidemark start');
  const on = probe.isRecording();
  probe.end();
  return on ? tracingWith(tracer) : OFF;
}

function tracingWith(tracer: Tracer): Tracing {
  const recent = new Map<number, Link>();

  function remember(position: number, span: Span): void {
    recent.set(position, { context: span.spanContext() });
    if (recent.size > RECENT_MAX) recent.delete(recent.keys().next().value ?? 0);
  }

  return {
    middleware: [
      (command, next) =>
        within(tracer, `command ${command.name}`, SpanKind.INTERNAL, async (span) => {
          span.setAttributes({
            'tidemark.command.id': command.commandId,
            'tidemark.correlation.id': command.correlationId,
          });
          const result = await next(command);
          span.setAttributes({
            'tidemark.position': result.position,
            'tidemark.command.status': result.status,
          });
          return result;
        }),
    ],
    log: (log) => ({
      ...log,
      append: (append) =>
        within(tracer, 'log append', SpanKind.PRODUCER, async (span) => {
          const outcome = await log.append(append);
          span.setAttributes({
            'tidemark.events': append.events.length,
            'tidemark.outcome': outcome.kind,
            'tidemark.position': outcome.position,
          });
          if (outcome.kind === 'appended') remember(outcome.position, span);
          return outcome;
        }),
    }),
    watch: (kernel) => {
      for (const [projection, projector] of kernel.projectors) {
        projector.onCommit(({ after, checkpoint, durationMs }) => {
          const links = [...recent].filter(([position]) => position > after && position <= checkpoint);
          const endTime = Date.now();
          tracer
            .startSpan(
              `projection ${projection}`,
              {
                kind: SpanKind.CONSUMER,
                startTime: endTime - durationMs,
                links: links.map(([, link]) => link),
                attributes: { 'tidemark.after': after, 'tidemark.position': checkpoint },
              },
              context.active(),
            )
            .end(endTime);
        });
      }
    },
  };
}

function within<T>(
  tracer: Tracer,
  name: string,
  kind: SpanKind,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
