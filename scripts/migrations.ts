import { execFileSync } from 'node:child_process';

/** Writes the migrations of each SQLite file, and of the log in PostgreSQL, whose tables changed, with drizzle-kit. */
for (const file of ['log', 'postgres-log', 'orders', 'customers', 'sales']) {
  execFileSync('npx', ['drizzle-kit', 'generate', '--name', file], {
    stdio: 'inherit',
    env: { ...process.env, DRIZZLE: file },
  });
}
