import { readConfig } from '../settings/index.js';
import type { ServiceDefinition } from '../service/index.js';

/** What the command line is given by the program around it. */
export interface CliContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The service whose events these are; takes a while, as all of it is loaded. */
  readonly loadService: () => Promise<ServiceDefinition>;
}

/** How a verb ended. */
export interface Outcome {
  /** False for a finding; failures are thrown. */
  readonly ok: boolean;
  /** For `--json`. */
  readonly json: object;
  /** For people, a line each. */
  readonly lines: readonly string[];
  /** Standard output has the data itself: nothing else may be written to it. */
  readonly dataOnStdout?: boolean;
}

/** An option as it is written, with what it is for. */
export type OptionHelp = readonly [option: string, description: string];

/** One thing that an operator can ask for. */
export interface Verb {
  /** Its name, of one or two words, and arguments: `backup <folder>`, `projections rebuild <name>`. */
  readonly usage: string;
  readonly description: string;
  /** Its own options. */
  readonly options: readonly OptionHelp[];
  run(args: readonly (string | undefined)[], options: Options, context: CliContext): Promise<Outcome>;
}

/** Verbs about one thing, whose names begin with the group's. */
export interface Group {
  readonly name: string;
  readonly verbs: readonly Verb[];
}

/** What was asked for cannot be understood; the message says what is expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options of a call, read one by one. */
export interface Options {
  /** Whether an option without a value was given. */
  flag(name: string): boolean;
  /** An option's text; undefined where it was not given. Throws a UsageError where it was given twice. */
  text(name: string): string | undefined;
  /** A position, from 0; `otherwise` where it was not given. Throws a UsageError for anything else. */
  position(name: string, otherwise: number): number;
  /** How many, 0 to `max`; `otherwise` where it was not given. Throws a UsageError for anything else. */
  count(name: string, otherwise: number, max: number): number;
}

/** The options as the parser found them, by their names in camel case. */
export function optionsOf(parsed: Readonly<Record<string, unknown>>): Options {
  const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const text = (name: string): string | undefined => {
    const value = parsed[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    throw new UsageError(`--${kebab(name)} expects one value, once.`);
  };
  const whole = (name: string, otherwise: number, expected: string, max: number): number => {
    const value = text(name);
    if (value === undefined) return otherwise;
    const number = wholeNumber(value);
    if (number !== undefined && number <= max) return number;
    throw new UsageError(`--${kebab(name)} expects ${expected}, got ${value}.`);
  };
  return {
    flag: (name) => parsed[name] === true,
    text,
    position: (name, otherwise) =>
      whole(name, otherwise, 'a position, a whole number from 0', Number.MAX_SAFE_INTEGER),
    count: (name, otherwise, max) => whole(name, otherwise, `a whole number from 0 to ${max}`, max),
  };
}

/** An argument that is an event's position. Throws a UsageError for anything else. */
export function positionOf(word: string): number {
  const position = wholeNumber(word);
  if (position !== undefined && position > 0) return position;
  throw new UsageError(`<position> expects the position of an event, a whole number from 1, got ${word}.`);
}

function wholeNumber(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/**
 * The same for verbs that read the embedded log's files. Throws a UsageError where the log is elsewhere and the caller
 * names no folder.
 */
export function embeddedDirOf(options: Options, context: CliContext): string {
  const elsewhere = (context.environment['EVENT_LOG_URL'] ?? '') !== '';
  if (!elsewhere || options.text('dataDir') !== undefined) return dataDirOf(options, context);
  throw new UsageError(
    'This is for the embedded log, and EVENT_LOG_URL says that the log is in PostgreSQL: look after it there, with ' +
      'pg_dump for example. For an embedded log, name its folder with --data-dir.',
  );
}

/** The data directory: what the option says, else the environment, else the service's default. */
export function dataDirOf(options: Options, { environment }: CliContext): string {
  return options.text('dataDir') ?? readConfig({ DATA_DIR: environment['DATA_DIR'] }).dataDir;
}
