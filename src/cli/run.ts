import { cac, type CAC } from 'cac';
import { existsSync } from 'node:fs';
import { backup, restore } from './backup.js';
import { DataDirError, OperationError } from './engine.js';
import { events } from './events.js';
import { newService } from './new.js';
import { parked } from './parked.js';
import { projections } from './projections.js';
import { schema } from './schema.js';
import { ServiceError } from './service.js';
import { exportVerb, importVerb } from './transfer.js';
import {
  UsageError,
  optionsOf,
  type CliContext,
  type Group,
  type OptionHelp,
  type Outcome,
  type Verb,
} from './verb.js';
import { verify } from './verify.js';
import { ConfigError, VERSION } from '../settings/index.js';
import { nameOf, protect, readCall, unprotect, type Call } from './words.js';

/** What the process ends with. */
const FINE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const SINGLE: readonly Verb[] = [backup, restore, verify, exportVerb, importVerb, newService, schema];
const GROUPS: readonly Group[] = [projections, parked, events];
const VERBS: readonly Verb[] = [...SINGLE, ...GROUPS.flatMap(({ verbs }) => verbs)];
const COMMON: readonly OptionHelp[] = [
  ['--data-dir <folder>', 'The data directory, in place of DATA_DIR'],
  ['--json', 'Print one JSON object'],
];
const OPTIONS: readonly OptionHelp[] = [...VERBS.flatMap(({ options }) => options), ...COMMON];

/** Runs the call that this process was started with, and sets its exit code. */
export async function runCliProcess(loadService: CliContext['loadService']): Promise<void> {
  // A pipe whose reader has gone is no defect; whoever writes to it is told, too.
  process.stdout.on('error', () => undefined);
  // Not exit(): what is still on its way to a pipe would be lost.
  process.exitCode = await runCli(process.argv.slice(2), { environment: process.env, loadService });
}

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
  const call = readCall(words, VERBS, OPTIONS);
  const group = GROUPS.find(({ name }) => name === call.first);
  const cli = createParser(context, group);
  const parsed = asUsage(cli, () => cli.parse(['node', 'tidemark', ...protect(call.words)], { run: false }));
  if (parsed.options['help'] === true) return () => Promise.resolve(undefined);
  if (parsed.options['version'] === true) {
    if (cli.matchedCommand !== undefined) throw new UsageError('--version is asked for without a verb.');
    return () => Promise.resolve(undefined);
  }
  if (cli.matchedCommand === undefined) throw new UsageError(unknownVerb(call, group));
  const outcome = asUsage(cli, () => cli.runMatchedCommand() as Promise<Outcome>);
  return () => outcome;
}

/** A parser of all verbs, or of those of one group, whose help it then is. */
function createParser(context: CliContext, group: Group | undefined): CAC {
  const cli = cac('tidemark');
  cli.usage(group === undefined ? '<verb> [options]' : `${group.name} <action> [options]`);
  for (const verb of group?.verbs ?? VERBS) {
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
  cli.help((sections) =>
    // It would repeat every verb.
    sections.filter(({ title }) => title?.startsWith('For more info') !== true).concat(more(cli)),
  );
  cli.version(VERSION);
  return cli;
}

function more(cli: CAC): { body: string }[] {
  return cli.matchedCommand === undefined ? [{ body: 'The options of a verb: tidemark <verb> --help' }] : [];
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
  const verb = VERBS.find((one) => nameOf(one) === cli.matchedCommandName);
  if (verb === undefined) return '<verb>';
  return [verb.usage, ...[...verb.options, ...COMMON].map(([option]) => `[${option}]`)].join(' ');
}

function unknownVerb({ first, second }: Call, group: Group | undefined): string {
  if (group !== undefined) {
    const actions = group.verbs.map((verb) => nameOf(verb).slice(group.name.length + 1)).join(', ');
    const problem =
      second === undefined
        ? `tidemark ${group.name} expects an action`
        : `tidemark ${group.name} has no action ${second}`;
    return `${problem}. Expected one of: ${actions}. See tidemark ${group.name} --help.`;
  }
  const names = [...SINGLE.map(nameOf), ...GROUPS.map(({ name }) => name)].join(', ');
  const problem = first === undefined ? 'No verb was given' : `There is no verb ${first}`;
  return `${problem}. Expected one of: ${names}. See tidemark --help.`;
}

function print({ json: object, lines, dataOnStdout = false }: Outcome, json: boolean): void {
  if (!json && lines.length === 0) return;
  const text = json ? JSON.stringify(object) : lines.join('\n');
  (dataOnStdout ? process.stderr : process.stdout).write(`${text}\n`);
}

function fail(error: unknown, json: boolean): number {
  // Whoever read the output, such as head, has had enough of it.
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return FAILED;
  const usage = error instanceof UsageError || error instanceof ConfigError;
  process.stderr.write(`${explain(error)}\n`);
  if (json && !usage) {
    const code = error instanceof ServiceError ? { code: error.code } : {};
    process.stdout.write(`${JSON.stringify({ ok: false, error: explain(error), ...code })}\n`);
  }
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
