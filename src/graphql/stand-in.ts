import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../kernel/index.js';
import { headersFor, statusOf } from './errors.js';
import { asText, readyAnswer } from './ready-answer.js';

/** How often a port is tried that is not free yet, in ms, and for how long. */
const BIND_EVERY_MS = 20;
const BIND_MAX_MS = 5_000;

/** What stands in for a service that is away for a while. */
export interface StandIn {
  /** Answers at the port, as soon as that is free. Rejects where it does not become free. */
  open(): Promise<void>;
  /** Leaves the port to somebody else. Does nothing where it is not open. */
  close(): Promise<void>;
}

/** Where to stand in, and what to say. */
export interface StandInOptions {
  /** The address to listen at. */
  readonly host: string;
  /** The port to listen at; 0 for a free one. */
  readonly port: number;
  /** A sentence for operators, which `/readyz` shows. */
  readonly reason: string;
  /** A sentence for clients. */
  readonly message: string;
  /** Run before every answer; one that it gives itself is the answer. */
  readonly before?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Stands in for a service: all of it is UNAVAILABLE, `/readyz` says why, and `/livez` that the process is well. */
export function createStandIn({ host, port, reason, message, before }: StandInOptions): StandIn {
  const code: ErrorCode = 'UNAVAILABLE';
  const refusal = readyAnswer(statusOf(code), code, message, headersFor(code));
  const refusalText = asText(refusal);
  const ready = JSON.stringify({ status: 'unavailable', log: { writable: false, reason }, projections: [] });
  const server = createServer((request, response) => {
    // Whoever comes back finds the service itself.
    response.setHeader('connection', 'close');
    if (before?.(request, response) === true) return;
    if (request.url === '/livez') answer(response, 200, '{"status":"ok"}');
    else if (request.url === '/readyz') answer(response, 503, ready);
    else response.writeHead(refusal.status, [...refusal.headers]).end(refusal.body);
  });
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => undefined);
    socket.end(refusalText);
  });

  function bind(): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  }

  return {
    open: async () => {
      for (const end = performance.now() + BIND_MAX_MS; !server.listening;) {
        try {
          await bind();
        } catch (error) {
          if (performance.now() > end) throw error;
          await sleep(BIND_EVERY_MS);
        }
      }
    },
    close: async () => {
      if (!server.listening) return;
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${text}\n`);
}
