import { Button, Card, Group, Switch } from '@mantine/core';
import { IconArrowUp, IconPlus } from '@tabler/icons-react';
import { useCallback, useEffect } from 'react';
import { Empty, FailureAlert, Loading, PageHead, Pager } from '../parts/index.js';
import { useSearchState } from '../place/index.js';
import { useService } from '../service/index.js';
import { FilterBar, type Change } from './filter-bar.js';
import { FILTERS, SIZES, listStateOf } from './list-state.js';
import { OrdersTable } from './orders-table.js';
import { useLiveOrders } from './use-live-orders.js';

const FIRST_PAGE = { after: null, before: null } as const;

/** All orders that the visitor may see, kept current without moving under the reader. */
export function OrdersPage() {
  const { visitor } = useService();
  const [search, setSearch] = useSearchState();
  const state = listStateOf(search);
  const page = useLiveOrders(state);
  const follows = search.has('follow');
  // Another filter or order is another list, which starts on its first page.
  const change: Change = useCallback(
    (values) => setSearch({ ...FIRST_PAGE, ...values }, { replace: true }),
    [setSearch],
  );
  const { reload, added } = page;
  const showNews = useCallback((): void => {
    setSearch(FIRST_PAGE);
    reload();
  }, [setSearch, reload]);
  useEffect(() => {
    if (follows && added.size > 0) showNews();
  }, [follows, added, showNews]);
  return (
    <>
      <PageHead title="Orders">
        <Switch
          label="Show new orders at once"
          size="sm"
          checked={follows}
          onChange={(event) =>
            setSearch({ follow: event.currentTarget.checked ? '1' : null }, { replace: true })
          }
        />
        <Button component="a" href="#/new" leftSection={<IconPlus size={16} />}>
          New order
        </Button>
      </PageHead>
      <FilterBar search={search} change={change} byCustomer={visitor.role !== 'customer'} />
      {page.failure && <FailureAlert failure={page.failure} retry={reload} />}
      <News count={added.size} show={showNews} />
      {page.orders === null && page.loading && <Loading />}
      {page.orders !== null && (
        <Card withBorder padding="xs">
          {page.orders.nodes.length > 0 ? (
            <OrdersTable page={page} rows={page.orders.nodes} state={state} change={change} />
          ) : (
            <NoOrders filtered={FILTERS.some((name) => search.has(name))} />
          )}
          <Pager
            total={page.orders.totalCount}
            totalOf={['order', 'orders']}
            pageInfo={page.orders.pageInfo}
            size={String(state.size)}
            sizes={SIZES}
            change={setSearch}
          />
        </Card>
      )}
    </>
  );
}

function News({ count, show }: { readonly count: number; readonly show: () => void }) {
  return (
    <Group justify="center" role="status" aria-live="polite" mb={count > 0 ? 'sm' : 0}>
      {count > 0 && (
        <Button size="xs" radius="xl" variant="light" leftSection={<IconArrowUp size={14} />} onClick={show}>
          {count === 1 ? '1 new order: show it' : `${count} new orders: show them`}
        </Button>
      )}
    </Group>
  );
}

function NoOrders({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <Empty title="No order passes these filters">Clear a filter, or search for something else.</Empty>
  ) : (
    <Empty title="No orders yet">
      Place the first one with “New order”. To fill the shop with the 830 orders of the Northwind data, run{' '}
      <code>npm run import:northwind</code>.
    </Empty>
  );
}
