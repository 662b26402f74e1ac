import { setTimeout as sleep } from 'node:timers/promises';
import { openLeases } from '../../../src/engines/postgres/index.js';

/** Holds a lease and writes effects under its fence until that refuses; says what becomes of it, a word a line. */
async function hold(url: string, ttlMs: number): Promise<void> {
  const leases = openLeases(url);
  const lease = await leases.acquire('work', ttlMs);
  if (lease === undefined) throw new Error('Somebody else has it.');
  for (let n = 1; ; n += 1) {
    const done = await leases
      .fenced(lease, (run) => run('INSERT INTO effects (token) VALUES ($1)', [lease.token]))
      .catch((error: unknown) => error as { code?: string });
    if ('code' in done) {
      process.stdout.write(`refused ${done.code}\n`);
      break;
    }
    if (n === 1) process.stdout.write('working\n');
    if (!(await leases.renew(lease, ttlMs))) process.stdout.write('expired\n');
    await sleep(5);
  }
  leases.close();
}

const [url = '', ttl = ''] = process.argv.slice(2);
await hold(url, Number(ttl));
