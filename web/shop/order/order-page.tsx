import { Alert, Badge, Button, Grid, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconHourglass } from '@tabler/icons-react';
import { Copyable, Empty, FailureAlert, Loading, PageHead, StatusBadge } from '../parts/index.js';
import { useService } from '../service/index.js';
import { Actions } from './actions.js';
import { AddressCard } from './address.js';
import { Facts, History } from './facts.js';
import { Items } from './items.js';
import { legalActions } from './legal.js';
import { useOrderCommands, type OrderWithCommands } from './use-order-commands.js';
import type { WholeOrderFragment } from '../generated/graphql.js';

/** One order, kept current, with all that can be done to it. */
export function OrderPage({ id }: { readonly id: string }) {
  const commands = useOrderCommands(id);
  const { order, failure, reload } = commands;
  return (
    <>
      <Button
        component="a"
        href="#/orders"
        variant="subtle"
        color="gray"
        size="compact-sm"
        mb="xs"
        leftSection={<IconArrowLeft size={14} />}
      >
        Orders
      </Button>
      {order == null ? <NoOrder id={id} commands={commands} /> : <Shown order={order} commands={commands} />}
      {failure && <FailureAlert failure={failure} retry={reload} />}
    </>
  );
}

function NoOrder({ id, commands }: { readonly id: string; readonly commands: OrderWithCommands }) {
  const { order, stale, failure } = commands;
  return (
    <>
      <PageHead title="Order" />
      {order === null && (
        <Empty title="There is no such order">
          Check the id: <Copyable value={id} what="the id" />
        </Empty>
      )}
      {order === undefined && stale && (
        <Alert icon={<IconHourglass />} title="On its way" role="status" mb="md">
          <Text size="sm">
            The view is behind what was written. The order shows up as soon as it has caught up.
          </Text>
        </Alert>
      )}
      {order === undefined && failure === null && <Loading />}
    </>
  );
}

function Shown({
  order,
  commands,
}: {
  readonly order: WholeOrderFragment;
  readonly commands: OrderWithCommands;
}) {
  const { visitor } = useService();
  const { outstanding, history } = commands;
  const legal = legalActions(order.status, order.items.length, visitor.role);
  const waiting = outstanding.length > 0;
  return (
    <>
      <PageHead
        title={order.reference ?? `Order #${order.id.slice(-6)}`}
        aside={
          <Group gap="xs" aria-live="polite" role="status">
            <StatusBadge status={order.status} />
            {waiting && <Catching written={outstanding.every(({ position }) => position !== null)} />}
          </Group>
        }
      >
        <Actions order={order} legal={legal} commands={commands} />
      </PageHead>
      {order.degraded && <Degraded />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Items order={order} editable={legal.includes('items')} unsettled={waiting} commands={commands} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack>
            <AddressCard order={order} editable={legal.includes('address')} commands={commands} />
            <Facts order={order} byCustomer={visitor.role !== 'customer'} />
            <History
              history={history}
              waiting={outstanding.filter(({ position }) => position !== null).length}
            />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

/** Says that what is shown is ahead of the view. */
function Catching({ written }: { readonly written: boolean }) {
  return (
    <Badge
      variant="light"
      color="yellow"
      tt="none"
      c="var(--mantine-color-text)"
      title={written ? 'Written. The view has not shown it yet.' : 'Being sent.'}
    >
      {written ? 'View catching up' : 'Sending'}
    </Badge>
  );
}

function Degraded() {
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} title="May be out of date" mb="md">
      <Text size="sm">
        Something that happened to this order could not be taken into this view and is set aside. Nothing is
        lost: it is in the log, and shows up here once an operator has dealt with it.
      </Text>
    </Alert>
  );
}
