import { Button, Collapse, Group, Paper, SimpleGrid, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { go, hrefOf } from '../route.js';
import { isWhole, type Narrowing } from './filter.js';

const FIELDS: readonly {
  readonly name: keyof Narrowing;
  readonly label: string;
  readonly placeholder: string;
  readonly type?: string;
  readonly more?: boolean;
}[] = [
  { name: 'types', label: 'Types', placeholder: 'OrderPlaced, OrderPaid' },
  { name: 'tags', label: 'Tags, all of them', placeholder: 'order:0197…' },
  { name: 'from', label: 'Recorded from', placeholder: '', type: 'datetime-local', more: true },
  { name: 'to', label: 'Recorded before', placeholder: '', type: 'datetime-local', more: true },
  { name: 'after', label: 'After the position', placeholder: 'as it was copied', more: true },
  { name: 'before', label: 'Before the position', placeholder: 'as it was copied', more: true },
  { name: 'command', label: 'Command id', placeholder: '0197…', more: true },
  { name: 'correlation', label: 'Correlation id', placeholder: 'incident-7', more: true },
];

/** Narrows the log; what is asked for is in the link to the page. */
export function FilterForm({ narrowing }: { readonly narrowing: Narrowing }) {
  const [wanted, setWanted] = useState(narrowing);
  const usesMore = FIELDS.some(({ name, more }) => more === true && narrowing[name] !== '');
  const [opened, { toggle }] = useDisclosure(usesMore);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    go(hrefOf('events', '', { ...wanted }));
  };
  const fields = (more: boolean) =>
    FIELDS.filter((field) => (field.more ?? false) === more).map(({ name, label, placeholder, type }) => (
      <TextInput
        key={name}
        label={label}
        placeholder={placeholder}
        type={type ?? 'text'}
        step={type === undefined ? undefined : 1}
        value={wanted[name]}
        onChange={(event) => {
          setWanted({ ...wanted, [name]: event.currentTarget.value });
        }}
      />
    ));
  return (
    <Paper withBorder p="sm" component="form" onSubmit={submit} role="search" aria-label="Narrow the log">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>{fields(false)}</SimpleGrid>
      <Collapse expanded={opened}>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} mt="sm">
          {fields(true)}
        </SimpleGrid>
      </Collapse>
      <Group mt="sm" gap="xs">
        <Button type="submit" size="xs">
          Narrow
        </Button>
        {!isWhole(narrowing) && (
          <Button size="xs" variant="default" component="a" href={hrefOf('events')}>
            Show all
          </Button>
        )}
        <Button size="xs" variant="subtle" onClick={toggle} aria-expanded={opened}>
          {opened ? 'Fewer fields' : 'Time, position, ids'}
        </Button>
      </Group>
    </Paper>
  );
}
