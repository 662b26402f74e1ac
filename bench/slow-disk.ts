import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/**
 * The environment of a process for which each fsync and fdatasync of files in `folder` takes `ms` longer. Compiles a
 * library into `scratch`, on Linux; throws where there is no C compiler.
 */
export function slowDisk(scratch: string, folder: string, ms: number): Readonly<Record<string, string>> {
  const library = join(scratch, 'slow-disk.so');
  const source = resolve('bench/slow-disk.c');
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, source, '-ldl'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { LD_PRELOAD: library, SLOW_FOLDER: folder, SLOW_MS: String(ms) };
}
