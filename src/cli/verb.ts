import { readConfig } from '../config.js';
import type { Module } from '../kernel/index.js';

/** What the command line is given by the program around it. */
export interface CliContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly loadModules: () => Promise<readonly Module[]>;
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

/** One thing that an operator can ask for. */
export interface Verb {
  /** Its name and arguments: `backup <folder>`. */
  readonly usage: string;
  readonly description: string;
  /** Its own options, with what they are for. */
  readonly options: readonly (readonly [option: string, description: string])[];
  run(args: readonly (string | undefined)[], options: Options, context: CliContext): Promise<Outcome>;
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
  return {
    flag: (name) => parsed[name] === true,
    text,
    position: (name, otherwise) => {
      const value = text(name);
      if (value === undefined) return otherwise;
      const position = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (Number.isSafeInteger(position)) return position;
      throw new UsageError(`--${kebab(name)} expects a position, a whole number from 0, got ${value}.`);
    },
  };
}

/** The data directory: what the option says, else the environment, else the service's default. */
export function dataDirOf(options: Options, { environment }: CliContext): string {
  return options.text('dataDir') ?? readConfig({ DATA_DIR: environment['DATA_DIR'] }).dataDir;
}
