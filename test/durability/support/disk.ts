import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from './random.js';
import type { Step } from './recording.js';

/** What a disk does with the writes that nobody has synced when the power goes. */
export const FATES = ['dropped', 'kept', 'random', 'torn'] as const;
export type Fate = (typeof FATES)[number];

/** What a disk writes whole or not at all, in bytes. */
const SECTOR = 512;

type Write = Extract<Step, { kind: 'wrote' | 'cut' }>;

/** A file apart from its names: what is surely on the disk, and what was done since the last sync. */
interface File {
  surely: Content;
  since: Write[];
}

interface NameChange {
  readonly path: string;
  /** Undefined where the name was taken away. */
  readonly file: File | undefined;
}

/** A disk that remembers what of it is durable. */
export interface Disk {
  /** Does what a process did. */
  apply(step: Step): void;
  /** A new process: it has no file open. */
  restart(): void;
  /** The path behind a descriptor; undefined for those of other files. */
  pathOf(fd: number): string | undefined;
  /** The files after a power cut now, by path. Directories are taken to exist. */
  afterCut(fate: Fate, random: Random): ReadonlyMap<string, Buffer>;
}

/** An empty disk. A name is durable once its directory was synced, as POSIX has it; most file systems promise more. */
export function createDisk(): Disk {
  const names = new Map<string, File>();
  const sureNames = new Map<string, File>();
  let nameChanges: NameChange[] = [];
  const open = new Map<number, { readonly path: string; readonly file: File | undefined }>();

  function rename(path: string, file: File | undefined): void {
    if (file === undefined) names.delete(path);
    else names.set(path, file);
    nameChanges.push({ path, file });
  }

  function sync(fd: number): void {
    const opened = open.get(fd);
    if (opened === undefined) return;
    const { path, file } = opened;
    if (file !== undefined) {
      for (const write of file.since) file.surely.apply(write);
      file.since = [];
      return;
    }
    // A directory.
    const inside = ({ path: name }: NameChange): boolean => folderOf(name) === path;
    for (const change of nameChanges.filter(inside)) setName(sureNames, change);
    nameChanges = nameChanges.filter((change) => !inside(change));
  }

  return {
    pathOf: (fd) => open.get(fd)?.path,
    restart: () => {
      open.clear();
    },
    apply: (step) => {
      if (step.kind === 'created') rename(step.path, { surely: createContent(), since: [] });
      if (step.kind === 'created' || step.kind === 'opened')
        open.set(step.fd, { path: step.path, file: names.get(step.path) });
      if (step.kind === 'wrote' || step.kind === 'cut') open.get(step.fd)?.file?.since.push(step);
      if (step.kind === 'synced') sync(step.fd);
      if (step.kind === 'closed') open.delete(step.fd);
      if (step.kind === 'unlinked') rename(step.path, undefined);
      if (step.kind === 'renamed') {
        const file = names.get(step.path);
        rename(step.path, undefined);
        rename(step.to, file);
      }
    },
    afterCut: (fate, random) => {
      const found = new Map(sureNames);
      for (const change of nameChanges) {
        if (fate === 'random' ? random.chance(0.5) : fate !== 'dropped') setName(found, change);
      }
      return new Map([...found].map(([path, file]) => [path, contentAfter(file, fate, random)]));
    },
  };
}

/** Puts files into a folder, in directories that it makes. */
export function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function setName(names: Map<string, File>, { path, file }: NameChange): void {
  if (file === undefined) names.delete(path);
  else names.set(path, file);
}

function folderOf(path: string): string {
  return dirname(path) === '.' ? '' : dirname(path);
}

function contentAfter({ surely, since }: File, fate: Fate, random: Random): Buffer {
  const content = surely.copy();
  const last = since.length - 1;
  since.forEach((write, index) => {
    const torn = fate === 'torn' && index === last;
    if (fate === 'dropped') return;
    if (fate === 'kept' || (fate === 'torn' && !torn)) content.apply(write);
    else if (write.kind === 'cut') {
      if (random.chance(0.5)) content.apply(write);
    } else for (const part of torn ? head(write, random) : some(write, random)) content.apply(part);
  });
  return content.bytes();
}

type DataWrite = Extract<Step, { kind: 'wrote' }>;

/** The beginning of a write, up to where a sector ends. */
function head(write: DataWrite, random: Random): readonly DataWrite[] {
  const whole = SECTOR - (write.offset % SECTOR);
  const length = whole + SECTOR * random.below(Math.ceil(write.data.length / SECTOR));
  return [{ ...write, data: write.data.subarray(0, Math.min(length, write.data.length - 1)) }];
}

/** All of a write, nothing of it, or some of its sectors. */
function some(write: DataWrite, random: Random): readonly DataWrite[] {
  const dice = random.below(3);
  if (dice < 2) return dice === 0 ? [] : [write];
  const parts: DataWrite[] = [];
  for (let at = 0; at < write.data.length;) {
    const end = Math.min(write.data.length, at + SECTOR - ((write.offset + at) % SECTOR));
    if (random.chance(0.5))
      parts.push({ ...write, offset: write.offset + at, data: write.data.subarray(at, end) });
    at = end;
  }
  return parts;
}

/** Bytes that writes change in place. */
interface Content {
  apply(write: Write): void;
  copy(): Content;
  bytes(): Buffer;
}

function createContent(from: Buffer = Buffer.alloc(0)): Content {
  let space = from;
  let length = from.length;

  function resize(to: number): void {
    if (to > space.length) {
      const larger = Buffer.alloc(Math.max(to, space.length * 2));
      space.copy(larger, 0, 0, length);
      space = larger;
    }
    // What a file is given back of bytes that it once had is zeros.
    if (to < length) space.fill(0, to, length);
    length = to;
  }

  return {
    apply: (write) => {
      if (write.kind === 'cut') {
        resize(write.length);
        return;
      }
      resize(Math.max(length, write.offset + write.data.length));
      write.data.copy(space, write.offset);
    },
    copy: () => createContent(Buffer.from(space.subarray(0, length))),
    bytes: () => space.subarray(0, length),
  };
}
