import {
  Alert,
  Button,
  Code,
  Modal,
  NumberInput,
  ScrollArea,
  Stack,
  Switch,
  Table,
  Text,
} from '@mantine/core';
import { useState } from 'react';
import type { VerifyMutation } from '../generated/graphql.js';
import { NO_BANNER, countOf, numberOf, plural, useOperate } from '../ui/index.js';
import { verify } from './documents.js';

type Report = VerifyMutation['verifyProjection'];

/** The largest sample that the service takes, in rows of each table. */
const SAMPLE_MAX = 10_000;
const SAMPLE = 100;

/** Holds the live views against the log, and shows what differs. */
export function VerifyButton({ name }: { readonly name: string }) {
  const { busy, operate } = useOperate();
  const [opened, setOpened] = useState(false);
  const [sampled, setSampled] = useState(false);
  const [sample, setSample] = useState<number | string>(SAMPLE);
  const [report, setReport] = useState<Report>();

  async function run(): Promise<void> {
    setReport(undefined);
    const answer = await operate(verify, { name, sample: sampled ? Number(sample) : null });
    setReport(answer?.verifyProjection);
  }

  return (
    <>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          setReport(undefined);
          setOpened(true);
        }}
      >
        Verify…
      </Button>
      <Modal
        opened={opened}
        onClose={() => {
          setOpened(false);
        }}
        title={<Text fw={600}>Verify: {name}</Text>}
        lockScroll={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
        attributes={NO_BANNER}
        size="lg"
        centered
      >
        <Stack>
          <Text size="sm">
            Replays the log and compares each row with the live views, while everything goes on; changes
            neither. It has as long as any request: for a large log draw a sample.
          </Text>
          <Switch
            label="Draw a sample"
            checked={sampled}
            onChange={(event) => {
              setSampled(event.currentTarget.checked);
            }}
          />
          {sampled && (
            <NumberInput
              label="Rows of each table"
              value={sample}
              onChange={setSample}
              min={1}
              max={SAMPLE_MAX}
              allowDecimal={false}
            />
          )}
          <Button loading={busy} disabled={sampled && sample === ''} onClick={() => void run()}>
            Verify
          </Button>
          <div role="status">{report !== undefined && <Result report={report} />}</div>
        </Stack>
      </Modal>
    </>
  );
}

const OUTCOMES: Readonly<Record<Report['outcome'], { readonly color: string; readonly title: string }>> = {
  IDENTICAL: { color: 'teal', title: 'Identical' },
  DIFFERENT: { color: 'red', title: 'Different' },
  ABSENT: { color: 'gray', title: 'Nothing to compare' },
  FAILED: { color: 'red', title: 'It could not be told' },
};

function Result({ report }: { readonly report: Report }) {
  const {
    outcome,
    checkpoint,
    rows,
    sampled,
    differing,
    setAside,
    notSampled,
    parked,
    parkedError,
    message,
  } = report;
  const { color, title } = OUTCOMES[outcome];
  const compared = sampled === null ? plural(rows, 'row') : `${countOf(sampled)} of ${plural(rows, 'row')}`;
  return (
    <Alert color={color} variant="light" title={title}>
      <Stack gap={6}>
        <Text size="sm">
          Compared {compared} at {numberOf(checkpoint)};{' '}
          {differing === 0 ? 'none differ' : `${countOf(differing)} differ`}.
        </Text>
        {setAside > 0 && (
          <Text size="sm">{plural(setAside, 'row')} are as they must be while events are set aside.</Text>
        )}
        {notSampled.length > 0 && (
          <Text size="sm">No sample can be drawn from: {notSampled.join(', ')}.</Text>
        )}
        {parked > 0 && (
          <Text size="sm">
            {plural(parked, 'event')} could not be applied in the replay: {parkedError}
          </Text>
        )}
        {message !== null && <Text size="sm">{message}</Text>}
        {report.differences.length > 0 && <Differences differences={report.differences} />}
      </Stack>
    </Alert>
  );
}

function Differences({ differences }: Pick<Report, 'differences'>) {
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Rows that differ' }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Table</Table.Th>
            <Table.Th>Key</Table.Th>
            <Table.Th>Live</Table.Th>
            <Table.Th>Replayed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map((difference, index) => (
            <Table.Tr key={index}>
              <Table.Td>{difference.table}</Table.Td>
              {[difference.key, difference.live, difference.replayed].map((value, column) => (
                <Table.Td key={column}>
                  <Code>{value === null ? 'not there' : JSON.stringify(value)}</Code>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
