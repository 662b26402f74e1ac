/** The command line against the real service: its own process, real HTTP, real files. Nothing is stubbed. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { service } from '../../src/app.js';
import { createOrder, send } from '../support/order-operations.js';
import { startService, type Service } from '../support/service.js';
import { AUTH, actingAs, signedIn, tokenOf } from '../support/tokens.js';
import { until } from '../support/until.js';
import { startTidemark, tidemark, tidemarkJson } from './command-line.js';

const CALLED = [
  ...['rebuildProjection', 'cancelRebuild', 'rollbackProjection', 'pruneProjection'],
  ...['pauseProjection', 'resumeProjection', 'retryParked', 'skipParked'],
];

it('is against a service that has every operation which the verbs call', async () => {
  const service = await startService();
  const { body } = await service.gql('{ __type(name: "Mutation") { fields { name } } }');
  const names = body.data.__type.fields.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(CALLED));
  // As the command line is told: by the service's own word.
  const { projections } = await tidemarkJson(['projections', 'list'], { dataDir: service.dataDir });
  expect(projections.map(({ name }: { name: string }) => name)).toEqual(['orders', 'customers', 'sales']);
});

/** A bug in the customers' projection, which cannot count a placed order, until it is fixed. */
function bug(): { readonly fix: () => void } {
  const projection = service.modules
    .flatMap(({ projections = [] }) => projections)
    .find(({ name }) => name === 'customers');
  // Only its maker is to change it, which is what a new build does.
  const on = projection?.on as Map<string, (...given: unknown[]) => void>;
  const right = on.get('OrderPlaced');
  if (right === undefined) throw new Error('The customers have no OrderPlaced.');
  const fix = (): void => void on.set('OrderPlaced', right);
  onTestFinished(fix);
  on.set('OrderPlaced', () => {
    throw new Error('customers cannot count');
  });
  return { fix };
}

async function placeOrder(service: Service, customerId: string): Promise<void> {
  const { orderId } = await createOrder(service, { customerId });
  const { body } = await send(service, 'placeOrder', { orderId });
  expect(body.data.placeOrder.receipt.status).toBe('ACCEPTED');
}

/** A service that cannot apply a placed order of each of these customers, so that events of theirs are set aside. */
async function poisoned(customers: readonly string[], more: { readonly waiting: number } = { waiting: 0 }) {
  const { fix } = bug();
  const service = await startService();
  for (const customerId of customers) await placeOrder(service, customerId);
  for (let n = 0; n < more.waiting; n += 1) await createOrder(service, { customerId: customers[0] });
  const parked = customers.length + more.waiting;
  await until(async () => {
    const { body } = await service.gql('{ projections { name lagEvents parked } }');
    expect(body.data.projections).toContainEqual({ name: 'customers', lagEvents: 0, parked });
  });
  return { fix, dataDir: service.dataDir };
}

describe('parked events of the real service', () => {
  it('are listed, retried in vain, and retried after the fix', async () => {
    const { dataDir, fix } = await poisoned(['ANN', 'BOB']);
    const list = await tidemark(['parked', 'list', '--stack'], { dataDir });
    expect(list.stdout).toMatch(
      /^customers: 2 events of 2 entities\n {2}customer:ANN\n {4}2 OrderPlaced, \d+ attempts?, set aside .*\n {6}customers cannot count\n[^]*operate\.test\.ts/,
    );
    expect(await tidemark(['parked', 'retry', 'customers', '2'], { dataDir })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^Event 2 OrderPlaced still cannot be applied: customers cannot count\n2 events/,
      ),
    });
    fix();
    expect(await tidemark(['parked', 'retry', 'customers', '2'], { dataDir })).toMatchObject({
      code: 0,
      stdout: '1 event was applied.\n1 event of 1 entity is set aside in customers.\n',
    });
    expect(await tidemark(['parked', 'retry', 'customers', '--all'], { dataDir })).toMatchObject({
      code: 0,
      stdout: '1 event was applied.\nNothing is set aside in customers.\n',
    });
    expect(await tidemark(['projections', 'verify', 'customers'], { dataDir })).toMatchObject({
      code: 0,
      stdout: 'views of customers: identical, 2 rows\n',
    });
  });

  it('are skipped for a reason, and what waits behind is applied', async () => {
    const { dataDir } = await poisoned(['ANN'], { waiting: 2 });
    const skip = ['parked', 'skip', 'customers', '2', '--reason', 'a test order'];
    expect(await tidemark(['parked', 'skip', 'customers', '3', '--reason', 'x'], { dataDir })).toMatchObject({
      ...{
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('waits behind another event of customer:ANN'),
      },
    });
    expect(await tidemark(skip, { dataDir })).toMatchObject({
      code: 0,
      stdout: 'Event 2 is skipped, 2 events behind it were applied.\nNothing is set aside in customers.\n',
    });
    expect((await tidemark(skip, { dataDir })).stderr).toMatch(/No event at this position is set aside/);
    expect(await tidemark(['parked', 'list'], { dataDir })).toMatchObject({
      stdout: 'Nothing is set aside.\n',
    });
  });

  it('are read through every page', async () => {
    const { dataDir } = await poisoned(['ANN'], { waiting: 45 });
    const { stdout } = await tidemark(['parked', 'list'], { dataDir });
    expect(stdout).toContain('customers: 46 events of 1 entity\n');
    expect(stdout).toContain('    45 more wait behind it, up to 47\n');
  });
});

