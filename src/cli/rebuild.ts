import { setTimeout as sleep } from 'node:timers/promises';
import { untilInterrupted } from './interrupt.js';
import { createProgress, type Progress } from './progress.js';
import { SERVICE_OPTIONS, serviceOf, type Service } from './service.js';
import { STATUS, numberOf, parkedText, standing, statusOf, type WireStatus } from './status.js';
import { plain } from './text.js';
import type { Outcome, Verb } from './verb.js';

/** How often a rebuild is looked at. */
const LOOK_EVERY_MS = 250;

/** How a rebuild that was waited for has come out. */
type End = 'switched' | 'failed' | 'cancelled' | 'left';

/** `projections rebuild`. */
export const rebuild: Verb = {
  usage: 'projections rebuild <name>',
  description:
    'Build its views anew beside the live ones, which then take their place. Ctrl-C leaves it running.',
  options: [['--no-wait', 'Do not wait until it is done'], ...SERVICE_OPTIONS],
  run: ([name = ''], options, context) => {
    const service = serviceOf(options, context);
    // From the start: whoever interrupts the request itself must not be left in doubt whether it was taken.
    return untilInterrupted(async (signal) => {
      const { rebuildProjection: started } = await service.ask<{ rebuildProjection: WireStatus }>(
        `mutation Rebuild($name: String!) { rebuildProjection(name: $name) ${STATUS} }`,
        { name },
      );
      const generation = started.rebuild?.generation ?? started.generation;
      if (!options.flag('wait')) return outcome('left', started, generation, true);
      const { end, status } = await watch(service, started, generation, signal);
      return outcome(end, status, generation, end === 'switched');
    });
  },
};

async function watch(
  service: Service,
  started: WireStatus,
  generation: number,
  signal: AbortSignal,
): Promise<{ readonly end: End; readonly status: WireStatus }> {
  const progress = createProgress(`rebuild of ${started.name}`, 'events');
  try {
    for (let status = started; ; status = await statusOf(service, started.name)) {
      show(status, progress);
      const end = endOf(status, generation) ?? (signal.aborted ? 'left' : undefined);
      if (end !== undefined) return { end, status };
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    progress.stop();
  }
}

function endOf({ rebuild: building, generation: live }: WireStatus, generation: number): End | undefined {
  if (building?.generation === generation) return building.state === 'FAILED' ? 'failed' : undefined;
  return live === generation ? 'switched' : 'cancelled';
}

function show({ rebuild: building }: WireStatus, progress: Progress): void {
  if (building === null) return;
  const { checkpoint, head, eventsPerSecond, leftMs } = building;
  progress.update(numberOf(checkpoint), numberOf(head), { eventsPerSecond, leftMs });
}

function outcome(end: End, status: WireStatus, generation: number, ok: boolean): Outcome {
  return { ok, json: { rebuildProjection: status }, lines: LINES[end](status, generation) };
}

const LINES: Readonly<Record<End, (status: WireStatus, generation: number) => readonly string[]>> = {
  switched: (status) => [
    `${status.name} is served from generation ${status.generation}.`,
    standing(status),
    ...(status.kept === null
      ? []
      : [`Generation ${status.kept.generation} is kept: tidemark projections rollback ${status.name}`]),
    ...(status.parked > 0 ? [`${parkedText(status.name, status)}.`] : []),
  ],
  failed: ({ name, generation: live, rebuild: building }, generation) => [
    `The rebuild of ${name} (generation ${generation}) fails: ${plain(building?.lastError ?? 'see the service’s log')}`,
    `The service tries again by itself, and serves generation ${live}. To give up: tidemark projections cancel ${name}`,
  ],
  cancelled: (status, generation) => [
    `Generation ${generation} of ${status.name} was cancelled before it was done.`,
    standing(status),
  ],
  left: ({ name, generation: live, ...status }, generation) =>
    status.rebuild === null
      ? LINES.switched({ name, generation: live, ...status }, generation)
      : [
          `Generation ${generation} of ${name} is being built in the service; until it is done, generation ${live} is served.`,
          `To look: tidemark projections list. To give up: tidemark projections cancel ${name}`,
        ],
};
