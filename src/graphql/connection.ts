import { TidemarkError } from '../kernel/index.js';
import { ANYONE, Access } from './access.js';
import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { defaultLimits } from './limits/index.js';

/** The page size when the client does not say. */
export const PAGE_SIZE = 20;
/** The longest cursor that is looked at, in characters. */
const CURSOR_LENGTH_MAX = 4_000;

/** Where a page of a connection that goes forward only starts, and how long it is. */
@ArgsType()
export class ForwardPageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `The first so many, 1 to ${defaultLimits.pageSize} where the service is not set otherwise; ${PAGE_SIZE} when left out.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string | null;
}

/** Where a connection's page starts and how long it is; one direction at a time. */
@ArgsType()
export class PageArgs extends ForwardPageArgs {
  @Field(() => Int, { nullable: true, description: 'The last so many, no more than `first` may be.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string | null;
}

/** Where a page stands in the whole. */
@Access(ANYONE)
@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

/** A page as a query reads it: how many rows, in which direction, and after which sort values. */
export interface Page {
  readonly size: number;
  readonly backward: boolean;
  readonly cursor: readonly CursorValue[] | undefined;
}

/** A sort value inside a cursor. */
export type CursorValue = string | number;

/**
 * The page that the arguments ask for; BAD_USER_INPUT where they contradict each other, ask for more than `sizeMax`, or
 * the cursor is not one of `order`'s.
 */
export function pageOf(
  { first, after, last, before }: PageArgs,
  order: string,
  values: number,
  sizeMax: number,
): Page {
  if (first != null && last != null) throw bad('Send either first or last, not both.');
  if (after != null && before != null) throw bad('Send either after or before, not both.');
  const backward = last != null || (before != null && first == null);
  if (backward && after != null) throw bad('last goes with before, not with after.');
  if (!backward && before != null) throw bad('first goes with after, not with before.');
  const size = (backward ? last : first) ?? Math.min(PAGE_SIZE, sizeMax);
  if (size < 1 || size > sizeMax) {
    throw bad(`${backward ? 'last' : 'first'} must be 1 to ${sizeMax}, got ${size}.`);
  }
  const cursor = (backward ? before : after) ?? undefined;
  return { size, backward, cursor: cursor === undefined ? undefined : decodeCursor(cursor, order, values) };
}

/** The cursor of a row: the sort order and the row's sort values. */
export function encodeCursor(order: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url');
}

function decodeCursor(cursor: string, order: string, count: number): readonly CursorValue[] {
  const [of, ...values] = cursor.length > CURSOR_LENGTH_MAX ? [] : parseCursor(cursor);
  const sound =
    values.length === count && values.every((value) => typeof value === 'string' || Number.isFinite(value));
  if (of === undefined || typeof of !== 'string' || (of === order && !sound)) {
    throw bad('Not a cursor. Send one as it was returned, unchanged.');
  }
  if (of !== order)
    throw bad(`This cursor belongs to another order (${of}). Send it with the orderBy it came with.`);
  // Checked above: text or finite numbers.
  return values as CursorValue[];
}

function parseCursor(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch {
    return [];
  }
}

function bad(message: string): TidemarkError {
  return new TidemarkError('BAD_USER_INPUT', message);
}

/** A node with the cursor that stands for its place. */
export interface ConnectionEdge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** A page's rows with a cursor for each, in the order asked for, and how to count the whole. */
export interface ConnectionData<Node> {
  readonly edges: readonly ConnectionEdge<Node>[];
  readonly hasMore: boolean;
  readonly page: Page;
  /** Left out where counting would take as long as reading everything. */
  readonly count?: () => Promise<number>;
  /** The cursor to go on from, where that is not the last edge's: a page may be short, or empty, and yet not the last. */
  readonly reached?: string | undefined;
}

/** A Relay connection, as its type resolves it. */
export interface ConnectionObject<Node> {
  readonly edges: readonly ConnectionEdge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  /** Counts all that match; undefined where the list cannot be counted. */
  readonly count: (() => Promise<number>) | undefined;
}

/** The connection of a page. */
export function toConnection<Node>(data: ConnectionData<Node>): ConnectionObject<Node> {
  return new PageConnection(data);
}

/** Makes what is selected, as cursors take time. A class, as V8 gives each object literal with getters a shape of its own. */
class PageConnection<Node> implements ConnectionObject<Node> {
  readonly edges: ConnectionData<Node>['edges'];
  readonly count: (() => Promise<number>) | undefined;

  constructor(private readonly data: ConnectionData<Node>) {
    this.edges = data.edges;
    this.count = data.count;
  }

  get nodes(): readonly Node[] {
    return this.edges.map(({ node }) => node);
  }

  get pageInfo(): PageInfo {
    const { edges, hasMore, page, reached } = this.data;
    return {
      hasNextPage: page.backward ? page.cursor !== undefined : hasMore,
      hasPreviousPage: page.backward ? hasMore : page.cursor !== undefined,
      startCursor: (page.backward ? reached : undefined) ?? edges[0]?.cursor ?? null,
      endCursor: (page.backward ? undefined : reached) ?? edges.at(-1)?.cursor ?? null,
    };
  }
}

/**
 * The object types `XEdge` and `XConnection` of a node type. `totalCount` is counted only when selected; where `counted`
 * is false there is none.
 */
export function connectionType<Node extends object>(name: string, node: ClassType<Node>, counted = true) {
  @Access(ANYONE)
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => String)
    cursor!: string;

    @Field(() => node)
    node!: Node;
  }

  @Access(ANYONE)
  @ObjectType(`${name}Connection`)
  class Connection {
    @Field(() => [Edge], { simple: true })
    edges!: Edge[];

    @Field(() => [node], {
      simple: true,
      description: 'The nodes of the edges, for those who need no cursors.',
    })
    nodes!: Node[];

    @Field(() => PageInfo, { simple: true })
    pageInfo!: PageInfo;

    readonly count: (() => Promise<number>) | undefined;

    totalCount(): Promise<number> | undefined {
      return this.count?.();
    }
  }
  if (counted) {
    const description = 'How many there are on all pages. Counted only when selected.';
    const method = Object.getOwnPropertyDescriptor(Connection.prototype, 'totalCount') ?? {};
    Field(() => Int, { description })(Connection.prototype, 'totalCount', method);
  }
  return Connection;
}
