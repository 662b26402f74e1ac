import { CloseButton, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface DialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** A form in front of the page; Escape closes it. The library's own header would be a second banner of the page. */
export function Dialog({ opened, title, close, children }: DialogProps) {
  return (
    <Modal.Root opened={opened} onClose={close} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body pt="md">
          <Group justify="space-between" mb="sm" wrap="nowrap">
            <Modal.Title fw={600}>{title}</Modal.Title>
            <CloseButton onClick={close} aria-label="Close this dialog" />
          </Group>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
