import { hostname } from 'node:os';
import {
  openLeases,
  openPostgresLog,
  pruneOperations,
  runOnce,
  type PostgresLog,
  type PostgresLogOptions,
} from '../engines/postgres/index.js';
import {
  openSqliteLog,
  sqliteSnapshots,
  sqliteViews,
  stopCopying,
  takeDataDir,
  type DataDir,
  type SqliteLog,
} from '../engines/sqlite/index.js';
import {
  ENDPOINT,
  authenticateAsDeveloper,
  authenticateByToken,
  createBuiltPages,
  createMembership,
  createPlayground,
  checkNeeds,
  createSchema,
  listen,
  operatePlayground,
  positionCodec,
  probes,
  readTrustedDocuments,
  textPage,
  type Page,
} from '../graphql/index.js';
import { createKernel, type Kernel, type NodeFacts, type NodeRegistry } from '../kernel/index.js';
import { createSecurity } from './security.js';
import { serviceWatch } from './service-watch.js';
import { VERSION, announceService, retractService, type Config } from '../settings/index.js';
import { createMetrics, createTracing } from '../telemetry/index.js';
import type { ServiceDefinition } from './definition.js';
import { logCommands, warnOfParked, type Logger } from './logger.js';

/** How often it is looked for what operators did too long ago, in ms. */
const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A running service. */
export interface App {
  readonly url: string;
  readonly kernel: Kernel;
  /** Stops taking requests, finishes those in flight, closes the files. Safe to call once. */
  stop(): Promise<void>;
}

/** What whoever starts a service is told. */
export interface StartHooks {
  /** The shared log has become another one, or has lost its end: only a new start helps. */
  readonly onReplaced?: () => void;
  /** The next thing to be done is to listen at the port. */
  readonly beforeListen?: () => Promise<void>;
}

