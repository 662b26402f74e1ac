import { byEntity, readParked, type ParkedEntity } from './parked-events.js';
import { createProgress } from './progress.js';
import { SERVICE_OPTIONS, ServiceError, serviceOf, type Service } from './service.js';
import {
  STATUS,
  numberOf,
  parkedText,
  statusOf,
  tokenOf,
  type WireParked,
  type WireStatus,
} from './status.js';
import { counted, plain } from './text.js';
import { UsageError, positionOf, type Outcome, type Verb } from './verb.js';

/** What a retry did, as the service answers. */
interface Retried {
  readonly applied: number;
  readonly skipped: number;
  readonly status: WireStatus;
}

/** `parked retry`. */
export const retry: Verb = {
  usage: 'parked retry <projection> [position]',
  description: 'Apply a parked event again, and what waits behind it, after what was wrong is fixed.',
  options: [['--all', 'The first event of each entity in turn, in place of a position'], ...SERVICE_OPTIONS],
  run: ([projection = '', word], options, context) => {
    if ((word === undefined) !== options.flag('all'))
      throw new UsageError(
        'tidemark parked retry <projection> expects either the position of an event, or --all.',
      );
    const number = word === undefined ? undefined : positionOf(word);
    const service = serviceOf(options, context);
    return number === undefined ? retryAll(service, projection) : retryOne(service, projection, number);
  },
};

async function ask(service: Service, projection: string, position: string): Promise<Retried> {
  const { retryParked } = await service.ask<{ retryParked: Retried }>(
    `mutation Retry($projection: String!, $position: Position!) {
      retryParked(projection: $projection, position: $position) { applied skipped status ${STATUS} }
    }`,
    { projection, position },
  );
  return retryParked;
}

async function retryOne(service: Service, projection: string, number: number): Promise<Outcome> {
  const { head } = await statusOf(service, projection);
  const retried = await ask(service, projection, tokenOf(number, head));
  const left = retried.status.parked === 0 ? undefined : await parkedAt(service, projection, number);
  return {
    ok: left === undefined,
    json: { retryParked: retried },
    lines: [
      left === undefined ? appliedText(retried) : failedText(left),
      `${parkedText(projection, retried.status)}.`,
    ],
  };
}

async function parkedAt(
  service: Service,
  projection: string,
  number: number,
): Promise<WireParked | undefined> {
  const { edges } = await readParked(service, projection);
  return edges.find(({ node }) => numberOf(node.position) === number)?.node;
}

async function retryAll(service: Service, projection: string): Promise<Outcome> {
  const before = await readParked(service, projection);
  const total =
    before.edges.length === 0 ? undefined : await retryEach(service, projection, byEntity(before));
  const status = total?.status ?? (await statusOf(service, projection));
  const failing = status.parked === 0 ? [] : byEntity(await readParked(service, projection));
  return {
    ok: status.parked === 0,
    json: { retryParked: { applied: total?.applied ?? 0, skipped: total?.skipped ?? 0, status } },
    lines: [
      ...(total === undefined ? [] : [appliedText(total)]),
      ...failing.map(({ first }) => `${plain(first.entity)}: ${failedText(first)}`),
      `${parkedText(projection, status)}.`,
    ],
  };
}

async function retryEach(
  service: Service,
  projection: string,
  entities: readonly ParkedEntity[],
): Promise<Omit<Retried, 'status'> & { readonly status: WireStatus | undefined }> {
  const progress = createProgress(`retry of ${projection}`, 'entities');
  let total = { applied: 0, skipped: 0, status: undefined as WireStatus | undefined };
  try {
    for (const [index, { first }] of entities.entries()) {
      const retried = await ask(service, projection, first.position).catch(goneMeanwhile);
      if (retried !== undefined)
        total = {
          applied: total.applied + retried.applied,
          skipped: total.skipped + retried.skipped,
          status: retried.status,
        };
      progress.update(index + 1, entities.length);
    }
  } finally {
    progress.stop();
  }
  return total;
}

/** Somebody else may have retried or skipped it since it was listed. */
function goneMeanwhile(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === 'NOT_FOUND') return;
  throw error;
}

function appliedText({ applied }: Pick<Retried, 'applied'>): string {
  return `${counted(applied, 'event')} ${applied === 1 ? 'was' : 'were'} applied.`;
}

function failedText({ position, type, error }: WireParked): string {
  const why = error === null ? 'waits behind another' : `still cannot be applied: ${plain(error)}`;
  return `Event ${numberOf(position)} ${type} ${why}`;
}
