import { Card, Table, Text, Timeline, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { OrderPageQuery, WholeOrderFragment } from '../generated/graphql.js';
import { Copyable, When } from '../parts/index.js';
import { Go } from '../place/index.js';

/** What else is known of the order. */
export function Facts({
  order,
  byCustomer,
}: {
  readonly order: WholeOrderFragment;
  readonly byCustomer: boolean;
}) {
  const { customerId, paymentReference, carrier, trackingNumber, cancelReason } = order;
  return (
    <Card withBorder component="section" aria-labelledby="facts-title">
      <Title order={2} size="h4" mb="xs" id="facts-title">
        Facts
      </Title>
      <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} layout="fixed">
        <Table.Tbody>
          <Fact name="Id">
            <Copyable value={order.id} what="the order id" />
          </Fact>
          <Fact name="Customer">
            {byCustomer ? (
              <Go to={`/orders?customer=${encodeURIComponent(customerId)}`}>{customerId}</Go>
            ) : (
              customerId
            )}
          </Fact>
          <Fact name="Created">
            <When at={order.createdAt} />
          </Fact>
          {paymentReference != null && <Fact name="Payment">{paymentReference}</Fact>}
          {carrier != null && <Fact name="Carrier">{carrier}</Fact>}
          {trackingNumber != null && trackingNumber !== '' && (
            <Fact name="Tracking">
              <Copyable value={trackingNumber} what="the tracking number" />
            </Fact>
          )}
          {cancelReason != null && <Fact name="Cancelled">{cancelReason}</Fact>}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400} c="dimmed" w={90} ta="start">
        {name}
      </Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}

/** What happened to the order, newest last. */
export function History({
  history,
  waiting,
}: {
  readonly history: OrderPageQuery['orderHistory'];
  /** How many commands were accepted whose events are not among them. */
  readonly waiting: number;
}) {
  return (
    <Card withBorder component="section" aria-labelledby="history-title">
      <Title order={2} size="h4" mb="sm" id="history-title">
        Timeline
      </Title>
      <Timeline bulletSize={12} lineWidth={2} active={history.length - 1} color="teal">
        {history.map(({ position, summary, at }) => (
          <Timeline.Item key={position} title={<Text size="sm">{summary}</Text>} lineVariant="solid">
            <Text size="xs" c="dimmed">
              <When at={at} />
            </Text>
          </Timeline.Item>
        ))}
        {waiting > 0 && (
          <Timeline.Item
            title={<Text size="sm">Written; the view is catching up…</Text>}
            lineVariant="dashed"
          />
        )}
      </Timeline>
    </Card>
  );
}
