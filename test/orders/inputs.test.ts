import { describe, expect, it } from 'vitest';
import { createCommand, type Problem } from '../../src/kernel/index.js';
import { order } from '../../src/orders/order.js';
import { AMOUNT_MAX, ITEMS_MAX } from '../../src/orders/inputs.js';
import { ORDER_ID, address, item, newOrder } from './samples.js';

type Name = keyof typeof order.commands;

/** What is wrong with the input, as `path: message`; nothing where it is accepted. */
function problems(name: Name, input: unknown): readonly string[] {
  try {
    createCommand<unknown>(order.commands[name], input);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: 'TidemarkError', code: 'BAD_USER_INPUT' });
    const { details } = error as { details: { problems: readonly Problem[] } };
    return details.problems.map(({ field, message }) => `${field.join('.')}: ${message}`);
  }
}

const creating = (change: object) => problems('createOrder', { ...newOrder, ...change });
const withItem = (change: object) => creating({ items: [{ ...item, ...change }] });
const items = (count: number) => Array.from({ length: count }, (_, n) => ({ ...item, sku: `sku-${n}` }));

describe('createOrder accepts', () => {
  it.each([
    ['the sample', {}],
    ['as many items as allowed', { items: items(ITEMS_MAX) }],
    ['the highest price', { items: [{ ...item, unitPrice: String(AMOUNT_MAX) }] }],
    [
      'all and nothing off',
      {
        items: [
          { ...item, discount: '1' },
          { ...item, sku: 'b', discount: '0' },
        ],
      },
    ],
    ['no freight', { freight: '0' }],
    [
      'null for what may be left out',
      { reference: null, freight: null, orderedAt: null, currencyCode: null },
    ],
    ['blanks for what may be left out', { reference: '', shippingAddress: { ...address, region: '   ' } }],
    ['any well-formed Unicode', { customerId: '👩‍🚀 Ünï', shippingAddress: { ...address, city: '東京' } }],
  ])('%s', (_what, change) => {
    expect(creating(change)).toEqual([]);
  });
});