describe('projections of the real service', () => {
  it('are rebuilt, rolled back and pruned', async () => {
    const service = await startService();
    const { dataDir } = service;
    await placeOrder(service, 'ANN');
    const rebuilt = await tidemark(['projections', 'rebuild', 'orders'], { dataDir });
    expect(rebuilt).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^orders is served from generation 2/),
    });
    const back = await tidemark(['projections', 'rollback', 'orders'], { dataDir });
    expect(back.stdout).toMatch(/^orders is served from generation 1 again\.\n/);
    expect(await tidemark(['projections', 'prune', 'orders'], { dataDir })).toMatchObject({ code: 0 });
    expect(await tidemark(['projections', 'rollback', 'orders'], { dataDir })).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect(await tidemark(['projections', 'verify', 'orders'], { dataDir })).toMatchObject({ code: 0 });
  });

  it('go on being rebuilt after Ctrl-C, until that is cancelled', async () => {
    const service = await startService();
    const { dataDir } = service;
    await placeOrder(service, 'ANN');
    const open = service.hold();
    const child = startTidemark(['projections', 'rebuild', 'sales'], { dataDir });
    onTestFinished(() => void child.kill('SIGKILL'));
    const stdout = text(child.stdout);
    const building = async (rebuild: object | null): Promise<void> => {
      const { body } = await service.gql('{ projections { name rebuild { generation } } }');
      expect(body.data.projections).toContainEqual({ name: 'sales', rebuild });
    };
    await until(() => building({ generation: 2 }));
    child.kill('SIGINT');
    await once(child, 'close');
    const list = await tidemarkJson(['projections', 'list'], { dataDir });
    expect(list.projections[2]).toMatchObject({ name: 'sales', generation: 1, rebuild: { generation: 2 } });
    const cancelling = tidemark(['projections', 'cancel', 'sales'], { dataDir });
    // What it is reading has to come to an end.
    await until(() => building(null));
    open();
    expect(await cancelling).toMatchObject({
      ...{
        code: 0,
        stdout: expect.stringMatching(/^The rebuild of sales is cancelled\.\nsales: LIVE, generation 1,/),
      },
    });
    expect(await stdout).toMatch(/^Generation 2 of sales is being built in the service/);
  });

  it('are paused and resumed', async () => {
    const service = await startService();
    const { dataDir } = service;
    const pause = await tidemark(['projections', 'pause', 'orders'], { dataDir });
    expect(pause.stdout).toMatch(/^orders is paused\. .*\norders: PAUSED, generation 1/);
    await createOrder(service);
    const resume = await tidemark(['projections', 'resume', 'orders'], { dataDir });
    expect(resume.stdout).toMatch(/^orders goes on\.\norders: (LIVE|CATCHING_UP), /);
  });

  it('that there are not are named', async () => {
    const { dataDir } = await startService();
    for (const action of ['rebuild', 'cancel', 'rollback', 'prune', 'pause', 'resume']) {
      const { code, stderr } = await tidemark(['projections', action, 'oders'], { dataDir });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'There is no projection "oders". There are: orders, customers, sales.\n',
      });
    }
  });
});

describe('a service with authentication', () => {
  it('is operated by admins only, with their token', async () => {
    const service = await startService({ auth: AUTH });
    const { dataDir } = service;
    await createOrder(actingAs(service, await signedIn()));
    const pause = (token: string) =>
      tidemark(['projections', 'pause', 'orders', '--token', token], { dataDir });
    const nobody = await tidemark(['projections', 'pause', 'orders'], { dataDir });
    expect(nobody).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npm run token -- --role admin'),
    });
    expect(await pause(await tokenOf({ roles: ['staff'] }))).toMatchObject({
      ...{ code: 1, stderr: expect.stringMatching(/^You may not use /) },
    });
    expect(
      await pause(await tokenOf({ roles: ['admin'], secret: 'another secret, as long as HS256 wants' })),
    ).toMatchObject({ code: 1, stderr: expect.stringMatching(/^The token is not valid here\..*--token/) });
    const env = { TIDEMARK_TOKEN: await tokenOf({ roles: ['admin'] }) };
    expect(await tidemark(['projections', 'pause', 'orders'], { dataDir, env })).toMatchObject({ code: 0 });
  });
});
