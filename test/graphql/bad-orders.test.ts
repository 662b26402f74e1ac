import { describe, expect, test } from 'vitest';
import { ADDRESS, ORDER, createOrder, mutation, send } from '../support/order-operations.js';
import { changingNothing, expectRefusal } from '../support/refusals.js';
import { post, startService, type Answer } from '../support/service.js';

const ITEM = ORDER.items[0];
const withItem = (change: object): object => ({ ...ORDER, items: [{ ...ITEM, ...change }] });
const withAddress = (change: object): object => ({ ...ORDER, shippingAddress: { ...ADDRESS, ...change } });

interface Bad {
  readonly input: object;
  readonly message: RegExp;
  /** 400 where GraphQL's own types refuse a variable, 200 where the command's input is refused. */
  readonly status?: number;
}

const badInputs: Record<string, Bad> = {
  'no items': { input: { ...ORDER, items: [] }, message: /items: must have 1 item at least/ },
  'a quantity of 0': { input: withItem({ quantity: 0 }), message: /items\.0\.quantity: must be 1 at least/ },
  'a negative quantity': { input: withItem({ quantity: -3 }), message: /must be 1 at least/ },
  'an enormous quantity': { input: withItem({ quantity: 10_001 }), message: /must be 10000 at most/ },
  'a quantity beyond 32 bits': {
    input: withItem({ quantity: 3e9 }),
    message: /quantity.*32-bit/,
    status: 400,
  },
  'a fractional quantity': {
    input: withItem({ quantity: 1.5 }),
    message: /quantity.*non-integer/,
    status: 400,
  },
  'a quantity that is text': { input: withItem({ quantity: 'ten' }), message: /quantity/, status: 400 },
  'a quantity of null': { input: withItem({ quantity: null }), message: /quantity.*null/, status: 400 },
  'a price of 0': { input: withItem({ unitPrice: '0' }), message: /unitPrice: must be more than 0/ },
  'a price of 0.00': { input: withItem({ unitPrice: '0.00' }), message: /must be more than 0/ },
  'a negative price': { input: withItem({ unitPrice: '-1.00' }), message: /without a sign/ },
  'an enormous price': { input: withItem({ unitPrice: '99999999' }), message: /must be 10000000 at most/ },
  'a price of too many digits': {
    input: withItem({ unitPrice: '9'.repeat(400) }),
    message: /at most 15 digits/,
    status: 400,
  },
  'a price finer than the currency': {
    input: withItem({ unitPrice: '1.005' }),
    message: /2 decimals at most, as USD/,
  },
  'a price of yen with decimals': {
    input: { ...withItem({ unitPrice: '1.5' }), currencyCode: 'JPY' },
    message: /0 decimals at most, as JPY/,
  },
  'a price in words': { input: withItem({ unitPrice: 'free' }), message: /Not a Decimal/, status: 400 },
  'a price of NaN': { input: withItem({ unitPrice: 'NaN' }), message: /Not a Decimal/, status: 400 },
  'a price of Infinity': {
    input: withItem({ unitPrice: 'Infinity' }),
    message: /Not a Decimal/,
    status: 400,
  },
  'a price in scientific notation': {
    input: withItem({ unitPrice: '1e3' }),
    message: /Not a Decimal/,
    status: 400,
  },
  'a price in hexadecimal': { input: withItem({ unitPrice: '0x10' }), message: /Not a Decimal/, status: 400 },
  'a price that is a list': {
    input: withItem({ unitPrice: ['1.00'] }),
    message: /Not a Decimal/,
    status: 400,
  },
  'a discount over 1': { input: withItem({ discount: '1.01' }), message: /fraction from 0 to 1/ },
  'a discount below 0': { input: withItem({ discount: '-0.1' }), message: /without a sign/ },
  'a discount of too many decimals': {
    input: withItem({ discount: '0.00001' }),
    message: /4 decimals at most/,
  },
  'a negative freight': { input: { ...ORDER, freight: '-0.01' }, message: /freight.*without a sign/ },
  'an unknown currency': { input: { ...ORDER, currencyCode: 'XQQ' }, message: /currencyCode.*ISO 4217/ },
  'a currency in lower case': { input: { ...ORDER, currencyCode: 'usd' }, message: /ISO 4217/ },
  'an empty currency': { input: { ...ORDER, currencyCode: '' }, message: /ISO 4217/ },
  'a blank customer': { input: { ...ORDER, customerId: '   ' }, message: /customerId: must not be blank/ },
  'an empty sku': { input: withItem({ sku: '' }), message: /items\.0\.sku: must not be blank/ },
  'a sku listed twice': {
    input: { ...ORDER, items: [ITEM, ITEM] },
    message: /items\.1\.sku: is listed twice/,
  },
  'a huge text': {
    input: withAddress({ line1: 'x'.repeat(50_000) }),
    message: /line1: must have 200 characters/,
  },
  'a control character': {
    input: withAddress({ city: 'Ber\u0000lin' }),
    message: /city.*control characters/,
  },
  'a line break': { input: { ...ORDER, reference: 'a\r\nb' }, message: /reference.*control characters/ },
  'a lone surrogate': { input: withAddress({ recipient: 'x\ud800y' }), message: /recipient.*lone surrogate/ },
  'a date that is none': {
    input: { ...ORDER, orderedAt: '2026-02-30T00:00:00Z' },
    message: /Not a DateTime/,
    status: 400,
  },
  'a date without a zone': {
    input: { ...ORDER, orderedAt: '2026-02-03T00:00:00' },
    message: /Not a DateTime/,
    status: 400,
  },
  'a date before 1900': { input: { ...ORDER, orderedAt: '1899-12-31T00:00:00Z' }, message: /1900 to 2199/ },
  'an unknown field': { input: { ...ORDER, colour: 'red' }, message: /colour/, status: 400 },
  'a missing address': {
    input: { ...ORDER, shippingAddress: undefined },
    message: /shippingAddress/,
    status: 400,
  },
  'a command id that is no UUID': {
    input: { ...ORDER, options: { commandId: '42' } },
    message: /must be a UUID/,
  },
  'an empty command id': { input: { ...ORDER, options: { commandId: '' } }, message: /must be a UUID/ },
};

