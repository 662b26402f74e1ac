import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openPostgresLog, type PostgresLog } from '../../src/engines/postgres/index.js';
import { eventLogContract } from '../contract/event-log.js';
import { operationLogContract } from '../contract/operation-log.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

async function open(url?: string): Promise<PostgresLog> {
  const log = await openPostgresLog({ url: url ?? (await server.newDatabase()) });
  onTestFinished(() => log.close());
  return log;
}

eventLogContract('postgres', open);
operationLogContract('postgres', async () => (await open()).operations);
