import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createProxyServer } from 'httpxy';

/** How often nodes are asked whether they are ready, and how long they may take to say so, in ms. */
const CHECK_MS = 500;
const CHECK_TIMEOUT_MS = 2_000;
/** The longest body that is held until a node has taken it; the service takes less by itself. */
const BODY_BYTES_MAX = 4_194_304;
/** How long a node may take for an answer, in ms. */
const ANSWER_TIMEOUT_MS = 30_000;
/** What says that nothing has been sent. */
const NOT_CONNECTED: readonly string[] = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

/** A proxy in front of nodes. */
export interface Proxy {
  readonly url: string;
  /** The nodes that get requests now. */
  ready(): readonly string[];
  close(): Promise<void>;
}

/** What a proxy is told of its nodes. */
export interface ProxyOptions {
  readonly port: number;
  /** Their URLs. */
  readonly nodes: readonly string[];
  /** Told when a node begins or ends to get requests. */
  readonly onChange?: (node: string, ready: boolean) => void;
}

/** Hands requests and WebSockets to the nodes in turn that say that they are ready. */
export async function startProxy({ port, nodes, onChange }: ProxyOptions): Promise<Proxy> {
  const proxy = createProxyServer({ xfwd: true, proxyTimeout: ANSWER_TIMEOUT_MS });
  const ready = new Set<string>();
  let turn = 0;

  /** Those that are ready, another one first each time. */
  function inTurn(): readonly string[] {
    const all = nodes.filter((node) => ready.has(node));
    turn += 1;
    return all.map((_, index) => all[(turn + index) % all.length] ?? '');
  }

  function mark(node: string, isReady: boolean): void {
    if (ready.has(node) === isReady) return;
    if (isReady) ready.add(node);
    else ready.delete(node);
    onChange?.(node, isReady);
  }

  async function check(): Promise<void> {
    await Promise.all(
      nodes.map(async (node) => {
        mark(node, await isReady(node));
      }),
    );
  }

  async function web(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) {
      answer(response, 413, 'BAD_USER_INPUT', 'The request is too long for this proxy.');
      return;
    }
    for (const target of inTurn()) {
      try {
        // One stream for each node that is tried.
        await proxy.web(request, response, {
          target,
          buffer: Readable.from(body.length === 0 ? [] : [body]),
        });
        return;
      } catch (error) {
        if (!NOT_CONNECTED.includes(codeOf(error))) {
          answer(
            response,
            502,
            'OUTCOME_UNKNOWN',
            'The node ended before it answered. Send it again with the same command id.',
          );
          return;
        }
        mark(target, false);
      }
    }
    answer(response, 503, 'UNAVAILABLE', 'No node is ready. Try again in a moment.');
  }

  async function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    for (const target of inTurn()) {
      // Once it is on its way nothing can be tried again.
      if (await accepts(target)) {
        await proxy.ws(request, socket, { target }, head);
        return;
      }
      mark(target, false);
    }
    socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\r\n');
  }

  const server = createServer((request, response) => {
    web(request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    // Whoever leaves meanwhile is told of nothing.
    socket.on('error', () => socket.destroy());
    upgrade(request, socket as Socket, head).catch(() => socket.destroy());
  });
  const sockets = trackSockets(server);
  await listen(server, port);
  await check();
  const timer = setInterval(() => void check(), CHECK_MS);
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`,
    ready: () => nodes.filter((node) => ready.has(node)),
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return sockets;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** The whole body; undefined where it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function isReady(node: string): Promise<boolean> {
  try {
    const { status, body } = await fetch(`${node}/readyz`, { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
    await body?.cancel();
    return status === 200;
  } catch {
    return false;
  }
}

function accepts(node: string): Promise<boolean> {
  const { hostname, port } = new URL(node);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const end = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function answer(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, { ...headers, ...(status === 503 && { 'retry-after': '1' }) });
  response.end(`${JSON.stringify({ errors: [{ message, extensions: { code } }] })}\n`);
}
