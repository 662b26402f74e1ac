import { STAFF, type Principal, type RequestContext } from '../graphql/index.js';
import { TidemarkError } from '../kernel/index.js';
import type { OrderFilter } from './queries/orders.queries.js';
import type { OrderRow } from './views/orders.tables.js';

/** The role of those who order for themselves; the claim `customerId` says who they are. */
export const CUSTOMER = 'customer';

/** The customer that the caller is limited to; null for staff and admins. FORBIDDEN for a customer who is nobody. */
export function limitOf({ principal }: Pick<RequestContext, 'principal'>): string | null {
  if (principal === null) throw new TidemarkError('UNAUTHENTICATED', 'Sign in first.');
  if (isStaff(principal)) return null;
  const customerId = principal.claims['customerId'];
  if (customerId !== undefined && customerId !== '') return customerId;
  throw new TidemarkError(
    'FORBIDDEN',
    'The token has no claim customerId, so it does not say whose orders these are.',
  );
}

function isStaff({ roles }: Principal): boolean {
  return roles.includes(STAFF) || roles.includes('admin');
}

/** The order where the caller may see it; another's order is like one that does not exist. */
export function visible(context: RequestContext, row: OrderRow | undefined): OrderRow | undefined {
  const limit = limitOf(context);
  return limit === null || row?.customerId === limit ? row : undefined;
}

/** The filter narrowed to what the caller may see. */
export function visibleOnly(context: RequestContext, filter: OrderFilter): OrderFilter {
  const limit = limitOf(context);
  if (limit === null) return filter;
  const none = filter.customerId !== undefined && filter.customerId !== limit;
  return { ...filter, customerId: limit, ...(none && { status: [] }) };
}
