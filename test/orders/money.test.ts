import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  currencyDigits,
  decimalsOf,
  fractionOf,
  fromMinor,
  isCurrency,
  isDecimal,
  toMinor,
} from '../../src/orders/money.js';

describe('money', () => {
  it.each([
    ['USD', 2],
    ['JPY', 0],
    ['KWD', 3],
  ])('%s has %i decimals', (currency, digits) => {
    expect(currencyDigits(currency)).toBe(digits);
  });

  it.each([
    ['12.50', 'USD', 1_250, '12.50'],
    ['0.07', 'USD', 7, '0.07'],
    ['12', 'JPY', 12, '12'],
    ['12.0', 'JPY', 12, '12'],
    ['0.001', 'KWD', 1, '0.001'],
    ['1.1', 'KWD', 1_100, '1.100'],
    ['10000000', 'USD', 1_000_000_000, '10000000.00'],
  ])('%s %s is %i minor units, and back %s', (amount, currency, minor, text) => {
    expect(toMinor(amount, currency)).toBe(minor);
    expect(fromMinor(minor, currency)).toBe(text);
  });

  it('shows what is less than nothing', () => {
    expect(fromMinor(-5, 'USD')).toBe('-0.05');
    expect(fromMinor(-5, 'JPY')).toBe('-5');
  });

  it.each([
    [333, '0.5', 167],
    [332, '0.5', 166],
    [1, '0.5', 1],
    [1, '0.4999', 0],
    [1_050, '0.15', 158],
    [100, '1', 100],
    [100, '0', 0],
    [9_007_199_254_740_991, '1.0', 9_007_199_254_740_991],
  ])('a discount of %i by %s is %i: half up to the minor unit', (minor, fraction, discount) => {
    expect(fractionOf(minor, fraction)).toBe(discount);
  });

  it('is exact: text to minor units and back is the same amount, for every currency', () => {
    const currencies = fc.constantFrom(...Intl.supportedValuesOf('currency'));
    fc.assert(
      fc.property(currencies, fc.integer({ min: 0, max: 1_000_000_000_000 }), (currency, minor) => {
        expect(toMinor(fromMinor(minor, currency), currency)).toBe(minor);
      }),
    );
  });

  it('is a decimal text without a sign, and a currency of ISO 4217', () => {
    expect(['0', '12', '12.5', '0.000000001'].every(isDecimal)).toBe(true);
    expect(
      ['', '-1', '+1', '1e3', '1.', '.5', '1,5', ' 1', '0x1', 'NaN', '١', '1'.repeat(16)].some(isDecimal),
    ).toBe(false);
    expect(['12.50', '12', '12.00', '0.125'].map(decimalsOf)).toEqual([1, 0, 0, 3]);
    expect(['USD', 'usd', 'XXXX', '', 'ABC'].map(isCurrency)).toEqual([true, false, false, false, false]);
  });
});
