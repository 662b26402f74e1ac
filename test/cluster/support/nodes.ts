import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Build } from '../../durability/support/build.js';
import { runNode, type MainProcess } from '../../support/main-process.js';
import { tempDir } from '../../support/temp-dir.js';

/** A node as a process of its own. */
export interface Node extends MainProcess {
  readonly dataDir: string;
}

/** How a node is started. */
export interface NodeOptions {
  readonly eventLogUrl: string;
  readonly dataDir?: string;
  /** How far its clock is off, in ms. */
  readonly clockMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built service as a node. */
export function startNode(
  { main }: Build,
  { eventLogUrl, dataDir = tempDir(), clockMs = 0, env = {} }: NodeOptions,
): Node {
  const preload = clockMs === 0 ? [] : ['--import', clockOff(clockMs)];
  const node = runNode([...preload, main], { EVENT_LOG_URL: eventLogUrl, DATA_DIR: dataDir, ...env });
  return { ...node, dataDir };
}

/** A module that sets the clock of the process that loads it. */
function clockOff(byMs: number): string {
  const file = join(tempDir(), 'clock.mjs');
  writeFileSync(
    file,
    `const OwnDate = Date;
     const now = () => OwnDate.now() + ${byMs};
     globalThis.Date = class extends OwnDate {
       constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
       static now() { return now(); }
     };`,
  );
  return file;
}