/** Puts the service together and starts it. Rejects, with everything closed again, where it cannot start. */
export async function startService(
  definition: ServiceDefinition,
  config: Config,
  logger: Logger,
  { onReplaced, beforeListen }: StartHooks = {},
): Promise<App> {
  const { name, modules, resolvers, playground = [] } = definition;
  const { limits } = config;
  const closers: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    checkNeeds(resolvers, modules);
    const dataDir = takeDataDir(config.dataDir);
    closers.push(() => {
      dataDir.release();
    });
    // Whoever copies pages back has let go of the files before they are anybody else's.
    closers.push(stopCopying);
    const metrics = createMetrics();
    const tracing = createTracing();
    const log = await openLog(config, dataDir, {
      measure: (measure) => {
        metrics.observeCommit(measure);
      },
      ...(onReplaced && { onReplaced }),
    });
    closers.push(() => log.close());
    if (config.eventLogUrl !== null) dataDir.refuseOthers(log.identity);
    const snapshots = sqliteSnapshots(dataDir.snapshotsFile);
    closers.push(() => {
      snapshots.close();
    });
    const kernel = await createKernel({
      log: tracing.log(log),
      views: sqliteViews(dataDir.viewsFolder, config.viewsFrom),
      operations: log.operations,
      snapshots,
      modules,
      limits,
      middleware: [metrics.middleware, logCommands(logger), ...tracing.middleware],
      onProjectionNotice: (projection, notice) => {
        logger.warn({ projection, notice }, 'views are built anew; raise the version of the projection');
      },
      onProjectionAdoption: (projection, adoption) => {
        if (adoption.taken) logger.info({ projection, ...adoption }, 'views go on from a copy');
        else
          logger.warn({ projection, ...adoption }, 'no copy of the views fits; they are built from the log');
      },
      onProjectionFailure: (projection, error) => {
        logger.error({ projection, err: error }, 'a projection failed; it will be tried again');
      },
      onReadAfter: (wait) => {
        metrics.observeWait(wait);
      },
      onSnapshotFailure: (decider, error) => {
        logger.warn({ decider, err: error }, 'a snapshot failed; commands go on without it');
      },
    });
    closers.push(() => kernel.stop());
    closers.push(tidyUp(config, logger));
    closers.push(warnOfParked(kernel, logger));
    metrics.watch(kernel);
    tracing.watch(kernel);
    const membership = createMembership({ kernel, version: VERSION, nodes: nodesOf(log) });
    const positions = positionCodec(log.identity);
    await beforeListen?.();
    const edge = await listen(
      {
        kernel,
        positions,
        schema: createSchema(resolvers, positions, limits),
        authenticate: config.auth === null ? authenticateAsDeveloper : authenticateByToken(config.auth),
        introspection: config.introspection,
        origins: config.origins,
        before: createSecurity(config.origins),
        limits,
        service: serviceWatch(metrics.readings, config),
        cluster: membership,
        trustedDocuments:
          config.trustedDocuments === null
            ? undefined
            : readTrustedDocuments(config.trustedDocuments, limits),
        pages: [
          probes(kernel),
          textPage('/metrics', () => metrics.collect()),
          ...builtPages(definition, config, logger),
          ...(config.playground
            ? [
                createPlayground({
                  endpoint: ENDPOINT,
                  title: name,
                  tabs: [...playground, ...operatePlayground],
                }),
              ]
            : []),
        ],
        report: (error, correlationId) => {
          logger.error({ err: error, correlationId }, 'a request failed');
        },
      },
      config.host,
      config.port,
    );
    closers.push(() => edge.close());
    metrics.sockets(() => edge.sockets());
    metrics.operations(() => edge.operations());
    kernel.start();
    closers.push(() => membership.stop());
    await membership.start(whereOf(config, edge.url));
    closers.push(() => {
      retractService(config.dataDir);
    });
    announceService(config.dataDir, edge.url);
    return { url: edge.url, kernel, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The log that all nodes share, where one is named; else the embedded one. */
async function openLog(
  { eventLogUrl: url, durability }: Config,
  dataDir: DataDir,
  hooks: Pick<PostgresLogOptions, 'measure' | 'onReplaced'>,
): Promise<SqliteLog | PostgresLog> {
  if (url !== null) return openPostgresLog({ url, seen: (log) => dataDir.seen(log), ...hooks });
  const { measure } = hooks;
  const hasHistory = dataDir.hasViews();
  return openSqliteLog({ file: dataDir.logFile, durability, hasHistory, ...(measure && { measure }) });
}

/** Where the nodes of a log find each other that several can share. */
function nodesOf(log: SqliteLog | PostgresLog): NodeRegistry | undefined {
  return 'nodes' in log ? log.nodes : undefined;
}

/** How other nodes and people name this one. */
function whereOf({ nodeName, nodeUrl }: Config, own: string): Pick<NodeFacts, 'name' | 'url'> {
  // Whoever listens on every address is not found by that.
  const url = nodeUrl ?? own.replace(/\/\/(0\.0\.0\.0|\[::\]):/, `//${hostname()}:`);
  return { name: nodeName ?? new URL(url).host, url };
}

/** Keeps the log's database from growing for ever, on one node of all; returns how to stop it. */
function tidyUp({ eventLogUrl: url, operationsKeptDays: days }: Config, logger: Logger): () => Promise<void> {
  if (url === null || days === null) return () => Promise.resolve();
  const leases = openLeases(url);
  const once = runOnce({
    leases,
    name: 'prune operations',
    intervalMs: PRUNE_EVERY_MS,
    work: (run) => pruneOperations(run, days * DAY_MS),
    onFailure: (error) => {
      logger.warn({ err: error }, 'old operations could not be pruned; it will be tried again');
    },
  });
  return async () => {
    await once.stop();
    leases.close();
  };
}

/** The pages that are on, where they have been built. */
function builtPages(
  { shop = false }: ServiceDefinition,
  { shop: isShopOn, console, webFolder }: Config,
  logger: Logger,
): readonly Page[] {
  const names = [...(shop && isShopOn ? ['shop'] : []), ...(console ? ['console'] : [])];
  if (names.length === 0) return [];
  if (webFolder !== null) return [createBuiltPages({ folder: webFolder, names })];
  logger.warn({ pages: names }, 'these pages have not been built: run npm run build:web');
  return [];
}