describe('createOrder refuses', () => {
  it.each([
    ['no items', [], /^items: must have 1 item at least$/],
    ['101 items', items(101), /^items: must have 100 items at most$/],
    ['10,000 items', items(10_000), /^items: must have 100 items at most$/],
    [
      '10,000 equal items',
      Array.from({ length: 10_000 }, () => item),
      /^items: must have 100 items at most$/,
    ],
  ])('%s', (_what, list, message) => {
    expect(creating({ items: list })).toEqual([expect.stringMatching(message)]);
  });

  it.each([0, -1, 1.5, 1e6, 1e308, Number.MAX_SAFE_INTEGER + 2, NaN, Infinity, '2', null, undefined])(
    'the quantity %s',
    (quantity) => {
      const found = withItem({ quantity });
      expect(found.length).toBeGreaterThan(0);
      expect(found.every((problem) => problem.startsWith('items.0.quantity: '))).toBe(true);
    },
  );

  it.each([
    ['zero', '0'],
    ['zero with decimals', '0.00'],
    ['negative', '-1'],
    ['signed', '+1'],
    ['too fine for USD', '1.001'],
    ['too fine for anything', '1.0000000001'],
    ['too large', '10000000.01'],
    ['enormous', '9'.repeat(400)],
    ['a word', 'cheap'],
    ['a number with an exponent', '1e3'],
    ['NaN', 'NaN'],
    ['empty', ''],
    ['blank', ' 1'],
    ['a number', 1],
  ])('a price that is %s', (_what, unitPrice) => {
    const found = withItem({ unitPrice });
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((problem) => problem.startsWith('items.0.unitPrice: '))).toBe(true);
  });

  it.each([
    ['JPY', '0.5', /0 decimals at most, as JPY does/],
    ['KWD', '0.0005', /3 decimals at most, as KWD does/],
  ])('a price or freight finer than %s has: %s', (currencyCode, amount, message) => {
    const found = creating({ currencyCode, freight: amount, items: [{ ...item, unitPrice: amount }] });
    expect(found).toEqual([
      expect.stringMatching(/^items\.0\.unitPrice: /),
      expect.stringMatching(/^freight: /),
    ]);
    expect(found[0]).toMatch(message);
  });

  it.each(['-0.1', '1.01', '15', '0.12345', 'half', '', 0.5])('a discount of %s', (discount) => {
    const found = withItem({ discount });
    expect(found).toEqual([expect.stringMatching(/^items\.0\.discount: /)]);
  });

  it.each(['usd', 'XXXX', 'US', '', 'ABC', '$', 'EURO!', 5])('the currency %s', (currencyCode) => {
    expect(creating({ currencyCode })).toEqual([expect.stringMatching(/^currencyCode: /)]);
  });

  it.each([
    ['blank', '   ', /blank/],
    ['empty', '', /blank/],
    ['huge', 'x'.repeat(1_000_000), /characters at most/],
    ['one with a control character', 'a\u0000b', /control/],
    ['one with a line break', 'a\nb', /control/],
    ['one with a line separator', 'a\u2028b', /control/],
    ['one with a lone surrogate', 'a\ud800b', /surrogate/],
    ['not a text', 5, /expected string/],
    ['missing', undefined, /expected string/],
  ])('a text that is %s, wherever it stands', (_what, text, message) => {
    const matching = (path: string) => [expect.stringMatching(new RegExp(`^${path}: .*${message.source}`))];
    expect(creating({ customerId: text })).toEqual(matching('customerId'));
    expect(withItem({ sku: text })).toEqual(matching('items\\.0\\.sku'));
    expect(creating({ shippingAddress: { ...address, city: text } })).toEqual(
      matching('shippingAddress\\.city'),
    );
  });

  it.each([
    ['huge', 'x'.repeat(1_000_000), /characters at most/],
    ['one with a control character', 'a\u0007b', /control/],
    ['one with a lone surrogate', '\udfff', /surrogate/],
  ])('an optional text that is %s, with the reason', (_what, text, message) => {
    expect(creating({ reference: text })).toEqual([expect.stringMatching(message)]);
    expect(withItem({ name: text })).toEqual([expect.stringMatching(message)]);
  });

  it('the same sku twice, and says which', () => {
    const twice = [item, { ...item, sku: 'milk' }, { ...item, sku: ' tea ' }];
    expect(creating({ items: twice })).toEqual([
      expect.stringMatching(/^items\.2\.sku: is listed twice: tea/),
    ]);
  });

  it('dates that no order can have', () => {
    for (const orderedAt of [new Date(NaN), new Date('1899-12-31'), new Date('2200-01-01'), '1997-01-01'])
      expect(creating({ orderedAt })).toEqual([expect.stringMatching(/^orderedAt: /)]);
  });

  it('what is not an order at all', () => {
    for (const input of [null, undefined, 5, 'order', [], { items: 'all' }])
      expect(problems('createOrder', input).length).toBeGreaterThan(0);
  });

  it('and lists everything that is wrong at once, each with its path', () => {
    const found = problems('createOrder', {
      ...newOrder,
      customerId: ' ',
      currencyCode: 'nonsense',
      items: [
        { ...item, quantity: 0 },
        { ...item, unitPrice: 'x' },
      ],
      shippingAddress: { ...address, country: '' },
    });
    expect(found.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'currencyCode',
      'customerId',
      'items.0.quantity',
      'items.1.unitPrice',
      'shippingAddress.country',
    ]);
  });
});

describe('commands about an order', () => {
  it.each(['', 'x', '123', `${ORDER_ID}0`])('refuse the id %j', (orderId) => {
    expect(problems('placeOrder', { orderId })).toEqual([expect.stringMatching(/^orderId: .*UUID/)]);
  });

  it('take an id in either case for the same order', () => {
    const command = createCommand(order.commands.placeOrder, { orderId: ORDER_ID.toUpperCase() });
    expect(command.input.orderId).toBe(ORDER_ID);
  });

  it.each([
    ['payOrder', { paymentReference: '' }, 'paymentReference'],
    ['cancelOrder', { reason: 'x'.repeat(501) }, 'reason'],
    ['shipOrder', { carrier: '\t' }, 'carrier'],
    ['removeOrderItem', { sku: 'x'.repeat(65) }, 'sku'],
  ] as const)('%s refuses a bad text', (name, input, field) => {
    const found = problems(name, { orderId: ORDER_ID, ...input });
    expect(found).toEqual([expect.stringMatching(new RegExp(`^${field}: `))]);
  });
});
