import { cac, type CAC } from 'cac';
import { existsSync } from 'node:fs';
import { ConfigError } from '../config.js';
import { protect, unprotect } from './arguments.js';
import { backup, restore } from './backup.js';
import { DataDirError, OperationError } from './engine.js';
import { exportVerb, importVerb } from './transfer.js';
import { UsageError, optionsOf, type CliContext, type Outcome, type Verb } from './verb.js';
import { verify } from './verify.js';
import { VERSION } from './version.js';

/** What the process ends with. */
const FINE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const VERBS: readonly Verb[] = [backup, restore, verify, exportVerb, importVerb];
const COMMON = [
  ['--data-dir <folder>', 'The data directory, in place of DATA_DIR'],
  ['--json', 'Print one JSON object'],
] as const;

/** Runs one call of the command line; resolves with the exit code and never rejects. */
export async function runCli(words: readonly string[], context: CliContext): Promise<number> {
  // The environment wins over the file, as for the service.
  if (existsSync('.env')) process.loadEnvFile('.env');
  const json = words.includes('--json');
  try {
    const outcome = await parse(words, context)();
    if (outcome === undefined) return FINE;
    print(outcome, json);
    return outcome.ok ? FINE : FAILED;
  } catch (error) {
    return fail(error, json);
  }
}

/** What the words ask for, ready to be run. Throws a UsageError where they make no sense. */
function parse(words: readonly string[], context: CliContext): () => Promise<Outcome | undefined> {
  const cli = createParser(context);
  const parsed = asUsage(cli, () => cli.parse(['node', 'tidemark', ...protect(words)], { run: false }));
  if (parsed.options['help'] === true) return () => Promise.resolve(undefined);
  if (parsed.options['version'] === true) {
    if (cli.matchedCommand !== undefined) throw new UsageError('--version is asked for without a verb.');
    return () => Promise.resolve(undefined);
  }
  if (cli.matchedCommand === undefined) throw new UsageError(unknownVerb(parsed.args[0]));
  const outcome = asUsage(cli, () => cli.runMatchedCommand() as Promise<Outcome>);
  return () => outcome;
}

function createParser(context: CliContext): CAC {
  const cli = cac('tidemark');
  for (const verb of VERBS) {
    const command = cli.command(verb.usage, verb.description);
    for (const [option, description] of [...verb.options, ...COMMON]) command.option(option, description);
    command.action((...given: unknown[]) => {
      const options = Object.entries(given.pop() as Record<string, unknown>);
      return verb.run(
        given.map((word) => (word === undefined ? undefined : String(unprotect(word)))),
        optionsOf(Object.fromEntries(options.map(([name, value]) => [name, unprotect(value)]))),
        context,
      );
    });
  }
  cli.help();
  cli.version(VERSION);
  return cli;
}

/** The parser's refusals, with what is expected. */
function asUsage<T>(cli: CAC, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'CACError') throw error;
    const message = error.message.replace(/^[a-z]/, (letter) => letter.toUpperCase());
    throw new UsageError(`${message}. Expected: tidemark ${expectation(cli)}`, { cause: error });
  }
}

function expectation(cli: CAC): string {
  const verb = VERBS.find(({ usage }) => usage.split(' ')[0] === cli.matchedCommandName);
  if (verb === undefined) return '<verb>';
  return [verb.usage, ...[...verb.options, ...COMMON].map(([option]) => `[${option}]`)].join(' ');
}

function unknownVerb(verb: string | undefined): string {
  const names = VERBS.map(({ usage }) => usage.split(' ')[0]).join(', ');
  const problem = verb === undefined ? 'No verb was given' : `There is no verb ${String(unprotect(verb))}`;
  return `${problem}. Expected one of: ${names}. See tidemark --help.`;
}

function print({ json: object, lines, dataOnStdout = false }: Outcome, json: boolean): void {
  const text = json ? JSON.stringify(object) : lines.join('\n');
  (dataOnStdout ? process.stderr : process.stdout).write(`${text}\n`);
}

function fail(error: unknown, json: boolean): number {
  // Whoever read the output, such as head, has had enough of it.
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return FAILED;
  const usage = error instanceof UsageError || error instanceof ConfigError;
  process.stderr.write(`${explain(error)}\n`);
  if (json && !usage) process.stdout.write(`${JSON.stringify({ ok: false, error: explain(error) })}\n`);
  return usage ? WRONG_USAGE : FAILED;
}

function explain(error: unknown): string {
  const expected = [UsageError, ConfigError, DataDirError, OperationError].some(
    (kind) => error instanceof kind,
  );
  if (!(error instanceof Error)) return String(error);
  // A disk that is full or a folder that may not be written is not a defect: its stack would only be in the way.
  return expected || 'code' in error ? error.message : (error.stack ?? error.message);
}
