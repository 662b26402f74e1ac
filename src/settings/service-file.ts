import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** Only the service's own user may know where it listens. */
const MODE = 0o600;

const shape = z.object({ url: z.url(), pid: z.int(), startedAt: z.string() });

/** What a running service says of itself: where it listens, as which process, and since when (ISO 8601). */
export type RunningService = z.output<typeof shape>;

/** Where a running service says so, inside its data directory. */
export function serviceFile(dataDir: string): string {
  return join(resolve(dataDir), 'service.json');
}

/** Says in the data directory that the service runs. Whoever reads the file finds all of it or none. */
export function announceService(dataDir: string, url: string): void {
  const file = serviceFile(dataDir);
  const partial = `${file}.partial`;
  const service: RunningService = {
    url: fromHere(url),
    pid: process.pid,
    startedAt: new Date().toISOString(),
  };
  // One that a crash has left would keep its own mode.
  rmSync(partial, { force: true });
  writeFileSync(partial, `${JSON.stringify(service)}\n`, { mode: MODE, flag: 'wx' });
  renameSync(partial, file);
}

/** Takes that back. */
export function retractService(dataDir: string): void {
  rmSync(serviceFile(dataDir), { force: true });
}

/** What is written there; undefined where nothing is, or nothing that makes sense. The service may have died since. */
export function readServiceFile(dataDir: string): RunningService | undefined {
  try {
    return shape.parse(JSON.parse(readFileSync(serviceFile(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** A service that listens on every address is asked on the loopback one. */
function fromHere(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
