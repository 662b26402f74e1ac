import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Build } from './build.js';
import { createClient, type Client } from './client.js';
import { checkCommands, checkViews, type Ledger } from './crash-checks.js';
import { momentOf } from './moment.js';
import { randomOf, type Random } from './random.js';
import { startServiceProcess, type ServiceProcess } from './service-process.js';

const CLIENTS = 8;
/** How often the views are held against a replay, which reads the whole log. */
const VIEWS_EVERY = 10;
/** How many more answers the clients get before a kill amid traffic, at the most. */
const ANSWERS_MAX = 60;
const ANSWERS_WAIT_MS = 3_000;
const START_MAX_MS = 700;
const REBUILD_MAX_MS = 120;
const CHECKPOINT_WAIT_MS = 3_000;
const COMMIT_WAIT_MS = 200;

/** When the service is killed: `rebuild` builds a view that was deleted, `rebuilding` one beside the live one. */
const PHASES = [
  'traffic',
  'commit',
  'checkpoint',
  'projection',
  'rebuild',
  'rebuilding',
  'commit',
  'checkpoint',
  'rebuild',
  'rebuilding',
  'projection',
  'start',
] as const;
/** Those after which the views are what matters. */
const VIEW_PHASES: readonly string[] = ['rebuild', 'rebuilding', 'projection'];
type Phase = (typeof PHASES)[number];

/** How to run the rounds. */
export interface CrashOptions {
  readonly build: Build;
  readonly folder: string;
  readonly rounds: number;
  readonly seed: number;
  readonly preload?: string;
  /** End with the round in which something went wrong. */
  readonly untilProblem?: boolean;
}

/** What came of the rounds. */
export interface CrashReport {
  readonly rounds: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly answeredAgain: number;
  /** Acknowledged commands that are not in the log. */
  readonly lost: readonly string[];
  readonly problems: readonly string[];
  /** How many kills cut what. */
  readonly cut: {
    commit: number;
    checkpoint: number;
    viewCommit: number;
    viewBehind: number;
    halfBuilt: number;
    start: number;
  };
}

/** Kills the service again and again while clients send commands; each round is checked, the last one fully. */
export async function crashRounds(options: CrashOptions): Promise<CrashReport> {
  const { build, folder, rounds, seed, preload, untilProblem = false } = options;
  const dataDir = join(folder, 'data');
  const random = randomOf(seed);
  const problems: string[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    createClient(randomOf(seed + index + 1), (problem) => problems.push(problem)),
  );
  const ledger: Ledger = { clients, problems, lost: [], stored: new Map(), lastSeq: 0 };
  const cut = { commit: 0, checkpoint: 0, viewCommit: 0, viewBehind: 0, halfBuilt: 0, start: 0 };
  let round = 0;
  while (round < rounds && !(untilProblem && problems.length + ledger.lost.length > 0)) {
    const phase = PHASES[round % PHASES.length] ?? 'traffic';
    if (phase === 'rebuild') deleteView(dataDir, random);
    const startedAt = Date.now();
    const main = phase === 'rebuilding' ? build.rebuilding : undefined;
    const service = startServiceProcess(build, { dataDir, preload, main });
    const running = runClients(service, clients, () => false);
    if (!(await killIn(phase, service, clients, dataDir, random))) cut.start += 1;
    await running;
    if (service.complaints() !== '') problems.push(`round ${round}: ${service.complaints()}`);
    count(cut, dataDir, startedAt);
    round += 1;
    const snapshot = takeSnapshot(dataDir, folder);
    checkCommands(ledger, snapshot);
    if (round % VIEWS_EVERY > 0 && !VIEW_PHASES.includes(phase)) continue;
    const { behind, halfBuilt } = await checkViews(ledger, snapshot, join(folder, 'replay'));
    if (behind > 0) cut.viewBehind += 1;
    if (halfBuilt > 0) cut.halfBuilt += 1;
  }
  await settle(build, { dataDir, preload }, clients);
  checkCommands({ ...ledger, stored: new Map(), lastSeq: 0 }, takeSnapshot(dataDir, folder), 'whole');
  const { behind } = await checkViews(ledger, takeSnapshot(dataDir, folder), join(folder, 'replay'));
  if (behind > 0) problems.push(`${behind} views are behind the log after a clean stop`);
  return { rounds: round, ...figures(clients), lost: [...new Set(ledger.lost)], problems, cut };
}

async function runClients(
  service: ServiceProcess,
  clients: readonly Client[],
  until: (count: number) => boolean,
): Promise<void> {
  const url = await service.ready;
  if (url !== undefined) await Promise.all(clients.map((client) => client.run(url, until)));
}

