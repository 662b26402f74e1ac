import { pino, type Logger as Pino } from 'pino';
import type { Config } from './config.js';

/** Structured logs: one JSON object a line, on standard output. */
export type Logger = Pick<Pino, 'info' | 'warn' | 'error' | 'debug'>;

/** The service's logger. */
export function createLogger(level: Config['logLevel']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
