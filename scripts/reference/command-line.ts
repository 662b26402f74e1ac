import { runCli } from '../../src/cli/index.js';

/** What `tidemark <words>` prints; nothing else is run. */
async function printed(words: readonly string[]): Promise<string> {
  const texts: string[] = [];
  const { log, info } = console;
  // The parser prints its help by the console.
  console.log = console.info = (...parts: unknown[]) => texts.push(parts.join(' '));
  try {
    await runCli(words, {
      environment: {},
      loadService: async () => ({ name: 'none', modules: [], resolvers: [] }),
    });
  } finally {
    Object.assign(console, { log, info });
  }
  return texts.join('\n');
}

/** A verb of the command line, as its own help tells it. */
export interface VerbHelp {
  /** `projections rebuild <name>` */
  readonly usage: string;
  readonly description: string;
  /** `--sample <rows>`, and what it is for. */
  readonly options: readonly (readonly [option: string, description: string])[];
}

/** Every verb of the command line by its name, in the order of the help. */
export async function verbsIn(): Promise<ReadonlyMap<string, VerbHelp>> {
  const usages = rowsOf(await printed(['--help']), 'Commands:');
  const verbs = new Map<string, VerbHelp>();
  for (const [usage, description] of usages) {
    const name = usage.replace(/ [<[].*/, '');
    const options = rowsOf(await printed([...name.split(' '), '--help']), 'Options:').filter(
      ([option]) => !option.startsWith('-h'),
    );
    verbs.set(name, { usage, description, options });
  }
  return verbs;
}

/** The two columns of a section. */
function rowsOf(help: string, section: string): readonly (readonly [string, string])[] {
  const [, body = ''] = help.split(`\n${section}\n`);
  const lines = body.split('\n\n')[0]?.split('\n') ?? [];
  return lines.flatMap((line) => {
    const [, left, right] = /^ {2}(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
    return left === undefined || right === undefined ? [] : [[left, right.trim()] as const];
  });
}
