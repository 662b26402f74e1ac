import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { developmentToken } from '../../scripts/token.js';
import { ended } from '../support/child.js';
import { createOrder } from '../support/order-operations.js';
import { startService } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { AUTH, actingAs } from '../support/tokens.js';

const ENVIRONMENT = {
  AUTH_JWT_SECRET: AUTH.key.secret,
  AUTH_ISSUER: AUTH.issuer,
  AUTH_AUDIENCE: AUTH.audience,
};
const STAFF = ['--role', 'staff', '--subject', 'ann'];
const CUSTOMER = ['--role', 'customer', '--subject', 'bob', '--customer', 'BOLID'];

function run(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const script = fileURLToPath(new URL('../../scripts/token.ts', import.meta.url));
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  const env = { PATH: process.env['PATH'], ...environment };
  return ended(spawn(process.execPath, ['--import', tsx, script, ...args], { env, cwd: tempDir() }));
}

describe('A development token', () => {
  test('lets its subject in, in its role', async () => {
    const service = await startService({ auth: AUTH });
    const staff = actingAs(service, {
      authorization: `Bearer ${await developmentToken(STAFF, ENVIRONMENT)}`,
    });
    await createOrder(staff);
    const customer = actingAs(service, {
      authorization: `Bearer ${await developmentToken([...CUSTOMER, '--hours', '0.5'], ENVIRONMENT)}`,
    });
    await createOrder(customer, { customerId: 'BOLID' });
    const events = await service.app.kernel.log.read('all', { after: 0, limit: 10 });
    expect(events.map(({ actor }) => actor)).toEqual(['ann', 'bob']);
    expect((await customer.gql('{ customers { totalCount } }')).status).toBe(403);
  });

  const wrong: [string, readonly string[], RegExp][] = [
    ['no role', ['--subject', 'ann'], /--role expects one of customer, staff, admin/],
    ['an unknown role', ['--role', 'boss', '--subject', 'ann'], /--role expects/],
    ['no subject', ['--role', 'staff'], /--subject expects/],
    ['a customer who is nobody', ['--role', 'customer', '--subject', 'bob'], /--customer expects/],
    ['no time', [...STAFF, '--hours', '0'], /--hours expects/],
    ['too long a time', [...STAFF, '--hours', '100000'], /--hours expects/],
    ['a misspelt option', [...STAFF, '--hour', '1'], /[Uu]nknown option/],
    ['something else', [...STAFF, 'ALFKI'], /got ALFKI/],
  ];
  for (const [title, args, message] of wrong) {
    test(`is refused with ${title}`, async () => {
      await expect(developmentToken(args, ENVIRONMENT)).rejects.toThrow(message);
    });
  }

  test('is not made without a secret, or in production', async () => {
    await expect(developmentToken(STAFF, {})).rejects.toThrow(
      /AUTH_JWT_SECRET, AUTH_ISSUER and AUTH_AUDIENCE/,
    );
    await expect(developmentToken(STAFF, { ...ENVIRONMENT, NODE_ENV: 'production' })).rejects.toThrow(
      /not for production/,
    );
  });

  test('is printed alone, and a refusal without a stack', async () => {
    const good = await run(STAFF, ENVIRONMENT);
    expect(good.output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(good.code).toBe(0);
    const bad = await run([...STAFF, '--hour', '1'], ENVIRONMENT);
    expect(bad.code).toBe(1);
    expect(bad.output).not.toContain('    at ');
  });
});
