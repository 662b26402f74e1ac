import { TAG_LENGTH_MAX, type RecordedEvent } from '../kernel/index.js';
import { OperationError, dataFiles, openLogReadOnly, type ReadOnlyLog } from './engine.js';
import { createEventLines, eventDetails, eventJson } from './event-lines.js';
import { lastEvents, type EventFilter } from './event-scan.js';
import { follow } from './follow.js';
import { untilInterrupted } from './interrupt.js';
import {
  UsageError,
  embeddedDirOf,
  positionOf,
  type Group,
  type Options,
  type Outcome,
  type Verb,
} from './verb.js';

/** How many events are shown when nobody says, and at the most. */
const COUNT = 10;
const COUNT_MAX = 10_000;

const tail: Verb = {
  usage: 'events tail',
  description: 'The last events of the log, as they were recorded; also while the service runs.',
  options: [
    ['-n, --count <events>', `How many, ${COUNT} when left out, ${COUNT_MAX} at the most`],
    ['--type <type>', 'Only events of this type'],
    ['--tag <tag>', 'Only events with this tag, such as order:0197…'],
    ['--follow', 'Go on with what comes, until Ctrl-C; with --json, one object a line'],
  ],
  run: async (_, options, context) => {
    const filter = filterOf(options);
    const count = options.count('count', COUNT, COUNT_MAX);
    const { logFile: file } = dataFiles(embeddedDirOf(options, context));
    return withLog(file, async (log) => {
      const head = await log.head();
      const events = await lastEvents(log, filter, count, head);
      return options.flag('follow')
        ? followFrom(events, { log, file, filter, after: head, json: options.flag('json') })
        : { ok: true, json: { events: events.map(eventJson), head }, lines: linesOf(events, filter) };
    });
  },
};

const show: Verb = {
  usage: 'events show <position>',
  description: 'All of one event, as it was recorded; also while the service runs.',
  options: [],
  run: ([word = ''], options, context) => {
    const position = positionOf(word);
    return withLog(dataFiles(embeddedDirOf(options, context)).logFile, async (log) => {
      const [event] = await log.read('all', { after: position - 1, limit: 1 });
      if (event?.position !== position)
        throw new OperationError(
          `The log has no event at position ${position}; its last one is at ${await log.head()}.`,
        );
      return { ok: true, json: eventJson(event), lines: eventDetails(event) };
    });
  },
};

/** `events …`. */
export const events: Group = { name: 'events', verbs: [tail, show] };

function filterOf(options: Options): EventFilter {
  const tag = options.text('tag');
  if (tag !== undefined && (!/^[^:]+:./s.test(tag) || tag.length > TAG_LENGTH_MAX || !tag.isWellFormed()))
    throw new UsageError(
      `--tag expects a tag, entity:id, of ${TAG_LENGTH_MAX} characters at most, got ${tag}.`,
    );
  return { type: options.text('type'), tag };
}

async function withLog<T>(file: string, work: (log: ReadOnlyLog) => Promise<T>): Promise<T> {
  const log = openLogReadOnly(file);
  try {
    return await work(log);
  } finally {
    log.close();
  }
}

function linesOf(found: readonly RecordedEvent[], { type, tag }: EventFilter): readonly string[] {
  if (found.length > 0) return createEventLines()(found);
  return [type === undefined && tag === undefined ? 'The log is empty.' : 'No event is like that.'];
}

async function followFrom(
  shown: readonly RecordedEvent[],
  { json, ...from }: Omit<Parameters<typeof follow>[0], 'signal' | 'onEvents'> & { readonly json: boolean },
): Promise<Outcome> {
  const lines = createEventLines();
  let count = 0;
  const onEvents = (found: readonly RecordedEvent[]): void => {
    count += found.length;
    const texts = json ? found.map((event) => JSON.stringify(eventJson(event))) : lines(found);
    process.stdout.write(texts.map((line) => `${line}\n`).join(''));
  };
  await untilInterrupted(async (interrupted) => {
    const closed = new AbortController();
    // Whoever read the output has gone.
    process.stdout.once('error', () => {
      closed.abort();
    });
    if (shown.length > 0) onEvents(shown);
    await follow({ ...from, onEvents, signal: AbortSignal.any([interrupted, closed.signal]) });
  });
  return { ok: true, json: { shown: count }, lines: [], dataOnStdout: true };
}
