import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, fsyncSync, linkSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { OnProgress } from '../../kernel/index.js';

const CHUNK_BYTES = 1_048_576;

/** Makes what was written to a file, or renamed in a folder, survive a power cut. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The size and the SHA-256 (hex) of a file, which is copied to `to` on the way where that is given. */
export async function digestFile(
  from: string,
  { to, onProgress }: { readonly to?: string; readonly onProgress?: OnProgress | undefined } = {},
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const source = await open(from, 'r');
  const target = to === undefined ? undefined : await open(to, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const { size } = await source.stat();
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const read = chunk.subarray(0, bytesRead);
      hash.update(read);
      await target?.writeFile(read);
      bytes += bytesRead;
      onProgress?.(bytes, size);
    }
    await target?.sync();
  } finally {
    await source.close();
    await target?.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Gives a file a second name; copies it where the file system has no links. Throws where the name is taken. */
export function keepAs(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error;
    copyFileSync(file, name);
    syncPath(name);
  }
}
