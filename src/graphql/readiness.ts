import type { Kernel, LogHealth, ProjectionStatus } from '../kernel/index.js';

/** Whether the service can do all that it is for, and what is in the way. */
export interface Readiness {
  readonly ready: boolean;
  readonly log: LogHealth;
  readonly projections: readonly ProjectionStatus[];
  /** Sentences for operators; none where it is ready. */
  readonly reasons: readonly string[];
}

/** Whether the log can be written, and every projection works within its acceptable lag. */
export async function readinessOf({ log, status }: Pick<Kernel, 'log' | 'status'>): Promise<Readiness> {
  const health = await log
    .health()
    .catch(() => ({ writable: false as const, reason: 'The log does not answer.' }));
  const projections = status();
  const unhealthy = projections.filter(({ healthy }) => !healthy).map(unhealthyReason);
  const reasons = [...(health.writable ? [] : [health.reason]), ...unhealthy];
  return { ready: reasons.length === 0, log: health, projections, reasons };
}

function unhealthyReason({ name, state, lagEvents, lagMs, progress, rebuild }: ProjectionStatus): string {
  if (state === 'BUILDING' && rebuild === null)
    return `The projection ${name} is being built from the log, ${Math.floor(100 * progress)} % are done; it cannot be read until then.`;
  if (state === 'FAILED') return `The projection ${name} cannot go on; it is tried again by itself.`;
  if (state === 'STOPPED') return `The projection ${name} is not running.`;
  const paused = state === 'PAUSED' ? ' and paused' : '';
  const events = `${lagEvents.toLocaleString('en')} ${lagEvents === 1 ? 'event' : 'events'}`;
  return `The projection ${name} is ${events} (${Math.round(lagMs / 1_000)} s) behind${paused}: more than it declares acceptable.`;
}
