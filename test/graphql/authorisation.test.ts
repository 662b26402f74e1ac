import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { ADDRESS, ORDER, PAYLOAD, createOrder, send } from '../support/order-operations.js';
import { expectRefusal } from '../support/refusals.js';
import type { Message, RawSocket } from '../support/raw-socket.js';
import { startService, type Body, type Service, type WireError } from '../support/service.js';
import { AUTH, actingAs, asCustomer, openAs, signedIn } from '../support/tokens.js';
import { until } from '../support/until.js';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const ITEM = { sku: 'TOFU', name: 'Tofu', quantity: 1, unitPrice: '2.00' };

type Caller = 'nobody' | 'no role' | 'customer' | 'staff' | 'admin';
const everyone: readonly Caller[] = ['nobody', 'no role', 'customer', 'staff', 'admin'];

interface Rule {
  readonly allowed: readonly Caller[];
  readonly selection: string;
  /** What those are told who may use it, where there is nothing to do. */
  readonly refusal?: string;
}

const own: readonly Caller[] = ['customer', 'staff', 'admin'];
const adminOnly: readonly Caller[] = ['admin'];
const staffOnly: readonly Caller[] = ['staff', 'admin'];
const signedInOnly: readonly Caller[] = ['no role', 'customer', 'staff', 'admin'];

const mutationOf = (input: string): string => `(input: { ${input} }) { ${PAYLOAD} }`;
const onOrder = (allowed: readonly Caller[], input = ''): Rule => ({
  allowed,
  selection: mutationOf(`orderId: "ORDER", ${input}`),
});
const literal = (value: object): string => JSON.stringify(value).replaceAll(/"(\w+)":/g, '$1: ');

const onProjection = (refusal?: string): Rule => ({
  allowed: adminOnly,
  selection: '(name: "sales") { name lastError }',
  ...(refusal !== undefined && { refusal }),
});
const onParked = (more = ''): Rule => ({
  allowed: adminOnly,
  selection: `(projection: "sales", position: "POSITION"${more}) { applied }`,
  refusal: 'NOT_FOUND',
});

/** Who may use which root field. A new field must be added here, with a document that uses it. */
const rules: Readonly<Record<string, Rule>> = {
  'Query.cluster': { allowed: adminOnly, selection: '{ shared nodes { name projections { lagMs } } }' },
  'Query.customer': { allowed: own, selection: '(id: "ALFKI") { id }' },
  'Query.customers': { allowed: staffOnly, selection: '{ totalCount nodes { id } }' },
  'Query.event': { allowed: adminOnly, selection: '(position: "POSITION") { data }' },
  'Query.events': { allowed: adminOnly, selection: '{ nodes { data } }' },
  'Query.node': { allowed: own, selection: '(id: "ORDER") { id }' },
  'Query.operations': { allowed: adminOnly, selection: '{ nodes { actor } }' },
  'Query.order': { allowed: own, selection: '(id: "ORDER") { id }' },
  'Query.orderHistory': { allowed: own, selection: '(orderId: "ORDER") { type }' },
  'Query.orders': { allowed: own, selection: '{ totalCount nodes { id } }' },
  'Query.parkedEvents': { allowed: adminOnly, selection: '(projection: "sales") { nodes { stack } }' },
  'Query.projection': {
    allowed: staffOnly,
    selection: '(name: "sales") { rebuild { state } kept { version } }',
  },
  'Query.projections': { allowed: staffOnly, selection: '{ name }' },
  'Query.rowChanges': { allowed: adminOnly, selection: '(tag: "order:ORDER") { position }' },
  'Query.rowOrigin': {
    allowed: ['admin'],
    selection:
      '(projection: "orders", table: "orders", key: ["ORDER"]) { type columns { column before after } }',
  },
  'Query.salesReport': { allowed: own, selection: '(groupBy: DAY) { key }' },
  'Mutation.createOrder': {
    allowed: own,
    selection: mutationOf(literal(ORDER).replace(/^\{|\}$/g, '')),
  },
  'Mutation.addOrderItem': onOrder(own, `item: ${literal(ITEM)}`),
  'Mutation.removeOrderItem': onOrder(own, 'sku: "CHAI"'),
  'Mutation.changeShippingAddress': onOrder(own, `shippingAddress: ${literal(ADDRESS)}`),
  'Mutation.placeOrder': onOrder(own),
  'Mutation.payOrder': onOrder(own, 'paymentReference: "P-1"'),
  'Mutation.shipOrder': onOrder(staffOnly, 'carrier: "UPS"'),
  'Mutation.deliverOrder': onOrder(staffOnly),
  'Mutation.cancelOrder': onOrder(own, 'reason: "mistake"'),
  'Mutation.rebuildProjection': onProjection(),
  'Mutation.cancelRebuild': onProjection('CONFLICT'),
  'Mutation.rollbackProjection': onProjection('CONFLICT'),
  'Mutation.pruneProjection': onProjection('CONFLICT'),
  'Mutation.pauseProjection': onProjection(),
  'Mutation.resumeProjection': onProjection(),
  'Mutation.delayProjection': { allowed: adminOnly, selection: '(name: "sales", delayMs: 0) { delayMs }' },
  'Mutation.retryParked': onParked(),
  'Mutation.skipParked': onParked(', reason: "known"'),
  'Mutation.copyProjection': { allowed: adminOnly, selection: '(name: "sales") { checkpoint }' },
  'Mutation.verifyProjection': { allowed: adminOnly, selection: '(name: "sales") { outcome }' },
  'Subscription.cluster': { allowed: adminOnly, selection: '{ nodes { name } }' },
  'Subscription.events': { allowed: adminOnly, selection: '{ position }' },
  'Subscription.operations': { allowed: adminOnly, selection: '{ actor }' },
  'Subscription.order': { allowed: own, selection: '(id: "ORDER") { position }' },
  'Subscription.orders': { allowed: own, selection: '{ position }' },
  'Subscription.projectionCaughtUp': {
    allowed: signedInOnly,
    selection: '(position: "POSITION") { position }',
  },
  'Subscription.projectionStatus': { allowed: staffOnly, selection: '{ name }' },
  'Subscription.serviceStatus': { allowed: adminOnly, selection: '{ head }' },
};

