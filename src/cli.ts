#!/usr/bin/env node
import { runCli } from './cli/index.js';

// A pipe whose reader has gone is no defect; whoever writes to it is told, too.
process.stdout.on('error', () => undefined);
// The service is loaded by the verbs that need them only: the others start in a fraction of the time.
const code = await runCli(process.argv.slice(2), {
  environment: process.env,
  loadService: async () => (await import('./app.js')).service,
});
// Not exit(): what is still on its way to a pipe would be lost.
process.exitCode = code;
