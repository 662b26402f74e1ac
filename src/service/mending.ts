import { setTimeout as sleep } from 'node:timers/promises';
import { LogServerError } from '../engines/postgres/index.js';
import { createStandIn, type StandIn } from '../graphql/index.js';
import { TidemarkError, messageOf } from '../kernel/index.js';
import type { Config } from '../settings/index.js';
import type { ServiceDefinition } from './definition.js';
import type { Logger } from './logger.js';
import { createSecurity } from './security.js';
import { startService, type App } from './start.js';

/** A log that cannot be reached is tried again after this long, in ms. */
const RETRY_MS = 1_000;
const REASON =
  'The log was replaced or restored, or has lost its end. This node starts again by itself and builds its views anew.';
const MESSAGE = 'The service is starting again, as its log was replaced or restored. Try again in a moment.';

/** A service that starts again by itself when its log has become another one. */
export interface MendingService {
  /** Where it listens, also after it has started again. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the service. When the shared log is found to be another one, or to have lost its end, the service is stopped and
 * started again at the same place, which builds its views anew; until then all requests are UNAVAILABLE. `onEnd` is called
 * where it cannot be started again. Rejects where it cannot start at first.
 */
export async function startMending(
  definition: ServiceDefinition,
  config: Config,
  logger: Logger,
  onEnd: (error: unknown) => void,
): Promise<MendingService> {
  let app: App | undefined;
  let mending: Promise<void> | undefined;
  let replaced = false;
  let stopped = false;

  const onReplaced = (): void => {
    replaced = true;
    // Where there is no app yet, whoever starts it looks.
    if (app !== undefined && !stopped) mending ??= mend().catch(onEnd);
  };

  app = await startService(definition, config, logger, { onReplaced });
  const { url } = app;
  const place = { ...config, port: Number(new URL(url).port) };
  if (replaced) onReplaced();

  async function mend(): Promise<void> {
    const before = createSecurity(config.origins);
    const standIn = createStandIn({ ...place, reason: REASON, message: MESSAGE, before });
    try {
      while (replaced && !stopped) {
        replaced = false;
        logger.error({}, REASON);
        const ended = app?.stop();
        app = undefined;
        // While requests in flight end, others are told already.
        await standIn.open();
        await ended;
        app = await startAgain(standIn);
      }
    } finally {
      await standIn.close();
      mending = undefined;
    }
  }

  async function startAgain(standIn: StandIn): Promise<App | undefined> {
    while (!stopped) {
      try {
        return await startService(definition, place, logger, {
          onReplaced,
          beforeListen: () => standIn.close(),
        });
      } catch (error) {
        if (!mayPass(error)) throw error;
        logger.warn({ reason: messageOf(error) }, 'the service cannot start again yet');
        await standIn.open();
        await sleep(RETRY_MS);
      }
    }
    return undefined;
  }

  return {
    url,
    stop: async () => {
      stopped = true;
      await mending;
      await app?.stop();
    },
  };
}

/** Whether the log is away, and may come back. */
function mayPass(error: unknown): boolean {
  return error instanceof LogServerError || (error instanceof TidemarkError && error.code === 'UNAVAILABLE');
}
