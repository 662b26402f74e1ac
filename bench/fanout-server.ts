import { execute, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { service } from '../src/app.js';
import { startService } from '../src/service/index.js';
import { readConfig } from '../src/settings/index.js';
import { authenticateAsDeveloper } from '../src/graphql/authenticate.js';
import { createContext, extensionsOf, type RequestContext } from '../src/graphql/context.js';
import { createSchema, positionCodec } from '../src/graphql/index.js';
import { newId, type Kernel } from '../src/kernel/index.js';
import { order, orderResolvers } from '../src/orders/index.js';
import { subjectOf } from './workload.js';

/** `shared`: the service. `each`: its schema as graphql-ws serves it by itself. `raw`: a text that ws sends to all. */
export type Fanout = 'shared' | 'each' | 'raw';

/** What the process is asked. */
export type FanoutRequest =
  /** Changes the order; answers when that was committed, in ms since 1970. */
  | { readonly ask: 'change' }
  /** Changes it so many times, each once the one before can be seen. */
  | { readonly ask: 'changes'; readonly count: number }
  | { readonly ask: 'memory' };

/** Memory in bytes: what the process holds, and what of it is in use. */
export interface FanoutMemory {
  readonly rss: number;
  readonly kept: number;
}

const ITEMS = 100;
/** What a frame of a list of one order comes to. */
const TEXT = `{"id":"subscription-0000","type":"next","payload":{"data":{"orders":{"position":"0123456789ab-0000000001-0000000000000010","discontinuity":false,"changes":[{"kind":"UPDATED","orderId":"01890a5d-ac96-774b-bcce-b302099a8057","order":{"status":"DRAFT","total":{"amount":"1234.50"}}}]}},"extensions":{"consistency":{"position":"0123456789ab-0000000001-0000000000000010","head":"0123456789ab-0000000001-0000000000000010","lagMs":0,"stale":false,"waitedMs":0,"parked":0}}}}`;

const [kind, folder = ''] = process.argv.slice(2) as [Fanout, string];
const { url, change } = await start();
process.on('message', (request: FanoutRequest) => void answer(request));
process.on('disconnect', () => process.exit(0));
process.send?.({ url });

async function answer(request: FanoutRequest): Promise<void> {
  if (request.ask === 'memory') process.send?.(memory());
  else if (request.ask === 'change') process.send?.(await change());
  else {
    for (let nth = 0; nth < request.count; nth += 1) await change();
    process.send?.('done');
  }
}

/** After a collection; the process is started with `--expose-gc`. */
function memory(): FanoutMemory {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, kept: heapUsed + external };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function start(): Promise<{ readonly url: string; readonly change: () => Promise<number> }> {
  if (kind === 'raw') return startRaw();
  const limits = { LIMIT_SOCKETS: '100000', LIMIT_CONNECTIONS_PER_ADDRESS: '100000' };
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    SHOP: 'off',
    CONSOLE: 'off',
    ...limits,
  });
  const app = await startService(service, config, {
    info: fail,
    warn: fail,
    error: fail,
    debug: () => undefined,
  });
  const url = kind === 'shared' ? app.url : await serveEach(app.kernel);
  return { url, change: await changesOf(app.kernel) };
}

function fail(...what: unknown[]): void {
  console.error(...what);
  process.exit(1);
}

/** Changes one large order, and tells when the view had it. */
async function changesOf(kernel: Kernel): Promise<() => Promise<number>> {
  const items = Array.from({ length: ITEMS }, (_, nth) => ({
    sku: `sku-${nth}`,
    name: `Product ${nth} `.repeat(8),
    quantity: 1,
    unitPrice: '12.30',
  }));
  const address = { recipient: 'Ann', line1: 'High Street', city: 'Bath', country: 'UK' };
  const input = { customerId: 'ann', currencyCode: 'USD', items, shippingAddress: address };
  const { createOrder, changeShippingAddress } = order.commands;
  const orderId = subjectOf(await kernel.commands.send(createOrder, input));
  const projector = kernel.projectors.get('orders');
  if (projector === undefined) throw new Error('There are no orders.');
  let count = 0;
  return async () => {
    const committed = new Promise<number>((resolve) => {
      const stop = projector.onCommit(() => {
        stop();
        resolve(now());
      });
    });
    const shippingAddress = { ...address, line1: `${(count += 1)} High Street` };
    await kernel.commands.send(changeShippingAddress, { orderId, shippingAddress });
    return committed;
  };
}

/** The schema as graphql-ws serves it: each subscription is executed and written on its own. */
async function serveEach(kernel: Kernel): Promise<string> {
  const positions = positionCodec(kernel.log.identity);
  const { schema } = createSchema(orderResolvers, positions);
  const { limits } = readConfig({});
  const principal = await authenticateAsDeveloper(undefined);
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  useServer(
    {
      schema,
      execute,
      subscribe,
      context: () => createContext({ kernel, positions, principal, correlationId: newId(), limits }),
      onNext: (_ctx, _id, _payload, args, result) => {
        // Every operation was given a context of ours.
        const extensions = extensionsOf(args.contextValue as RequestContext);
        return { data: result.data ?? null, ...(extensions && { extensions }) };
      },
    },
    sockets,
  );
  return listen(server);
}

/** What the network costs: whoever subscribes is sent the same text. */
async function startRaw(): Promise<{ readonly url: string; readonly change: () => Promise<number> }> {
  const server = createServer();
  const clients = new Set<WebSocket>();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (client) => {
    client.on('message', (data: Buffer) => {
      if (data.includes('connection_init')) client.send('{"type":"connection_ack"}');
      else {
        clients.add(client);
        client.send(TEXT);
      }
    });
  });
  const change = async (): Promise<number> => {
    const at = now();
    for (const client of clients) client.send(TEXT);
    return at;
  };
  return { url: await listen(server), change };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) =>
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, resolve),
  );
  // A server that listens on TCP has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
