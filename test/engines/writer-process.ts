/** Run as `node --import tsx writer-process.ts FILE COMMANDS COUNTERS`: counts up, each time from what it has read. */
import { openSqliteLog } from '../../src/engines/sqlite/index.js';
import { TidemarkError, type AppendOutcome } from '../../src/kernel/index.js';
import { append, event } from '../../src/testing/contract/samples.js';

const [file = '', commands = '', counters = ''] = process.argv.slice(2);
const IN_FLIGHT = 4;
const log = openSqliteLog({ file });

async function appendSurely(one: ReturnType<typeof append>): Promise<AppendOutcome> {
  for (;;) {
    try {
      return await log.append(one);
    } catch (error) {
      // The file was busy for too long; nothing was stored.
      if (!(error instanceof TidemarkError && error.code === 'UNAVAILABLE')) throw error;
    }
  }
}

/** Records which number of its counter this event is; the condition must make that true. */
async function countUp(counter: string): Promise<void> {
  for (;;) {
    const boundary = [{ tags: [counter] }];
    const before = await log.read(boundary, { after: 0, limit: 100_000 });
    const after = before.at(-1)?.position ?? 0;
    const nth = before.length;
    const events = [0, 1].map((part) =>
      event(counter, { data: { counter, nth: nth + part }, tags: [counter, 'all:1'] }),
    );
    if ((await appendSurely(append(events, { condition: { boundary, after } }))).kind === 'appended') return;
  }
}

async function run(lane: number): Promise<void> {
  for (let n = lane; n < Number(commands); n += IN_FLIGHT) await countUp(`counter:${n % Number(counters)}`);
}

await Promise.all(Array.from({ length: IN_FLIGHT }, (_, lane) => run(lane)));
log.close();
