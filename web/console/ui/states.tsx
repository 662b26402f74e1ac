import { Alert, Button, Center, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** A page's heading, what it is about, and what can be done on it. */
export function PageHead(props: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Stack gap={2}>
      <Title order={1} size="h2">
        {props.title}
      </Title>
      <Text c="dimmed" maw={720}>
        {props.children}
      </Text>
    </Stack>
  );
}

/** Says that there is nothing, and what that means. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Paper withBorder p="xl">
      <Center>
        <Stack gap={4} align="center" maw={520}>
          <Text fw={600}>{title}</Text>
          <Text c="dimmed" ta="center">
            {children}
          </Text>
        </Stack>
      </Center>
    </Paper>
  );
}

/** Says what went wrong, and offers to try again. */
export function Failure(props: { readonly error: Error; readonly again?: () => void }) {
  return (
    <Alert
      color="red"
      variant="light"
      title="This could not be read"
      icon={<IconAlertTriangle />}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{props.error.message}</Text>
        {props.again !== undefined && (
          <Button size="xs" variant="default" onClick={props.again}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Lines in the place of what is still to come. */
export function Loading({ lines = 5 }: { readonly lines?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={28} />
      ))}
    </Stack>
  );
}
