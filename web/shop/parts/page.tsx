import { Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

/** A page's heading and what can be done there; names the tab. */
export function PageHead({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Tidemark shop`;
  }, [title]);
  return (
    <Group justify="space-between" align="center" gap="sm" mb="md">
      <Group gap="sm" align="center">
        <Title order={1} size="h2" tabIndex={-1} id="page-title">
          {title}
        </Title>
        {aside}
      </Group>
      {children && <Group gap="xs">{children}</Group>}
    </Group>
  );
}

/** Nothing to show, and why. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={48} px="md">
      <Text fw={600} component="p">
        {title}
      </Text>
      {children && (
        <Text c="dimmed" ta="center" component="div" size="sm">
          {children}
        </Text>
      )}
    </Stack>
  );
}

/** What is on its way. */
export function Loading({ rows = 8 }: { readonly rows?: number }) {
  return (
    <Stack gap="xs" aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={34} radius="sm" />
      ))}
    </Stack>
  );
}
