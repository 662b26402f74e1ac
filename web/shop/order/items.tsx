import { ActionIcon, Button, Card, Group, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { NO_ERRORS, OutcomeAlert, fieldErrorsOf, type Outcome } from '../commands/index.js';
import { addOrderItem, removeOrderItem } from '../documents/index.js';
import type { WholeOrderFragment } from '../generated/graphql.js';
import { Dialog, Empty, fractionOf, moneyText, percentText } from '../parts/index.js';
import { CommandForm, type Field, type Values } from './command-form.js';
import { withItem, withoutItem } from './pending.js';
import type { OrderWithCommands } from './use-order-commands.js';

interface ItemsProps {
  readonly order: WholeOrderFragment;
  readonly editable: boolean;
  /** The amounts are those of before: a change of items is on its way. */
  readonly unsettled: boolean;
  readonly commands: OrderWithCommands;
}

const FIELDS: readonly Field[] = [
  { path: 'item.sku', label: 'SKU', required: true },
  { path: 'item.name', label: 'Name', description: 'The SKU when left out' },
  { path: 'item.quantity', label: 'Quantity', required: true, inputMode: 'numeric', initial: '1' },
  { path: 'item.unitPrice', label: 'Unit price', required: true, inputMode: 'decimal' },
  { path: 'item.discount', label: 'Discount in %', inputMode: 'decimal' },
];

/** What was ordered, and what it comes to. */
export function Items({ order, editable, unsettled, commands }: ItemsProps) {
  const [adding, { open, close }] = useDisclosure(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const remove = async (sku: string): Promise<void> => {
    setOutcome(null);
    setOutcome(await commands.command(removeOrderItem, { orderId: order.id, sku }, withoutItem(sku)));
  };
  return (
    <Card withBorder component="section" aria-labelledby="items-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="items-title">
          Items
        </Title>
        {editable && (
          <Button size="xs" variant="light" leftSection={<IconPlus size={14} />} onClick={open}>
            Add item
          </Button>
        )}
      </Group>
      <OutcomeAlert outcome={outcome} errors={outcome ? fieldErrorsOf(outcome, []) : NO_ERRORS} />
      {order.items.length === 0 ? (
        <Empty title="No items">{editable && 'An order needs an item before it can be placed.'}</Empty>
      ) : (
        <ItemsTable order={order} {...(editable && { remove: (sku: string) => void remove(sku) })} />
      )}
      <Totals order={order} unsettled={unsettled} />
      <Dialog opened={adding} close={close} title="Add item">
        <CommandForm
          fields={FIELDS}
          label="Add"
          submit={(values) => addItem(order.id, values, commands)}
          done={close}
          cancel={close}
        />
      </Dialog>
    </Card>
  );
}

function addItem(orderId: string, values: Values, { command }: OrderWithCommands): Promise<Outcome> {
  const text = (name: string): string => values[`item.${name}`]?.trim() ?? '';
  const item = {
    sku: text('sku'),
    name: text('name') || text('sku'),
    // Not a number is none that the service takes, and it says so at the field.
    quantity: /^\d{1,6}$/.test(text('quantity')) ? Number(text('quantity')) : 0,
    unitPrice: text('unitPrice'),
    discount: fractionOf(text('discount')),
  };
  return command(addOrderItem, { orderId, item }, withItem(item));
}

function ItemsTable({
  order,
  remove,
}: {
  readonly order: WholeOrderFragment;
  readonly remove?: (sku: string) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing={6} horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Item</Table.Th>
            <Table.Th ta="end">Quantity</Table.Th>
            <Table.Th ta="end" visibleFrom="sm">
              Unit price
            </Table.Th>
            <Table.Th ta="end" visibleFrom="sm">
              Discount
            </Table.Th>
            <Table.Th ta="end">Net</Table.Th>
            {remove && (
              <Table.Th w={36}>
                <VisuallyHidden>Remove</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {order.items.map(({ sku, name, quantity, unitPrice, discount, net }) => (
            <Table.Tr key={sku} data-sku={sku}>
              <Table.Td>
                {name}
                {name !== sku && (
                  <Text size="xs" c="dimmed">
                    {sku}
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="end">{quantity}</Table.Td>
              <Table.Td ta="end" visibleFrom="sm">
                {moneyText(unitPrice)}
              </Table.Td>
              <Table.Td ta="end" visibleFrom="sm">
                {Number(discount) === 0 ? '–' : percentText(discount)}
              </Table.Td>
              <Table.Td ta="end">{moneyText(net)}</Table.Td>
              {remove && (
                <Table.Td>
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={`Remove ${name}`}
                    onClick={() => remove(sku)}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Totals({ order, unsettled }: Pick<ItemsProps, 'order' | 'unsettled'>) {
  const { subtotal, discount, freight, total } = order;
  return (
    <Table
      withRowBorders={false}
      verticalSpacing={3}
      w="auto"
      ms="auto"
      mt="xs"
      opacity={unsettled ? 0.5 : 1}
      aria-busy={unsettled}
      aria-label="Amounts"
    >
      <Table.Tbody>
        <Sum label="Subtotal" text={moneyText(subtotal)} />
        {Number(discount.amount) > 0 && <Sum label="Discount" text={`−${moneyText(discount)}`} />}
        <Sum label="Freight" text={moneyText(freight)} />
        <Sum label="Total" text={moneyText(total)} strong />
      </Table.Tbody>
    </Table>
  );
}

function Sum({
  label,
  text,
  strong = false,
}: {
  readonly label: string;
  readonly text: string;
  readonly strong?: boolean;
}) {
  const weight = strong ? 700 : 400;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={weight} ta="start">
        {label}
      </Table.Th>
      <Table.Td ta="end" fw={weight}>
        {text}
      </Table.Td>
    </Table.Tr>
  );
}
