import { Badge, Box } from '@mantine/core';
import type { OrderStatus } from '../generated/graphql.js';

const COLOURS: Readonly<Record<OrderStatus, string>> = {
  DRAFT: 'gray',
  PLACED: 'blue',
  PAID: 'violet',
  SHIPPED: 'orange',
  DELIVERED: 'teal',
  CANCELLED: 'red',
};

/** All statuses, in the order of an order's life. */
export const STATUSES: readonly OrderStatus[] = [
  'DRAFT',
  'PLACED',
  'PAID',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
];

/** A status as people write it. */
export function statusText(status: OrderStatus): string {
  return `${status.charAt(0)}${status.slice(1).toLowerCase()}`;
}

const PLAIN = { c: 'var(--mantine-color-text)' } as const;

/** The word says it; the colour is for those who see it at a glance. */
function Dot({ colour }: { readonly colour: string }) {
  return <Box component="span" w={8} h={8} bdrs="xl" bg={`${colour}.6`} display="inline-block" />;
}

/** Where an order is in its life. */
export function StatusBadge({ status }: { readonly status: OrderStatus }) {
  return (
    <Badge
      variant="transparent"
      px={0}
      leftSection={<Dot colour={COLOURS[status]} />}
      tt="none"
      fz="sm"
      fw={500}
      {...PLAIN}
    >
      {statusText(status)}
    </Badge>
  );
}
