import 'reflect-metadata/lite';
import { readFileSync, writeFileSync } from 'node:fs';
import { createSchema, positionCodec, printSorted } from '../src/graphql/index.js';
import { orderResolvers } from '../src/orders/index.js';

/** The schema as it is emitted; the log's identity does not show in it. */
export function emitSchema(): string {
  return printSorted(createSchema(orderResolvers, positionCodec({ id: '0', epoch: 1 })).schema);
}

const FILE = new URL('../schema.graphql', import.meta.url);

if (process.argv[1]?.endsWith('schema.ts')) {
  const before = readFileSync(FILE, { encoding: 'utf8', flag: 'a+' });
  const now = emitSchema();
  writeFileSync(FILE, now);
  process.stdout.write(before === now ? 'schema.graphql is unchanged.\n' : 'schema.graphql was written.\n');
}
