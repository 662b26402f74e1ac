import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a process did to its files and told its clients; `path` is below the recorded folder, which is '' itself. */
export type Step =
  | { readonly kind: 'opened' | 'created'; readonly fd: number; readonly path: string }
  | { readonly kind: 'wrote'; readonly fd: number; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'cut'; readonly fd: number; readonly length: number }
  | { readonly kind: 'synced' | 'closed'; readonly fd: number }
  | { readonly kind: 'unlinked'; readonly path: string }
  | { readonly kind: 'renamed'; readonly path: string; readonly to: string }
  | { readonly kind: 'sent'; readonly data: Buffer };

const SOURCE = fileURLToPath(new URL('./recorder.c', import.meta.url));
const HEAD_BYTES = 17;
/** Two of the longest paths that Linux takes. */
const PATH_BYTES_MAX = 8_192;

/** Compiles the recorder; throws with what to install where that cannot be done. */
export function buildRecorder(folder: string): string {
  if (process.platform !== 'linux') {
    throw new Error('The power-cut tests record system calls through LD_PRELOAD, which takes Linux.');
  }
  const library = join(folder, 'recorder.so');
  const compiler = process.env['CC'] ?? 'cc';
  const args = ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, SOURCE, '-ldl', '-pthread'];
  const { error, status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
  if (error !== undefined) {
    throw new Error(
      `The power-cut tests need a C compiler, and ${compiler} cannot be run (${error.message}). ` +
        'Install one: apt-get install build-essential (Debian, Ubuntu), dnf install gcc glibc-devel (Fedora), ' +
        'apk add build-base (Alpine); or name it in CC.',
    );
  }
  if (status !== 0) throw new Error(`${compiler} cannot compile the recorder:\n${stderr}`);
  return library;
}

/** What makes a process record itself. */
export function recordingEnv(
  library: string,
  folder: string,
  trace: string,
): Readonly<Record<string, string>> {
  return { LD_PRELOAD: library, RECORD_FOLDER: folder, RECORD_TRACE: trace };
}

/** The steps of a trace, in the order in which they happened. Throws where it does not end on a whole record. */
export function readTrace(trace: string, folder: string): readonly Step[] {
  const bytes = readFileSync(trace);
  const root = realpathSync(folder);
  const steps: Step[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at + 13);
    const data = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    if (data.length !== length) throw new Error(`The trace is cut short at ${at}.`);
    const offset = Number(bytes.readBigInt64LE(at + 5));
    steps.push(stepOf(bytes[at] ?? 0, bytes.readUInt32LE(at + 1), offset, data, root));
    at += HEAD_BYTES + length;
  }
  return steps;
}

/** The kinds of records, as recorder.c numbers them from 1. */
const KINDS = [
  'opened',
  'created',
  'wrote',
  'cut',
  'synced',
  'closed',
  'unlinked',
  'renamed',
  'sent',
] as const;

function stepOf(number: number, fd: number, offset: number, data: Buffer, root: string): Step {
  const kind = KINDS[number - 1];
  if (kind === undefined) throw new Error(`The trace has a record of kind ${number}.`);
  const [path = '', to = ''] = data.length > PATH_BYTES_MAX ? [] : data.toString().split('\0');
  const below = (name: string): string => relative(root, name);
  const steps: { readonly [K in Step['kind']]: () => Step } = {
    opened: () => ({ kind: 'opened', fd, path: below(path) }),
    created: () => ({ kind: 'created', fd, path: below(path) }),
    wrote: () => ({ kind: 'wrote', fd, offset, data }),
    cut: () => ({ kind: 'cut', fd, length: offset }),
    synced: () => ({ kind: 'synced', fd }),
    closed: () => ({ kind: 'closed', fd }),
    unlinked: () => ({ kind: 'unlinked', path: below(path) }),
    renamed: () => ({ kind: 'renamed', path: below(path), to: below(to) }),
    sent: () => ({ kind: 'sent', data }),
  };
  return steps[kind]();
}

/** What a client was told of a command. */
export interface Acknowledged {
  readonly id: string;
  readonly status: 'ACCEPTED' | 'REFUSED';
  readonly position: number;
}

const RECEIPT =
  /"receipt":\{"commandId":"([0-9a-f-]{36})","status":"(ACCEPTED|REFUSED)","position":"[0-9a-z]+-[0-9a-z]+-(\d{16})"/g;

/** The receipts in what was sent; empty for anything else that leaves a process. */
export function acknowledgedIn(step: Step): readonly Acknowledged[] {
  if (step.kind !== 'sent') return [];
  return [...step.data.toString().matchAll(RECEIPT)].map(([, id = '', status, position]) => ({
    id,
    status: status as Acknowledged['status'],
    position: Number(position),
  }));
}
