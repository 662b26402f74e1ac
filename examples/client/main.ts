import { WebSocket } from 'ws';
import { createClient } from '../../src/client/index.js';
import { placeAnOrder } from './place-order.js';

const url = process.env['TIDEMARK_URL'] ?? 'http://127.0.0.1:4000';
const client = createClient({ url: `${url}/graphql`, webSocketImpl: WebSocket });

placeAnOrder(client, (line) => process.stdout.write(`${line}\n`))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.stderr.write(`Is the service running at ${url}? Start it with npm start, or set TIDEMARK_URL.\n`);
    process.exitCode = 1;
  })
  .finally(() => client.dispose());
