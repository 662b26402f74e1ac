import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { announceService, readServiceFile, serviceFile } from '../../src/settings/index.js';
import { runMain } from '../support/main-process.js';
import { startService } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';

describe('service.json', () => {
  test('says where the service listens while it runs, to its own user only', async () => {
    const before = Date.now();
    const service = await startService();
    const { url, dataDir } = service;
    const file = serviceFile(dataDir);
    const said = JSON.parse(readFileSync(file, 'utf8'));
    expect(said).toEqual({ url, pid: process.pid, startedAt: expect.any(String) });
    expect(Date.parse(said.startedAt)).toBeGreaterThanOrEqual(before);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(dataDir).filter((name) => name.includes('partial'))).toEqual([]);
    await service.stop();
    expect(existsSync(file)).toBe(false);
  });

  test('is gone after a signal, and replaced after a crash', async () => {
    const DATA_DIR = tempDir();
    const first = runMain({ DATA_DIR });
    await first.url();
    first.signal('SIGKILL');
    await first.ended;
    expect(readServiceFile(DATA_DIR)).toBeDefined();
    const second = runMain({ DATA_DIR });
    const url = await second.url();
    expect(readServiceFile(DATA_DIR)).toMatchObject({ url });
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(existsSync(serviceFile(DATA_DIR))).toBe(false);
  });

  test('is left alone by a service that cannot start beside a running one', async () => {
    const { url, dataDir } = await startService();
    const second = runMain({ DATA_DIR: dataDir });
    expect(await second.ended).toBe(1);
    expect(readServiceFile(dataDir)).toMatchObject({ url });
  });

  test('names an address that can be asked from here, where the service listens on all', () => {
    const dataDir = tempDir();
    announceService(dataDir, 'http://0.0.0.0:4000');
    expect(readServiceFile(dataDir)?.url).toBe('http://127.0.0.1:4000');
    announceService(dataDir, 'http://[::]:4000');
    expect(readServiceFile(dataDir)?.url).toBe('http://[::1]:4000');
  });

  test('keeps to itself also where a crash has left half a file that anybody may read', () => {
    const dataDir = tempDir();
    writeFileSync(`${serviceFile(dataDir)}.partial`, '{', { mode: 0o644 });
    announceService(dataDir, 'http://127.0.0.1:4000');
    expect((statSync(serviceFile(dataDir)).mode & 0o777).toString(8)).toBe('600');
  });

  test('that makes no sense is no service', () => {
    const dataDir = tempDir();
    expect(readServiceFile(dataDir)).toBeUndefined();
    for (const text of ['', '[]', '{"url":"4000"}']) {
      writeFileSync(serviceFile(dataDir), text);
      expect(readServiceFile(dataDir)).toBeUndefined();
    }
  });
});
