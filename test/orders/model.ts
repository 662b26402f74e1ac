import type { Recorded } from '../../src/kernel/index.js';
import type { Line, OrderEvents } from '../../src/orders/events.js';
import type { OrderStatus } from '../../src/orders/order.js';

/** A recorded fact of the orders domain. */
export type Fact = { [T in keyof OrderEvents]: Recorded<T, OrderEvents[T]> }[keyof OrderEvents];

interface Order {
  readonly created: OrderEvents['OrderCreated'];
  status: OrderStatus;
  lines: Line[];
  address: OrderEvents['OrderCreated']['shippingAddress'];
  placed?: OrderEvents['OrderPlaced'];
  paid?: OrderEvents['OrderPaid'];
  shipped?: OrderEvents['OrderShipped'];
  delivered?: OrderEvents['OrderDelivered'];
  cancelled?: OrderEvents['OrderCancelled'];
  position: number;
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, each) => total + of(each), 0);

/** The orders as their facts tell it, in the plainest way. */
function ordersOf(facts: readonly Fact[]): readonly Order[] {
  const found = new Map<string, Order>();
  for (const fact of facts) {
    const { data, position } = fact;
    if (fact.type === 'OrderCreated') {
      const { lines, shippingAddress } = fact.data;
      found.set(data.orderId, {
        created: fact.data,
        status: 'DRAFT',
        lines: [...lines],
        address: shippingAddress,
        position,
      });
      continue;
    }
    const order = found.get(data.orderId);
    if (order === undefined) throw new Error('A fact about an order that was never created.');
    order.position = position;
    evolve(order, fact);
  }
  return [...found.values()];
}

function evolve(order: Order, fact: Fact): void {
  if (fact.type === 'OrderItemAdded') {
    const { line } = fact.data;
    const at = order.lines.findIndex(({ sku }) => sku === line.sku);
    if (at === -1) order.lines.push(line);
    else order.lines[at] = line;
  }
  if (fact.type === 'OrderItemRemoved') order.lines = order.lines.filter(({ sku }) => sku !== fact.data.sku);
  if (fact.type === 'ShippingAddressChanged') order.address = fact.data.shippingAddress;
  if (fact.type === 'OrderPlaced') Object.assign(order, { status: 'PLACED', placed: fact.data });
  if (fact.type === 'OrderPaid') Object.assign(order, { status: 'PAID', paid: fact.data });
  if (fact.type === 'OrderShipped') Object.assign(order, { status: 'SHIPPED', shipped: fact.data });
  if (fact.type === 'OrderDelivered') Object.assign(order, { status: 'DELIVERED', delivered: fact.data });
  if (fact.type === 'OrderCancelled') Object.assign(order, { status: 'CANCELLED', cancelled: fact.data });
}

function orderRow(order: Order) {
  const { created, lines, placed, paid, shipped, delivered, cancelled } = order;
  const subtotal = sum(lines, ({ quantity, unitPrice }) => quantity * unitPrice);
  const discount = sum(lines, ({ discountAmount }) => discountAmount);
  return {
    id: created.orderId,
    reference: created.reference,
    status: order.status,
    customerId: created.customerId,
    currencyCode: created.currencyCode,
    items: lines,
    shippingAddress: order.address,
    subtotal,
    discount,
    freight: created.freight,
    total: subtotal - discount + created.freight,
    createdAt: created.createdAt,
    placedAt: placed?.placedAt ?? null,
    paidAt: paid?.paidAt ?? null,
    shippedAt: shipped?.shippedAt ?? null,
    deliveredAt: delivered?.deliveredAt ?? null,
    cancelledAt: cancelled?.cancelledAt ?? null,
    paymentReference: paid?.paymentReference ?? null,
    carrier: shipped?.carrier ?? null,
    trackingNumber: shipped?.trackingNumber ?? null,
    cancelReason: cancelled?.reason ?? null,
    position: order.position,
    degraded: false,
  };
}

function customerRows(facts: readonly Fact[], orders: readonly Order[]) {
  const ids = [...new Set(orders.map(({ created }) => created.customerId))];
  return ids.map((id) => {
    const own = orders.filter(({ created }) => created.customerId === id);
    const ownIds = new Set(own.map(({ created }) => created.orderId));
    const placings = facts.filter((fact) => fact.type === 'OrderPlaced' && ownIds.has(fact.data.orderId));
    const placed = placings.map(({ data }) => data as OrderEvents['OrderPlaced']);
    const counted = own.filter(({ placed: was, status }) => was !== undefined && status !== 'CANCELLED');
    const currencies = [...new Set(placed.map(({ currencyCode }) => currencyCode))];
    const lastOrderAt = placed.length === 0 ? null : Math.max(...placed.map(({ placedAt }) => placedAt));
    const changes = facts.filter(
      ({ type, data }) =>
        ownIds.has(data.orderId) &&
        (['OrderCreated', 'OrderPlaced'].includes(type) || ('wasPlaced' in data && data.wasPlaced)),
    );
    return {
      id,
      name: own.at(-1)?.created.shippingAddress.recipient,
      orderCount: counted.length,
      lifetimeValue: Object.fromEntries(
        currencies.map((code) => [
          code,
          sum(
            counted.filter(({ created }) => created.currencyCode === code),
            ({ placed: was }) => was?.total ?? 0,
          ),
        ]),
      ),
      firstOrderAt: placed.length === 0 ? null : Math.min(...placed.map(({ placedAt }) => placedAt)),
      lastOrderAt,
      lastOrderId: placed.findLast(({ placedAt }) => placedAt === lastOrderAt)?.orderId ?? null,
      position: changes.at(-1)?.position,
    };
  });
}

function keysOf({ created, address, lines }: Order) {
  return [
    { dimension: 'ALL', key: 'ALL', lines, freight: created.freight },
    { dimension: 'CUSTOMER', key: created.customerId, lines, freight: created.freight },
    { dimension: 'COUNTRY', key: address.country, lines, freight: created.freight },
    ...lines.map((line) => ({ dimension: 'PRODUCT', key: line.sku, lines: [line], freight: 0 })),
  ];
}

function salesRows(orders: readonly Order[]) {
  const rows = new Map<string, Record<string, string | number>>();
  for (const order of orders) {
    if (order.placed === undefined || order.status === 'CANCELLED') continue;
    const day = new Date(order.placed.placedAt).toISOString().slice(0, 10);
    const { currencyCode } = order.created;
    for (const { dimension, key, lines, freight } of keysOf(order)) {
      const id = JSON.stringify([dimension, key, day, currencyCode]);
      const row = rows.get(id);
      const before = (column: string): number => Number(row?.[column] ?? 0);
      rows.set(id, {
        dimension,
        key,
        day,
        currencyCode,
        orders: before('orders') + 1,
        quantity: before('quantity') + sum(lines, ({ quantity }) => quantity),
        gross: before('gross') + sum(lines, ({ gross }) => gross),
        discount: before('discount') + sum(lines, ({ discountAmount }) => discountAmount),
        freight: before('freight') + freight,
      });
    }
  }
  return [...rows.values()];
}

/** What the orders, customers and sales views must hold after these facts. */
export function modelOf(facts: readonly Fact[]) {
  const orders = ordersOf(facts);
  return {
    orders: orders.map(orderRow),
    customers: customerRows(facts, orders),
    byDay: salesRows(orders),
  };
}
