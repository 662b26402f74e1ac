import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Projection } from '../feed/index.js';
import { Confirm, useOperate } from '../ui/index.js';
import { actionsFor, type Action } from './actions.js';
import { DelayButton } from './delay.js';
import { VerifyButton } from './verify.js';

/** The operations that make sense now; what readers would notice, or what cannot be undone, is asked for twice. */
export function Actions({ status }: { readonly status: Projection }) {
  const { name } = status;
  const { busy, operate } = useOperate();
  const [asked, setAsked] = useState<Action | null>(null);
  const [opened, setOpened] = useState(false);

  async function run({ document, done }: Action): Promise<void> {
    await operate(document, { name }, () => done);
    setOpened(false);
  }

  function choose(action: Action): void {
    setAsked(action);
    if (action.warning === undefined) void run(action);
    else setOpened(true);
  }

  return (
    <Group gap="xs" role="group" aria-label={`Operations on ${name}`}>
      {actionsFor(status).map((action) => (
        <Button
          key={action.label}
          size="xs"
          variant={action.grave === true ? 'outline' : 'default'}
          color={action.grave === true ? 'red' : 'gray'}
          disabled={busy}
          onClick={() => {
            choose(action);
          }}
        >
          {action.label}
        </Button>
      ))}
      <DelayButton status={status} />
      <VerifyButton name={name} />
      <Confirm
        opened={opened}
        title={`${asked?.label ?? ''}: ${name}`}
        action={asked?.label ?? ''}
        grave={asked?.grave === true}
        busy={busy}
        onConfirm={() => {
          if (asked !== null) void run(asked);
        }}
        onClose={() => {
          setOpened(false);
        }}
      >
        <Stack gap="xs">
          {asked?.warning?.map((sentence) => (
            <Text key={sentence} size="sm">
              {sentence}
            </Text>
          ))}
        </Stack>
      </Confirm>
    </Group>
  );
}
