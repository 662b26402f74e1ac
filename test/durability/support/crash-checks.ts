import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteLog, sqliteViews } from '../../../src/engines/sqlite/index.js';
import { openLiveView } from '../../support/live-view.js';
import { removeFolder } from '../../support/temp-dir.js';
import type { Client } from './client.js';
import { difference, dump, projections, replay } from './replay.js';
import { readContents, wholeFileProblems, type Stored } from './stored.js';

/** What the clients were told, and what has been found of it in the log so far. */
export interface Ledger {
  readonly clients: readonly Client[];
  readonly problems: string[];
  readonly lost: string[];
  readonly stored: Map<string, Stored>;
  lastSeq: number;
}

/** Holds the log against what the clients were told: what is new in it, or all of it where it is read `whole`. */
export function checkCommands(ledger: Ledger, folder: string, extent: 'new' | 'whole' = 'new'): void {
  const file = join(folder, 'log.sqlite');
  if (!existsSync(file)) return;
  const { commands, problems } = readContents(file, ledger.lastSeq);
  ledger.problems.push(...problems);
  for (const command of commands) {
    if (ledger.stored.has(command.id)) ledger.problems.push(`${command.id} is stored twice`);
    if (command.events > 1) ledger.problems.push(`${command.id} has ${command.events} events instead of one`);
    ledger.stored.set(command.id, command);
  }
  ledger.lastSeq = commands.at(-1)?.seq ?? ledger.lastSeq;
  if (extent === 'whole') ledger.problems.push(...wholeFileProblems(file));
  const known = new Set(ledger.clients.flatMap(({ sent }) => sent.map(({ id }) => id)));
  for (const { id } of commands) if (!known.has(id)) ledger.problems.push(`nobody sent ${id}`);
  for (const client of ledger.clients) checkClient(ledger, client);
}

/** Every answer is in the log as it was given, and in the order in which it was given. */
function checkClient({ stored, lost, problems }: Ledger, { sent }: Client): void {
  let before = { seq: 0, position: 0 };
  for (const { id, name, answer } of sent) {
    if (answer === undefined) continue;
    const found = stored.get(id);
    if (found === undefined) {
      lost.push(`${name} ${id} at ${answer.position}`);
      continue;
    }
    if (found.position !== answer.position || found.status !== answer.status || found.name !== name) {
      problems.push(`${name} ${id} was answered ${JSON.stringify(answer)}, stored ${JSON.stringify(found)}`);
    }
    if (found.seq <= before.seq || found.position < before.position + Math.min(found.events, 1)) {
      problems.push(`${name} ${id} was acknowledged after a command that the log has behind it`);
    }
    before = found;
  }
}

/** How many live views are behind the log, and how many generations were cut short while they were built. */
export interface ViewFigures {
  readonly behind: number;
  readonly halfBuilt: number;
}

/** Holds every generation of every view against a replay of the log up to its checkpoint, half-built ones included. */
export async function checkViews(
  { problems }: Ledger,
  folder: string,
  scratch: string,
): Promise<ViewFigures> {
  const figures = { behind: 0, halfBuilt: 0 };
  if (!existsSync(join(folder, 'log.sqlite'))) return figures;
  const log = openSqliteLog({ file: join(folder, 'log.sqlite'), durability: 'normal' });
  const views = sqliteViews(join(folder, 'views'));
  try {
    const head = await log.head();
    for (const projection of projections) {
      const live = openLiveView(join(folder, 'views'), projection, log.identity, head);
      if (live.checkpoint() < head) figures.behind += 1;
      live.close();
      for (const { generation, built, checkpoint } of views.generations(projection, log.identity, head)) {
        if (!built && checkpoint > 0 && generation !== live.generation) figures.halfBuilt += 1;
        const store = views.open(projection, generation);
        const rows = dump(projection, store);
        store.close();
        await removeFolder(scratch);
        const found = difference(rows, await replay(projection, log, checkpoint, scratch));
        if (found === undefined) continue;
        problems.push(`the view ${projection.name} (${generation}) at ${checkpoint}: ${found}`);
      }
    }
  } finally {
    log.close();
  }
  return figures;
}
