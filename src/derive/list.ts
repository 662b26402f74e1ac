import {
  encodeCursor,
  pageOf,
  toConnection,
  type ConnectionEdge,
  type ConnectionObject,
  type PageArgs,
  type RequestContext,
} from '../graphql/index.js';
import { TidemarkError, type Query } from '../kernel/index.js';
import { orderName, type ListInput, type ListOutput, type SortTerm } from './keyset.js';
import { SortDirection } from './sort-direction.js';

/** The queries behind a list, and how a row becomes a node. */
export interface ListSource<Row, Filter, Views extends object, Node> {
  /** The query for a page. */
  readonly list: Query<ListInput<Row, Filter>, ListOutput<Row>, Views>;
  /** The query for how many there are; asked only where a client selects it. */
  readonly count: Query<Filter, number, Views>;
  /** The node that clients see of a row. */
  readonly toNode: (row: Row) => Node;
}

/** Sort arguments as queries take them; BAD_USER_INPUT for a field that is named twice, so that there is an end to them. */
export function sorting<Field>(
  orderBy: readonly { readonly field: Field; readonly direction: SortDirection }[] | null | undefined,
): { field: Field; descending: boolean }[] {
  const terms = orderBy ?? [];
  if (new Set(terms.map(({ field }) => field)).size < terms.length)
    throw new TidemarkError('BAD_USER_INPUT', 'orderBy names a field twice. Name each once.');
  return terms.map(({ field, direction }) => ({ field, descending: direction === SortDirection.DESC }));
}

/** A page of a list as a Relay connection. */
export async function connectionOf<Row, Filter, Views extends object, Node>(
  context: RequestContext,
  { list, count, toNode }: ListSource<Row, Filter, Views, Node>,
  args: PageArgs,
  filter: Filter,
  order: readonly SortTerm<Row>[],
): Promise<ConnectionObject<Node>> {
  const name = orderName(order);
  const page = pageOf(args, name, order.length, context.limits.pageSize);
  const { rows, hasMore } = await context.ask(list, { filter, order, page });
  const edges = rows.map((row) => new Edge(name, order, row, toNode(row)));
  return toConnection({ edges, hasMore, page, count: () => context.ask(count, filter) });
}

/** Makes its cursor when that is asked for: most clients only want the last one of a page. */
class Edge<Row, Node> implements ConnectionEdge<Node> {
  constructor(
    private readonly orderedBy: string,
    private readonly order: readonly SortTerm<Row>[],
    private readonly row: Row,
    readonly node: Node,
  ) {}

  get cursor(): string {
    return encodeCursor(
      this.orderedBy,
      this.order.map((term) => term.of(this.row)),
    );
  }
}