describe('createOrder refuses, naming the field and what is expected,', () => {
  for (const [title, { input, message, status = 200 }] of Object.entries(badInputs)) {
    test(title, async () => {
      const service = await startService();
      await changingNothing(service, async () => {
        const answer = await send(service, 'createOrder', input);
        expectRefusal(answer, status, 'BAD_USER_INPUT', message);
      });
    });
  }

  test('10,000 items, without listing them', async () => {
    const service = await startService();
    const items = Array.from({ length: 1_000 }, (_, index) => ({
      sku: `S${index}`,
      quantity: 1,
      unitPrice: '1',
    }));
    await changingNothing(service, async () => {
      const answer = await send(service, 'createOrder', { ...ORDER, items });
      expectRefusal(answer, 200, 'BAD_USER_INPUT', /items: must have 100 items at most/);
      expect(answer.text.length).toBeLessThan(1_000);
    });
    const more = [...items, ...items].map((item, index) => ({ ...item, sku: `more-${index}` }));
    await changingNothing(service, async () => {
      const answer = await send(service, 'createOrder', { ...ORDER, items: more });
      expectRefusal(answer, 400, 'BAD_USER_INPUT', /a list has 2000 items, 1000 is the most/);
    });
    const many = Array.from({ length: 12 }, () => items)
      .flat()
      .map((item, index) => ({ ...item, sku: `sku-${index}` }));
    await changingNothing(service, async () => {
      expectRefusal(await send(service, 'createOrder', { ...ORDER, items: many }), 413, 'BAD_REQUEST');
    });
  });

  test('a lone surrogate that JSON spells as an escape', async () => {
    const service = await startService();
    const body = JSON.stringify({
      query: mutation('createOrder'),
      variables: { input: { ...ORDER, customerId: 'HERE' } },
    });
    for (const escape of ['\\ud800', '\\udc00', '\\udc00\\ud800', 'a\\ud83dz']) {
      await changingNothing(service, async () => {
        const answer = await post(service.url, body.replace('HERE', escape));
        expectRefusal(answer, 200, 'BAD_USER_INPUT', /customerId: has a lone surrogate/);
      });
    }
  });

  test('everything that is wrong, at once and each with its path', async () => {
    const service = await startService();
    const input = { ...withItem({ quantity: 0, unitPrice: '0' }), currencyCode: 'XXQ', customerId: ' ' };
    const { body } = await send(service, 'createOrder', input);
    const problems = body.errors?.[0]?.extensions['problems'] as { field: string[] }[];
    expect(problems.map(({ field }) => field.join('.')).sort()).toEqual([
      'currencyCode',
      'customerId',
      'items.0.quantity',
      'items.0.unitPrice',
    ]);
  });
});