/** Kills the service in the phase; false where it had not been ready yet. */
async function killIn(
  phase: Phase,
  service: ServiceProcess,
  clients: readonly Client[],
  dataDir: string,
  random: Random,
): Promise<boolean> {
  let ready = false;
  const whenReady = service.ready.then(() => (ready = true));
  if (phase === 'start') await sleep(random.below(START_MAX_MS));
  else await whenReady;
  if (phase === 'rebuild') await sleep(random.below(REBUILD_MAX_MS));
  else if (phase !== 'start') await answers(clients, random.below(ANSWERS_MAX));
  if (phase === 'commit') commitBegins(join(dataDir, 'log.sqlite-wal'));
  if (phase === 'checkpoint') await checkpointBegins(join(dataDir, 'log.sqlite'));
  if (phase === 'projection') commitBegins(random.pick(viewFiles(dataDir, '.sqlite-wal')));
  const was = ready;
  await service.kill();
  return was;
}

/** Counted, not timed: a busy machine would leave little to be killed in a fixed time. */
async function answers(clients: readonly Client[], more: number): Promise<void> {
  const count = (): number => clients.reduce((sum, client) => sum + client.answers(), 0);
  const enough = count() + more;
  const end = performance.now() + ANSWERS_WAIT_MS;
  while (count() < enough && performance.now() < end) await sleep(1);
}

function viewFiles(dataDir: string, ending: string): readonly string[] {
  const views = join(dataDir, 'views');
  if (!existsSync(views)) return [];
  const files = readdirSync(views, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith(ending)).map((file) => join(views, file));
}

const changedAt = (file: string): bigint => statSync(file, { bigint: true }).mtimeNs;

/** Blocks, as a turn of the event loop may last longer than a commit; the requests in flight are enough for one. */
function commitBegins(file: string): void {
  const before = changedAt(file);
  const end = performance.now() + COMMIT_WAIT_MS;
  while (changedAt(file) === before && performance.now() < end);
}

/** In WAL mode nothing but a checkpoint writes to the database file. */
async function checkpointBegins(file: string): Promise<void> {
  const before = changedAt(file);
  const end = performance.now() + CHECKPOINT_WAIT_MS;
  while (changedAt(file) === before && performance.now() < end) await nextTurn();
}

/** Deletes one view, now and then without the files beside it. */
function deleteView(dataDir: string, random: Random): void {
  const views = join(dataDir, 'views');
  if (!existsSync(views)) return;
  const name = random.pick(['orders', 'customers', 'sales']);
  const mainOnly = random.chance(0.5);
  for (const file of readdirSync(views)) {
    if (!file.startsWith(name) || (mainOnly && /-(wal|shm)$/.test(file))) continue;
    rmSync(join(views, file), { recursive: true });
  }
}

function count(cut: CrashReport['cut'], dataDir: string, startedAt: number): void {
  const log = momentOf(join(dataDir, 'log.sqlite'), startedAt);
  if (log.commit) cut.commit += 1;
  if (log.checkpoint) cut.checkpoint += 1;
  const moments = viewFiles(dataDir, '.sqlite').map((file) => momentOf(file, startedAt));
  if (moments.some(({ commit, checkpoint }) => commit || checkpoint)) cut.viewCommit += 1;
}

/** A copy, so that the service and nobody else recovers its files. The index of a WAL file is rebuilt from it. */
function takeSnapshot(dataDir: string, folder: string): string {
  const snapshot = join(folder, 'snapshot');
  rmSync(snapshot, { recursive: true, force: true });
  if (existsSync(dataDir)) {
    cpSync(dataDir, snapshot, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  }
  return snapshot;
}

/** Gives every command an answer and every view its time, then stops the service cleanly. */
async function settle(
  build: Build,
  options: { readonly dataDir: string; readonly preload?: string | undefined },
  clients: readonly Client[],
): Promise<void> {
  const service = startServiceProcess(build, options);
  await runClients(service, clients, (sentNow) => sentNow >= 1);
  const url = (await service.ready) ?? '';
  const body = JSON.stringify({ query: '{ projections { checkpoint head } }' });
  for (let tries = 0; tries < 200; tries += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    const { data } = JSON.parse(text) as {
      data?: { projections: readonly { checkpoint: string; head: string }[] };
    };
    if (data === undefined) throw new Error(`The service does not tell its projections: ${text}`);
    if (data.projections.every(({ checkpoint, head }) => checkpoint === head)) break;
    await sleep(25);
  }
  await service.stop();
}

function figures(clients: readonly Client[]) {
  const sent = clients.flatMap((client) => client.sent);
  const answers = sent.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  return {
    sent: sent.length,
    acknowledged: answers.length,
    refused: answers.filter(({ status }) => status === 'REFUSED').length,
    answeredAgain: clients.reduce((sum, client) => sum + client.answeredAgain(), 0),
  };
}
