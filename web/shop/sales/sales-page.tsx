import { Card, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from 'tidemark/client/react';
import { salesReport } from '../documents/index.js';
import type { SalesGroup, SalesReportQuery } from '../generated/graphql.js';
import { Empty, FailureAlert, Loading, PageHead, moneyText } from '../parts/index.js';
import { useSearchState } from '../place/index.js';
import { failureFrom, useService } from '../service/index.js';
import { SalesChart } from './sales-chart.js';

type Row = SalesReportQuery['salesReport'][number];

const GROUPS: readonly { readonly value: SalesGroup; readonly label: string }[] = [
  { value: 'MONTH', label: 'Month' },
  { value: 'DAY', label: 'Day' },
  { value: 'YEAR', label: 'Year' },
  { value: 'PRODUCT', label: 'Product' },
  { value: 'CUSTOMER', label: 'Customer' },
  { value: 'COUNTRY', label: 'Country' },
];
const OVER_TIME: readonly SalesGroup[] = ['DAY', 'MONTH', 'YEAR'];
/** More rows than a reader goes through; the chart has them all. */
const ROWS_MAX = 200;

function variablesOf(search: URLSearchParams) {
  const groupBy = GROUPS.find(({ value }) => value === search.get('by'))?.value ?? 'MONTH';
  const [from, to] = [instant(search.get('from')), instant(search.get('to'))];
  return { groupBy, ...(from !== null && { from }), ...(to !== null && { to }) };
}

function instant(day: string | null): string | null {
  const at = new Date(`${day ?? ''}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** What was sold, over time or by what. */
export function SalesPage() {
  const { visitor } = useService();
  const [search, change] = useSearchState();
  const variables = variablesOf(search);
  const { data, error, loading, refetch } = useQuery(salesReport, variables);
  const set = (name: string, value: string): void => change({ [name]: value }, { replace: true });
  const groups = visitor.role === 'customer' ? GROUPS.filter(({ value }) => value !== 'CUSTOMER') : GROUPS;
  return (
    <>
      <PageHead title="Sales" />
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <NativeSelect
            label="By"
            value={variables.groupBy}
            data={[...groups]}
            onChange={(event) => set('by', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="From"
            value={search.get('from') ?? ''}
            onChange={(event) => set('from', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="To, not included"
            value={search.get('to') ?? ''}
            onChange={(event) => set('to', event.currentTarget.value)}
          />
        </Group>
        {error && <FailureAlert failure={failureFrom(error)} retry={() => void refetch()} />}
        {data === undefined && loading && <Loading />}
        {data !== undefined && (
          <Report rows={data.salesReport} groupBy={variables.groupBy} loading={loading} />
        )}
      </Stack>
    </>
  );
}

interface ReportProps {
  readonly rows: readonly Row[];
  readonly groupBy: SalesGroup;
  readonly loading: boolean;
}

function Report({ rows, groupBy, loading }: ReportProps) {
  if (rows.length === 0)
    return (
      <Card withBorder>
        <Empty title="Nothing was sold in this time">
          Orders count once they are placed, unless they are cancelled.
        </Empty>
      </Card>
    );
  const overTime = OVER_TIME.includes(groupBy);
  const sorted = overTime
    ? [...rows].reverse()
    : [...rows].sort((a, b) => Number(b.net.amount) - Number(a.net.amount));
  return (
    <>
      {overTime && rows.length > 1 && (
        <Card withBorder padding="xs">
          <SalesChart rows={rows} />
        </Card>
      )}
      <Card withBorder padding="xs">
        <SalesTable rows={sorted.slice(0, ROWS_MAX)} name={labelOf(groupBy)} loading={loading} />
        {sorted.length > ROWS_MAX && (
          <Text size="sm" c="dimmed" mt="xs">
            The first {ROWS_MAX} of {sorted.length}. Choose a shorter time to see the others.
          </Text>
        )}
      </Card>
    </>
  );
}

function labelOf(groupBy: SalesGroup): string {
  return GROUPS.find(({ value }) => value === groupBy)?.label ?? groupBy;
}

function SalesTable({
  rows,
  name,
  loading,
}: {
  readonly rows: readonly Row[];
  readonly name: string;
  readonly loading: boolean;
}) {
  return (
    <Table highlightOnHover verticalSpacing={6} aria-busy={loading}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{name}</Table.Th>
          <Table.Th ta="end">Orders</Table.Th>
          <Table.Th ta="end" visibleFrom="sm">
            Pieces
          </Table.Th>
          <Table.Th ta="end" visibleFrom="md">
            Discount
          </Table.Th>
          <Table.Th ta="end">Net</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody opacity={loading ? 0.55 : 1}>
        {rows.map(({ key, label, orders, quantity, gross, discount, net }) => {
          const { currencyCode } = gross;
          return (
            <Table.Tr key={`${key} ${currencyCode}`}>
              <Table.Td>{label}</Table.Td>
              <Table.Td ta="end">{orders}</Table.Td>
              <Table.Td ta="end" visibleFrom="sm">
                {quantity}
              </Table.Td>
              <Table.Td ta="end" visibleFrom="md">
                {moneyText({ ...discount, currencyCode })}
              </Table.Td>
              <Table.Td ta="end">{moneyText({ ...net, currencyCode })}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
