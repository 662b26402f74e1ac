import { backupLog, dataFiles, restoreLog, type Manifest } from './engine.js';
import { withProgress } from './progress.js';
import { embeddedDirOf, type Verb } from './verb.js';
import { VERSION } from '../settings/index.js';

/** `backup`. */
export const backup: Verb = {
  usage: 'backup <folder>',
  description: 'Copy the log into a new folder, also while the service runs. Views are not in it.',
  options: [],
  run: async ([folder = ''], options, context) => {
    const { logFile } = dataFiles(embeddedDirOf(options, context));
    const manifest = await withProgress('backup', 'pages', (onProgress) =>
      backupLog({ logFile, folder, version: VERSION, onProgress }),
    );
    return {
      ok: true,
      json: { folder, ...manifest },
      lines: [`Backed up ${describe(manifest)} to ${folder} (${manifest.bytes} bytes).`],
    };
  },
};

/** `restore`. */
export const restore: Verb = {
  usage: 'restore <folder>',
  description: 'Make a backup the log of an empty DATA_DIR, with a new epoch. The service must not run.',
  options: [['--force', 'Keep a log that is there under another name, instead of refusing']],
  run: async ([folder = ''], options, context) => {
    const dataDir = embeddedDirOf(options, context);
    const { manifest, epoch, aside } = await withProgress('restore', 'bytes', (onProgress) =>
      restoreLog({ folder, dataDir, force: options.flag('force'), onProgress }),
    );
    const kept = aside === undefined ? [] : [`The log that was there is kept as ${aside}.`];
    return {
      ok: true,
      json: { dataDir, ...manifest, epoch, replacedLog: aside ?? null },
      lines: [
        `Restored ${describe(manifest)} into ${dataDir}.`,
        ...kept,
        `Its epoch is ${epoch} now: positions handed out before are refused, and the views are built anew at the next start.`,
      ],
    };
  },
};

function describe({ logId, epoch, head }: Manifest): string {
  return `log ${logId}, epoch ${epoch}, up to position ${head}`;
}
