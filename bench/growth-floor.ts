import Database from 'better-sqlite3';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { viewFile } from '../src/engines/sqlite/view-files.js';
import type { Projection } from '../src/kernel/index.js';
import { ordersProjection } from '../src/orders/views/orders.projection.js';
import {
  GROUP_MAX,
  markOf,
  openBareLog,
  readCommands,
  readNames,
  type CommandRows,
  type Mark,
} from './bare-log.js';
import { eventsOf, openBareView } from './bare-views.js';
import type { Grown } from './grown-log.js';
import type { Bench, Section, Variant } from './harness.js';
import { composeIn } from './in-process.js';
import { compareSizes, measured } from './sizes.js';
import { closedLoop, timed, writeOrder } from './workload.js';

const IN_FLIGHT = 64;
/** Which column of a command its position is. */
const POSITION_COLUMN = 9;

const COMMANDS = [
  'In one transaction with an fsync for all that wait, better-sqlite3 looks up each command’s id, reads the order’s events where it has not met the order yet (there are none, as all orders are new), asks whether anything was appended to it since, and inserts the rows of command, event and tags. SQLite copies its write-ahead log back by itself, in some COMMIT. Nothing is validated, decided or made: the rows are those that the kernel wrote for the same commands, numbered anew.',
];
const COMMANDS_AND_VIEWS = [
  'The same, and what is committed is applied to the views of orders, customers and sales, one after the other, a transaction each without an fsync, through the projections’ own handlers; each row is read once, kept in memory, and its changed columns are written once a transaction. No event is parsed, no change is told to anybody, no view notes how far it is. The views’ write-ahead logs are copied back as in the product, by another thread. The time ends when all is in the views.',
];
const QUERY = [
  'One prepared SELECT of all columns by id, on the file of the orders view. No bus, no freshness, and the row stays as SQLite gives it: nothing is parsed.',
];

/** How much the floor of commands does in a run, and how often. */
interface Amounts {
  readonly rounds: number;
  readonly orders: number;
  readonly warmUpOrders: number;
}

/** What no query of an order can be without. */
export async function bareQueries(logs: readonly Grown[], rounds: number, count: number): Promise<Section> {
  const open = logs.map(({ folder }) => new Database(fileOf(folder, ordersProjection), { readonly: true }));
  let asked = 0;
  const variant = ({ orderId }: Grown, at: number): Variant => {
    const byId = open[at]?.prepare<[string], unknown[]>('SELECT * FROM orders WHERE id = ?').raw();
    return () =>
      measured(['queries/s', 'query', 'CPU µs/query'], async () => {
        const latencies: number[] = [];
        for (let n = 0; n < count; n += 1) {
          const id = orderId(asked++);
          const found = await timed(latencies, async () => byId?.get(id));
          if (found?.[0] !== id) throw new Error(`The order ${id} was not found.`);
        }
        return latencies;
      });
  };
  const title = `Bare SQLite: an order by its id, one at a time, ${count} orders of all ages`;
  const section = await compareSizes(title, { logs, metric: 'query p99 ms', rounds, variant });
  for (const database of open) database.close();
  return { ...section, notes: QUERY };
}

/**
 * What no command can be without, of the log alone and with its views. It writes into the logs, and nobody may use them
 * afterwards: checksums are not those of the new numbers, and views do not know how far they are.
 */
export async function bareCommands(
  logs: readonly Grown[],
  projections: readonly Projection[],
  amounts: Amounts,
  { scratch }: Bench,
): Promise<readonly Section[]> {
  const runs = amounts.rounds > 1 ? amounts.rounds + 1 : 1;
  const recording = await record(logs[0], scratch(), 2 * runs, amounts);
  const taken = logs.map(() => 0);

  const section = (what: string, chosen: readonly Projection[]): Promise<Section> => {
    const variant =
      (grown: Grown, at: number): Variant =>
      async () => {
        let { folder } = grown;
        if (at === 0) {
          // It would not stay small.
          folder = scratch();
          cpSync(grown.folder, folder, { recursive: true });
        }
        const nth = taken[at] ?? 0;
        taken[at] = nth + 1;
        return write(folder, chosen, readRun(recording, nth, folder), amounts);
      };
    const { rounds } = amounts;
    const title = `Bare SQLite: ${what}, ${IN_FLIGHT} in flight, synchronous=FULL`;
    return compareSizes(title, { logs, metric: 'commands/s', rounds, variant });
  };

  const alone = await section('the rows of the same commands in the log', []);
  const both = await section('the rows of the same commands in the log and in three views', projections);
  return [
    { ...alone, notes: COMMANDS },
    { ...both, notes: COMMANDS_AND_VIEWS },
  ];
}

