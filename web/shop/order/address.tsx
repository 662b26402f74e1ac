import { Button, Card, Group, Text, Title } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import type { Position } from 'tidemark/client';
import type { Outcome } from '../commands/index.js';
import { changeShippingAddress } from '../documents/index.js';
import type { WholeOrderFragment } from '../generated/graphql.js';
import { ADDRESS_FIELDS, Dialog } from '../parts/index.js';
import { CommandForm, type Values } from './command-form.js';
import { inStatus } from './pending.js';
import type { OrderWithCommands } from './use-order-commands.js';

type Address = WholeOrderFragment['shippingAddress'];

/** A form that was opened: with which address, and as of when. */
interface Opened {
  readonly address: Address;
  readonly since: Position | undefined;
  readonly round: number;
}

interface AddressCardProps {
  readonly order: WholeOrderFragment;
  readonly editable: boolean;
  readonly commands: OrderWithCommands;
}

/** Where the order goes, and a form to send it elsewhere. */
export function AddressCard({ order, editable, commands }: AddressCardProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const open = (): void =>
    setOpened((before) => ({
      address: order.shippingAddress,
      since: commands.since,
      round: (before?.round ?? 0) + 1,
    }));
  const close = (): void => setOpened(null);
  return (
    <Card withBorder component="section" aria-labelledby="address-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="address-title">
          Ship to
        </Title>
        {editable && (
          <Button size="xs" variant="light" leftSection={<IconPencil size={14} />} onClick={open}>
            Change address
          </Button>
        )}
      </Group>
      <AddressText address={order.shippingAddress} />
      <Dialog opened={opened !== null} close={close} title="Change address">
        {opened !== null && (
          <CommandForm
            key={opened.round}
            fields={fieldsOf(opened.address)}
            label="Save address"
            submit={(values) => sendAddress(order.id, values, opened.since, commands)}
            done={close}
            cancel={close}
            onConflict={open}
          />
        )}
      </Dialog>
    </Card>
  );
}

function AddressText({ address }: { readonly address: Address }) {
  const { recipient, line1, line2, city, region, postalCode, country } = address;
  const town = [postalCode, city, region].filter((part) => part != null && part !== '').join(' ');
  return (
    <Text component="address" fs="normal" size="sm">
      {[recipient, line1, line2, town, country]
        .filter((line): line is string => line != null && line !== '')
        .map((line, index) => (
          <span key={index} style={{ display: 'block' }}>
            {line}
          </span>
        ))}
    </Text>
  );
}

function fieldsOf(address: Address) {
  return ADDRESS_FIELDS.map(({ name, ...field }) => ({
    ...field,
    path: `shippingAddress.${name}`,
    initial: address[name] ?? '',
  }));
}

function sendAddress(
  orderId: string,
  values: Values,
  since: Position | undefined,
  { command }: OrderWithCommands,
): Promise<Outcome> {
  const text = (name: string): string => values[`shippingAddress.${name}`] ?? '';
  const shippingAddress = {
    recipient: text('recipient'),
    line1: text('line1'),
    line2: text('line2'),
    city: text('city'),
    region: text('region'),
    postalCode: text('postalCode'),
    country: text('country'),
  };
  const options = since === undefined ? {} : { options: { ifUnchangedSince: since } };
  return command(
    changeShippingAddress,
    { orderId, shippingAddress, ...options },
    inStatus({ shippingAddress }),
  );
}
