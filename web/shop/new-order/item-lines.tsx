import { ActionIcon, Button, Card, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { DraftItem, ItemField } from './draft.js';
import type { DraftForm } from './use-draft.js';

const FIELDS: readonly {
  readonly name: ItemField;
  readonly label: string;
  readonly required?: boolean;
  readonly inputMode?: 'numeric' | 'decimal';
}[] = [
  { name: 'sku', label: 'SKU', required: true },
  { name: 'name', label: 'Name' },
  { name: 'quantity', label: 'Quantity', required: true, inputMode: 'numeric' },
  { name: 'unitPrice', label: 'Unit price', required: true, inputMode: 'decimal' },
  { name: 'discount', label: 'Discount in %', inputMode: 'decimal' },
];

/** The lines of the draft. */
export function ItemLines({ form }: { readonly form: DraftForm }) {
  const { draft, addItem } = form;
  const list = useRef<HTMLDivElement>(null);
  const count = useRef(draft.items.length);
  useEffect(() => {
    // The new line is where the typing goes on.
    if (draft.items.length > count.current)
      list.current?.querySelector<HTMLElement>('fieldset:last-of-type input')?.focus();
    count.current = draft.items.length;
  }, [draft.items.length]);
  return (
    <Card withBorder component="section" aria-labelledby="lines-title">
      <Title order={2} size="h4" mb="sm" id="lines-title">
        Items
      </Title>
      <Stack gap="md" ref={list}>
        {draft.items.map((item, index) => (
          <Line key={item.key} item={item} index={index} form={form} />
        ))}
      </Stack>
      <Group mt="md">
        <Button size="xs" variant="light" leftSection={<IconPlus size={14} />} onClick={addItem}>
          Add another item
        </Button>
      </Group>
    </Card>
  );
}

function Line({
  item,
  index,
  form,
}: {
  readonly item: DraftItem;
  readonly index: number;
  readonly form: DraftForm;
}) {
  const { errors, setItem, removeItem, draft } = form;
  const only = draft.items.length === 1;
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <Group justify="space-between" mb={4}>
        <Text component="legend" size="xs" c="dimmed" p={0}>
          Item {index + 1}
        </Text>
        {!only && (
          <ActionIcon
            variant="subtle"
            color="red"
            aria-label={`Remove item ${index + 1}`}
            onClick={() => removeItem(item.key)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="xs">
        {FIELDS.map(({ name, ...rest }) => (
          <TextInput
            key={name}
            value={item[name]}
            error={errors.byField[`items.${index}.${name}`]}
            onChange={(event) => setItem(item.key, { [name]: event.currentTarget.value })}
            autoComplete="off"
            {...rest}
          />
        ))}
      </SimpleGrid>
    </fieldset>
  );
}
