import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { service } from '../src/app.js';
import { startService } from '../src/service/index.js';
import { readConfig } from '../src/settings/index.js';
import { deadlineIn, type Kernel } from '../src/kernel/index.js';
import { startBareApp } from './bare-app.js';
import { startConstantApp } from './constant-app.js';
import { startHelloApp } from './hello-app.js';
import { caughtUp } from './in-process.js';
import type { InProcessReading, Placement, Request, ServiceReading } from './service.js';
import { startPlainApp } from './plain-app.js';
import { startWorkerApp } from './worker-app.js';
import { COMMANDS_PER_ORDER, closedLoop, paced, writeOrder } from './workload.js';

/** How often the event loop is looked at, in ms. */
const RESOLUTION_MS = 1;
const VISIBLE_TIMEOUT_MS = 10_000;

const [placement, folder = ''] = process.argv.slice(2) as [Placement, string];
const app = await start();
const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
loop.enable();
const visible: number[] = [];
let since = performance.now();
let cpuSince = process.cpuUsage();
let mainCpuSince = mainCpuMs();
let ordersWritten = 0;
if ('kernel' in app) watchVisibility(app.kernel);
process.on('message', (request: Request) => void answer(request));
// A bench that failed leaves nothing running.
process.on('disconnect', () => process.exit(1));
process.send?.({ url: app.url });

async function start() {
  if (placement === 'hello') return startHelloApp();
  if (placement === 'constant') return startConstantApp();
  if (placement === 'bare') return startBareApp(folder);
  if (placement === 'main') return startPlainApp(folder);
  if (placement === 'worker') return startWorkerApp(folder);
  const logger = { info: fail, warn: fail, error: fail, debug: () => undefined };
  return startService(
    service,
    readConfig({
      PORT: '0',
      DATA_DIR: folder,
      LOG_LEVEL: 'silent',
      SHOP: 'off',
      CONSOLE: 'off',
      EVENT_LOG_URL: process.env['EVENT_LOG_URL'],
    }),
    logger,
  );
}

/** The product logs nothing while it works. */
function fail(...what: unknown[]): void {
  console.error(...what);
  process.exit(1);
}

async function answer(request: Request): Promise<void> {
  if (request.ask === 'read') process.send?.(read());
  else if (request.ask === 'runCommands') process.send?.(await runCommands(request.ms, request.inFlight));
  else if (request.ask === 'paceCommands') process.send?.(await paceCommands(request.ms, request.perSecond));
  else {
    await app.stop();
    process.exit(0);
  }
}

function read(): ServiceReading {
  const cpu = process.cpuUsage(cpuSince);
  const cpuMs = (cpu.user + cpu.system) / 1_000;
  const reading = {
    loopDelayP99Ms: loop.percentile(99) / 1e6,
    loopDelayMaxMs: loop.max / 1e6,
    cpu: cpuMs / (performance.now() - since),
    cpuMs,
    mainCpuMs: mainCpuMs() - mainCpuSince,
    visibleMs: visible.splice(0),
  };
  loop.reset();
  since = performance.now();
  cpuSince = process.cpuUsage();
  mainCpuSince = mainCpuMs();
  return reading;
}

/** Linux tells the time that a thread has run, in ns. */
function mainCpuMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return NaN;
  }
}

function runCommands(ms: number, inFlight: number): Promise<InProcessReading> {
  return measured(async ({ commands }, started, latencies) =>
    closedLoop(
      inFlight,
      () => performance.now() - started < ms,
      () => writeOrder(commands, ordersWritten++, latencies),
    ),
  );
}

function paceCommands(ms: number, perSecond: number): Promise<InProcessReading> {
  return measured(async ({ commands }, started, latencies) =>
    paced(
      perSecond / COMMANDS_PER_ORDER,
      () => performance.now() - started < ms,
      () => writeOrder(commands, ordersWritten++, latencies),
    ),
  );
}

async function measured(
  run: (kernel: Kernel, started: number, latencies: number[]) => Promise<void>,
): Promise<InProcessReading> {
  if (!('kernel' in app)) throw new Error('There are no commands here.');
  const { kernel } = app;
  const latencies: number[] = [];
  read();
  const started = performance.now();
  await run(kernel, started, latencies);
  await caughtUp(kernel);
  const seconds = (performance.now() - started) / 1_000;
  return { ...read(), commandsPerSecond: latencies.length / seconds, latencies };
}

/** One group of commands at a time is followed, so that watching costs next to nothing. */
function watchVisibility({ log, projectors }: Kernel): void {
  let watching = false;
  log.onAppend((head) => {
    if (watching) return;
    watching = true;
    const acknowledged = performance.now();
    const deadline = deadlineIn(VISIBLE_TIMEOUT_MS);
    const waits = [...projectors.values()].map(({ freshness }) => freshness.wait(head, deadline));
    void Promise.all(waits).then(() => {
      visible.push(performance.now() - acknowledged);
      watching = false;
    });
  });
}
