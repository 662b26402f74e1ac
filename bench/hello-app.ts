import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that is there until it is stopped. */
export interface StartedApp {
  /** None: nothing is behind it. */
  readonly kernel?: never;
  readonly url: string;
  stop(): Promise<void>;
}

/** The least that Node can do over HTTP: a constant text for whatever comes. */
export async function startHelloApp(): Promise<StartedApp> {
  return startServer(
    createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 5 });
      response.end('hello');
    }),
  );
}

/** Starts a server on any free port of this machine. */
export async function startServer(server: Server): Promise<StartedApp> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
