import { Button, Chip, Collapse, Group, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { STATUSES, statusText } from '../parts/index.js';
import { FILTERS, statusesOf, type FilterName } from './list-state.js';

const TYPING_MS = 300;

/** Sets parts of the fragment; null takes one away. */
export type Change = (values: Readonly<Record<string, string | null>>) => void;

interface FilterBarProps {
  readonly search: URLSearchParams;
  readonly change: Change;
  /** Staff choose customers; customers have but one. */
  readonly byCustomer: boolean;
}

/** What narrows the list down. */
export function FilterBar({ search, change, byCustomer }: FilterBarProps) {
  const hidden = FILTERS.filter((name) => name !== 'search' && name !== 'status' && search.has(name));
  const [open, { toggle }] = useDisclosure(hidden.length > 0);
  const some = FILTERS.some((name) => search.has(name));
  const clear = (): void => change(Object.fromEntries(FILTERS.map((name) => [name, null])));
  return (
    <Stack gap="sm" mb="md" component="form" role="search" onSubmit={(event) => event.preventDefault()}>
      <Group gap="sm">
        <Typed
          name="search"
          label="Search orders"
          placeholder="Reference, customer or recipient"
          hideLabel
          {...{ search, change }}
        />
        <Button
          variant="default"
          leftSection={<IconAdjustmentsHorizontal size={16} />}
          onClick={toggle}
          aria-expanded={open}
        >
          {hidden.length > 0 ? `Filters (${hidden.length})` : 'Filters'}
        </Button>
        {some && (
          <Button variant="subtle" color="gray" leftSection={<IconX size={16} />} onClick={clear}>
            Clear
          </Button>
        )}
      </Group>
      <StatusChips {...{ search, change }} />
      <Collapse expanded={open} keepMounted={false}>
        <MoreFilters {...{ search, change, byCustomer }} />
      </Collapse>
    </Stack>
  );
}

function StatusChips({ search, change }: Omit<FilterBarProps, 'byCustomer'>) {
  return (
    <Chip.Group
      multiple
      value={statusesOf(search)}
      onChange={(chosen: string[]) => change({ status: chosen.join(',') })}
    >
      <Group gap={6} role="group" aria-label="Status">
        {STATUSES.map((status) => (
          <Chip key={status} value={status} size="xs" variant="outline">
            {statusText(status)}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

function MoreFilters({ search, change, byCustomer }: FilterBarProps) {
  const rest = { search, change };
  const currency = search.get('currency') ?? '';
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 7 }} spacing="sm">
      {byCustomer && <Typed name="customer" label="Customer id" {...rest} />}
      <Typed name="country" label="Country" {...rest} />
      <NativeSelect
        label="Currency"
        value={currency}
        data={[{ value: '', label: 'Any' }, ...['USD', 'EUR', 'GBP', 'JPY', 'CHF']]}
        onChange={(event) =>
          change({ currency: event.currentTarget.value, ...(event.currentTarget.value === '' && NO_TOTAL) })
        }
      />
      <Typed name="from" label="Created from" type="date" {...rest} />
      <Typed name="to" label="Created to" type="date" {...rest} />
      <Typed name="min" label="Total from" disabled={currency === ''} inputMode="decimal" {...rest} />
      <Typed
        name="max"
        label="Total to"
        disabled={currency === ''}
        inputMode="decimal"
        placeholder={currency === '' ? 'Choose a currency' : ''}
        {...rest}
      />
    </SimpleGrid>
  );
}

const NO_TOTAL = { min: null, max: null } as const;

interface TypedProps extends Omit<FilterBarProps, 'byCustomer'> {
  readonly name: FilterName;
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly placeholder?: string;
  readonly type?: 'date' | 'text';
  readonly inputMode?: 'decimal';
  readonly disabled?: boolean;
}

/** A field whose text goes into the fragment when the typing pauses. */
function Typed({ name, label, hideLabel = false, search, change, type = 'text', ...rest }: TypedProps) {
  const given = search.get(name) ?? '';
  const [text, setText] = useState(given);
  const sent = useRef(given);
  useEffect(() => {
    // Changed from elsewhere: the way back, or Clear.
    if (given === sent.current) return;
    sent.current = given;
    setText(given);
  }, [given]);
  useEffect(() => {
    if (text === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      change({ [name]: text.trim() });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, name, change]);
  return (
    <TextInput
      {...(hideLabel ? { 'aria-label': label } : { label })}
      {...(hideLabel && { leftSection: <IconSearch size={16} />, flex: 1, miw: 180, maw: 420 })}
      type={type}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      {...rest}
    />
  );
}
