import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import {
  compareEventSchemas,
  eventSchemasOf,
  type EventSchemas,
  type SchemaComparison,
} from '../src/kernel/index.js';
import { orderEvents } from '../src/orders/index.js';

/** Beside schema.graphql: the one is the contract with clients, the other with the log. */
const FILE = new URL('../event-schemas.json', import.meta.url);

/** How the events of this build stand to the committed file. */
export function compareWithFile(): SchemaComparison {
  const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as EventSchemas;
  return compareEventSchemas(recorded, eventSchemasOf(orderEvents, z.toJSONSchema));
}

if (process.argv[1]?.endsWith('event-schemas.ts')) {
  const { verdict, changes, schemas } = compareWithFile();
  for (const { verdict: one, message } of changes) if (one !== 'unchanged') console.log(`${one}: ${message}`);
  if (verdict === 'breaking') {
    console.log('event-schemas.json was not written.');
    process.exitCode = 1;
  } else {
    writeFileSync(FILE, `${JSON.stringify(schemas, null, 2)}\n`);
    console.log(`event-schemas.json ${verdict === 'unchanged' ? 'is unchanged' : 'was written'}.`);
  }
}
