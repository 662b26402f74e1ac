import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';

interface PagerProps {
  readonly total: number;
  readonly totalOf: readonly [one: string, many: string];
  readonly pageInfo: {
    readonly startCursor?: string | null;
    readonly endCursor?: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
  };
  readonly size: string;
  readonly sizes: readonly string[];
  readonly change: (values: Readonly<Record<string, string | null>>) => void;
}

/** Goes from page to page by cursors, which stay right while rows come and go. */
export function Pager({ total, totalOf, pageInfo, size, sizes, change }: PagerProps) {
  const { startCursor = null, endCursor = null, hasNextPage, hasPreviousPage } = pageInfo;
  const [one, many] = totalOf;
  return (
    <Group justify="space-between" mt="sm" gap="sm" component="nav" aria-label="Pages of the list">
      <Text size="sm" c="dimmed" className="numbers">
        {new Intl.NumberFormat('en').format(total)} {total === 1 ? one : many}
      </Text>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label="Rows per page"
          value={size}
          data={sizes.map((value) => ({ value, label: `${value} rows` }))}
          onChange={(event) => change({ size: event.currentTarget.value, after: null, before: null })}
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconChevronLeft size={14} />}
          disabled={!hasPreviousPage}
          onClick={() => change({ before: startCursor, after: null })}
        >
          Previous
        </Button>
        <Button
          size="xs"
          variant="default"
          rightSection={<IconChevronRight size={14} />}
          disabled={!hasNextPage}
          onClick={() => change({ after: endCursor, before: null })}
        >
          Next
        </Button>
      </Group>
    </Group>
  );
}
