import { openLeases, runOnce } from '../../../src/engines/postgres/index.js';

const [url = '', leaseMs = ''] = process.argv.slice(2);
const leases = openLeases(url);
const once = runOnce({
  leases,
  name: 'counting',
  intervalMs: 20,
  leaseMs: Number(leaseMs),
  work: async (run) => {
    await run(`INSERT INTO effects (token) SELECT token FROM tidemark.leases WHERE name = 'counting'`);
  },
  onDone: ({ token }) => process.stdout.write(`done ${token}\n`),
  onFailure: (error) =>
    process.stdout.write(`refused ${(error as { code?: string }).code ?? String(error)}\n`),
});
process.on('SIGTERM', () => {
  void once.stop().then(() => {
    leases.close();
    process.exit(0);
  });
});
