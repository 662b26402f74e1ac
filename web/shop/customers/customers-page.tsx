import { Card, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useQuery } from 'tidemark/client/react';
import { customersPage } from '../documents/index.js';
import type { CustomersPageQuery, CustomersPageQueryVariables } from '../generated/graphql.js';
import { Empty, FailureAlert, Loading, PageHead, Pager, When, moneyText } from '../parts/index.js';
import { Go, useSearchState } from '../place/index.js';
import { failureFrom } from '../service/index.js';

const SIZES = ['10', '20', '50', '100'];
const SIZE_DEFAULT = '20';
const TYPING_MS = 300;

function variablesOf(search: URLSearchParams): CustomersPageQueryVariables {
  const size = Number(SIZES.find((value) => value === search.get('size')) ?? SIZE_DEFAULT);
  const [after, before, text] = [search.get('after'), search.get('before'), search.get('search')];
  return {
    orderBy: [{ field: 'ORDER_COUNT', direction: 'DESC' }],
    ...(text !== null && { filter: { search: text } }),
    ...(before === null ? { first: size, ...(after !== null && { after }) } : { last: size, before }),
  };
}

/** Who buys, and how much. */
export function CustomersPage() {
  const [search, change] = useSearchState();
  const { data, error, loading, refetch } = useQuery(customersPage, variablesOf(search));
  const { nodes, totalCount, pageInfo } = data?.customers ?? {};
  return (
    <>
      <PageHead title="Customers" />
      <Stack gap="md">
        <Search
          given={search.get('search') ?? ''}
          change={(text) => change({ search: text, after: null, before: null }, { replace: true })}
        />
        {error && <FailureAlert failure={failureFrom(error)} retry={() => void refetch()} />}
        {data === undefined && loading && <Loading />}
        {nodes !== undefined && pageInfo !== undefined && (
          <Card withBorder padding="xs">
            {nodes.length === 0 ? (
              <Empty title="No customers">Whoever places an order is a customer from then on.</Empty>
            ) : (
              <Customers nodes={nodes} loading={loading} />
            )}
            <Pager
              total={totalCount ?? 0}
              totalOf={['customer', 'customers']}
              pageInfo={pageInfo}
              size={search.get('size') ?? SIZE_DEFAULT}
              sizes={SIZES}
              change={change}
            />
          </Card>
        )}
      </Stack>
    </>
  );
}

function Search({ given, change }: { readonly given: string; readonly change: (text: string) => void }) {
  const [text, setText] = useState(given);
  useEffect(() => {
    if (text.trim() === given) return undefined;
    const timer = setTimeout(() => change(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, given, change]);
  return (
    <TextInput
      aria-label="Search customers"
      placeholder="Id or name"
      leftSection={<IconSearch size={16} />}
      maw={420}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

interface CustomersProps {
  readonly nodes: CustomersPageQuery['customers']['nodes'];
  readonly loading: boolean;
}

function Customers({ nodes, loading }: CustomersProps) {
  return (
    <Table highlightOnHover verticalSpacing={7} aria-busy={loading}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Customer</Table.Th>
          <Table.Th visibleFrom="sm">Last order</Table.Th>
          <Table.Th ta="end">Orders</Table.Th>
          <Table.Th ta="end">Bought for</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody opacity={loading ? 0.55 : 1}>
        {nodes.map(({ id, name, orderCount, lastOrderAt, lifetimeValue }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Go to={`/orders?customer=${encodeURIComponent(id)}`} fw={500}>
                {name}
              </Go>
              <Text size="xs" c="dimmed">
                {id}
              </Text>
            </Table.Td>
            <Table.Td visibleFrom="sm">{lastOrderAt == null ? '–' : <When at={lastOrderAt} />}</Table.Td>
            <Table.Td ta="end">{orderCount}</Table.Td>
            <Table.Td ta="end">
              {lifetimeValue.length === 0 ? '–' : lifetimeValue.map((money) => moneyText(money)).join(', ')}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
