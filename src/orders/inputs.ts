import { z } from 'zod';
import { isUuid } from '../kernel/index.js';
import { currencyDigits, decimalsOf, fromMinor, isCurrency, isDecimal, toMinor } from './money.js';

/** The most lines of an order. */
export const ITEMS_MAX = 100;
/** The largest quantity of a line. */
export const QUANTITY_MAX = 10_000;
/** The highest unit price and freight, in whole units of the currency. */
export const AMOUNT_MAX = 10_000_000;
/** The highest unit price and freight in minor units: the largest order still adds up exactly in a double. */
export const MINOR_MAX = 1_000_000_000;
/** The most decimals of a discount. */
export const DISCOUNT_DECIMALS_MAX = 4;

const DATE_MIN = Date.UTC(1900, 0, 1);
const DATE_MAX = Date.UTC(2200, 0, 1);
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** One step for all of it: a chain of refinements costs several times as much, and there are a dozen texts in an order. */
function text(max: number) {
  return z.string().transform((value, context) => cleaned(value, max, context));
}

/** Absent, null and blank are all "none". */
function optionalText(max: number) {
  return z
    .string()
    .nullish()
    .transform((value, context) =>
      value == null || value.trim() === '' ? null : cleaned(value, max, context),
    );
}

function cleaned(value: string, max: number, context: z.RefinementCtx): string {
  const trimmed = value.trim();
  const problem = textProblem(value, trimmed, max);
  if (problem !== undefined) context.addIssue(problem);
  return trimmed;
}

function textProblem(value: string, trimmed: string, max: number): string | undefined {
  if (!value.isWellFormed()) return 'has a lone surrogate: send well-formed Unicode';
  if (CONTROL.test(value)) return 'must not have control characters';
  if (trimmed === '') return 'must not be blank';
  if (trimmed.length > max) return `must have ${max} characters at most`;
  return undefined;
}

const orderId = z
  .string()
  .refine(isUuid, 'must be the id of an order, a UUID')
  .transform((id) => id.toLowerCase());

const decimal = z
  .string()
  .refine(isDecimal, { message: 'must be a decimal such as "12.50", without a sign', abort: true });

const amount = decimal.refine((value) => Number(value) <= AMOUNT_MAX, `must be ${AMOUNT_MAX} at most`);

const price = amount.refine((value) => Number(value) > 0, 'must be more than 0');

const discount = decimal
  .refine((value) => Number(value) <= 1, 'must be a fraction from 0 to 1, such as "0.15" for 15 %')
  .refine(
    (value) => decimalsOf(value) <= DISCOUNT_DECIMALS_MAX,
    `must have ${DISCOUNT_DECIMALS_MAX} decimals at most`,
  );

const instant = z
  .date()
  .refine(
    (date) => date.getTime() >= DATE_MIN && date.getTime() < DATE_MAX,
    'must be a date from 1900 to 2199',
  )
  .transform((date) => date.getTime());

const optionalInstant = instant.nullish().transform((value) => value ?? null);

const address = z.object({
  recipient: text(200),
  line1: text(200),
  line2: optionalText(200),
  city: text(100),
  region: optionalText(100),
  postalCode: optionalText(20),
  country: text(100),
});

const item = z.object({
  sku: text(64),
  name: optionalText(200),
  quantity: z
    .number()
    .int('must be a whole number')
    .min(1, 'must be 1 at least')
    .max(QUANTITY_MAX, `must be ${QUANTITY_MAX} at most`),
  unitPrice: price,
  discount: discount.nullish().transform((value) => value ?? '0'),
});

const currencyCode = z.string().refine(isCurrency, 'must be a currency code of ISO 4217, such as "USD"');

const createOrder = z
  .object({
    customerId: text(64),
    reference: optionalText(64),
    currencyCode: currencyCode.nullish().transform((value) => value ?? 'USD'),
    items: z
      .array(item)
      .min(1, 'must have 1 item at least')
      .max(ITEMS_MAX, `must have ${ITEMS_MAX} items at most`),
    shippingAddress: address,
    freight: amount.nullish().transform((value) => value ?? '0'),
    orderedAt: optionalInstant,
  })
  .superRefine((order, context) => {
    const refuse = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    // Refused already, and Intl throws for a code that is none.
    if (!isCurrency(order.currencyCode)) return;
    order.items.forEach(({ sku, unitPrice }, index) => {
      const problem = amountProblem(unitPrice, order.currencyCode);
      if (problem !== undefined) refuse(['items', index, 'unitPrice'], problem);
      if (order.items.findIndex((other) => other.sku === sku) < index) {
        refuse(['items', index, 'sku'], `is listed twice: ${sku}. Send one item with the whole quantity`);
      }
    });
    const problem = amountProblem(order.freight, order.currencyCode);
    if (problem !== undefined) refuse(['freight'], problem);
  });

/** What is wrong with an amount in this currency: too many decimals, or too large to add up exactly. */
export function amountProblem(amountText: string, currency: string): string | undefined {
  const digits = currencyDigits(currency);
  if (decimalsOf(amountText) > digits) return `must have ${digits} decimals at most, as ${currency} does`;
  if (toMinor(amountText, currency) <= MINOR_MAX) return undefined;
  return `must be ${fromMinor(MINOR_MAX, currency)} ${currency} at most`;
}

/** What each command's input must be, and the shape that deciders get: trimmed, defaulted, nothing optional. */
export const orderInputs = {
  createOrder,
  addOrderItem: z.object({ orderId, item }),
  removeOrderItem: z.object({ orderId, sku: text(64) }),
  changeShippingAddress: z.object({ orderId, shippingAddress: address }),
  placeOrder: z.object({ orderId }),
  payOrder: z.object({ orderId, paymentReference: text(100) }),
  shipOrder: z.object({
    orderId,
    carrier: text(100),
    trackingNumber: optionalText(100),
    shippedAt: optionalInstant,
  }),
  deliverOrder: z.object({ orderId, deliveredAt: optionalInstant }),
  cancelOrder: z.object({ orderId, reason: text(500) }),
};

/** The validated input of each command. */
export type OrderInputs = { readonly [C in keyof typeof orderInputs]: z.output<(typeof orderInputs)[C]> };
/** A validated item. */
export type Item = OrderInputs['addOrderItem']['item'];
