import { Alert, Button, Group, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { NO_ERRORS, OutcomeAlert, fieldErrorsOf, type Outcome } from '../commands/index.js';
import { cancelOrder, deliverOrder, payOrder, placeOrder, shipOrder } from '../documents/index.js';
import type { WholeOrderFragment } from '../generated/graphql.js';
import { Dialog } from '../parts/index.js';
import { CommandForm, type Field, type Values } from './command-form.js';
import type { Action } from './legal.js';
import { inStatus } from './pending.js';
import type { OrderWithCommands } from './use-order-commands.js';

interface ActionsProps {
  readonly order: WholeOrderFragment;
  readonly legal: readonly Action[];
  readonly commands: OrderWithCommands;
}

type Asked = 'pay' | 'ship' | 'cancel';

const LABELS: Readonly<Record<Asked, string>> = {
  pay: 'Note payment',
  ship: 'Ship',
  cancel: 'Cancel order',
};

const FIELDS: Readonly<Record<Asked, readonly Field[]>> = {
  pay: [{ path: 'paymentReference', label: 'Payment reference', required: true }],
  ship: [
    { path: 'carrier', label: 'Carrier', required: true },
    { path: 'trackingNumber', label: 'Tracking number' },
  ],
  cancel: [{ path: 'reason', label: 'Reason', required: true, long: true }],
};

/** What can be done with the order now: only what is legal has a button. */
export function Actions({ order, legal, commands }: ActionsProps) {
  const [asking, setAsking] = useState<Asked | null>(null);
  const direct = useDirect(order, commands);
  const close = (): void => setAsking(null);
  const ask = (name: Asked): void => {
    direct.clear();
    setAsking(name);
  };
  return (
    <>
      <Group gap="xs">
        {legal.includes('place') && (
          <Button onClick={direct.place} loading={direct.sending}>
            Place order
          </Button>
        )}
        {legal.includes('pay') && <Button onClick={() => ask('pay')}>{LABELS.pay}</Button>}
        {legal.includes('ship') && <Button onClick={() => ask('ship')}>{LABELS.ship}</Button>}
        {legal.includes('deliver') && (
          <Button onClick={direct.deliver} loading={direct.sending}>
            Mark as delivered
          </Button>
        )}
        {legal.includes('cancel') && (
          <Button variant="default" onClick={() => ask('cancel')}>
            {LABELS.cancel}
          </Button>
        )}
      </Group>
      <OutcomeAlert
        outcome={direct.outcome}
        errors={direct.outcome ? fieldErrorsOf(direct.outcome, []) : NO_ERRORS}
        retry={() => {
          direct.clear();
          commands.reload();
        }}
        retryLabel="Reload and try again"
      />
      <Dialog opened={asking !== null} close={close} title={asking === null ? '' : LABELS[asking]}>
        {asking !== null && (
          <AskedForm name={asking} legal={legal} order={order} commands={commands} close={close} />
        )}
      </Dialog>
    </>
  );
}

interface AskedFormProps extends ActionsProps {
  readonly name: Asked;
  readonly close: () => void;
}

function AskedForm({ name, legal, order, commands, close }: AskedFormProps) {
  return (
    <>
      {!legal.includes(name) && (
        <Alert color="orange" icon={<IconInfoCircle />} mb="sm" role="status">
          <Text size="sm">The order has changed meanwhile, and this can no longer be done.</Text>
        </Alert>
      )}
      <CommandForm
        fields={FIELDS[name]}
        label={name === 'cancel' ? 'Cancel the order' : LABELS[name]}
        {...(name === 'cancel' && { color: 'red' })}
        submit={(values) => sendAsked(name, order.id, values, commands)}
        done={close}
        cancel={close}
      />
    </>
  );
}

function sendAsked(
  name: Asked,
  orderId: string,
  values: Values,
  { command }: OrderWithCommands,
): Promise<Outcome> {
  const at = new Date().toISOString();
  const { paymentReference = '', carrier = '', trackingNumber = '', reason = '' } = values;
  switch (name) {
    case 'pay':
      return command(
        payOrder,
        { orderId, paymentReference },
        inStatus({ status: 'PAID', paidAt: at, paymentReference }),
      );
    case 'ship':
      return command(
        shipOrder,
        { orderId, carrier, trackingNumber },
        inStatus({ status: 'SHIPPED', shippedAt: at, carrier, trackingNumber }),
      );
    case 'cancel':
      return command(
        cancelOrder,
        { orderId, reason },
        inStatus({ status: 'CANCELLED', cancelledAt: at, cancelReason: reason }),
      );
  }
}

/** What takes no more than a press. */
function useDirect(order: WholeOrderFragment, { command, since }: OrderWithCommands) {
  const [sending, setSending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const orderId = order.id;
  const run = async (work: () => Promise<Outcome>): Promise<void> => {
    setSending(true);
    setOutcome(null);
    setOutcome(await work());
    setSending(false);
  };
  return {
    sending,
    outcome,
    clear: () => setOutcome(null),
    // What is ordered is what was seen: items or an address that changed since make it a conflict.
    place: () => {
      const options = since === undefined ? {} : { options: { ifUnchangedSince: since } };
      const expect = inStatus({ status: 'PLACED', placedAt: new Date().toISOString() });
      void run(() => command(placeOrder, { orderId, ...options }, expect));
    },
    deliver: () => {
      const expect = inStatus({ status: 'DELIVERED', deliveredAt: new Date().toISOString() });
      void run(() => command(deliverOrder, { orderId }, expect));
    },
  };
}
