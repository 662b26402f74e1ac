import { Button, Group, Stack, TextInput, Textarea, type MantineColor } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { NO_ERRORS, OutcomeAlert, fieldErrorsOf, type Outcome } from '../commands/index.js';

/** One field of a form. */
export interface Field {
  /** The path of the input's field that it is for. */
  readonly path: string;
  readonly label: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly long?: boolean;
  readonly inputMode?: 'decimal' | 'numeric';
  readonly autoComplete?: string;
  readonly initial?: string;
}

/** What was typed, by the paths of the fields. */
export type Values = Readonly<Record<string, string>>;

/** A small form that sends one command; what is refused stands at its field. */
export function CommandForm({
  fields,
  submit,
  label,
  color,
  done,
  cancel,
  cancelLabel = 'Close',
  onConflict,
}: {
  readonly fields: readonly Field[];
  readonly submit: (values: Values) => Promise<Outcome>;
  readonly label: string;
  readonly color?: MantineColor;
  readonly done: () => void;
  readonly cancel: () => void;
  readonly cancelLabel?: string;
  /** Takes the form's place with what holds now. */
  readonly onConflict?: () => void;
}) {
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(fields.map(({ path, initial = '' }) => [path, initial])),
  );
  const [sending, setSending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const paths = fields.map(({ path }) => path);
  const errors = outcome === null ? NO_ERRORS : fieldErrorsOf(outcome, paths);
  const conflict = outcome?.status === 'failed' && outcome.failure.code === 'CONFLICT';

  const send = async (): Promise<void> => {
    setSending(true);
    setOutcome(null);
    const result = await submit(values);
    setSending(false);
    if (result.status === 'accepted') done();
    else setOutcome(result);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!sending) void send();
  };

  return (
    <form onSubmit={onSubmit}>
      <Stack gap="sm">
        {fields.map((field) => (
          <FieldInput
            key={field.path}
            field={field}
            value={values[field.path] ?? ''}
            error={errors.byField[field.path]}
            set={(value) => setValues((others) => ({ ...others, [field.path]: value }))}
          />
        ))}
        <OutcomeAlert
          outcome={outcome}
          errors={errors}
          {...(conflict && onConflict && { retry: onConflict, retryLabel: 'Reload and try again' })}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={cancel}>
            {cancelLabel}
          </Button>
          <Button type="submit" loading={sending} {...(color && { color })}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FieldInputProps {
  readonly field: Field;
  readonly value: string;
  readonly error: string | undefined;
  readonly set: (value: string) => void;
}

function FieldInput({ field, value, error, set }: FieldInputProps) {
  const { label, description, required = false, long = false, inputMode, autoComplete = 'off' } = field;
  const shared = {
    label,
    required,
    value,
    error,
    autoComplete,
    ...(description !== undefined && { description }),
    ...(inputMode && { inputMode }),
  };
  return long ? (
    <Textarea {...shared} rows={3} onChange={(event) => set(event.currentTarget.value)} />
  ) : (
    <TextInput {...shared} onChange={(event) => set(event.currentTarget.value)} />
  );
}
