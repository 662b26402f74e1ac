import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { service as orders } from '../../src/app.js';
import { operatePlayground, schemaText } from '../../src/graphql/index.js';
import { ordersPlayground } from '../../src/orders/index.js';
import { accepted, createOrder } from '../support/order-operations.js';
import { breakHandler, operate, untilParked } from '../support/operators.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const VIEWS = ['orders', 'customers', 'sales'];

const EVERYTHING = `query Everything($position: Position!, $id: ID!) @readAfter(position: $position, onTimeout: ERROR) {
  orders { totalCount nodes { id status reference total { amount } customer { name orderCount } items { sku } } }
  customers { nodes { id orderCount lastOrderId lifetimeValue { amount currencyCode } } }
  salesReport(groupBy: PRODUCT) { key quantity gross { amount } }
  orderHistory(orderId: $id) { type summary position commandId }
}`;

async function everything(service: Service, id: string, position: string): Promise<unknown> {
  const { body } = await service.gql(EVERYTHING, { id, position });
  expect(body.errors).toBeUndefined();
  return body.data;
}

describe('The views', () => {
  for (const deleted of [...VIEWS.map((view) => [view]), VIEWS]) {
    test(`are built again, just as they were, when ${deleted.join(', ')} was deleted`, async () => {
      const dataDir = tempDir();
      const first = await startService({ dataDir });
      const { orderId } = await createOrder(first);
      await createOrder(first, { customerId: 'BOLID', reference: 'PO-2' });
      const { receipt } = await accepted(first, 'placeOrder', { orderId });
      const before = await everything(first, orderId, receipt.position);
      await first.stop();
      for (const view of deleted) rmSync(join(dataDir, 'views', `${view}.1.sqlite`));
      const second = await startService({ dataDir });
      expect(await everything(second, orderId, receipt.position)).toEqual(before);
    });
  }

  test('go on where they were after a restart, and are not built again', async () => {
    const dataDir = tempDir();
    const first = await startService({ dataDir });
    const { orderId, receipt } = await createOrder(first);
    await everything(first, orderId, receipt.position);
    await first.stop();
    const second = await startService({ dataDir });
    second.hold();
    const { body } = await second.gql('{ orders { totalCount } projections { generation progress } }');
    expect(body.data.orders.totalCount).toBe(1);
    expect(body.data.projections).toEqual(VIEWS.map(() => ({ generation: 1, progress: 1 })));
  });
});

describe('The probes', () => {
  const probe = async (service: Service, path: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${service.url}${path}`);
    return { status: response.status, body: await response.json() };
  };

  test('say that the service lives and is ready', async () => {
    const service = await startService();
    expect(await probe(service, '/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const ready = await probe(service, '/readyz');
    expect(ready).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  test('say that it lives but is not ready while a projection fails, and ready again when it goes on', async () => {
    const service = await startService();
    const heal = service.fail('sales');
    await createOrder(service);
    await until(async () => expect(await probe(service, '/readyz')).toMatchObject({ status: 503 }));
    const { body } = await probe(service, '/readyz');
    expect(body).toMatchObject({ status: 'unavailable' });
    expect((body as { projections: unknown[] }).projections).toContainEqual(
      expect.objectContaining({ name: 'sales', state: 'FAILED', healthy: false }),
    );
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(await probe(service, '/livez')).toMatchObject({ status: 200 });
    heal();
    await until(async () => expect(await probe(service, '/readyz')).toMatchObject({ status: 200 }));
  });
});

describe('What operators do', () => {
  const text = async (service: Service, path: string) => (await fetch(`${service.url}${path}`)).text();

  test('shows in the probes and in the metrics: a pause, a rebuild, and what is set aside', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    breakHandler(service, 'orders', 'OrderPlaced', orderId);
    await accepted(service, 'placeOrder', { orderId });
    await untilParked(service, 'orders', 1);
    await operate(service, 'pauseProjection', 'customers');
    service.hold();
    await operate(service, 'rebuildProjection', 'sales');
    const ready = JSON.parse(await text(service, '/readyz')) as { status: string; projections: object[] };
    expect(ready).toMatchObject({
      status: 'ok',
      projections: [
        { name: 'orders', state: 'LIVE', parked: 1, parkedEntities: 1, rebuild: null },
        { name: 'customers', state: 'PAUSED', parked: 0 },
        { name: 'sales', state: 'LIVE', rebuild: { state: 'BUILDING', progress: 0 } },
      ],
    });
    expect(JSON.stringify(ready)).not.toContain('secret');
    const metrics = await text(service, '/metrics');
    for (const sample of [
      'tidemark_projection_parked_entities{projection="orders"} 1',
      'tidemark_projection_parked_events{projection="orders"} 1',
      'tidemark_projection_rebuild_progress{projection="sales"} 0',
      'tidemark_projection_state{projection="customers",state="PAUSED"} 1',
      'tidemark_projection_state{projection="orders",state="LIVE"} 1',
    ])
      expect(metrics).toContain(sample);
    expect(metrics).not.toContain('rebuild_progress{projection="orders"}');
    expect(metrics).not.toContain('{projection="customers",state="LIVE"}');
  });
});

describe('schema.graphql', () => {
  test('is what the code emits', () => {
    expect(schemaText(orders.resolvers)).toBe(
      readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
    );
  });
});

describe('The operations page', () => {
  test('has only examples that fit the schema', () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const examples = [...page.matchAll(/```graphql\n(.*?)```/gs)].map(([, example]) => example ?? '');
    expect(examples.length).toBeGreaterThan(1);
    const schema = buildSchema(schemaText(orders.resolvers));
    for (const example of examples) {
      expect(
        validate(schema, parse(example)).map(({ message }) => message),
        example,
      ).toEqual([]);
    }
  });
});

describe('The playground of the service', () => {
  test('is answered at /, with the operations of the domain', async () => {
    const service = await startService();
    const page = await fetch(`${service.url}/`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    const scripts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(scripts.length).toBeGreaterThan(1);
    for (const path of scripts) {
      expect((await fetch(new URL(path, service.url))).status, path).toBe(200);
    }
  });

  test('has only operations that run as they are, or with the id and position of a command', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    for (const { title, query, variables = '{}' } of [...ordersPlayground, ...operatePlayground]) {
      const filled = variables
        .replace('orderId of a command', orderId)
        .replace('receipt.position of a command', receipt.position);
      const given = JSON.parse(filled) as Record<string, unknown>;
      const frames = query.includes('\nsubscription') || query.startsWith('subscription');
      const answer = frames
        ? await service.subscribe(query, given).next()
        : (await service.gql(query, given)).body;
      expect(answer?.errors, title).toBeUndefined();
      for (const value of Object.values(answer?.data as object)) expect(value, title).not.toBeNull();
    }
    expect(ordersPlayground).toHaveLength(7);
    expect(operatePlayground).toHaveLength(3);
  });
});
