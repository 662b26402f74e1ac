import { Alert, Button, Group, Text } from '@mantine/core';
import { useNetwork, useDebouncedValue } from '@mantine/hooks';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useConnection } from 'tidemark/client/react';

/** A reconnect that takes less is not worth a word. */
const WORTH_A_WORD_MS = 800;

/** Says that what is shown is not kept current just now. */
export function ConnectionBanner() {
  const { online } = useNetwork();
  const [connection] = useDebouncedValue(useConnection(), WORTH_A_WORD_MS);
  const text = !online
    ? 'You are offline. What you see stays; it is brought up to date when the connection is back.'
    : connection === 'retrying'
      ? 'Connecting again… What you see may be out of date for a moment.'
      : null;
  return (
    <div role="status" aria-live="polite">
      {text !== null && (
        <Alert color="yellow" icon={<IconPlugConnectedX />} mb="md" py="xs">
          <Group justify="space-between" gap="xs">
            <Text size="sm">{text}</Text>
            {online && (
              <Button size="compact-xs" variant="default" onClick={() => location.reload()}>
                Reload the page
              </Button>
            )}
          </Group>
        </Alert>
      )}
    </div>
  );
}
