import { Anchor, type AnchorProps } from '@mantine/core';
import type { ReactNode } from 'react';

interface GoProps extends AnchorProps {
  readonly to: string;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A link to another place within the page. */
export function Go({ to, children, ...rest }: GoProps) {
  return (
    <Anchor href={`#${to}`} fz="inherit" {...rest}>
      {children}
    </Anchor>
  );
}
