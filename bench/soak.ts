import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { RESULTS } from './harness.js';

/** Subscribers that come and go while orders are written, for SOAK_MINUTES (10); memory before and after. */
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10);
const WRITERS = 8;
const SUBSCRIBERS = 50;

const CREATE = `mutation($input: CreateOrderInput!) { createOrder(input: $input) { orderId receipt { position } order { status } } }`;
const PLACE = `mutation($id: ID!) { placeOrder(input: { orderId: $id }) { receipt { position } } }`;
const input = {
  customerId: 'soak',
  items: [{ sku: 'tea', quantity: 2, unitPrice: '12.50' }],
  shippingAddress: { recipient: 'Ann', line1: '1 High Street', city: 'Bath', country: 'UK' },
};

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a document selects is not known here
async function post(url: string, query: string, variables: object): Promise<any> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data?: unknown; errors?: unknown };
  if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
  return body.data;
}

async function gauge(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? NaN);
}

async function memory(url: string) {
  return {
    rssMB: Math.round((await gauge(url, 'process_resident_memory_bytes')) / 1e6),
    heapMB: Math.round((await gauge(url, 'nodejs_heap_size_used_bytes')) / 1e6),
    sockets: await gauge(url, 'tidemark_websockets'),
    subscriptions: await gauge(url, 'tidemark_subscriptions'),
  };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-soak-'));
  const service = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    env: { ...process.env, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) => {
    service.stdout.on('data', (chunk: Buffer) => {
      const found = /http:\/\/[\d.]+:\d+/.exec(chunk.toString());
      if (found !== null) resolve(found[0]);
    });
  });
  const end = performance.now() + MINUTES * 60_000;
  const ids: string[] = [];
  let commands = 0;
  let frames = 0;
  let came = 0;
  const writer = async (): Promise<void> => {
    while (performance.now() < end) {
      const { createOrder } = await post(url, CREATE, { input });
      await post(url, PLACE, { id: createOrder.orderId });
      commands += 2;
      ids[commands % 100] = createOrder.orderId;
      await sleep(20);
    }
  };
  const subscriber = async (nth: number): Promise<void> => {
    while (performance.now() < end) {
      const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
      const query =
        nth % 2 === 0
          ? 'subscription { orders(filter: { customerId: "soak" }) { position changes { kind orderId } } }'
          : `subscription { order(id: "${ids.find(Boolean) ?? crypto.randomUUID()}") { position } }`;
      const stop = client.subscribe(
        { query },
        { next: () => (frames += 1), error: () => undefined, complete: () => undefined },
      );
      came += 1;
      await sleep(500 + Math.random() * 2_000);
      // Every third one just drops dead.
      if (nth % 3 === 0) client.terminate();
      else stop();
      await client.dispose();
    }
  };
  const work = [
    ...Array.from({ length: WRITERS }, writer),
    ...Array.from({ length: SUBSCRIBERS }, (_, nth) => subscriber(nth)),
  ];
  await sleep(Math.min(60_000, (MINUTES * 60_000) / 5));
  const before = await memory(url);
  await Promise.all(work);
  await sleep(15_000);
  const after = await memory(url);
  const report = {
    bench: 'soak',
    at: new Date().toISOString(),
    minutes: MINUTES,
    commands,
    frames,
    subscriptions: came,
    before,
    after,
  };
  writeFileSync(join(RESULTS, 'soak.json'), `${JSON.stringify(report, null, 1)}\n`);
  console.table({ before, after });
  console.log(`${commands} commands, ${came} subscriptions came and went, ${frames} frames`);
  service.kill('SIGTERM');
  await new Promise((resolve) => service.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
}

await main();
