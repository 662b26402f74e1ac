import { Button, Menu, Text } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { setToken } from '../common/session.js';
import type { Visitor } from './service/index.js';

/** Who uses the page, and the way out. */
export function VisitorMenu({
  visitor,
  signedIn,
}: {
  readonly visitor: Visitor;
  readonly signedIn: boolean;
}) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          c="var(--mantine-color-text)"
          leftSection={<IconUser size={16} />}
        >
          {visitor.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="xs" c="var(--mantine-color-text)">
            {signedIn ? `Signed in as ${visitor.role}` : 'This service asks nobody who they are'}
          </Text>
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={14} />} disabled={!signedIn} onClick={() => setToken(null)}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
