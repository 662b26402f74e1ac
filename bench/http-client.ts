import { connect, type Socket } from 'node:net';

/** What came back, already known to be without errors. */
export interface GraphQLAnswer {
  readonly data: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly extensions?: { readonly consistency?: { readonly stale: boolean; readonly waitedMs: number } };
}

/** Sends GraphQL operations over keep-alive connections; rejects where the answer has errors. */
export interface HttpClient {
  send(query: string, variables: object): Promise<GraphQLAnswer>;
  /** The same by the document's SHA-256 alone; the first time with its text, after which the server knows it. */
  sendHash(sha256Hash: string, variables: object, query?: string): Promise<GraphQLAnswer>;
  /** The body of the answer to a GET without anything else. */
  get(path: string): Promise<string>;
  close(): void;
}

/** One connection, one request at a time; answers must have a content-length, as the service's do. */
interface Connection {
  ask(request: string): Promise<string>;
  close(): void;
}

/** A client with so many connections at most. It writes and reads bare sockets, so that it seldom is the limit. */
export function createHttpClient(url: string, connections: number): HttpClient {
  const { hostname, port, host } = new URL(url);
  const free: Connection[] = [];
  const waiting: ((connection: Connection) => void)[] = [];
  const all = new Set<Connection>();

  function take(): Connection | Promise<Connection> {
    const connection = free.pop();
    if (connection !== undefined) return connection;
    if (all.size < connections) {
      const opened = open(connect({ host: hostname, port: Number(port), noDelay: true }), () => {
        // Servers close what has been idle.
        all.delete(opened);
        if (free.includes(opened)) free.splice(free.indexOf(opened), 1);
      });
      all.add(opened);
      return opened;
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  async function ask(request: string): Promise<string> {
    const connection = await take();
    const body = await connection.ask(request);
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
    return body;
  }

  async function post(content: object): Promise<GraphQLAnswer> {
    const body = JSON.stringify(content);
    const length = Buffer.byteLength(body);
    const text = await ask(
      `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\naccept: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
    );
    const answer = JSON.parse(text) as GraphQLAnswer & { errors?: unknown };
    if (answer.errors !== undefined) throw new Error(`The service answered ${JSON.stringify(answer.errors)}`);
    return answer;
  }

  return {
    send: (query, variables) => post({ query, variables }),
    sendHash: (sha256Hash, variables, query) =>
      post({ query, variables, extensions: { persistedQuery: { version: 1, sha256Hash } } }),
    get: (path) => ask(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`),
    close: () => {
      for (const connection of all) connection.close();
    },
  };
}

function open(socket: Socket, onClose: () => void): Connection {
  let received = Buffer.alloc(0);
  let settle: { resolve(body: string): void; reject(error: Error): void } | undefined;
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const head = received.indexOf('\r\n\r\n');
    if (head === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(received.toString('latin1', 0, head))?.[1] ?? 0);
    const end = head + 4 + length;
    if (received.length < end) return;
    const body = received.toString('utf8', head + 4, end);
    received = received.subarray(end);
    settle?.resolve(body);
  });
  const fail = (error: Error): void => settle?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => {
    onClose();
    fail(new Error('The service closed the connection.'));
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    close: () => {
      settle = undefined;
      socket.destroy();
    },
  };
}
