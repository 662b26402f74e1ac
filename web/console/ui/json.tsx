import { Code, ScrollArea } from '@mantine/core';

/** Data as it is, to be read. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <ScrollArea.Autosize mah={360} viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <Code block>{JSON.stringify(value, null, 2)}</Code>
    </ScrollArea.Autosize>
  );
}
