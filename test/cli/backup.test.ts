import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { copyPages } from '../../src/engines/sqlite/backup.js';
import { openReader } from '../../src/engines/sqlite/connection.js';
import { startChild } from '../support/child.js';
import { createOrder, mutation } from '../support/order-operations.js';
import { startService } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { tidemark, tidemarkJson } from './command-line.js';
import { ask, byHand, caughtUp, openOrders, ordersDir, writeOrders } from './orders-dir.js';

const HEAD = 'SELECT max(position) FROM events';
const BUSY = new URL('./busy-service.ts', import.meta.url);

/** A process that writes orders to the directory all the time, and what it has had acknowledged so far. */
async function busyService(dataDir: string) {
  const acknowledged: string[] = [];
  const child = startChild(BUSY, dataDir);
  createInterface(child.stdout!).on('line', (line) => acknowledged.push(line.split(' ')[0] ?? ''));
  const written = (count: number) => until(() => expect(acknowledged.length).toBeGreaterThan(count), 60_000);
  const stop = async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  await written(500);
  return { acknowledged, written, stop };
}

function storedIds(folder: string): ReadonlySet<string> {
  const database = new Database(join(folder, 'log.sqlite'), { readonly: true });
  try {
    return new Set(database.prepare<[], string>('SELECT lower(hex(id)) FROM commands').pluck().all());
  } finally {
    database.close();
  }
}

const hex = (uuid: string): string => uuid.replaceAll('-', '');

describe('the copying of a log under constant writes', () => {
  /** Copies in small steps, so slowly that many commits fall into it: how often it started over, and what was written. */
  async function watch(dataDir: string, copy: typeof copyPages) {
    const source = openReader(join(dataDir, 'log.sqlite'));
    const headBefore = Number(ask(dataDir, HEAD));
    let [before, restarts, steps] = [0, 0, 0];
    const onProgress = (done: number): void => {
      if (done < before) restarts += 1;
      before = done;
      steps += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      if (steps > 3_000 || restarts > 3) throw new Error('starts over');
    };
    const ending = copy(source, join(tempDir(), 'copy.sqlite'), onProgress, 5).catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'starts over') throw error;
    });
    await ending;
    source.close();
    return { restarts, steps, written: Number(ask(dataDir, HEAD)) - headBefore };
  }

  it('goes on where it was, since its read transaction keeps the snapshot; without one it starts over', async () => {
    const dataDir = tempDir();
    const { written, stop } = await busyService(dataDir);
    await written(1_500);
    const held = await watch(dataDir, copyPages);
    expect(held.steps).toBeGreaterThan(50);
    expect(held.written).toBeGreaterThan(0);
    expect(held.restarts).toBe(0);

    const bare = await watch(dataDir, async (source, to, onProgress, pages = 5) => {
      await source.backup(to, {
        progress: ({ totalPages, remainingPages }) => {
          onProgress?.(totalPages - remainingPages, totalPages);
          return pages;
        },
      });
    });
    expect(bare.restarts).toBeGreaterThan(0);
    await stop();
  });
});

describe('a backup', () => {
  it('of a service that writes all the time has everything that was acknowledged before it began', async () => {
    const dataDir = tempDir();
    const { acknowledged, written, stop } = await busyService(dataDir);
    for (let round = 0; round < 3; round += 1) {
      const before = [...acknowledged];
      const folder = join(tempDir(), 'deep', 'backup');
      const manifest = await tidemarkJson(['backup', folder], { dataDir });
      await written(before.length);
      const stored = storedIds(folder);
      expect(before.filter((id) => !stored.has(hex(id)))).toEqual([]);
      expect(manifest).toMatchObject({
        folder,
        epoch: 1,
        head: ask(folder, HEAD),
      });
      expect(await tidemarkJson(['verify', folder])).toMatchObject({
        ok: true,
        log: { head: manifest.head },
      });
    }
    await stop();
  });

  it('is two files: the log, alone and closed, and what it is', async () => {
    const dataDir = await ordersDir(5);
    const folder = join(tempDir(), 'backup');
    const { code, stdout } = await tidemark(['backup', folder], { dataDir });
    expect(code).toBe(0);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest).toEqual({
      format: 'tidemark-backup',
      formatVersion: 1,
      logId: ask(dataDir, 'SELECT id FROM log_identity'),
      epoch: 1,
      head: 12,
      bytes: statSync(join(folder, 'log.sqlite')).size,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      tidemarkVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(stdout).toBe(
      `Backed up log ${manifest.logId}, epoch 1, up to position 12 to ${folder} (${manifest.bytes} bytes).\n`,
    );
    await tidemarkJson(['verify', folder]);
    expect(readdirSync(folder).sort()).toEqual(['log.sqlite', 'manifest.json']);
  });

  it('is refused where there is one, or a log, and leaves that alone', async () => {
    const dataDir = await ordersDir(1);
    const folder = tempDir();
    await tidemarkJson(['backup', folder], { dataDir });
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    expect(await tidemark(['backup', folder], { dataDir })).toMatchObject({
      code: 1,
      stderr: `${folder} has a backup already. Name a folder that does not exist.\n`,
    });
    expect(await tidemark(['backup', dataDir], { dataDir })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has a log already/),
    });
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(['log.sqlite', 'manifest.json']);
  });
});

