/** Sends createOrder at a fixed rate, whatever comes back; run by overload.ts. */
import { Agent, request } from 'node:http';
import { operations } from './operations.js';
import { orderOf } from './workload.js';

const CONNECTIONS_MAX = 500;
const DRAIN_MAX_MS = 10_000;
const TICK_MS = 5;

const [url = '', rate = '0', ms = '0', closed = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
const accepted: number[] = [];
let sent = 0;
let overloaded = 0;
let failed = 0;
let open = 0;

function call(path: string, via: Agent, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}${path}`,
      {
        agent: via,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function sendOne(): Promise<void> {
  if (open >= CONNECTIONS_MAX) {
    // A client without a free connection gives up, or the queue would stand here.
    sent += 1;
    failed += 1;
    return;
  }
  const body = JSON.stringify({
    query: operations.createOrder,
    variables: { input: orderOf(sent++) },
  });
  const started = performance.now();
  open += 1;
  try {
    const status = await call('/graphql', agent, body);
    if (status === 200) accepted.push(performance.now() - started);
    else if (status === 503) overloaded += 1;
    else failed += 1;
  } catch {
    failed += 1;
  }
  open -= 1;
}

// Node accepts one connection in a turn of its loop, which is not what is measured here.
await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => call('/livez', agent)));
const started = performance.now();
const over = (): boolean => performance.now() - started >= Number(ms);
if (Number(closed) > 0) {
  await Promise.all(
    Array.from({ length: Number(closed) }, async () => {
      while (!over()) await sendOne();
    }),
  );
} else {
  while (!over()) {
    const due = ((performance.now() - started) / 1_000) * Number(rate);
    while (sent < due) void sendOne();
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
const seconds = (performance.now() - started) / 1_000;
const inTime = accepted.length;
const end = performance.now() + DRAIN_MAX_MS;
while (open > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
process.send?.({ seconds, sent, inTime, accepted, overloaded, failed: failed + open });
process.exit(0);
