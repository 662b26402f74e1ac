import { Slider, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { delayOrders, ordersDelay } from '../documents/index.js';
import { failureOf, useService } from '../service/index.js';

const STOPS_MS = [0, 50, 100, 200, 300, 500, 1_000, 2_000, 3_000, 5_000, 10_000] as const;

/** Holds the views of orders back, so that one can see what reading one's writes is worth. */
export function DelaySlider() {
  const { client } = useService();
  const [stop, setStop] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let left = false;
    void client
      .query(ordersDelay, {})
      .toPromise()
      .then(({ data }) => {
        if (!left && data !== undefined) setStop(nearest(data.projection.delayMs));
      });
    return () => {
      left = true;
    };
  }, [client]);
  const send = async (index: number): Promise<void> => {
    const { error } = await client.mutation(delayOrders, { delayMs: STOPS_MS[index] ?? 0 }).toPromise();
    setProblem(error === undefined ? null : failureOf(error).message);
  };
  const delay = textOf(STOPS_MS[stop] ?? 0);
  return (
    <Stack gap={2} w={{ base: '100%', xs: 280 }}>
      <Text size="xs" c="dimmed">
        Delay of the orders view, for everybody: <b>{delay}</b>
      </Text>
      <Slider
        value={stop}
        onChange={setStop}
        onChangeEnd={(index) => void send(index)}
        min={0}
        max={STOPS_MS.length - 1}
        label={null}
        thumbLabel="Delay of the orders view"
        thumbValueText={(index) => textOf(STOPS_MS[index] ?? 0)}
      />
      {problem !== null && (
        <Text size="xs" c="red" role="alert">
          {problem}
        </Text>
      )}
    </Stack>
  );
}

function textOf(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

function nearest(ms: number): number {
  const index = STOPS_MS.findIndex((stop) => stop >= ms);
  return index < 0 ? STOPS_MS.length - 1 : index;
}
