import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DataDirError, takeDataDir } from '../../src/engines/sqlite/index.js';
import { ended, startChild } from '../support/child.js';
import { tempDir } from '../support/temp-dir.js';

const HOLDER = new URL('./hold-data-dir.ts', import.meta.url);

function take(folder: string) {
  const taken = takeDataDir(folder);
  onTestFinished(() => {
    taken.release();
  });
  return taken;
}

describe('a data directory', () => {
  it('is made where it is missing, and says where the files go', () => {
    const folder = join(tempDir(), 'a', 'b');
    const { logFile, viewsFolder } = take(folder);
    expect(existsSync(folder)).toBe(true);
    expect([logFile, viewsFolder]).toEqual([join(folder, 'log.sqlite'), join(folder, 'views')]);
  });

  it('cannot be taken twice in one process; the error says what to do', () => {
    const folder = tempDir();
    take(folder);
    expect(() => takeDataDir(folder)).toThrow(DataDirError);
    expect(() => takeDataDir(folder)).toThrow(/in use.*Stop that one, or set DATA_DIR to another folder/);
  });

  it('can be taken again once it was released', () => {
    const folder = tempDir();
    takeDataDir(folder).release();
    expect(() => take(folder)).not.toThrow();
  });

  it('cannot be taken by another process; the error says what to do', async () => {
    const folder = tempDir();
    take(folder);
    const { output } = await ended(startChild(HOLDER, folder));
    expect(output).toMatch(/^DataDirError: DATA_DIR .* is in use by another process\. Stop that one/);
  });

  it('is free again after its holder was killed', async () => {
    const folder = tempDir();
    const holder = startChild(HOLDER, folder);
    const [said] = (await once(holder.stdout!, 'data')) as [Buffer];
    expect(said.toString()).toBe('taken\n');
    expect(() => takeDataDir(folder)).toThrow(DataDirError);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(() => take(folder)).not.toThrow();
  });

  it('that is a file is refused with an error that says what it must be', () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(() => takeDataDir(file)).toThrow(/must be a folder that this process may write to/);
  });
});
