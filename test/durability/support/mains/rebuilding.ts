/** The service, whose operator rebuilds one projection after the other without a pause, and now and then goes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { service } from '../../../../src/app.js';
import { startService } from '../../../../src/service/index.js';
import { readConfig } from '../../../../src/settings/index.js';
import { createLogger } from '../../../../src/service/index.js';

const BY = { actor: 'operator', correlationId: 'rebuilding' };
/** After so many rebuilds of a projection it is rolled back once, and pruned once. */
const ROLLBACK_EVERY = 3;

const config = readConfig(process.env);
const { kernel, url } = await startService(service, config, createLogger(config.logLevel));
process.stdout.write(`GraphQL     ${url}/graphql\n`);

const { operations } = kernel;

/** Looked at now and then, as a build may end by itself at any time. */
async function settled(name: string): Promise<void> {
  while (operations.status(name).state === 'BUILDING' || operations.status(name).rebuild !== null)
    await sleep(1);
}

for (let round = 1; ; round += 1) {
  for (const name of kernel.projectors.keys()) {
    // What a kill has cut short goes on by itself first.
    await settled(name);
    await operations.rebuild(name, BY);
    await settled(name);
    if (round % ROLLBACK_EVERY > 0) continue;
    await operations.rollback(name, BY);
    await operations.prune(name, BY);
  }
}
