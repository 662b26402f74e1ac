import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Failure } from '../service/index.js';
import { Copyable } from '../../common/copyable.js';

/** What went wrong, and a way on. */
export function FailureAlert({
  failure,
  retry,
  retryLabel = 'Try again',
  children,
}: {
  readonly failure: Failure;
  readonly retry?: () => void;
  readonly retryLabel?: string;
  readonly children?: ReactNode;
}) {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={titleOf(failure)} role="alert">
      <Text size="sm">{failure.message}</Text>
      {children}
      {failure.correlationId !== null && (
        <Text size="sm" mt="xs">
          Correlation id: <Copyable value={failure.correlationId} what="the correlation id" />
        </Text>
      )}
      {retry && (
        <Group mt="sm">
          <Button size="compact-sm" variant="default" onClick={retry}>
            {retryLabel}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

function titleOf({ code }: Failure): string {
  if (code === 'NETWORK') return 'No answer';
  if (code === 'CONFLICT') return 'Changed in the meantime';
  if (code === 'INTERNAL') return 'Something went wrong';
  return 'That did not work';
}
