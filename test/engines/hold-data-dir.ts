/** Run as `node --import tsx hold-data-dir.ts FOLDER`: takes the folder and keeps it until it is killed. */
import { takeDataDir } from '../../src/engines/sqlite/index.js';

const [folder = ''] = process.argv.slice(2);
try {
  takeDataDir(folder);
  process.stdout.write('taken\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(error instanceof Error ? `${error.name}: ${error.message}\n` : 'no error\n');
}
