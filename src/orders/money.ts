import Big from 'big.js';

const DECIMAL = /^(\d{1,15})(?:\.(\d{1,9}))?$/;
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const digitsByCurrency = new Map<string, number>();

/** Whether this is a currency code of ISO 4217, such as USD. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** How many decimals a currency has: 2 for USD, 0 for JPY, 3 for KWD. */
export function currencyDigits(code: string): number {
  const known = digitsByCurrency.get(code);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  digitsByCurrency.set(code, digits);
  return digits;
}

/** A plain decimal text without a sign, as amounts and fractions are sent. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Decimals that count: "12.50" has 1. */
export function decimalsOf(text: string): number {
  return (DECIMAL.exec(text)?.[2] ?? '').replace(/0+$/, '').length;
}

/** Minor units of an amount: "12.50" USD is 1250. The amount must not have more decimals than the currency. */
export function toMinor(amount: string, currencyCode: string): number {
  const digits = currencyDigits(currencyCode);
  const point = amount.indexOf('.');
  if (point === -1) return Number(amount) * 10 ** digits;
  const fraction = amount.slice(point + 1).padEnd(digits, '0');
  return Number(amount.slice(0, point) + fraction.slice(0, digits));
}

/** The amount of minor units: 1250 USD is "12.50". */
export function fromMinor(minor: number, currencyCode: string): string {
  const digits = currencyDigits(currencyCode);
  if (digits === 0) return String(minor);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  return `${minor < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** A fraction ("0.15") of an amount in minor units, rounded half up to the minor unit. */
export function fractionOf(minor: number, fraction: string): number {
  if (fraction === '0') return 0;
  return Number(new Big(minor).times(fraction).round(0, Big.roundHalfUp).toFixed(0));
}
