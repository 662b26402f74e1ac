import type {
  OrderFilter,
  OrderOrderField,
  OrderStatus,
  OrdersPageQueryVariables,
} from '../generated/graphql.js';
import { STATUSES } from '../parts/index.js';

/** How many orders a page has: what may be chosen. */
export const SIZES = ['10', '20', '50', '100'] as const;
/** How many it has when nothing was chosen. */
export const SIZE_DEFAULT = '20';

const FIELDS: readonly OrderOrderField[] = [
  'CREATED_AT',
  'PLACED_AT',
  'CHANGED_AT',
  'CUSTOMER_ID',
  'STATUS',
  'TOTAL',
];

/** The list as the fragment describes it. */
export interface ListState {
  readonly filter: OrderFilter;
  readonly field: OrderOrderField;
  readonly descending: boolean;
  readonly size: number;
  readonly after: string | null;
  readonly before: string | null;
}

/** Which parts of the fragment are filters. */
export const FILTERS = [
  'search',
  'status',
  'customer',
  'country',
  'currency',
  'from',
  'to',
  'min',
  'max',
] as const;

/** One of them. */
export type FilterName = (typeof FILTERS)[number];

/** Reads the fragment; what makes no sense there is passed over, so that any link shows something. */
export function listStateOf(search: URLSearchParams): ListState {
  const sort = FIELDS.find((field) => field === search.get('sort'));
  const size = SIZES.find((value) => value === search.get('size')) ?? SIZE_DEFAULT;
  const before = search.get('before');
  return {
    filter: filterOf(search),
    field: sort ?? 'CREATED_AT',
    descending: search.get('dir') !== 'asc',
    size: Number(size),
    after: before === null ? search.get('after') : null,
    before,
  };
}

/** What the query is asked with. */
export function variablesOf(state: ListState): OrdersPageQueryVariables {
  const { filter, field, descending, size, after, before } = state;
  const orderBy = [{ field, direction: descending ? ('DESC' as const) : ('ASC' as const) }];
  return before === null
    ? { filter, orderBy, first: size, ...(after !== null && { after }) }
    : { filter, orderBy, last: size, before };
}

function filterOf(search: URLSearchParams): OrderFilter {
  const text = (name: FilterName): string | undefined => search.get(name)?.trim() || undefined;
  const status = statusesOf(search);
  const [customerId, country, searched] = [text('customer'), text('country'), text('search')];
  const currencyCode = text('currency')?.toUpperCase();
  const createdAt = range(instant(text('from'), 0), instant(text('to'), 1));
  const [min, max] = [decimal(text('min')), decimal(text('max'))];
  return {
    ...(status.length > 0 && { status }),
    ...(searched !== undefined && { search: searched }),
    ...(customerId !== undefined && { customerId }),
    ...(country !== undefined && { country }),
    ...(currencyCode !== undefined && { currencyCode }),
    ...(createdAt && { createdAt }),
    ...(currencyCode !== undefined &&
      (min ?? max) !== undefined && { total: { ...(min && { min }), ...(max && { max }) } }),
  };
}

/** The statuses that are asked for. */
export function statusesOf(search: URLSearchParams): OrderStatus[] {
  const named = (search.get('status') ?? '').split(',');
  return STATUSES.filter((status) => named.includes(status));
}

function range(from: string | undefined, to: string | undefined): { from?: string; to?: string } | undefined {
  if (from === undefined && to === undefined) return undefined;
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** The start of a UTC day, or of the one after it. */
function instant(day: string | undefined, daysLater: number): string | undefined {
  const at = new Date(`${day ?? ''}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return undefined;
  at.setUTCDate(at.getUTCDate() + daysLater);
  return at.toISOString();
}

function decimal(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,9}(\.\d{1,4})?$/.test(text) ? text : undefined;
}
