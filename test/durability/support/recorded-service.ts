import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from './build.js';
import { createClient } from './client.js';
import { createDisk } from './disk.js';
import { randomOf } from './random.js';
import { readTrace, recordingEnv, type Step } from './recording.js';
import { startServiceProcess } from './service-process.js';

const CLIENTS = 4;

/** A life of the service's data: several processes one after the other, with what happened in between. */
export interface RecordedService {
  readonly dataDir: string;
  /** What each process did, in order. */
  readonly lives: readonly (readonly Step[])[];
  readonly problems: readonly string[];
}

/** What to record. */
export interface RecordOptions {
  readonly build: Build;
  readonly library: string;
  readonly folder: string;
  readonly seed: number;
  readonly durability: 'full' | 'normal';
  /** How many commands each client sends in each life. */
  readonly commands: number;
  /** A module that is loaded before the service. */
  readonly preload?: string | undefined;
}

/** Runs the service twice on one folder: a clean stop in between, and a view deleted, so that the second one rebuilds it. */
export async function recordService(options: RecordOptions): Promise<RecordedService> {
  const { build, library, folder, seed, durability, commands, preload } = options;
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const problems: string[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    createClient(randomOf(seed + index), (problem) => problems.push(problem)),
  );
  const lives: (readonly Step[])[] = [];
  for (const life of [1, 2]) {
    const trace = join(folder, `trace-${life}`);
    const env = { DURABILITY: durability, ...recordingEnv(library, dataDir, trace) };
    const service = startServiceProcess(build, { dataDir, env, preload });
    const url = await service.ready;
    if (url === undefined) throw new Error(`The service did not start. ${service.complaints()}`);
    await Promise.all(clients.map((client) => client.run(url, (sentNow) => sentNow >= commands)));
    if (life === 1) await service.stop();
    else await service.kill();
    lives.push(readTrace(trace, dataDir));
    if (life === 1) lives.push(deleteView(dataDir));
  }
  return { dataDir, lives, problems };
}

function deleteView(dataDir: string): readonly Step[] {
  const files = readdirSync(join(dataDir, 'views')).filter((name) => name.startsWith('sales'));
  return files.map((name) => {
    rmSync(join(dataDir, 'views', name), { recursive: true });
    return { kind: 'unlinked', path: `views/${name}` };
  });
}

/** Files that are not as the record has them: none, where it missed no write. The index of a WAL file is shared memory. */
export function unrecorded({ dataDir, lives }: RecordedService): readonly string[] {
  const disk = createDisk();
  for (const life of lives) {
    disk.restart();
    for (const step of life) disk.apply(step);
  }
  const rebuilt = disk.afterCut('kept', randomOf(0));
  const real = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.sqlite(-wal|-journal)?$/.test(path),
  );
  return real.filter((path) => !rebuilt.get(path)?.equals(readFileSync(join(dataDir, path))));
}
