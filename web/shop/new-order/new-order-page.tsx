import {
  Button,
  Card,
  Grid,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useEffect, useRef, type FormEvent } from 'react';
import { OutcomeAlert } from '../commands/index.js';
import { ADDRESS_FIELDS, PageHead, moneyText } from '../parts/index.js';
import { useService } from '../service/index.js';
import { roughTotal } from './draft.js';
import { ItemLines } from './item-lines.js';
import { useDraft, type DraftForm } from './use-draft.js';

const CURRENCIES = ['USD', 'EUR', 'GBP', 'CHF', 'JPY'];

/** A form for an order. */
export function NewOrderPage() {
  const form = useDraft();
  const { draft, errors, outcome, sending, submit, clear } = form;
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // What is wrong is where the typing goes on.
    if (outcome !== null) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [outcome]);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    submit(true);
  };
  return (
    <form onSubmit={onSubmit} ref={element} noValidate>
      <PageHead title="New order">
        <Button variant="subtle" color="gray" onClick={clear}>
          Clear
        </Button>
      </PageHead>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Stack>
            <Who form={form} />
            <ItemLines form={form} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack>
            <AddressFields form={form} />
            <Card withBorder>
              <Group justify="space-between" mb="sm">
                <Text>Total, before rounding</Text>
                <Text fw={700} className="numbers" aria-live="polite">
                  {moneyText({ amount: roughTotal(draft).toFixed(4), currencyCode: draft.currencyCode })}
                </Text>
              </Group>
              <OutcomeAlert outcome={outcome} errors={errors} retry={() => submit(true)} />
              <Stack gap="xs" mt={outcome === null ? 0 : 'sm'}>
                <Button type="submit" loading={sending}>
                  Place order
                </Button>
                <Button variant="default" disabled={sending} onClick={() => submit(false)}>
                  Save as draft
                </Button>
              </Stack>
            </Card>
          </Stack>
        </Grid.Col>
      </Grid>
    </form>
  );
}

function Who({ form }: { readonly form: DraftForm }) {
  const { visitor } = useService();
  const { draft, errors, set } = form;
  return (
    <Card withBorder component="section" aria-labelledby="who-title">
      <Title order={2} size="h4" mb="sm" id="who-title">
        Order
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
        <TextInput
          label="Customer id"
          required
          autoComplete="off"
          value={draft.customerId}
          readOnly={visitor.role === 'customer'}
          error={errors.byField['customerId']}
          onChange={(event) => set({ customerId: event.currentTarget.value })}
        />
        <TextInput
          label="Reference"
          autoComplete="off"
          value={draft.reference}
          error={errors.byField['reference']}
          onChange={(event) => set({ reference: event.currentTarget.value })}
        />
        <NativeSelect
          label="Currency"
          data={CURRENCIES}
          value={draft.currencyCode}
          error={errors.byField['currencyCode']}
          onChange={(event) => set({ currencyCode: event.currentTarget.value })}
        />
        <TextInput
          label="Freight"
          inputMode="decimal"
          autoComplete="off"
          value={draft.freight}
          error={errors.byField['freight']}
          onChange={(event) => set({ freight: event.currentTarget.value })}
        />
      </SimpleGrid>
    </Card>
  );
}

function AddressFields({ form }: { readonly form: DraftForm }) {
  const { draft, errors, setAddress } = form;
  return (
    <Card withBorder component="section" aria-labelledby="to-title">
      <Title order={2} size="h4" mb="sm" id="to-title">
        Ship to
      </Title>
      <Stack gap="xs">
        {ADDRESS_FIELDS.map(({ name, ...rest }) => (
          <TextInput
            key={name}
            value={draft.address[name]}
            error={errors.byField[`shippingAddress.${name}`]}
            onChange={(event) => setAddress(name, event.currentTarget.value)}
            {...rest}
          />
        ))}
      </Stack>
    </Card>
  );
}
