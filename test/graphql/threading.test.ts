import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../src/graphql/index.js';
import { ORDER, accepted, createOrder, send, type Payload } from '../support/order-operations.js';
import { openAcknowledged } from '../support/raw-socket.js';
import { post, startService, type Service } from '../support/service.js';

const KEY = '01890a5d-ac96-774b-bcce-b302099a8057';
const TWO = `mutation Two($input: CreateOrderInput!) {
  one: createOrder(input: $input) { orderId receipt { commandId duplicate } }
  two: createOrder(input: $input) { orderId receipt { commandId duplicate } }
}`;

async function create(service: Service, key: string, input: object = ORDER): Promise<Payload> {
  const { body } = await send(service, 'createOrder', input, undefined, { 'idempotency-key': key });
  expect(body.errors).toBeUndefined();
  return body.data.createOrder as Payload;
}

describe('An Idempotency-Key', () => {
  test('is the id of the command, so that the same request again happens once', async () => {
    const service = await startService();
    const first = await create(service, KEY);
    const again = await create(service, `"${KEY.toUpperCase()}"`);
    expect(first.receipt).toMatchObject({ commandId: KEY, duplicate: false });
    expect(again).toEqual({ ...first, receipt: { ...first.receipt, duplicate: true } });
    expect(await service.head()).toBe(1);
  });

  test('gives each command of an operation an id of its own, the same ones every time', async () => {
    const service = await startService();
    const headers = { 'idempotency-key': KEY };
    const first = await service.gql(TWO, { input: ORDER }, headers);
    const again = await service.gql(TWO, { input: ORDER }, headers);
    const { one, two } = first.body.data;
    expect(one.receipt.commandId).toBe(KEY);
    expect(two.receipt.commandId).toMatch(/^01890a5d-ac96-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(two.orderId).not.toBe(one.orderId);
    expect(again.body.data.two).toEqual({
      ...two,
      receipt: { commandId: two.receipt.commandId, duplicate: true },
    });
    expect(await service.head()).toBe(2);
  });

  test('gives way to a commandId of the input', async () => {
    const service = await startService();
    const commandId = '01890a5d-ac96-774b-bcce-b302099a8058';
    const payload = await create(service, KEY, { ...ORDER, options: { commandId } });
    expect(payload.receipt.commandId).toBe(commandId);
  });

  test('with another input is IDEMPOTENCY_MISMATCH, and nothing is written', async () => {
    const service = await startService();
    await create(service, KEY);
    const other = { ...ORDER, reference: 'PO-2' };
    const { body } = await send(service, 'createOrder', other, undefined, { 'idempotency-key': KEY });
    expect(body.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_MISMATCH');
    expect(await service.head()).toBe(1);
  });

  test('that is no UUID is refused before anything is done', async () => {
    const service = await startService();
    const { status, body } = await send(service, 'createOrder', ORDER, undefined, {
      'idempotency-key': 'order-1',
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain('must be a UUID');
    expect(await service.head()).toBe(0);
  });

  test('is refused with a batch, whose operations would share it', async () => {
    const service = await startService({
      limits: { ...defaultLimits, batch: 2 },
    });
    const body = JSON.stringify([{ query: '{ __typename }' }]);
    const { status, text } = await post(service.url, body, { 'idempotency-key': KEY });
    expect(status).toBe(400);
    expect(text).toContain('not with a batch');
  });
});

describe('What an operation wrote', () => {
  test('is told as a position, whatever of the payload is selected', async () => {
    const service = await startService();
    const { body } = await send(service, 'createOrder', ORDER, 'orderId');
    const { receipt } = await accepted(service, 'placeOrder', { orderId: body.data.createOrder.orderId });
    expect(body.extensions?.written).toMatch(/^[0-9a-f]{12}-/);
    expect((body.extensions?.written ?? '') < receipt.position).toBe(true);
    expect(body.extensions?.consistency).toBeUndefined();
  });

  test('is told of a refusal, too, and beside how fresh what was read is', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    const refused = await send(
      service,
      'payOrder',
      { orderId, paymentReference: 'P' },
      'receipt { position }',
    );
    expect(refused.body.extensions?.written).toBe(refused.body.data.payOrder.receipt.position);
    const placed = await send(service, 'placeOrder', { orderId }, 'order { status }');
    expect(placed.body.extensions?.consistency?.position).toBe(placed.body.extensions?.written);
    expect((placed.body.extensions?.written ?? '') > receipt.position).toBe(true);
  });

  test('is not told by a query', async () => {
    const service = await startService();
    const { body } = await service.gql('{ orders { totalCount } }');
    expect(body.extensions).toHaveProperty('consistency');
    expect(body.extensions).not.toHaveProperty('written');
  });
});

describe('The extension readAfter of a subscription', () => {
  const ORDER_FRAMES = 'subscription($id: ID!) { order(id: $id) { order { status } } }';

  test('makes its first frame wait for the position', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const release = service.hold();
    const { receipt } = await accepted(service, 'placeOrder', { orderId });
    const socket = await openAcknowledged(service.url);
    socket.send({
      id: '1',
      type: 'subscribe',
      payload: {
        query: ORDER_FRAMES,
        variables: { id: orderId },
        extensions: { readAfter: receipt.position },
      },
    });
    release();
    expect(await socket.message('next')).toMatchObject({
      payload: { data: { order: { order: { status: 'PLACED' } } } },
    });
  });

  test.each([
    [7, 'BAD_USER_INPUT'],
    ['soon', 'BAD_USER_INPUT'],
    ['000000000000-0000000001-0000000000000001', 'UNKNOWN_POSITION'],
  ])('is refused where it is %s', async (readAfter, code) => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    const variables = { id: KEY };
    socket.send({
      id: '1',
      type: 'subscribe',
      payload: { query: ORDER_FRAMES, variables, extensions: { readAfter } },
    });
    expect(await socket.message('error')).toMatchObject({ payload: [{ extensions: { code } }] });
  });
});