describe('Text is kept as it was meant', () => {
  test('emoji, right-to-left text and quotes come back unchanged, and space around is dropped', async () => {
    const service = await startService();
    const recipient = `O'Brien "山田" שלום 👩‍👩‍👧 <b>; DROP TABLE orders; --`;
    const input = withAddress({ recipient: `  ${recipient} ` });
    const selection = 'order { shippingAddress { recipient } }';
    const { body } = await send(service, 'createOrder', input, selection);
    expect(body.data.createOrder.order.shippingAddress.recipient).toBe(recipient);
  });
});

describe('Every mutation', () => {
  const inputs: Record<string, object> = {
    addOrderItem: { item: ITEM },
    removeOrderItem: { sku: 'CHAI' },
    changeShippingAddress: { shippingAddress: ADDRESS },
    placeOrder: {},
    payOrder: { paymentReference: 'P-1' },
    shipOrder: { carrier: 'DHL' },
    deliverOrder: {},
    cancelOrder: { reason: 'mistake' },
  };

  test('refuses an order id that is no UUID', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      for (const [name, input] of Object.entries(inputs)) {
        for (const orderId of ['', '1', "' OR 1=1 --", 'x'.repeat(10_000)]) {
          const answer = await send(service, name, { ...input, orderId });
          expectRefusal(answer, 200, 'BAD_USER_INPUT', /orderId: must be the id of an order, a UUID/);
        }
      }
    });
  });

  test('says of an order that does not exist that there is none, as data', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      for (const [name, input] of Object.entries(inputs)) {
        const orderId = '01890a5d-ac96-774b-bcce-b302099a8057';
        const { status, body } = await send(service, name, { ...input, orderId });
        expect(status).toBe(200);
        expect(body.errors).toBeUndefined();
        expect(body.data[name].receipt.status).toBe('REFUSED');
        expect(body.data[name].userErrors).toMatchObject([{ code: 'ORDER_NOT_FOUND', field: ['orderId'] }]);
      }
    });
  });

  test('refuses blank and oversized text of its own', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const bad: [string, object][] = [
      ['payOrder', { paymentReference: ' ' }],
      ['payOrder', { paymentReference: 'x'.repeat(101) }],
      ['shipOrder', { carrier: '\t' }],
      ['shipOrder', { carrier: 'DHL', shippedAt: '2201-01-01T00:00:00Z' }],
      ['cancelOrder', { reason: '' }],
      ['cancelOrder', { reason: 'x'.repeat(501) }],
      ['removeOrderItem', { sku: '' }],
    ];
    await changingNothing(service, async () => {
      for (const [name, input] of bad) {
        const answer: Answer = await send(service, name, { orderId, ...input });
        expectRefusal(
          answer,
          200,
          'BAD_USER_INPUT',
          /^(paymentReference|carrier|shippedAt|reason|sku): must/,
        );
      }
    });
  });
});
