import type { ParkedEvent, ProjectionStatus, RebuildStatus } from '../kernel/index.js';
import { ServiceError, type Service } from './service.js';
import { counted, plain, table } from './text.js';

/** What the kernel says, with these members as text: positions are tokens over GraphQL, times ISO 8601. */
type Wire<T, Member extends keyof T> = Omit<T, Member> & { readonly [Name in Member]: string };

/** The generation that is being built, as the service answers. */
export type WireRebuild = Wire<RebuildStatus, 'checkpoint' | 'head' | 'startedAt'>;

/** A projection's status, as the service answers. */
export type WireStatus = Wire<
  Omit<ProjectionStatus, 'rebuild' | 'kept' | 'delayMs'>,
  'checkpoint' | 'head'
> & {
  readonly rebuild: WireRebuild | null;
  readonly kept: Wire<NonNullable<ProjectionStatus['kept']>, 'checkpoint'> | null;
};

/** An event that is set aside, as the service answers. */
export type WireParked = Wire<ParkedEvent, 'position' | 'parkedAt'>;

/** What is asked for of a projection. */
export const STATUS = `{
  name version generation state checkpoint head lagEvents lagMs healthy parked parkedEntities progress eventsPerSecond
  lastError
  rebuild { generation state checkpoint head progress eventsPerSecond leftMs startedAt parked lastError }
  kept { generation version checkpoint }
}`;

/** The number of a position's token: its last part. */
export function numberOf(token: string): number {
  return Number(token.slice(token.lastIndexOf('-') + 1));
}

/** The token of a number, made from any token of the same log. */
export function tokenOf(number: number, like: string): string {
  const at = like.lastIndexOf('-') + 1;
  return like.slice(0, at) + String(number).padStart(like.length - at, '0');
}

/** One projection's status. Rejects with NOT_FOUND where there is none of this name. */
export async function statusOf(service: Service, name: string): Promise<WireStatus> {
  const { projection } = await service.ask<{ projection: WireStatus | null }>(
    `query Projection($name: String!) { projection(name: $name) ${STATUS} }`,
    { name },
  );
  if (projection !== null) return projection;
  throw new ServiceError('NOT_FOUND', `There is no projection ${JSON.stringify(name)}.`);
}

const HEAD = [
  ...['projection', 'state', 'generation', 'version', 'position', 'lag', 'lag ms', 'events/s', 'parked'],
  ...['rebuild', 'kept'],
];

/** A table of projections, with what is wrong below it. */
export function statusTable(all: readonly WireStatus[]): readonly string[] {
  const rows = all.map(({ name, state, generation, version, checkpoint, kept, rebuild, ...status }) => [
    ...[name, state, generation, version, numberOf(checkpoint), status.lagEvents],
    ...[Math.round(status.lagMs), Math.round(status.eventsPerSecond), status.parked],
    ...[
      rebuild === null ? '-' : percent(rebuild.progress),
      kept === null ? '-' : `generation ${kept.generation}`,
    ],
  ]);
  const troubles = all.flatMap(troublesOf);
  return [...table([HEAD, ...rows]), ...(troubles.length > 0 ? ['', ...troubles] : [])];
}

function troublesOf({ name, state, healthy, lastError, parked, parkedEntities, rebuild }: WireStatus) {
  const said: string[] = [];
  if (lastError !== null) said.push(`${name} fails: ${plain(lastError)}`);
  else if (!healthy && state !== 'PAUSED') said.push(`${name} is further behind than it may be.`);
  if (rebuild?.lastError != null) said.push(`The rebuild of ${name} fails: ${plain(rebuild.lastError)}`);
  if (parked > 0)
    said.push(`${parkedText(name, { parked, parkedEntities })}: see tidemark parked list ${name}.`);
  return said;
}

/** How much of a projection is set aside. */
export function parkedText(
  name: string,
  { parked, parkedEntities }: Pick<WireStatus, 'parked' | 'parkedEntities'>,
): string {
  if (parked === 0) return `Nothing is set aside in ${name}`;
  const events = `${counted(parked, 'event')} of ${counted(parkedEntities, 'entity', 'entities')}`;
  return `${events} ${parked === 1 ? 'is' : 'are'} set aside in ${name}`;
}

/** Where a projection stands, in one line. */
export function standing({ name, state, generation, version, checkpoint, head }: WireStatus): string {
  return `${name}: ${state}, generation ${generation}, version ${version}, at position ${numberOf(checkpoint)} of ${numberOf(head)}`;
}

/** A share from 0 to 1. */
export function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}