async function headersOf(caller: Caller): Promise<Record<string, string>> {
  if (caller === 'nobody') return {};
  if (caller === 'customer') return asCustomer('ALFKI');
  return signedIn({ roles: caller === 'no role' ? [] : [caller] });
}

function verdictOf(caller: Caller, { allowed, refusal = 'allowed' }: Rule): string {
  if (allowed.includes(caller)) return refusal;
  return caller === 'nobody' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
}

let service: Service;
let staff: Service;
beforeEach(async () => {
  service = await startService({ auth: AUTH });
  staff = actingAs(service, await signedIn());
});

async function askOverHttp(document: string, caller: Caller): Promise<string> {
  const { status, body } = await service.gql(document, {}, await headersOf(caller));
  const code = body.errors?.[0]?.extensions.code;
  expect(status, document).toBe({ FORBIDDEN: 403, UNAUTHENTICATED: 401 }[code ?? ''] ?? 200);
  return code ?? 'allowed';
}

async function askOverWebSocket(document: string, caller: Caller): Promise<string> {
  const socket = await openAs(service, await headersOf(caller));
  socket.subscribe('1', document);
  return verdictFrom(socket);
}

async function verdictFrom({ received }: RawSocket): Promise<string> {
  let first: Message | undefined;
  await until(() => expect((first = received.find(({ id }) => id === '1'))).toBeDefined());
  // What is wrong before the first frame comes as a message of its own, or as the only frame.
  const { errors } = first?.type === 'error' ? { errors: first.payload } : (first?.payload as Body);
  return (errors as readonly WireError[] | undefined)?.[0]?.extensions.code ?? 'allowed';
}

describe('The table of rules', () => {
  test('has every root field of the schema, and no other', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((root) =>
      Object.keys(root?.getFields() ?? {}).map((field) => `${root?.name}.${field}`),
    );
    expect(Object.keys(rules).sort()).toEqual(fields.sort());
  });

  for (const [name, rule] of Object.entries(rules)) {
    const { allowed, selection } = rule;
    test(`holds for ${name}: ${allowed.join(', ')}`, async () => {
      const { orderId, receipt } = await createOrder(staff);
      const [root = '', field = ''] = name.split('.');
      const filled = selection.replace('ORDER', orderId).replace('POSITION', receipt.position);
      const document = `${root.toLowerCase()} { ${field}${filled} }`;
      const ask = root === 'Subscription' ? askOverWebSocket : askOverHttp;
      const verdicts: Record<string, string> = {};
      for (const caller of everyone) verdicts[caller] = await ask(document, caller);
      expect(verdicts).toEqual(
        Object.fromEntries(everyone.map((caller) => [caller, verdictOf(caller, rule)])),
      );
      expect(service.logged).toEqual([]);
    });
  }
});

