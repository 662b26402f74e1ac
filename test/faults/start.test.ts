import Database from 'better-sqlite3';
import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { buildService, type Build } from '../durability/support/build.js';
import { tempDirOfFile } from '../durability/support/temp-dir-of-file.js';
import { tempDir } from '../support/temp-dir.js';
import { buildFaults, startFaulty, type FaultyOptions } from './support/faulty-service.js';

const folder = tempDirOfFile();
const broken = tempDirOfFile();
let build: Build;
let library: string;
/** A data directory with some orders, of a service that has ended. */
let used: string;

beforeAll(() => {
  library = buildFaults(folder);
  build = buildService(folder);
});

/** A folder with the orders of a service that was stopped. */
async function usedDir(): Promise<string> {
  used ??= await makeUsed();
  const dataDir = tempDir();
  copyFileSync(join(used, 'log.sqlite'), join(dataDir, 'log.sqlite'));
  return dataDir;
}

async function makeUsed(): Promise<string> {
  const dataDir = join(folder, 'used');
  const service = startFaulty(build, library, { dataDir });
  await Promise.all(Array.from({ length: 200 }, () => service.create(newId())));
  service.signal('SIGTERM');
  expect(await service.ended).toBe(0);
  return dataDir;
}

/** What it says where it does not start. */
async function refusal(options: FaultyOptions, from = build): Promise<string> {
  const service = startFaulty(from, library, options);
  expect(await service.ended).toBe(1);
  expect(service.output()).toMatch(/^Tidemark cannot start\. /);
  expect(service.output()).not.toMatch(/\n\s+at /);
  expect(service.output().trim().split('\n')).toHaveLength(1);
  return service.output();
}

function overwrite(file: string, at: number, bytes: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  closeSync(descriptor);
}

const logOf = (dataDir: string): string => join(dataDir, 'log.sqlite');

describe('a data directory that can only be read', () => {
  it.each(['EROFS', 'EACCES'] as const)('is refused with what it must be (%s)', async (error) => {
    const dataDir = await usedDir();
    const said = await refusal({ dataDir, faults: [{ call: 'open', error, part: '/' }] });
    expect(said).toContain(`DATA_DIR ${dataDir} cannot be used`);
    expect(said).toContain('It must be a folder that this process may write to.');
  });

  it('is refused where only the log in it can not be written', async () => {
    const dataDir = await usedDir();
    const said = await refusal({ dataDir, faults: [{ call: 'open', error: 'EACCES', part: '/log.sqlite' }] });
    expect(said).toContain(`The log ${logOf(dataDir)} cannot be used. The files can only be read.`);
    expect(said).toContain('The process needs write permission.');
  });

  it('is refused where the disk is full', async () => {
    const dataDir = await usedDir();
    const said = await refusal({ dataDir, faults: [{ call: 'write', error: 'ENOSPC', part: 'log.sqlite' }] });
    expect(said).toMatch(/The disk (is full|reports errors).* Start it again then\./);
  });
});

describe('a damaged log', () => {
  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['whose header is destroyed', (file) => overwrite(file, 0, 100)],
    ['with pages overwritten in the middle', (file) => overwrite(file, 4_096 * 7, 4_096 * 3)],
    ['that was cut', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['that is full of something else', (file) => writeFileSync(file, 'Dear diary,\n'.repeat(1_000))],
  ];

  it.each(damages)('%s is refused with what to do, and is left as it is', async (_what, damage) => {
    const dataDir = await usedDir();
    damage(logOf(dataDir));
    const before = readFileSync(logOf(dataDir));
    const said = await refusal({ dataDir });
    expect(said).toContain(`The log ${logOf(dataDir)}`);
    expect(said).toContain('damaged');
    expect(said).toContain('`tidemark verify`');
    expect(said).toContain('`tidemark restore`');
    expect(readFileSync(logOf(dataDir)).equals(before)).toBe(true);
  });

  it.each([
    ['empty', (file: string) => truncateSync(file, 0)],
    ['gone', (file: string) => rmSync(file)],
  ])('that is %s though its views are there is not taken for a new one', async (_what, damage) => {
    const dataDir = join(tempDir(), 'data');
    const service = startFaulty(build, library, { dataDir });
    await service.create(newId());
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    const views = readdirSync(join(dataDir, 'views'));
    damage(logOf(dataDir));
    const said = await refusal({ dataDir });
    expect(said).toContain('is missing or cut short');
    expect(said).toContain('Restore a backup with `tidemark restore`');
    expect(readdirSync(join(dataDir, 'views'))).toEqual(views);
  });
});

describe('migrations', () => {
  it('of a newer version are refused, with which version to start', async () => {
    const dataDir = await usedDir();
    const database = new Database(logOf(dataDir));
    const row = ['f'.repeat(64), Date.now() + 86_400_000];
    database.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run(...row);
    database.close();
    const said = await refusal({ dataDir });
    expect(said).toContain('was written by another version of Tidemark');
    expect(said).toContain('Start the version that wrote it, or a newer one.');
  });

  it('that are missing are an installation that is not whole', async () => {
    const incomplete = buildService(broken);
    rmSync(join(broken, 'drizzle'));
    const said = await refusal({}, incomplete);
    expect(said).toContain('are missing, so this installation is not whole. Install it again.');
  });
});
