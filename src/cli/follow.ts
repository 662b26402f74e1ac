import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextEvents, type EventFilter, type Log } from './event-scan.js';
import type { RecordedEvent } from '../kernel/index.js';

/** How often the log is looked at where the file system tells nothing, such as one of another machine. */
const LOOK_EVERY_MS = 2_000;
/** How long to wait after a change, so that a busy log is read in blocks. */
const GATHER_MS = 20;

/** What is followed, from after which position, and until when. */
export interface FollowOptions {
  readonly log: Log;
  /** The log's file. */
  readonly file: string;
  readonly filter: EventFilter;
  readonly after: number;
  readonly signal: AbortSignal;
  readonly onEvents: (events: readonly RecordedEvent[]) => void;
}

/** Hands on what is written to a log, by any process, until the signal is aborted. */
export async function follow({ log, file, filter, after, signal, onEvents }: FollowOptions): Promise<void> {
  const wake = createWake(file, signal);
  try {
    for (let reached = after; !signal.aborted;) {
      const next = await nextEvents(log, filter, reached);
      if (next.events.length > 0) onEvents(next.events);
      if (next.reached === reached) await wake.next();
      reached = next.reached;
    }
  } finally {
    wake.stop();
  }
}

/** Wakes when the log's file or its journal changes, which SQLite makes and removes beside it. */
function createWake(file: string, signal: AbortSignal): { next(): Promise<void>; stop(): void } {
  let changed = false;
  let wake: (() => void) | undefined;
  const change = (): void => {
    changed = true;
    wake?.();
  };
  const watcher = watch(dirname(file), (_, name) => {
    if (name === null || name.startsWith(basename(file))) change();
  });
  // It is looked at now and then all the same.
  watcher.on('error', () => undefined);
  const timer = setInterval(change, LOOK_EVERY_MS);
  signal.addEventListener('abort', change);
  return {
    next: async () => {
      if (!changed && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      if (!signal.aborted) await sleep(GATHER_MS);
      changed = false;
    },
    stop: () => {
      watcher.close();
      clearInterval(timer);
      signal.removeEventListener('abort', change);
    },
  };
}
