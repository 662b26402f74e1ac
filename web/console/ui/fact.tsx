import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** One fact of a list of them: what it is called, and what it is. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" m={0} className="numbers">
        {children}
      </Text>
    </div>
  );
}
