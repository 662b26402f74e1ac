import 'reflect-metadata/lite';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { uuidToBytes } from '../src/engines/sqlite/uuid-bytes.js';
import { viewFile } from '../src/engines/sqlite/view-files.js';
import { positionCodec } from '../src/graphql/index.js';
import { newId, type CommandType } from '../src/kernel/index.js';
import { orderTag, type Line } from '../src/orders/events.js';
import { order } from '../src/orders/index.js';
import { money } from '../src/orders/money.graphql.js';
import { ordersProjection } from '../src/orders/views/orders.projection.js';
import { GROUP_MAX, openBareLog, type BareLog } from './bare-log.js';
import { constantPayload, startRoot } from './constant-app.js';
import type { StartedApp } from './hello-app.js';
import { caughtUp, composeIn } from './in-process.js';
import { keepPromises } from './promised-work.js';
import { closedLoop, orderOf, subjectOf } from './workload.js';

/** How many orders the view has. */
const ORDERS = 1_000;
const IN_FLIGHT = 64;
const PAGE = 20;
const COLUMNS = 'id, status, currency_code, items, total, position';

type Values = readonly [
  id: string,
  status: string,
  currencyCode: string,
  items: string,
  total: number,
  position: number,
];

/**
 * The app of the constants, whose resolvers do what those of no service with such promises can leave out, with SQLite and
 * nothing else: mutations write to a log, queries read from a view, and neither knows of the other.
 */
export async function startBareApp(folder: string): Promise<StartedApp> {
  await writeView(folder);
  const view = new Database(viewFile(join(folder, 'views'), ordersProjection, 1), { readonly: true });
  const log = openBareLog(join(folder, 'bare.sqlite'), GROUP_MAX);
  const { createOrder, addOrderItem } = writes(log);
  const app = await startRoot({ createOrder, addOrderItem, ...reads(view) });
  return {
    url: app.url,
    stop: async () => {
      await app.stop();
      log.close();
      view.close();
    },
  };
}

/** A view of some orders, as the product itself writes it. */
async function writeView(folder: string): Promise<void> {
  const { kernel, close } = await composeIn(folder, { projections: true });
  await closedLoop(
    IN_FLIGHT,
    (n) => n < ORDERS,
    async (n) => void subjectOf(await kernel.commands.send(order.commands.createOrder, orderOf(n))),
  );
  await caughtUp(kernel);
  await close();
}

/** Each command keeps its promises and is one event, its input, in a log that holds nothing else. */
function writes(log: BareLog) {
  /** Numbers as the log has them in place of names. */
  const names = { createOrder: 1, addOrderItem: 2 };
  const tagOf = new Map<string, number>();
  let last = 0;

  async function write(name: keyof typeof names, input: unknown, subject?: string) {
    const type: CommandType = order.commands[name];
    last += 1;
    const position = last;
    let orderId = '';
    const { content, checksum } = keepPromises({ type, input }, position, (command) => {
      orderId = subject ?? command.freshId;
      const data = { orderId, ...(command.input as object) };
      return [{ schemaVersion: 1, tags: [orderTag(orderId)], data }];
    });
    const known = tagOf.get(orderId);
    const tag = known ?? tagOf.size + 1;
    tagOf.set(orderId, tag);
    const { id, actor, issuedAt, recordedAt, causationId, result } = content;
    const fingerprint = Buffer.from(content.fingerprint, 'hex');
    const who = [position, uuidToBytes(id), names[name], fingerprint, actor, issuedAt, recordedAt];
    await log.append({
      command: [...who, null, causationId, position, result, checksum],
      events: content.events.map(({ data }) => [position, names[name], 1, position, String(tag), data]),
      eventTags: [[tag, position]],
      tags: known === undefined ? [[tag, orderTag(orderId)]] : [],
    });
    return { ...constantPayload, orderId };
  }

  return {
    createOrder: ({ input }: { readonly input: unknown }) => write('createOrder', input),
    addOrderItem: ({ input }: { readonly input: { readonly orderId: string } }) =>
      write('addOrderItem', input, input.orderId),
  };
}

/** One statement for each query, of the columns that the benches select. */
function reads(view: Database.Database) {
  const byId = view.prepare<[string], Values>(`SELECT ${COLUMNS} FROM orders WHERE id = ?`).raw();
  const newest = `ORDER BY created_at DESC, id DESC LIMIT ${PAGE}`;
  const all = view.prepare<[], Values>(`SELECT ${COLUMNS} FROM orders ${newest}`).raw();
  const ofStatus = view
    .prepare<[string | undefined], Values>(`SELECT ${COLUMNS} FROM orders WHERE status = ? ${newest}`)
    .raw();
  const positions = positionCodec({ id: newId(), epoch: 1 });

  function toOrder([id, status, currencyCode, items, total, position]: Values) {
    const lines = JSON.parse(items) as readonly Line[];
    return {
      id,
      status,
      items: lines.map(({ sku, name, quantity, gross, discountAmount }) => ({
        sku,
        name,
        quantity,
        net: money(gross - discountAmount, currencyCode),
      })),
      total: money(total, currencyCode),
      position: positions.encode(position),
    };
  }

  return {
    order: ({ id }: { readonly id: string }) => {
      const values = byId.get(id);
      return values === undefined ? null : toOrder(values);
    },
    orders: ({ filter }: { readonly filter?: { readonly status: readonly string[] } }) => ({
      nodes: (filter === undefined ? all.all() : ofStatus.all(filter.status[0])).map(toOrder),
    }),
  };
}
