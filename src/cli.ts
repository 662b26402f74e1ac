#!/usr/bin/env node
import { runCliProcess } from './cli/index.js';

// The service is loaded by the verbs that need it only: the others start in a fraction of the time.
await runCliProcess(async () => (await import('./app.js')).service);
