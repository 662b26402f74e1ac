import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatCommand } from '../src/engines/sqlite/export-format.js';
import { openLogFile } from '../src/engines/sqlite/read-only-log.js';
import { contentOf, scanCommands } from '../src/engines/sqlite/stored-commands.js';
import { growLog, writePattern, type Grown } from './grown-log.js';
import { bench, compare, type Row, type Variant } from './harness.js';
import { createHttpClient } from './http-client.js';
import { composeIn } from './in-process.js';
import { operations } from './operations.js';

/** The service as users start it; `npm run build` makes it. */
const MAIN = resolve('dist/main.js');
const EVENTS = Number(process.env['START_EVENTS'] ?? 1_000_000);
/** About a thousand events. */
const FEW_ORDERS = 145;
/** Nearly the largest log that is checked page by page at each start. */
const CHECKED_EVENTS = 150_000;
const QUERIES = 100;
const READY_MAX_MS = 60_000;
const READY_POLL_MS = 2;
const ABSENT = '00000000-0000-7000-8000-000000000000';

await bench('start', async ({ quick, scratch }) => {
  const few = await grow(scratch, FEW_ORDERS, () => 1);
  const checked = quick ? few : await grow(scratch, undefined, (head) => Math.floor(CHECKED_EVENTS / head));
  const many = quick ? few : await grow(scratch, undefined, (head) => Math.ceil(EVENTS / head));
  const empty = scratch();
  await (await composeIn(empty, { projections: true })).close();

  const start = (folder: string, orderId: (n: number) => string): Variant => {
    let asked = 0;
    return () => startOnce(folder, () => orderId(asked++));
  };
  const section = await compare({
    title: `Start of dist/main.js: from spawn until ready, memory after that and after ${QUERIES} × order(id) (bars: 1.2 × empty, 25 MB over 1,000 events)`,
    rounds: quick ? 1 : 9,
    compare: { metric: 'ready ms', reference: 'empty' },
    variants: {
      'no folder': () => startOnce(join(scratch(), 'data'), () => ABSENT),
      empty: start(empty, () => ABSENT),
      [nameOf(few)]: start(few.folder, few.orderId),
      [`${nameOf(checked)}, checked`]: start(checked.folder, checked.orderId),
      [nameOf(many)]: start(many.folder, many.orderId),
    },
  });
  return [section, { title: 'Bytes an event, on disk and as JSON (bar: 1.5 ×)', rows: [bytes(many)] }];
});

async function grow(
  scratch: () => string,
  orders: number | undefined,
  copies: (head: number) => number,
): Promise<Grown> {
  const pattern = await writePattern(scratch(), orders);
  return growLog(pattern, scratch(), copies(pattern.head));
}

function nameOf({ events }: Grown): string {
  return `${events.toLocaleString('en-US')} events`;
}

/** Starts the service, asks it, stops it. */
async function startOnce(folder: string, orderId: () => string) {
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    // Away from the repository, whose .env file is not for benches.
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await addressOf(child);
    await ready(url);
    const readyMs = performance.now() - started;
    const http = createHttpClient(url, 1);
    const query = async (): Promise<void> => {
      const id = orderId();
      const { data } = await http.send(operations.order, { id });
      if (data['order']?.id !== (id === ABSENT ? undefined : id)) throw new Error(`Not the order ${id}.`);
    };
    await query();
    const queryMs = performance.now() - started;
    const readyMB = residentMB(child);
    for (let n = 0; n < QUERIES; n += 1) await query();
    const queriedMB = residentMB(child);
    http.close();
    return {
      'ready ms': readyMs,
      'first query ms': queryMs,
      'RSS MB': readyMB,
      [`RSS MB after ${QUERIES} queries`]: queriedMB,
    };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    const url = /GraphQL\s+(http\S+)\/graphql/.exec(output)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`The service ended before it was ready. ${output}`);
}

async function ready(url: string): Promise<void> {
  const late = performance.now() + READY_MAX_MS;
  while ((await fetch(`${url}/readyz`)).status !== 200) {
    if (performance.now() > late) throw new Error('The service did not get ready.');
    await sleep(READY_POLL_MS);
  }
}

/** What the process has in memory; NaN where the system does not tell as Linux does. */
function residentMB({ pid }: ChildProcess): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  } catch {
    return NaN;
  }
}

/**
 * The log's file by its events, beside what they are as JSON: an event alone as it is read back (type, version, tags and
 * data with its envelope), and the lines of an export, where a command's line holds its events and its stored result.
 */
function bytes({ folder, events }: Grown): Row {
  const file = openLogFile(join(folder, 'log.sqlite'));
  let [asEvents, asExport] = [0, 0];
  for (const scanned of scanCommands(file.database)) {
    if ('stray' in scanned) continue;
    const { events: own, result, ...command } = contentOf(scanned, file);
    const { seq, checksum } = scanned.command;
    const { id: commandId, actor, issuedAt, recordedAt, correlationId, causationId } = command;
    const envelope = { commandId, actor, issuedAt, recordedAt, correlationId, causationId };
    asExport += Buffer.byteLength(formatCommand({ ...command, events: own, result, seq, checksum })) + 1;
    for (const [index, { data, ...event }] of own.entries()) {
      const position = scanned.events[index]?.position;
      const json = JSON.stringify({ position, ...event, ...envelope, data: JSON.parse(data) as unknown });
      asEvents += Buffer.byteLength(json);
    }
  }
  file.database.close();
  const disk = statSync(join(folder, 'log.sqlite')).size;
  return {
    name: nameOf({ folder, events, orderId: () => '' }),
    metrics: {
      'log file': disk / events,
      'event as JSON': asEvents / events,
      'line of an export': asExport / events,
      'file × event': disk / asEvents,
      'file × line': disk / asExport,
    },
    rounds: [disk / asEvents],
  };
}
