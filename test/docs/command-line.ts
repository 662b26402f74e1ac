import { runCli } from '../../src/cli/index.js';

/** What `tidemark <words>` prints; nothing else is run. */
async function printed(words: readonly string[]): Promise<string> {
  const texts: string[] = [];
  const { log, info } = console;
  // The parser prints its help by the console.
  console.log = console.info = (...parts: unknown[]) => texts.push(parts.join(' '));
  try {
    await runCli(words, { environment: {}, loadModules: async () => [] });
  } finally {
    Object.assign(console, { log, info });
  }
  return texts.join('\n');
}

/** Every verb of the command line by its name, with the help that it gives for itself. */
export async function verbsIn(): Promise<ReadonlyMap<string, string>> {
  const help = await printed(['--help']);
  const usages = [...help.matchAll(/^ {2}([a-z][^\n]*?) {2,}\S/gm)].map(([, usage = '']) => usage);
  const names = usages.map((usage) => usage.replace(/ [<[].*/, ''));
  const known = names.filter((name) => !name.startsWith('-'));
  const entries: [string, string][] = [];
  for (const name of known) entries.push([name, await printed([...name.split(' '), '--help'])]);
  return new Map(entries);
}

/** The options that a verb's help names. */
export function optionsIn(help: string): ReadonlySet<string> {
  return new Set([...help.matchAll(/--[a-z][\w-]*/g)].map(([option]) => option));
}
