import { pino, type Logger as Pino } from 'pino';
import { TidemarkError, type CommandMiddleware, type ErrorCode, type Kernel } from '../kernel/index.js';
import type { Config } from '../settings/index.js';

/** Structured logs: one JSON object a line, on standard output. */
export type Logger = Pick<Pino, 'info' | 'warn' | 'error' | 'debug'>;

/** The service's logger. */
export function createLogger(level: Config['logLevel']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

/** Failures that somebody has to look at; the others are the caller's to mend. */
const OURS: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'INTERNAL']);

/** One line for each command: at debug, or at error where the fault is the service's. Inputs are never logged. */
export function logCommands(logger: Logger): CommandMiddleware {
  return async (command, next) => {
    const started = performance.now();
    const line = (outcome: string) => ({
      command: command.name,
      commandId: command.commandId,
      correlationId: command.correlationId,
      outcome,
      durationMs: Math.round((performance.now() - started) * 1_000) / 1_000,
    });
    try {
      const result = await next(command);
      logger.debug(line(result.duplicate ? 'duplicate' : result.status.toLowerCase()), 'command');
      return result;
    } catch (error) {
      const code = error instanceof TidemarkError ? error.code : 'INTERNAL';
      if (OURS.has(code)) logger.error({ ...line(code), err: error }, 'a command failed');
      else logger.debug(line(code), 'command');
      throw error;
    }
  };
}

/** How often it is looked whether events were set aside, in ms. */
const PARKED_EVERY_MS = 2_000;

/** Warns whenever a projection has set more events aside; returns how to stop that. */
export function warnOfParked(kernel: Pick<Kernel, 'status'>, logger: Logger): () => void {
  const told = new Map<string, number>();
  const timer = setInterval(() => {
    for (const { name: projection, parked } of kernel.status()) {
      if (parked > (told.get(projection) ?? 0))
        logger.warn({ projection, parked }, 'events are set aside; tidemark parked list says which and why');
      told.set(projection, parked);
    }
  }, PARKED_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}
