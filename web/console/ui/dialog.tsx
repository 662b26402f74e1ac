import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** A dialog's head is a `<header>`, of which a page has one. */
export const NO_BANNER = { header: { role: 'none' } } as const;

/** Asks before something is done that cannot be undone, or that many would notice. */
export function Confirm(props: {
  readonly opened: boolean;
  readonly title: string;
  readonly action: string;
  readonly grave?: boolean;
  readonly disabled?: boolean;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { opened, title, action, grave = false, disabled = false, busy = false, onConfirm, onClose } = props;
  return (
    // Scrolling is not locked: that would need a style of its own, which the page's policy has no room for.
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Text fw={600}>{title}</Text>}
      lockScroll={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
      attributes={NO_BANNER}
      centered
    >
      <Stack>
        {props.children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button color={grave ? 'red' : 'teal'} loading={busy} disabled={disabled} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
