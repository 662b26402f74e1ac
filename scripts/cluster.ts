import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDatabase } from './cluster/database.js';
import { runNode, type NodeProcess } from './cluster/node-process.js';
import { startProxy } from './cluster/proxy.js';
import { freePort } from './embedded-postgres.js';

const NODES = 3;
/** Where the database listens, counted from the proxy's port. */
const DATABASE_OFFSET = 10;
const PORT = 4_000;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const OPEN = 'Authentication is off: everybody at this machine is the developer.';

const stops: (() => Promise<void>)[] = [];
let stopping: Promise<void> | undefined;

/**
 * A cluster on this machine: PostgreSQL, three nodes and a proxy in front of them, `npm run cluster`. It goes on from what it
 * finds in DATA_DIR/cluster, and runs until Ctrl-C. CLUSTER_MAIN names another build of the service.
 */
async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      void stop(0);
    });
  // As the service does: the environment wins.
  if (existsSync('.env')) process.loadEnvFile('.env');
  const folder = resolve(process.env['DATA_DIR'] ?? './data', 'cluster');
  const [port = 0, databasePort = 0, ...nodePorts] = await ports();
  const starting = startDatabase(folder, databasePort);
  // Also where it is not up yet when everything is to be stopped.
  stops.push(async () => (await starting.catch(() => undefined))?.halt('orderly'));
  const database = await starting;
  void database.ended.then(() => {
    fail(new Error('PostgreSQL ended, so everything is stopped. Start the cluster again.'));
  });
  if (stopping !== undefined) return;
  const nodes = nodePorts.map((nodePort, index) => startNode(index + 1, nodePort, folder, database.url));
  stops.push(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });
  await Promise.all(nodes.map((node) => node.listening()));
  if (stopping !== undefined) return;
  const nameOf = (url: string): string => nodes.find((node) => node.url === url)?.name ?? url;
  const proxy = await startProxy({
    port,
    nodes: nodes.map(({ url }) => url),
    onChange: (url, ready) => {
      tell(`${nameOf(url)} ${ready ? 'is ready and gets requests' : 'is not ready and gets no requests'}.`);
    },
  });
  stops.push(() => proxy.close());
  welcome(proxy.url, nodes, folder);
}

/** The proxy's, the database's and the nodes' ports: fixed ones, or free ones where PORT is 0. */
async function ports(): Promise<readonly number[]> {
  const first = Number(process.env['PORT'] ?? PORT);
  if (!Number.isInteger(first) || first < 0 || first + DATABASE_OFFSET > 65_535)
    throw new Error(`PORT=${process.env['PORT']} is no port that has ten more behind it.`);
  const offsets = [0, DATABASE_OFFSET, ...Array.from({ length: NODES }, (_, index) => index + 1)];
  return first === 0 ? Promise.all(offsets.map(freePort)) : offsets.map((offset) => first + offset);
}

function startNode(number: number, port: number, folder: string, eventLogUrl: string): NodeProcess {
  const name = `node-${number}`;
  const url = `http://127.0.0.1:${port}`;
  return runNode({
    name,
    url,
    main: process.env['CLUSTER_MAIN'] ?? MAIN,
    output: join(folder, `${name}.log`),
    tell,
    environment: {
      LOG_LEVEL: 'warn',
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: join(folder, name),
      EVENT_LOG_URL: eventLogUrl,
      NODE_NAME: name,
      NODE_URL: url,
    },
  });
}

function isOpen(): boolean {
  return !process.env['AUTH_JWT_SECRET'] && !process.env['AUTH_JWKS_URL'];
}

function tell(what: string): void {
  if (stopping === undefined) process.stdout.write(`  ${what}\n`);
}

function welcome(url: string, nodes: readonly NodeProcess[], folder: string): void {
  const lines = [
    'The cluster is ready: three nodes on one PostgreSQL, and a proxy in front of them.',
    `Playground  ${url}/`,
    `GraphQL     ${url}/graphql`,
    `Shop        ${url}/shop/`,
    `Console     ${url}/console/#/nodes`,
    '',
    ...nodes.map((node) => `${node.name}      ${node.url}/console/`),
    '',
    `Everything is kept in ${folder}, with what the nodes log, and the next start goes on from it.`,
    ...(isOpen() ? [OPEN] : []),
    'Ctrl-C stops everything.',
  ];
  process.stdout.write(`\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n\n`);
}

/** The last that was started is stopped first. */
function stop(code: number): Promise<void> {
  if (stopping !== undefined) return stopping;
  process.stdout.write('\n  Stopping.\n');
  stopping = (async () => {
    for (const each of stops.splice(0).reverse()) await each();
    process.exit(code);
  })();
  return stopping;
}

function fail(error: unknown): void {
  if (stopping !== undefined) return;
  process.stderr.write(`The cluster cannot run. ${error instanceof Error ? error.message : String(error)}\n`);
  void stop(1);
}

main().catch((error: unknown) => {
  fail(isTaken(error) ? new Error(`${error.message}. Set PORT to another port.`) : error);
});

function isTaken(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
