import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** What happens to one HTTP request on its way. */
export interface Fault {
  /** The connection is cut before the request is passed on, or after the service has answered. */
  readonly cut?: 'before' | 'after';
  /** Held up on the way there, in ms, so that requests overtake each other. */
  readonly delayMs?: number;
  /** Held up on the way back, in ms. */
  readonly answerDelayMs?: number;
  /** The client hears nothing of the first one, which arrives only after this time, in ms. */
  readonly arrivesLateMs?: number;
}

/** A network between clients and a service. */
export interface Proxy {
  readonly url: string;
  /** How many requests were cut. */
  cuts(): number;
  /** Cuts all WebSockets; returns how many there were. */
  cutSockets(): number;
  /** Refuses new WebSockets until the returned function is called. */
  refuseSockets(): () => void;
}

/** Starts a proxy before a service; each request has the fault that `fault` gives it. */
export async function startProxy(target: string, fault: () => Fault = () => ({})): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let cuts = 0;
  let refusing = false;
  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy());
  });

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { cut, delayMs = 0, answerDelayMs = 0, arrivesLateMs } = fault();
    if (cut !== undefined || arrivesLateMs !== undefined) cuts += 1;
    if (cut === 'before') return void response.destroy();
    if (arrivesLateMs !== undefined) {
      response.destroy();
      await sleep(arrivesLateMs);
      return void (await forward(incoming, body));
    }
    await sleep(delayMs);
    const answer = await forward(incoming, body);
    if (cut === 'after') return void response.destroy();
    await sleep(answerDelayMs);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  function forward(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
        buffer(answer).then((whole) => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: whole });
        }, reject);
      });
      onward.on('error', reject);
      onward.end(body);
    });
  }

  server.on('upgrade', (incoming, socket: Socket, head) => {
    if (refusing) return void socket.destroy();
    const onward = connect(Number(port), hostname, () => {
      const lines = incoming.rawHeaders.flatMap((text, at, all) =>
        at % 2 === 0 ? `${text}: ${all[at + 1]}` : [],
      );
      onward.write(`GET ${incoming.url ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        sockets.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    cutSockets: () => {
      const open = sockets.size / 2;
      for (const socket of sockets) socket.destroy();
      return open;
    },
    refuseSockets: () => {
      refusing = true;
      return () => {
        refusing = false;
      };
    },
  };
}
