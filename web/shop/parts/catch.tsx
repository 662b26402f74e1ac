import { Alert, Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';

/**
 * Shows what it holds; where that breaks, as when the page was replaced by a newer one while it was open, a way on.
 * React knows no other form for this than a class.
 */
export class Catch extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <Alert color="red" title="This part of the page could not be shown" role="alert">
        <Text size="sm" mb="sm">
          There may be a newer version of the shop. What you have typed is kept.
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
          Reload the page
        </Button>
      </Alert>
    );
  }
}
