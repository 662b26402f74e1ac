import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { EventLog } from '../../src/kernel/index.js';
import { ADDRESS, ORDER, mutation } from './order-operations.js';
import { post, type Answer } from './service.js';

const CREATE = mutation('createOrder');
/** How many orders a page shows at most. */
const PAGE = 100;
const RETRY_MS = 20;

/** What clients were told, and how often they had to ask again. */
export interface Load {
  /** The ids of the commands that were acknowledged, with their position. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Codes of the answers that made a client ask again; `LOST` where there was no answer. */
  readonly retried: readonly string[];
  /** How many have been acknowledged so far. */
  count(): number;
  /** Lets the clients finish what they have begun; resolves when all is acknowledged. */
  finish(): Promise<void>;
}

/** Clients that create orders on any of the nodes until they are told to finish; each asks again, elsewhere, until it is told. */
export function startLoad(urls: readonly string[], clients: number): Load {
  const acknowledged = new Map<string, string>();
  const retried: string[] = [];
  let going = true;

  async function createOne(): Promise<void> {
    const key = randomUUID();
    const input = { ...ORDER, reference: key, shippingAddress: ADDRESS };
    const body = JSON.stringify({ query: CREATE, variables: { input } });
    for (let attempt = 0; ; attempt += 1) {
      const url = urls[Math.floor(Math.random() * urls.length)] ?? '';
      const answer = await post(url, body, { 'idempotency-key': key }).catch(() => undefined);
      const receipt = answer?.body.data?.createOrder?.receipt as { position: string } | undefined;
      if (receipt !== undefined) {
        acknowledged.set(key, receipt.position);
        return;
      }
      retried.push(codeOf(answer));
      await sleep(RETRY_MS);
    }
  }

  const running = Array.from({ length: clients }, async () => {
    while (going) await createOne();
  });
  return {
    acknowledged,
    retried,
    count: () => acknowledged.size,
    finish: async () => {
      going = false;
      await Promise.all(running);
    },
  };
}

function codeOf(answer: Answer | undefined): string {
  return answer === undefined ? 'LOST' : (answer.body.errors?.[0]?.extensions.code ?? String(answer.status));
}

/** Every acknowledged command is in the log once, at the position that its client was told, and nothing else is. */
export async function expectOnce(log: EventLog, acknowledged: Load['acknowledged']): Promise<void> {
  const events: { position: number; commandId: string }[] = [];
  for (let after = 0; ;) {
    const page = await log.read('all', { after, limit: 1_000 });
    events.push(...page);
    if (page.length === 0) break;
    after = page.at(-1)?.position ?? after;
  }
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
  const stored = events.map(({ commandId, position }) => [commandId, position]).sort(byText);
  const told = [...acknowledged].map(([id, position]) => [id, Number(position.split('-')[2])]).sort(byText);
  expect(stored).toEqual(told);
}

function byText(one: readonly unknown[], other: readonly unknown[]): number {
  return String(one[0]).localeCompare(String(other[0]));
}

/** All orders, customers and the report that a node shows, at least as fresh as the position. */
export async function viewsOf(url: string, position: string): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  let after: string | null = null;
  do {
    const answer = await post(url, JSON.stringify({ query: VIEWS, variables: { first: PAGE, after } }), {
      'tidemark-read-after': position,
    });
    expect(answer.body.errors).toBeUndefined();
    expect(answer.body.extensions?.consistency?.stale).toBe(false);
    const { orders, customers, salesReport } = answer.body.data;
    if (after === null) seen.push(customers, salesReport, orders.totalCount);
    seen.push(...orders.nodes);
    after = orders.pageInfo.hasNextPage ? orders.pageInfo.endCursor : null;
  } while (after !== null);
  return seen;
}

const VIEWS = `query Views($first: Int, $after: String) {
  orders(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id reference status position total { amount currencyCode } items { sku quantity } }
  }
  customers(first: 100) { nodes { id orderCount position lifetimeValue { amount } } }
  salesReport(groupBy: PRODUCT) { key gross { amount } }
}`;
