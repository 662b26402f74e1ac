import type { Line } from '../events.js';
import type { SalesDimension, SalesOrder } from './sales.tables.js';

/** What is added up; amounts in minor units. */
export interface SalesAmounts {
  readonly orders: number;
  readonly quantity: number;
  readonly gross: number;
  readonly discount: number;
  readonly freight: number;
}

/** What an order contributes to one of the sums. */
export interface Contribution {
  readonly dimension: SalesDimension;
  readonly key: string;
  readonly label: string;
  readonly amounts: SalesAmounts;
}

function sum(lines: readonly Line[], amount: (line: Line) => number): number {
  return lines.reduce((total, line) => total + amount(line), 0);
}

function amountsOf(lines: readonly Line[], freight: number): SalesAmounts {
  return {
    orders: 1,
    quantity: sum(lines, ({ quantity }) => quantity),
    gross: sum(lines, ({ gross }) => gross),
    discount: sum(lines, ({ discountAmount }) => discountAmount),
    freight,
  };
}

/** The sums that an order counts in: all orders, its customer's, its country's, and each product's. */
export function contributions(order: SalesOrder): readonly Contribution[] {
  const { customerId, recipient, country, lines, freight } = order;
  const whole = amountsOf(lines, freight);
  return [
    { dimension: 'ALL', key: 'ALL', label: 'All orders', amounts: whole },
    { dimension: 'CUSTOMER', key: customerId, label: recipient, amounts: whole },
    { dimension: 'COUNTRY', key: country, label: country, amounts: whole },
    ...lines.map((line): Contribution => ({
      dimension: 'PRODUCT',
      key: line.sku,
      label: line.name,
      amounts: amountsOf([line], 0),
    })),
  ];
}

/** The amounts with others added (`sign` 1) or taken out (-1). */
export function added(a: SalesAmounts, b: SalesAmounts, sign: 1 | -1): SalesAmounts {
  return {
    orders: a.orders + sign * b.orders,
    quantity: a.quantity + sign * b.quantity,
    gross: a.gross + sign * b.gross,
    discount: a.discount + sign * b.discount,
    freight: a.freight + sign * b.freight,
  };
}
