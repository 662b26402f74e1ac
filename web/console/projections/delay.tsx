import { Button, NumberInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Projection } from '../feed/index.js';
import { Confirm, spanOf, useOperate } from '../ui/index.js';
import { delay } from './documents.js';

/** The longest delay that the service takes, in ms. */
const DELAY_MS_MAX = 10_000;

/** Holds a projection's events back, to see what clients make of views that are behind. */
export function DelayButton({ status: { name, delayMs } }: { readonly status: Projection }) {
  const { busy, operate } = useOperate();
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState<number | string>(delayMs);

  async function run(): Promise<void> {
    const done = Number(wanted) === 0 ? `${name} applies events as they come.` : `${name} is held back.`;
    await operate(delay, { name, delayMs: Number(wanted) }, () => done);
    setOpened(false);
  }

  return (
    <>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          setWanted(delayMs);
          setOpened(true);
        }}
      >
        {delayMs === 0 ? 'Delay…' : `Delayed by ${spanOf(delayMs)}…`}
      </Button>
      <Confirm
        opened={opened}
        title={`Delay: ${name}`}
        action="Set the delay"
        busy={busy}
        disabled={wanted === ''}
        onConfirm={() => void run()}
        onClose={() => {
          setOpened(false);
        }}
      >
        <Stack gap="xs">
          <Text size="sm">
            Holds each event back for so long before it is applied, so that you can see what clients make of a
            view that is behind. Who reads after a position waits that long. 0 ends it.
          </Text>
          <NumberInput
            label="Delay in milliseconds"
            value={wanted}
            onChange={setWanted}
            min={0}
            max={DELAY_MS_MAX}
            step={100}
            allowDecimal={false}
            data-autofocus
          />
        </Stack>
      </Confirm>
    </>
  );
}
