import { defineConfig } from 'drizzle-kit';

/** `DRIZZLE=log npm run migrations` and so on: each SQLite file has its own tables and its own migrations, and so has the log in PostgreSQL. */
const schemas: Record<string, string> = {
  log: './src/engines/sqlite/schema.ts',
  'postgres-log': './src/engines/postgres/schema.ts',
  orders: './src/orders/views/orders.tables.ts',
  customers: './src/orders/views/customers.tables.ts',
  sales: './src/orders/views/sales.tables.ts',
};

const file = process.env['DRIZZLE'] ?? 'log';
const schema = schemas[file];
if (schema === undefined)
  throw new Error(`DRIZZLE must be one of ${Object.keys(schemas).join(', ')}, got ${file}.`);

// drizzle-kit wants a default export.
export default defineConfig({
  dialect: file === 'postgres-log' ? 'postgresql' : 'sqlite',
  schema,
  out: `./drizzle/${file}`,
});
