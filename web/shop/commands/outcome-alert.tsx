import { Alert, Text } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { FailureAlert } from '../parts/index.js';
import type { FieldErrors } from './field-errors.js';
import type { Outcome } from './use-send.js';

/** What a form's command came to, as far as none of its fields says it. */
export function OutcomeAlert({
  outcome,
  errors,
  retry,
  retryLabel,
}: {
  readonly outcome: Outcome | null;
  readonly errors: FieldErrors;
  readonly retry?: () => void;
  readonly retryLabel?: string;
}) {
  if (outcome === null || outcome.status === 'accepted') return null;
  if (outcome.status === 'failed' && outcome.failure.problems.length === 0)
    return (
      <FailureAlert
        failure={outcome.failure}
        {...(retry && { retry })}
        {...(retryLabel !== undefined && { retryLabel })}
      />
    );
  if (errors.others.length === 0) return null;
  return (
    <Alert color="orange" icon={<IconHandStop />} title="Not done" role="alert">
      {errors.others.map((text) => (
        <Text size="sm" key={text}>
          {text}
        </Text>
      ))}
    </Alert>
  );
}
