import { existsSync } from 'node:fs';
import { LogServerError } from '../engines/postgres/index.js';
import { DataDirError } from '../engines/sqlite/index.js';
import { messageOf } from '../kernel/index.js';
import { ConfigError, readConfig } from '../settings/index.js';
import type { ServiceDefinition } from './definition.js';
import { createLogger } from './logger.js';
import { startMending } from './mending.js';
import type { App } from './start.js';

/** How long a stop may take before the process ends all the same, in ms. */
const STOP_TIMEOUT_MS = 10_000;
const OPEN = 'Authentication is off: everybody at this machine is the developer, and may do everything.';

/**
 * Runs the service as this process, with the settings of the environment and of `.env`, until it is told to stop by SIGINT or
 * SIGTERM. Where it cannot start it says why, and what to do, and the process ends with 1.
 */
export async function runService(service: ServiceDefinition): Promise<void> {
  try {
    await run(service);
  } catch (error) {
    fail(error);
  }
}

async function run(service: ServiceDefinition): Promise<void> {
  // The environment wins over the file.
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const app = await startMending(service, config, logger, fail);
  const eventLog = config.eventLogUrl === null ? 'embedded' : 'postgres';
  logger.info({ url: app.url, dataDir: config.dataDir, durability: config.durability, eventLog }, 'ready');
  if (config.auth === null) logger.warn(OPEN);
  const lines = [
    `${service.name} is ready.`,
    ...(config.playground ? [`Playground  ${app.url}/`] : []),
    `GraphQL     ${app.url}/graphql`,
    ...(service.shop === true && config.shop && config.webFolder !== null
      ? [`Shop        ${app.url}/shop/`]
      : []),
    ...(config.console && config.webFolder !== null ? [`Console     ${app.url}/console/`] : []),
    ...(config.auth === null ? ['', OPEN] : []),
  ];
  process.stdout.write(`\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n\n`);
  stopOn(app, ['SIGINT', 'SIGTERM']);
}

function stopOn(app: Pick<App, 'stop'>, signals: readonly NodeJS.Signals[]): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    void app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
      },
    );
  };
  for (const signal of signals) process.on(signal, stop);
}

function fail(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

function explain(error: unknown): string {
  if ([ConfigError, DataDirError, LogServerError].some((kind) => error instanceof kind))
    return `Tidemark cannot start. ${messageOf(error)}`;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Tidemark cannot start. ${error.message}: another program listens there. Set PORT to another port.`;
  }
  return `Tidemark cannot start. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