describe('a restore', () => {
  it('brings the service back: same orders, views built anew, positions of before refused', async () => {
    const dataDir = tempDir();
    const service = await startService({ dataDir });
    const { orderId, receipt } = await createOrder(service);
    // Who decides about what is not in memory looks for a snapshot first.
    await service.gql(mutation('deliverOrder'), { input: { orderId: randomUUID() } });
    const folder = join(tempDir(), 'backup');
    await tidemarkJson(['backup', folder], { dataDir });
    const lost = await createOrder(service, { reference: 'LOST' });
    expect(await tidemark(['restore', folder, '--force'], { dataDir })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is in use by another process\. Stop that one/),
    });
    await service.stop();
    expect(existsSync(join(dataDir, 'snapshots.sqlite'))).toBe(true);

    expect(await tidemark(['restore', folder], { dataDir })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has a log already\. Restore into another DATA_DIR, or with --force/),
    });
    const restored = await tidemarkJson(['restore', folder, '--force'], { dataDir });
    expect(restored).toMatchObject({ epoch: expect.any(Number), head: 1 });
    expect(restored.epoch).toBeGreaterThan(1);
    expect(existsSync(join(dataDir, 'views'))).toBe(false);
    expect(existsSync(join(dataDir, 'snapshots.sqlite'))).toBe(false);
    expect(existsSync(restored.replacedLog)).toBe(true);

    const again = await startService({ dataDir });
    const read = (id: string, after: string) =>
      again.gql(
        `query ($id: ID!, $after: Position!) @readAfter(position: $after) { order(id: $id) { id } }`,
        {
          id,
          after,
        },
      );
    for (const position of [receipt.position, lost.receipt.position]) {
      const { body } = await read(orderId, position);
      expect(body.errors?.[0]?.extensions.code).toBe('UNKNOWN_POSITION');
    }
    const next = await createOrder(again);
    expect((await read(orderId, next.receipt.position)).body.data).toEqual({ order: { id: orderId } });
    expect((await read(lost.orderId, next.receipt.position)).body.data).toEqual({ order: null });
    const report = await tidemarkJson(['verify'], { dataDir });
    expect(report.views.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
      Array(3).fill('identical'),
    );
  });

  it('into a folder that does not exist makes it; everything is there, and the views are built equal', async () => {
    const source = await ordersDir(10);
    const folder = join(tempDir(), 'backup');
    await tidemarkJson(['backup', folder], { dataDir: source });
    const dataDir = join(tempDir(), 'new', 'data');
    const { epoch } = await tidemarkJson(['restore', folder, '--data-dir', dataDir]);
    const { kernel, close } = await openOrders(dataDir);
    await caughtUp(kernel);
    await close();
    const report = await tidemarkJson(['verify'], { dataDir });
    const original = await tidemarkJson(['verify'], { dataDir: source });
    expect(report.views).toEqual(original.views);
    expect(report.log).toMatchObject({ commands: original.log.commands, identity: { epoch } });
  });

  it('of one backup into two folders gives two epochs: neither takes the other’s positions', async () => {
    const source = await ordersDir(1);
    const folder = join(tempDir(), 'backup');
    await tidemarkJson(['backup', folder], { dataDir: source });
    const restored = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const dataDir = join(tempDir(), name);
        await tidemarkJson(['restore', folder, '--data-dir', dataDir]);
        const service = await startService({ dataDir });
        return { service, position: (await createOrder(service)).receipt.position };
      }),
    );
    const [one, two] = restored.map(({ position }) => position.split('-'));
    expect(one?.[0]).toBe(two?.[0]);
    expect(one?.[1]).not.toBe(two?.[1]);
    const read = 'query ($after: Position!) @readAfter(position: $after) { orders { totalCount } }';
    for (const [at, { service, position }] of restored.entries()) {
      const other = restored[1 - at]?.position;
      const refused = (await service.gql(read, { after: other })).body.errors?.[0]?.extensions.code;
      expect(refused).toBe('UNKNOWN_POSITION');
      const { data } = (await service.gql(read, { after: position })).body;
      expect(data).toEqual({ orders: { totalCount: 2 } });
    }
  });

  it('raises the epoch past that of the log it replaces, and keeps that log, which can still be read', async () => {
    const dataDir = await ordersDir(2);
    const folder = join(tempDir(), 'backup');
    await tidemarkJson(['backup', folder], { dataDir });
    byHand(dataDir, 'log.sqlite', `UPDATE log_identity SET epoch = ${7 * 2 ** 32}`);
    const { kernel, close } = await openOrders(dataDir);
    await writeOrders(kernel, 1);
    const head = await kernel.log.head();
    await close();
    const { epoch, replacedLog } = await tidemarkJson(['restore', folder, '--force'], { dataDir });
    expect(Math.floor(epoch / 2 ** 32)).toBe(8);
    const aside = new Database(replacedLog, { readonly: true });
    expect(aside.prepare('SELECT max(position) FROM events').pluck().get()).toBe(head);
    aside.close();
  });

  it('is refused while another process reads the old log, and changes nothing', async () => {
    const dataDir = await ordersDir(2);
    const folder = join(tempDir(), 'backup');
    await tidemarkJson(['backup', folder], { dataDir });
    const reader = openReader(join(dataDir, 'log.sqlite'));
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM log_identity').get();
    expect(await tidemark(['restore', folder, '--force'], { dataDir })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is being read by another process\. Try again when that has ended/),
    });
    reader.close();
    expect(
      readdirSync(dataDir)
        .filter((name) => !/-(wal|shm)$/.test(name))
        .sort(),
    ).toEqual(['lock.sqlite', 'log.sqlite', 'views']);
    expect(await tidemarkJson(['verify'], { dataDir })).toMatchObject({ ok: true });
  });

  it('keeps a log that is too damaged to be opened, with its journal', async () => {
    const source = await ordersDir(2);
    const folder = join(tempDir(), 'backup');
    await tidemarkJson(['backup', folder], { dataDir: source });
    const dataDir = tempDir();
    writeFileSync(join(dataDir, 'log.sqlite'), 'not a database at all'.repeat(100));
    writeFileSync(join(dataDir, 'log.sqlite-wal'), 'what was its journal');
    const { replacedLog } = await tidemarkJson(['restore', folder, '--force'], { dataDir });
    expect(readFileSync(`${replacedLog}-wal`, 'utf8')).toBe('what was its journal');
    expect(readFileSync(replacedLog, 'utf8')).toMatch(/^not a database/);
    expect(await tidemarkJson(['verify'], { dataDir })).toMatchObject({ ok: true });
  });

  it('of a damaged backup changes nothing', async () => {
    const source = await ordersDir(3);
    const folder = join(tempDir(), 'backup');
    await tidemarkJson(['backup', folder], { dataDir: source });
    const file = join(folder, 'log.sqlite');
    const good = readFileSync(file);
    const bytes = Buffer.from(good);
    const at = bytes.indexOf('Maria Anders');
    bytes.write('Mario', at);
    writeFileSync(file, bytes);
    const dataDir = await ordersDir(1);
    const id = ask(dataDir, 'SELECT id FROM log_identity');
    const files = readdirSync(dataDir).sort();
    const refused = (message: RegExp) =>
      expect(tidemark(['restore', folder, '--force'], { dataDir })).resolves.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(message),
      });
    await refused(/^The backup is damaged: log\.sqlite has sha256 \w+, its manifest says \w+\.\n$/);
    expect(await tidemark(['verify', folder])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /backup is damaged: log\.sqlite has sha256[^]*checksums: command \d+ \(createOrder/,
      ),
    });
    writeFileSync(file, good.subarray(0, good.length - 4096));
    await refused(/log\.sqlite has bytes/);
    writeFileSync(file, good);
    byHand(folder, 'log.sqlite', `UPDATE commands SET actor = 'mallory' WHERE seq = 2`);
    const { createHash } = await import('node:crypto');
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const now = readFileSync(file);
    manifest.sha256 = createHash('sha256').update(now).digest('hex');
    manifest.bytes = now.length;
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await refused(/^The backup is damaged: 1 findings.*command 2 \(placeOrder .*Nothing was restored/);
    expect(readdirSync(dataDir).sort()).toEqual(files);
    expect(ask(dataDir, 'SELECT id FROM log_identity')).toBe(id);
    expect(existsSync(join(dataDir, 'views', 'orders.1.sqlite'))).toBe(true);
  });

  it('says what is wrong with a folder that is no backup', async () => {
    const folder = tempDir();
    const dataDir = join(tempDir(), 'data');
    const refused = async (message: RegExp) => {
      for (const words of [
        ['restore', folder],
        ['verify', folder],
      ])
        expect(await tidemark(words, { dataDir })).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(message),
        });
    };
    await refused(/has no manifest\.json, so it is not a backup/);
    writeFileSync(join(folder, 'manifest.json'), '{');
    await refused(/its log\.sqlite is gone/);
    mkdirSync(dataDir);
    writeFileSync(join(folder, 'log.sqlite'), '');
    await refused(/manifest\.json is not JSON/);
    writeFileSync(join(folder, 'manifest.json'), '{"format":"tidemark-backup","formatVersion":2}');
    await refused(/is not the manifest of a backup that this version reads/);
  });
});
