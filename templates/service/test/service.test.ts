import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, unwrap } from 'tidemark/client';
import { createLogger, readConfig, startService, type App } from 'tidemark/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OpenTicket, OpenTickets } from '../client/documents.js';
import { service } from '../src/service.js';

const folder = mkdtempSync(join(tmpdir(), '{{name}}-'));
let app: App;

beforeAll(async () => {
  const config = readConfig({ PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'error' });
  app = await startService(service, config, createLogger('error'));
});

afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
});

test('Whoever opens a ticket sees it at once, in the answer and in every list', async () => {
  const client = createClient({ url: `${app.url}/graphql` });
  const input = { subject: 'The door does not open', customer: 'Ada' };
  const { openTicket } = unwrap(await client.mutate(OpenTicket, { input }));
  expect(openTicket.ticket?.status).toBe('OPEN');
  const { tickets } = unwrap(await client.query(OpenTickets, { customer: 'Ada' }));
  expect(tickets.nodes.map(({ id }) => id)).toEqual([openTicket.ticket?.id]);
});
