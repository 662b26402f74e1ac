import { join, resolve } from 'node:path';
import { knownTypes, type Module, type Projection, type ViewReport } from '../kernel/index.js';
import {
  OperationError,
  checkBackup,
  dataFiles,
  openLogReadOnly,
  verifyLog,
  verifyViews,
  type LogReport,
} from './engine.js';
import { withProgress } from './progress.js';
import { counted } from './text.js';
import { dataDirOf, type CliContext, type Outcome, type Verb } from './verb.js';

/** `verify`. */
export const verify: Verb = {
  usage: 'verify [folder]',
  description: 'Check the log, and the views against a replay of it; or a backup, where its folder is named.',
  options: [],
  run: ([folder], options, context) =>
    folder === undefined ? verifyDataDir(dataDirOf(options, context), context) : verifyBackup(folder),
};

/** `projections verify`. */
export const verifyProjection: Verb = {
  usage: 'projections verify <name>',
  description: 'Check its views against a replay of the log; reads the files, also while the service runs.',
  options: [],
  run: async ([name], options, context) => {
    const dataDir = dataDirOf(options, context);
    const { logFile, viewsFolder } = dataFiles(dataDir);
    const views = await checkViews(logFile, viewsFolder, context, name);
    const ok = views.every(isFine);
    return { ok, json: { ok, dataDir, views }, lines: views.flatMap(viewLines) };
  },
};

async function verifyBackup(folder: string): Promise<Outcome> {
  let damage: string | undefined;
  const check = withProgress('checksum', 'bytes', (onProgress) => checkBackup(resolve(folder), onProgress));
  const manifest = await check.catch((error: unknown) => {
    if (!(error instanceof OperationError) || !error.message.startsWith('The backup is damaged')) throw error;
    damage = error.message;
    return undefined;
  });
  const log = await checkLog(join(folder, 'log.sqlite'));
  const ok = damage === undefined && log.total === 0;
  return {
    ok,
    json: { ok, folder, manifest: manifest ?? null, damage: damage ?? null, log },
    lines: [...(damage === undefined ? [] : [damage]), ...logLines(log)],
  };
}

async function verifyDataDir(dataDir: string, context: CliContext): Promise<Outcome> {
  const { logFile, viewsFolder } = dataFiles(dataDir);
  const log = await checkLog(logFile);
  const views = log.identity === undefined ? [] : await checkViews(logFile, viewsFolder, context);
  const ok = log.total === 0 && views.every(isFine);
  return { ok, json: { ok, dataDir, log, views }, lines: [...logLines(log), ...views.flatMap(viewLines)] };
}

function isFine({ outcome }: ViewReport): boolean {
  return outcome === 'identical' || outcome === 'absent';
}

function checkLog(file: string): Promise<LogReport> {
  return withProgress('log', 'commands', (onProgress) => verifyLog(file, onProgress));
}

async function checkViews(
  logFile: string,
  viewsFolder: string,
  { loadModules }: CliContext,
  name?: string,
): Promise<readonly ViewReport[]> {
  const modules = await loadModules();
  const projections = named(modules, name);
  const types = knownTypes(modules);
  const log = openLogReadOnly(logFile);
  const reports: ViewReport[] = [];
  try {
    const { skips } = await log.standing();
    for (const projection of projections) {
      const options = { viewsFolder, projection, log, knownTypes: types, skips: skips.get(projection.name) };
      reports.push(
        await withProgress(`views of ${projection.name}`, 'events', (onProgress) =>
          verifyViews({ ...options, onProgress }),
        ),
      );
    }
  } finally {
    log.close();
  }
  return reports;
}

function named(modules: readonly Module[], name: string | undefined): readonly Projection[] {
  const all = modules.flatMap((module) => module.projections ?? []);
  const found = name === undefined ? all : all.filter((projection) => projection.name === name);
  if (found.length > 0 || name === undefined) return found;
  const names = all.map((projection) => projection.name).join(', ');
  throw new OperationError(`There is no projection ${JSON.stringify(name)}. There are: ${names}.`);
}

function logLines({ commands, events, head, total, findings }: LogReport): readonly string[] {
  if (total === 0) return [`log: sound, ${commands} commands, ${events} events, up to position ${head}`];
  return [
    `log: ${counted(total, 'finding')}`,
    ...findings.map(({ check, where, message }) => `  ${check}: ${where}: ${message}`),
    ...andMore(total - findings.length),
  ];
}

function viewLines({ projection, outcome, ...view }: ViewReport): readonly string[] {
  if (outcome === 'identical')
    return [`views of ${projection}: identical, ${counted(view.rows, 'row')}`, ...parkedLines(view)];
  if (outcome !== 'different') return [`views of ${projection}: ${outcome}, ${view.message ?? ''}`];
  return [
    `views of ${projection}: ${counted(view.differing, 'row')} of ${view.rows} ${view.differing === 1 ? 'differs' : 'differ'} from the log`,
    ...view.differences.flatMap(differenceLines),
    ...andMore(view.differing - view.differences.length),
    ...parkedLines(view),
  ];
}

function parkedLines({ parked, parkedError }: Pick<ViewReport, 'parked' | 'parkedError'>): readonly string[] {
  if (parked === 0) return [];
  return [
    `  ${counted(parked, 'event')} of the log cannot be applied, the first because: ${parkedError ?? ''}`,
  ];
}

function differenceLines({
  table,
  key,
  live,
  replayed,
}: ViewReport['differences'][number]): readonly string[] {
  const where = `  ${table} ${JSON.stringify(key)}:`;
  if (live === null) return [`${where} missing, the log gives ${JSON.stringify(replayed)}`];
  if (replayed === null) return [`${where} is there, the log gives no such row: ${JSON.stringify(live)}`];
  const columns = Object.keys(live).filter((column) => live[column] !== replayed[column]);
  const show = (column: string): string =>
    `${column} is ${JSON.stringify(live[column])}, the log gives ${JSON.stringify(replayed[column])}`;
  return [`${where} ${columns.map(show).join('; ')}`];
}

function andMore(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more`] : [];
}