describe('A rule', () => {
  test('holds for a whole operation: nothing of it is done where one field is forbidden', async () => {
    const customer = actingAs(service, await asCustomer('ALFKI'));
    const { orderId } = await createOrder(staff);
    const head = await service.head();
    const answer = await customer.gql(`mutation {
      placeOrder(input: { orderId: "${orderId}" }) { orderId }
      shipOrder(input: { orderId: "${orderId}", carrier: "UPS" }) { orderId }
    }`);
    expectRefusal(answer, 403, 'FORBIDDEN', /Mutation\.shipOrder/);
    expect(await service.head()).toBe(head);
  });

  test('cannot be got round by fragments, aliases or directives', async () => {
    const customer = actingAs(service, await asCustomer('ALFKI'));
    for (const document of [
      '{ orders: customers { totalCount } }',
      '{ ...F } fragment F on Query { customers { totalCount } }',
      '{ ... on Query { ... { projections { name } } } }',
      'query Q($no: Boolean = false) { projections @include(if: $no) { name } }',
    ]) {
      expectRefusal(await customer.gql(document), 403, 'FORBIDDEN');
    }
  });

  test('of a field is stricter than its type’s: only staff see who did it', async () => {
    const customer = actingAs(service, await asCustomer('ALFKI'));
    const { orderId, receipt } = await createOrder(customer);
    const history = (selection: string): string =>
      `{ orderHistory(orderId: "${orderId}") { type ${selection} } }`;
    const after = { 'tidemark-read-after': receipt.position };
    expectRefusal(
      await customer.gql(history('actor'), {}, after),
      403,
      'FORBIDDEN',
      /OrderHistoryEntry\.actor/,
    );
    const seen = await staff.gql(history('actor'), {}, after);
    expect(seen.body.data.orderHistory).toEqual([{ type: 'OrderCreated', actor: 'alfki' }]);
    expect((await customer.gql(history(''), {}, after)).body.data.orderHistory).toHaveLength(1);
  });

  test('of a field keeps what is inside from staff, on every way to it', async () => {
    const status = 'projection(name: "sales")';
    for (const document of [
      `{ ${status} { lastError } }`,
      `{ ${status} { rebuild { lastError } } }`,
      '{ projections { lastError } }',
    ]) {
      expectRefusal(
        await staff.gql(document),
        403,
        'FORBIDDEN',
        /(ProjectionStatus|RebuildStatus)\.lastError/,
      );
    }
    const socket = await openAs(service, await signedIn());
    socket.subscribe('1', 'subscription { projectionStatus { lastError } }');
    expect(await verdictFrom(socket)).toBe('FORBIDDEN');
    const admin = actingAs(service, await signedIn({ roles: ['admin'] }));
    const seen = await admin.gql(`{ ${status} { lastError rebuild { lastError } } }`);
    expect(seen.body.data.projection).toEqual({ lastError: null, rebuild: null });
  });

  test('of customers wants to know which customer', async () => {
    const { orderId } = await createOrder(staff);
    const headers = await signedIn({ roles: ['customer'] });
    const customer = actingAs(service, headers);
    for (const document of [
      `{ order(id: "${orderId}") { id } }`,
      '{ orders { totalCount } }',
      '{ customer(id: "ALFKI") { id } }',
      `{ orderHistory(orderId: "${orderId}") { type } }`,
      '{ salesReport(groupBy: DAY) { key } }',
    ]) {
      const { body } = await customer.gql(document);
      expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
      expect(body.errors?.[0]?.message).toContain('customerId');
    }
    const { body } = await send(customer, 'placeOrder', { orderId });
    expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    for (const document of [`{ order(id: "${orderId}") { position } }`, '{ orders { position } }']) {
      const socket = await openAs(service, headers);
      socket.subscribe('1', `subscription ${document}`);
      expect(await verdictFrom(socket)).toBe('FORBIDDEN');
    }
    expect(service.logged).toEqual([]);
  });
});

describe('The actor of a command', () => {
  test('is the token’s subject, in every event', async () => {
    const customer = actingAs(service, await asCustomer('ALFKI'));
    const { orderId } = await createOrder(customer);
    await send(customer, 'placeOrder', { orderId });
    await send(staff, 'payOrder', { orderId, paymentReference: 'P-1' });
    const events = await service.app.kernel.log.read('all', { after: 0, limit: 10 });
    expect(events.map(({ type, actor }) => [type, actor])).toEqual([
      ['OrderCreated', 'alfki'],
      ['OrderPlaced', 'alfki'],
      ['OrderPaid', 'ann'],
    ]);
  });
});
