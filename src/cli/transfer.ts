import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { OperationError, dataFiles, exportLog, importLog } from './engine.js';
import { withProgress } from './progress.js';
import { embeddedDirOf, type Options, type Outcome, type Verb } from './verb.js';

/** Names standard input in place of a file. */
const STDIN = '-';

/** `export`. */
export const exportVerb: Verb = {
  usage: 'export [file]',
  description: 'Write the log as lines of JSON, to standard output where no file is named.',
  options: [['--after <position>', 'Only what came after this position']],
  run: async ([file], options, context) => {
    const { logFile } = dataFiles(embeddedDirOf(options, context));
    const exported = await withProgress('export', 'events', (onProgress) =>
      file === undefined
        ? exportLog({ logFile, to: process.stdout, end: false, ...request(options), onProgress })
        : exportToFile(file, { logFile, ...request(options), onProgress }),
    );
    const { commands, events, head } = exported;
    return {
      ok: true,
      json: { file: file ?? null, ...exported },
      lines: [`Exported ${commands} commands with ${events} events, up to position ${head}.`],
      dataOnStdout: file === undefined,
    };
  },
};

function request(options: Options): { readonly after: number } {
  return { after: options.position('after', 0) };
}

/** The file appears when it is whole. */
async function exportToFile(file: string, options: Omit<Parameters<typeof exportLog>[0], 'to' | 'end'>) {
  if (existsSync(file))
    throw new OperationError(`${file} is there already. Name a file that does not exist.`);
  const partial = `${file}.${process.pid}.partial`;
  const to = createWriteStream(partial, { flush: true });
  try {
    const exported = await exportLog({ ...options, to, end: true });
    renameSync(partial, file);
    return exported;
  } finally {
    // One that is still being opened would appear after it was removed.
    to.destroy();
    await finished(to).catch(() => undefined);
    rmSync(partial, { force: true });
  }
}

/** `import`. */
export const importVerb: Verb = {
  usage: 'import <file>',
  description: 'Put an export into an empty log, or go on where an import was cut. - is standard input.',
  options: [['--new-epoch', 'Refuse positions that the exported log handed out']],
  run: async ([file = ''], options, context): Promise<Outcome> => {
    if (file !== STDIN && !existsSync(file)) throw new OperationError(`There is no file ${file}.`);
    const dataDir = embeddedDirOf(options, context);
    const source: AsyncIterable<Uint8Array> = file === STDIN ? process.stdin : createReadStream(file);
    const { imported, present, head, id, epoch } = await withProgress('import', 'events', (onProgress) =>
      importLog({ source, dataDir, newEpoch: options.flag('newEpoch'), onProgress }),
    );
    return {
      ok: true,
      json: { dataDir, imported, present, head, logId: id, epoch },
      lines: [
        `Imported ${imported} commands into ${dataDir}; ${present} were there already. It is log ${id}, epoch ${epoch}, up to position ${head}.`,
      ],
    };
  },
};
