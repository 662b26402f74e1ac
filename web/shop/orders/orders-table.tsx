import { Group, Table, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { OrderOrderField, OrderRowFragment } from '../generated/graphql.js';
import { StatusBadge, When, moneyText } from '../parts/index.js';
import { Go } from '../place/index.js';
import type { Change } from './filter-bar.js';
import type { ListState } from './list-state.js';
import type { LivePage } from './live-page.js';
import classes from './orders.module.css';

interface OrdersTableProps {
  readonly page: LivePage;
  readonly rows: readonly OrderRowFragment[];
  readonly state: ListState;
  readonly change: Change;
}

/** The orders of one page. Rows are patched where they are and never move by themselves. */
export function OrdersTable({ page, rows, state, change }: OrdersTableProps) {
  const sorted = { state, change };
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table highlightOnHover verticalSpacing={7} horizontalSpacing="sm" aria-busy={page.loading}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Order</Table.Th>
            <Sortable field="STATUS" label="Status" {...sorted} />
            <Sortable field="CUSTOMER_ID" label="Customer" visibleFrom="sm" {...sorted} />
            <Table.Th visibleFrom="md">Ship to</Table.Th>
            <Sortable field="CREATED_AT" label="Created" visibleFrom="sm" {...sorted} />
            <Sortable field="PLACED_AT" label="Placed" visibleFrom="lg" {...sorted} />
            <Sortable field="TOTAL" label="Total" end {...sorted} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody opacity={page.loading ? 0.55 : 1}>
          {rows.map((order) => (
            <Row
              key={order.id}
              order={order}
              changed={page.changed.has(order.id)}
              gone={page.gone.has(order.id)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface RowProps {
  readonly order: OrderRowFragment;
  readonly changed: boolean;
  readonly gone: boolean;
}

function Row({ order, changed, gone }: RowProps) {
  const { id, reference, status, customerId, shippingAddress, createdAt, placedAt, total, degraded } = order;
  return (
    <Table.Tr
      className={classes['row']}
      data-order={id}
      {...(changed && { 'data-changed': true })}
      {...(gone && { 'data-gone': true })}
    >
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <Go to={`/orders/${id}`} fw={500} title={id} style={{ whiteSpace: 'nowrap' }}>
            {reference ?? `#${id.slice(-6)}`}
          </Go>
          {degraded && <Mark text="May be out of date" icon={<IconAlertTriangle size={14} />} />}
        </Group>
        <Text size="xs" c="dimmed" hiddenFrom="sm" truncate maw={130}>
          {customerId}
        </Text>
        {(changed || gone) && (
          <Text size="xs" c="dimmed">
            {gone ? 'Not in this list any more' : 'Changed just now'}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <StatusBadge status={status} />
      </Table.Td>
      <Table.Td visibleFrom="sm">{customerId}</Table.Td>
      <Table.Td visibleFrom="md">
        {shippingAddress.city}, {shippingAddress.country}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <When at={createdAt} />
      </Table.Td>
      <Table.Td visibleFrom="lg">{placedAt == null ? <Dash /> : <When at={placedAt} />}</Table.Td>
      <Table.Td ta="end" className="numbers">
        {moneyText(total)}
      </Table.Td>
    </Table.Tr>
  );
}

function Mark({ text, icon }: { readonly text: string; readonly icon: ReactNode }) {
  return (
    <Text component="span" c="orange" title={text} role="img" aria-label={text} lh={0}>
      {icon}
    </Text>
  );
}

function Dash() {
  return (
    <Text component="span" c="dimmed">
      –
    </Text>
  );
}

interface SortableProps extends Pick<OrdersTableProps, 'state' | 'change'> {
  readonly field: OrderOrderField;
  readonly label: string;
  readonly end?: boolean;
  readonly visibleFrom?: 'sm' | 'md' | 'lg';
}

function Sortable({ field, label, state, change, end = false, visibleFrom }: SortableProps) {
  const active = state.field === field;
  const descending = active ? !state.descending : field !== 'CUSTOMER_ID';
  const sort = (): void => change({ sort: field, dir: descending ? null : 'asc' });
  const Arrow = state.descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      aria-sort={active ? (state.descending ? 'descending' : 'ascending') : 'none'}
      ta={end ? 'end' : 'start'}
      {...(visibleFrom && { visibleFrom })}
    >
      <UnstyledButton onClick={sort} fz="inherit" fw={700} className={classes['sort'] ?? ''}>
        {label}
        {active && <Arrow size={14} aria-hidden />}
      </UnstyledButton>
    </Table.Th>
  );
}