/** Commands that the kernel wrote behind a log, run by run: each lies between two marks. */
interface Recording {
  readonly file: string;
  readonly names: ReadonlyMap<unknown, string>;
  readonly marks: readonly Mark[];
}

/** Lets the kernel write into a copy of a log what the bare runs will write again: later ids than there are in any log. */
async function record(
  grown: Grown | undefined,
  folder: string,
  runs: number,
  { orders, warmUpOrders }: Amounts,
): Promise<Recording> {
  if (grown === undefined) throw new Error('There is no log.');
  const file = join(folder, 'log.sqlite');
  cpSync(join(grown.folder, 'log.sqlite'), file);
  const marks = [markOf(file)];
  for (let run = 0; run < runs; run += 1) {
    const { kernel, close } = await composeIn(folder, { projections: false });
    await closedLoop(
      IN_FLIGHT,
      (n) => n < warmUpOrders + orders,
      (n) => writeOrder(kernel.commands, n, []),
    );
    await close();
    marks.push(markOf(file));
  }
  return { file, names: readNames(file), marks };
}

/** A run's commands, numbered as they follow what is in the log of a folder, with their events. */
function readRun({ file, names, marks }: Recording, nth: number, folder: string) {
  const [from, through] = marks.slice(nth, nth + 2);
  if (from === undefined || through === undefined) throw new Error('Not so many runs were recorded.');
  const to = markOf(join(folder, 'log.sqlite'));
  return readCommands(file, from, through).map((found) => {
    const rows = renumbered(found, from, to);
    return { rows, events: eventsOf(rows, names) };
  });
}

/** All of it is new: each tag, too, came with the run. */
function renumbered({ command, events, eventTags, tags }: CommandRows, from: Mark, to: Mark): CommandRows {
  const seqOf = (seq: unknown): number => Number(seq) - from.seq + to.seq;
  const positionOf = (position: unknown): number => Number(position) - from.position + to.position;
  const tagOf = (tag: unknown): number => Number(tag) - from.tag + to.tag;
  const tagsOf = (carried: unknown): string => String(carried).split(',').map(tagOf).join();
  const seq = seqOf(command[0]);
  return {
    command: command.with(0, seq).with(POSITION_COLUMN, positionOf(command[POSITION_COLUMN])),
    events: events.map(([at, type, version, , carried, data]) => [
      positionOf(at),
      type,
      version,
      seq,
      tagsOf(carried),
      data,
    ]),
    eventTags: eventTags.map(([tag, at]) => [tagOf(tag), positionOf(at)]),
    tags: tags.map(([tag, text]) => [tagOf(tag), text]),
  };
}

async function write(
  folder: string,
  projections: readonly Projection[],
  commands: ReturnType<typeof readRun>,
  { orders, warmUpOrders }: Amounts,
) {
  const log = openBareLog(join(folder, 'log.sqlite'), GROUP_MAX, 'checks');
  const views = projections.map((projection) => openBareView(fileOf(folder, projection), projection));
  const warmUp = Math.round((commands.length * warmUpOrders) / (orders + warmUpOrders));
  const run = async (chosen: typeof commands): Promise<readonly number[]> => {
    const latencies: number[] = [];
    const applied: Promise<void>[] = [];
    await closedLoop(
      IN_FLIGHT,
      (n) => n < chosen.length,
      async (n) => {
        const { rows, events } = chosen[n] as (typeof commands)[number];
        await timed(latencies, () => log.append(rows));
        applied.push(...views.map((view) => view.apply(events)));
      },
    );
    await Promise.all(applied);
    return latencies;
  };
  await run(commands.slice(0, warmUp));
  const sample = await measured(['commands/s', 'ack', 'CPU µs/command'], () => run(commands.slice(warmUp)));
  for (const opened of [log, ...views]) opened.close();
  return sample;
}

function fileOf(folder: string, projection: Projection): string {
  return viewFile(join(folder, 'views'), projection, 1);
}
