import { byEntity, readParked, type ParkedConnection, type ParkedEntity } from './parked-events.js';
import { SERVICE_OPTIONS, serviceOf, type Service } from './service.js';
import { numberOf } from './status.js';
import { counted, indented, plain } from './text.js';
import type { Verb } from './verb.js';

/** `parked list`. */
export const list: Verb = {
  usage: 'parked list [projection]',
  description: 'The events that could not be applied, and how many wait behind each, by entity.',
  options: [['--stack', 'Show where in the code each failed'], ...SERVICE_OPTIONS],
  run: async ([projection], options, context) => {
    const service = serviceOf(options, context);
    const names = projection === undefined ? await namesOf(service) : [projection];
    const parkedEvents: Record<string, ParkedConnection> = {};
    for (const name of names) parkedEvents[name] = await readParked(service, name, options.flag('stack'));
    const lines = Object.entries(parkedEvents).flatMap(([name, connection]) => section(name, connection));
    const nothing = `Nothing is set aside${projection === undefined ? '' : ` in ${projection}`}.`;
    return { ok: true, json: { parkedEvents }, lines: lines.length > 0 ? lines : [nothing] };
  },
};

async function namesOf(service: Service): Promise<readonly string[]> {
  const { projections } = await service.ask<{
    projections: readonly { readonly name: string; readonly parked: number }[];
  }>('query Names { projections { name parked } }');
  return projections.filter(({ parked }) => parked > 0).map(({ name }) => name);
}

function section(name: string, { edges, pageInfo }: ParkedConnection): readonly string[] {
  if (edges.length === 0) return [];
  const entities = byEntity({ edges });
  const events = `${counted(edges.length, 'event')} of ${counted(entities.length, 'entity', 'entities')}`;
  return [
    `${name}: ${pageInfo.hasNextPage ? 'more than ' : ''}${events}`,
    ...indented(entities.flatMap(entityLines)),
  ];
}

function entityLines({ entity, first, behind }: ParkedEntity): readonly string[] {
  const { position, type, error, stack, attempts, parkedAt } = first;
  // Asked for with --stack only.
  const shown: string | null | undefined = stack;
  const last = behind.at(-1);
  return [
    plain(entity),
    `  ${numberOf(position)} ${type}, ${counted(attempts, 'attempt')}, set aside ${parkedAt}`,
    ...indented((error ?? 'It waits to be tried again.').split('\n').map(plain), '    '),
    ...indented((shown ?? '').split('\n').filter(Boolean).map(plain), '      '),
    ...(last === undefined
      ? []
      : [
          `  ${behind.length} more ${behind.length === 1 ? 'waits' : 'wait'} behind it, up to ${numberOf(last.position)}`,
        ]),
  ];
}
