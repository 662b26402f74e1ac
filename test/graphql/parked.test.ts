import { beforeEach, describe, expect, test } from 'vitest';
import { ORDER, accepted, createOrder } from '../support/order-operations.js';
import { auditOf, breakHandler, untilParked } from '../support/operators.js';
import { expectRefusal } from '../support/refusals.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { AUTH, actingAs, asCustomer, signedIn } from '../support/tokens.js';

const READ = `query Read($id: ID!, $position: Position!, $onTimeout: OnTimeout! = STALE)
  @readAfter(position: $position, timeoutMs: 5000, onTimeout: $onTimeout) {
  order(id: $id) { status degraded position }
}`;
const PARKED = `query Parked($projection: String!, $entity: String, $first: Int, $after: String) {
  parkedEvents(projection: $projection, entity: $entity, first: $first, after: $after) {
    totalCount
    nodes { position entity type commandId error stack attempts parkedAt event { type data actor position tags } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const RETRY = `mutation Retry($position: Position!) {
  retryParked(projection: "orders", position: $position) { applied skipped status { parked state } }
}`;
const SKIP = `mutation Skip($position: Position!, $reason: String!) {
  skipParked(projection: "orders", position: $position, reason: $reason) { applied skipped status { parked } }
}`;
const CAUGHT_UP = `subscription Wait($position: Position!, $projection: String) {
  projectionCaughtUp(position: $position, projection: $projection) { position parked }
}`;

/** A service with an order whose OrderPlaced cannot be applied, with OrderPaid waiting behind it. */
async function withPoison(service: Service) {
  const { orderId } = await createOrder(service);
  await settled(service);
  const heal = breakHandler(service, 'orders', 'OrderPlaced', orderId);
  const placed = (await accepted(service, 'placeOrder', { orderId })).receipt.position;
  const paid = (await accepted(service, 'payOrder', { orderId, paymentReference: 'P' })).receipt.position;
  await untilParked(service, 'orders', 2);
  return { orderId, heal, placed, paid };
}

async function caughtUp(service: Service, position: string, projection: string | null): Promise<unknown> {
  return (await service.subscribe(CAUGHT_UP, { position, projection }).next())?.data.projectionCaughtUp
    .parked;
}

let service: Service;
beforeEach(async () => {
  service = await startService();
});

describe('An event that cannot be applied', () => {
  test('is set aside with what comes after it of its order; the rest goes on', async () => {
    const { orderId, placed, paid } = await withPoison(service);
    const other = await createOrder(service);
    const { body } = await service.gql(READ, { id: other.orderId, position: other.receipt.position });
    expect(body.data.order).toMatchObject({ status: 'DRAFT', degraded: false });
    expect(body.extensions?.consistency).toMatchObject({ stale: false });
    const list = (await service.gql(PARKED, { projection: 'orders' })).body.data.parkedEvents;
    expect(list.totalCount).toBe(2);
    expect(list.nodes).toMatchObject([
      {
        position: placed,
        entity: `order:${orderId}`,
        type: 'OrderPlaced',
        error: 'secret: cannot read the price of undefined',
        attempts: 3,
        event: { type: 'OrderPlaced', actor: 'developer', position: placed, data: { orderId } },
      },
      { position: paid, type: 'OrderPaid', error: null, stack: null, attempts: 0, event: { position: paid } },
    ]);
    expect(list.nodes[0].stack).toMatch(/^Error: secret: .*\n +at /);
    expect(list.nodes[0].event.tags).toContain(`order:${orderId}`);
  });

  test('makes its order answer as degraded, and stale at once to who wants to see it', async () => {
    const { orderId, placed, paid } = await withPoison(service);
    for (const position of [placed, paid]) {
      const { body } = await service.gql(READ, { id: orderId, position });
      expect(body.data.order).toMatchObject({ status: 'DRAFT', degraded: true });
      expect(body.extensions?.consistency).toMatchObject({ stale: true, waitedMs: 0, parked: 2 });
      const refused = await service.gql(READ, { id: orderId, position, onTimeout: 'ERROR' });
      expectRefusal(refused, 200, 'STALE_READ', /set aside/);
    }
  });

  test('is never reported as caught up without a word', async () => {
    const { placed, paid } = await withPoison(service);
    const other = (await createOrder(service)).receipt.position;
    for (const position of [placed, paid]) {
      expect(await caughtUp(service, position, 'orders')).toBe(true);
      expect(await caughtUp(service, position, null)).toBe(true);
      expect(await caughtUp(service, position, 'sales')).toBe(false);
    }
    expect(await caughtUp(service, other, 'orders')).toBe(false);
  });

  test('is applied by a retry once it is mended: the row is right, and not degraded', async () => {
    const { orderId, heal, placed, paid } = await withPoison(service);
    const still = (await service.gql(RETRY, { position: placed })).body.data.retryParked;
    expect(still).toEqual({ applied: 0, skipped: 0, status: { parked: 2, state: 'LIVE' } });
    const failed = (await service.gql(PARKED, { projection: 'orders' })).body.data.parkedEvents.nodes;
    expect(failed[0].attempts).toBe(4);
    heal();
    const done = (await service.gql(RETRY, { position: placed })).body.data.retryParked;
    expect(done).toEqual({ applied: 2, skipped: 0, status: { parked: 0, state: 'LIVE' } });
    const { body } = await service.gql(READ, { id: orderId, position: paid });
    expect(body.data.order).toEqual({ status: 'PAID', degraded: false, position: paid });
    expect(body.extensions?.consistency).toMatchObject({ stale: false, parked: 0 });
    expect(await caughtUp(service, paid, null)).toBe(false);
    const verified = await service.gql('mutation { verifyProjection(name: "orders") { outcome differing } }');
    expect(verified.body.data.verifyProjection).toEqual({ outcome: 'IDENTICAL', differing: 0 });
  });

  test('is passed over by a skip, which is written down with its reason', async () => {
    const { orderId, placed, paid } = await withPoison(service);
    const reason = 'Known bug 42: placed twice.';
    const { body } = await service.gql(
      SKIP,
      { position: placed, reason },
      { 'x-correlation-id': 'incident-42' },
    );
    expect(body.data.skipParked).toEqual({ applied: 1, skipped: 1, status: { parked: 0 } });
    const read = await service.gql(READ, { id: orderId, position: paid });
    expect(read.body.data.order).toEqual({ status: 'PAID', degraded: false, position: paid });
    expect((await auditOf(service)).at(-1)).toMatchObject({
      name: 'skipParked',
      projection: 'orders',
      actor: 'developer',
      correlationId: 'incident-42',
      position: placed,
      reason,
    });
  });

  test('is listed by page and by order', async () => {
    const first = await withPoison(service);
    const { nodes, pageInfo } = await parked({ first: 1 });
    expect(nodes).toMatchObject([{ position: first.placed }]);
    expect(pageInfo.hasNextPage).toBe(true);
    const rest = await parked({ first: 1, after: pageInfo.endCursor });
    expect(rest).toMatchObject({ nodes: [{ position: first.paid }], pageInfo: { hasNextPage: false } });
    expect(await parked({ entity: `order:${first.orderId}` })).toMatchObject({ totalCount: 2 });
    expect(await parked({ entity: 'order:none' })).toMatchObject({ totalCount: 0, nodes: [] });
    async function parked(variables: object) {
      const { body } = await service.gql(PARKED, { projection: 'orders', ...variables });
      return body.data.parkedEvents;
    }
  });
});

test('Nobody but admins sees what is set aside, or touches it', async () => {
  const guarded = await startService({ auth: AUTH });
  const admin = actingAs(guarded, await signedIn({ subject: 'root', roles: ['admin'] }));
  const { placed, orderId } = await withPoison(admin);
  const staff = actingAs(guarded, await signedIn());
  const customer = actingAs(guarded, await asCustomer(ORDER.customerId));
  for (const caller of [staff, customer]) {
    for (const answer of [
      await caller.gql(PARKED, { projection: 'orders' }),
      await caller.gql(RETRY, { position: placed }),
      await caller.gql(SKIP, { position: placed, reason: 'x' }),
      await caller.gql('{ projection(name: "orders") { lastError } }'),
    ]) {
      expectRefusal(answer, 403, 'FORBIDDEN');
      expect(answer.text).not.toContain('secret');
    }
    const { body, text } = await caller.gql(READ, { id: orderId, position: placed });
    expect(body.data.order).toMatchObject({ degraded: true });
    expect(text).not.toContain('secret');
  }
  const { nodes } = (await admin.gql(PARKED, { projection: 'orders' })).body.data.parkedEvents;
  expect(nodes[0].stack).toContain('secret');
  expect(await auditOf(admin)).toEqual([]);
});
