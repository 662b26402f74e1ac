import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtSources } from '../support/built-sources.js';
import { tempDir } from '../support/temp-dir.js';

/** How a call of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a call is given besides its words. */
export interface CallOptions {
  readonly dataDir?: string;
  readonly input?: string;
  /** Where it runs; an empty folder when left out, so that no `.env` is found. */
  readonly cwd?: string;
  /** More variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `tidemark` with these words, in a process of its own. */
export function startTidemark(words: readonly string[], { dataDir, cwd = tempDir(), env }: CallOptions) {
  const { DATA_DIR: _, TIDEMARK_URL: _url, TIDEMARK_TOKEN: _token, ...inherited } = process.env;
  const environment = { ...inherited, ...env };
  return spawn(process.execPath, [builtSources().cli, ...words], {
    cwd,
    env: dataDir === undefined ? environment : { ...environment, DATA_DIR: dataDir },
  });
}

/** Runs `tidemark` with these words to its end. */
export async function tidemark(words: readonly string[], options: CallOptions = {}): Promise<Ended> {
  const child = startTidemark(words, options);
  const read = (stream: NodeJS.ReadableStream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString('utf8');
  };
  const [stdout, stderr] = [read(child.stdout), read(child.stderr)];
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Runs a verb with `--json` that must work; what it printed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every verb prints something else
export async function tidemarkJson(words: readonly string[], options: CallOptions = {}): Promise<any> {
  const { code, stdout, stderr } = await tidemark([...words, '--json'], options);
  if (code !== 0) throw new Error(`tidemark ${words.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}
