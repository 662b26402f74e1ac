import { join, resolve } from 'node:path';
import { SAMPLE_MAX, knownTypes, type Module, type Projection, type ViewReport } from '../kernel/index.js';
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
import {
  UsageError,
  embeddedDirOf,
  type CliContext,
  type OptionHelp,
  type Options,
  type Outcome,
  type Verb,
} from './verb.js';

const SAMPLE: OptionHelp = [
  '--sample <rows>',
  'Compare so many rows of each table with their own events only, in place of a replay',
];

/** `verify`. */
export const verify: Verb = {
  usage: 'verify [folder]',
  description: 'Check the log, and the views against a replay of it; or a backup, where its folder is named.',
  options: [SAMPLE],
  run: async ([folder], options, context) => {
    const sample = sampleOf(options);
    if (folder === undefined) return verifyDataDir(embeddedDirOf(options, context), context, sample);
    if (sample !== undefined) throw new UsageError('--sample is for views, and a backup has none.');
    return verifyBackup(folder);
  },
};

/** `projections verify`. */
export const verifyProjection: Verb = {
  usage: 'projections verify <name>',
  description: 'Check its views against a replay of the log; reads the files, also while the service runs.',
  options: [SAMPLE],
  run: async ([name], options, context) => {
    const sample = sampleOf(options);
    const dataDir = embeddedDirOf(options, context);
    const { logFile, viewsFolder } = dataFiles(dataDir);
    const views = await checkViews(logFile, viewsFolder, context, { name, sample });
    const ok = views.every(isFine);
    return { ok, json: { ok, dataDir, views }, lines: views.flatMap(viewLines) };
  },
};

function sampleOf(options: Options): number | undefined {
  const sample = options.count('sample', -1, SAMPLE_MAX);
  if (sample === 0) throw new UsageError(`--sample expects a whole number from 1 to ${SAMPLE_MAX}, got 0.`);
  return sample === -1 ? undefined : sample;
}

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

async function verifyDataDir(
  dataDir: string,
  context: CliContext,
  sample: number | undefined,
): Promise<Outcome> {
  const { logFile, viewsFolder } = dataFiles(dataDir);
  const log = await checkLog(logFile);
  const views = log.identity === undefined ? [] : await checkViews(logFile, viewsFolder, context, { sample });
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
  { loadService }: CliContext,
  { name, sample }: { readonly name?: string | undefined; readonly sample: number | undefined },
): Promise<readonly ViewReport[]> {
  const { modules } = await loadService();
  const projections = named(modules, name);
  const types = knownTypes(modules);
  const log = openLogReadOnly(logFile);
  const reports: ViewReport[] = [];
  try {
    const { skips } = await log.standing();
    for (const projection of projections) {
      const about = { viewsFolder, projection, log, knownTypes: types, skips: skips.get(projection.name) };
      const unit = sample === undefined ? 'events' : 'rows';
      reports.push(
        await withProgress(`views of ${projection.name}`, unit, (onProgress) =>
          verifyViews({ ...about, sample, onProgress }),
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
  const of = `views of ${projection}:`;
  if (outcome === 'absent' || outcome === 'failed') return [`${of} ${outcome}, ${view.message ?? ''}`];
  return [
    `${of} ${view.sampled === null ? comparison(view) : sampling(view, view.sampled)}`,
    ...view.differences.flatMap(differenceLines),
    ...andMore(view.differing - view.differences.length),
    ...(view.notSampled.length === 0 ? [] : [`  not sampled: ${view.notSampled.join(', ')}`]),
    ...parkedLines(view),
  ];
}

function comparison({ rows, differing }: Pick<ViewReport, 'rows' | 'differing'>): string {
  if (differing === 0) return `identical, ${counted(rows, 'row')}`;
  return `${counted(differing, 'row')} of ${rows} ${differing === 1 ? 'differs' : 'differ'} from the log`;
}

function sampling(
  { rows, differing, setAside }: Omit<ViewReport, 'projection' | 'outcome'>,
  sampled: number,
) {
  const found = differing === 0 ? 'identical' : `${differing} ${differing === 1 ? 'differs' : 'differ'}`;
  const aside = setAside === 0 ? '' : `, ${setAside} of them set aside`;
  return `sampled ${sampled} of ${counted(rows, 'row')}: ${found}${aside}`;
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
