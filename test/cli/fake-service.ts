import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { GraphQLError, buildSchema, graphql } from 'graphql';
import { onTestFinished } from 'vitest';
import { announceService } from '../../src/settings/index.js';
import { tempDir } from '../support/temp-dir.js';

const CONTRACT = buildSchema(`
  scalar Position
  scalar DateTime
  type RebuildStatus {
    generation: Int! state: String! checkpoint: Position! head: Position! progress: Float! eventsPerSecond: Float!
    leftMs: Float startedAt: DateTime! parked: Int! lastError: String
  }
  type KeptGeneration { generation: Int! version: Int! checkpoint: Position! }
  type ProjectionStatus {
    name: String! version: Int! generation: Int! state: String! checkpoint: Position! head: Position!
    lagEvents: Int! lagMs: Float! healthy: Boolean! parked: Int! parkedEntities: Int! progress: Float!
    eventsPerSecond: Float! lastError: String rebuild: RebuildStatus kept: KeptGeneration
  }
  type ParkedEvent {
    position: Position! entity: String! type: String! commandId: ID! error: String stack: String attempts: Int!
    parkedAt: DateTime!
  }
  type ParkedEventEdge { cursor: String! node: ParkedEvent! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type ParkedEventConnection { edges: [ParkedEventEdge!]! pageInfo: PageInfo! }
  type ParkedPayload { applied: Int! skipped: Int! status: ProjectionStatus! }
  type Query {
    projections: [ProjectionStatus!]!
    projection(name: String!): ProjectionStatus
    parkedEvents(projection: String!, entity: String, first: Int, after: String): ParkedEventConnection!
  }
  type Mutation {
    rebuildProjection(name: String!): ProjectionStatus!
    cancelRebuild(name: String!): ProjectionStatus!
    rollbackProjection(name: String!): ProjectionStatus!
    pruneProjection(name: String!): ProjectionStatus!
    pauseProjection(name: String!): ProjectionStatus!
    resumeProjection(name: String!): ProjectionStatus!
    retryParked(projection: String!, position: Position!): ParkedPayload!
    skipParked(projection: String!, position: Position!, reason: String!): ParkedPayload!
  }
`);
const PREFIX = 'ea75621578ec-0000000001-';
/** As small as it takes for lists to have several. */
const PAGE = 2;

/** A position as the service writes it. */
export function token(position: number): string {
  return PREFIX + String(position).padStart(16, '0');
}

/** An error as the service codes it. */
export function refused(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** A generation that is being built. */
export function rebuildOf(generation: number, checkpoint: number, changes: object = {}) {
  return {
    ...{ generation, state: 'BUILDING', checkpoint: token(checkpoint), head: token(200), parked: 0 },
    ...{
      progress: checkpoint / 200,
      eventsPerSecond: 1_234.5,
      leftMs: 1_500,
      startedAt: '2026-01-02T03:04:05.000Z',
    },
    lastError: null as string | null,
    ...changes,
  };
}

/** A projection that is live and has nothing to complain of. */
export function statusOf(name: string, changes: object = {}) {
  return {
    ...{
      name,
      version: 1,
      generation: 1,
      state: 'LIVE',
      checkpoint: token(200),
      head: token(200),
      lagEvents: 0,
    },
    ...{
      lagMs: 0,
      healthy: true,
      parked: 0,
      parkedEntities: 0,
      progress: 1,
      eventsPerSecond: 0,
      lastError: null,
    },
    rebuild: null as ReturnType<typeof rebuildOf> | null,
    kept: null as object | null,
    ...changes,
  };
}

/** An event that is set aside; it waits behind another where it has no error. */
export function parkedEvent(position: number, entity: string, error: string | null) {
  return {
    ...{ position: token(position), entity, type: 'OrderShipped', commandId: `command ${position}`, error },
    stack: error === null ? null : `Error: ${error}\n    at shipped (orders.projection.ts:7:1)`,
    ...{ attempts: error === null ? 0 : 5, parkedAt: '2026-01-02T03:04:05.000Z' },
  };
}

type Field = (args: Readonly<Record<string, string>>) => unknown;

/** What the service was asked, with which token. */
interface Asked {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
}

/** A service that speaks the contract, with these answers; it stops when the test is over. */
export interface FakeService {
  readonly url: string;
  /** Where it says that it runs, as the real one does. */
  readonly dataDir: string;
  readonly asked: readonly Asked[];
}

/** Starts it. `parkedEvents` is answered in pages from the list that `parked` gives for a projection. */
export async function fakeService(
  fields: Readonly<Record<string, Field>>,
  parked: (projection: string) => readonly ReturnType<typeof parkedEvent>[] = () => [],
): Promise<FakeService> {
  const asked: Asked[] = [];
  const rootFor = (authorization: string | undefined) =>
    Object.fromEntries(
      Object.entries({ parkedEvents: pagesOf(parked), ...fields }).map(([field, answer]) => [
        field,
        (args: Readonly<Record<string, string>>) => {
          asked.push({ field, args: { ...args }, authorization });
          return answer(args);
        },
      ]),
    );
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
      const rootValue = rootFor(request.headers.authorization);
      const result = await graphql({ schema: CONTRACT, source: query, variableValues: variables, rootValue });
      response.writeHead(request.url === '/graphql' ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dataDir = tempDir();
  announceService(dataDir, url);
  return { url, dataDir, asked };
}

function pagesOf(parked: (projection: string) => readonly ReturnType<typeof parkedEvent>[]): Field {
  return ({ projection = '', after }) => {
    const all = parked(projection);
    const start = after === undefined || after === null ? 0 : Number(after);
    const edges = all
      .slice(start, start + PAGE)
      .map((node, index) => ({ cursor: String(start + index + 1), node }));
    return {
      edges,
      pageInfo: { hasNextPage: start + PAGE < all.length, endCursor: edges.at(-1)?.cursor ?? null },
    };
  };
}
