import type { Service } from './service.js';
import type { WireParked } from './status.js';

/** The most events of one projection that are read to be shown or retried. */
export const PARKED_READ_MAX = 10_000;

/** All pages that were read, as one connection. */
export interface ParkedConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: WireParked }[];
  /** `hasNextPage` where there are more than PARKED_READ_MAX. */
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What is set aside of one entity: the event that cannot be applied, and what waits behind it. */
export interface ParkedEntity {
  readonly entity: string;
  readonly first: WireParked;
  readonly behind: readonly WireParked[];
}

// The page's size is left to the service, whose limit may be lower than what would be asked for.
const PAGE = `query Parked($projection: String!, $after: String, $stack: Boolean!) {
  parkedEvents(projection: $projection, after: $after) {
    edges { cursor node { position entity type commandId error stack @include(if: $stack) attempts parkedAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What a projection has set aside, oldest first, up to PARKED_READ_MAX events. */
export async function readParked(
  service: Service,
  projection: string,
  stack = false,
): Promise<ParkedConnection> {
  const edges: ParkedConnection['edges'][number][] = [];
  for (let after: string | null = null; ;) {
    const { parkedEvents: page }: { parkedEvents: ParkedConnection } = await service.ask(PAGE, {
      projection,
      after,
      stack,
    });
    edges.push(...page.edges);
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || edges.length >= PARKED_READ_MAX)
      return { edges, pageInfo: page.pageInfo };
  }
}

/** The events by entity, in the order of their first ones. */
export function byEntity({ edges }: Pick<ParkedConnection, 'edges'>): readonly ParkedEntity[] {
  const found = new Map<string, { first: WireParked; behind: WireParked[] }>();
  for (const { node } of edges) {
    const known = found.get(node.entity);
    if (known === undefined) found.set(node.entity, { first: node, behind: [] });
    else known.behind.push(node);
  }
  return [...found].map(([entity, events]) => ({ entity, ...events }));
}
