import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import pino from 'pino';
import { service } from '../../src/app.js';
import { startService } from '../../src/service/index.js';
import { readConfig } from '../../src/settings/index.js';
import { newId } from '../../src/kernel/index.js';
import { ORDER, mutation } from '../support/order-operations.js';
import { post } from '../support/service.js';
import { command } from '../../src/testing/contract/samples.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

type Line = Readonly<Record<string, unknown>>;
const SECRET = 'Rosenweg 7, behind the bakery';

async function start() {
  const lines: Line[] = [];
  const logger = pino(
    { level: 'debug', base: null },
    { write: (line: string) => void lines.push(JSON.parse(line) as Line) },
  );
  const dataDir = join(tempDir(), 'data');
  const app = await startService(
    service,
    { ...readConfig({}), port: 0, dataDir, durability: 'normal' },
    logger,
  );
  onTestFinished(() => app.stop());
  return { app, lines };
}

const create = (commandId: string, change: object = {}): string => {
  const shippingAddress = { ...ORDER.shippingAddress, line1: SECRET };
  const input = { ...ORDER, shippingAddress, ...change, options: { commandId } };
  return JSON.stringify({ query: mutation('createOrder'), variables: { input } });
};

describe('the log of the service', () => {
  it('has one line for each command, with what it was and what became of it, and nothing of its input', async () => {
    const { app, lines } = await start();
    const commandId = newId();
    const headers = { 'x-correlation-id': 'checkout-17', authorization: 'Bearer not-for-the-log' };
    await post(app.url, create(commandId), headers);
    await post(app.url, create(commandId), headers);
    expect(lines.filter(({ commandId: id }) => id === commandId)).toMatchObject([
      { level: 20, command: 'createOrder', correlationId: 'checkout-17', outcome: 'accepted' },
      { level: 20, command: 'createOrder', correlationId: 'checkout-17', outcome: 'duplicate' },
    ]);
    for (const { durationMs } of lines.filter(({ command }) => command !== undefined))
      expect(typeof durationMs).toBe('number');
    expect(JSON.stringify(lines)).not.toMatch(/Rosenweg|not-for-the-log/);
  });

  it('tells of events that were set aside, once for those that are there', async () => {
    const { app, lines } = await start();
    const ofParked = (): readonly Line[] => lines.filter(({ parked }) => parked !== undefined);
    await app.kernel.log.append({
      events: [{ type: 'FromElsewhere', schemaVersion: 1, data: {}, tags: ['order:1'] }],
      command: command(),
    });
    await until(() => expect(ofParked()).toHaveLength(3));
    expect(ofParked()[0]).toMatchObject({
      level: 40,
      parked: 1,
      msg: expect.stringMatching(/tidemark parked list/) as string,
    });
  });

  it('tells of a command that failed by the service’s fault, and why', async () => {
    const { app, lines } = await start();
    const commandId = newId();
    Object.assign(app.kernel.log, { append: () => Promise.reject(new Error('the disk is on fire')) });
    const { text } = await post(app.url, create(commandId), { 'x-correlation-id': 'checkout-18' });
    expect(text).not.toContain('fire');
    const errors = lines.filter(({ level }) => level === 50);
    expect(errors).toMatchObject([
      { msg: 'a command failed', commandId, correlationId: 'checkout-18', outcome: 'INTERNAL' },
      { msg: 'a request failed', correlationId: 'checkout-18', err: { message: 'the disk is on fire' } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('Rosenweg');
  });
});
