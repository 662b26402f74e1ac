import type { Outcome } from './use-send.js';

/** What is wrong with a form: by the path of the field (`items.0.sku`), and what belongs to none of its fields. */
export interface FieldErrors {
  readonly byField: Readonly<Record<string, string>>;
  readonly others: readonly string[];
}

/** A form that nothing is wrong with. */
export const NO_ERRORS: FieldErrors = { byField: {}, others: [] };

/** Refusals and wrong input, put where they belong; `fields` are the paths that the form shows. */
export function fieldErrorsOf(outcome: Outcome, fields: readonly string[]): FieldErrors {
  const byField: Record<string, string> = {};
  const others: string[] = [];
  for (const { field, message } of complaints(outcome)) {
    const path = field.join('.');
    if (fields.includes(path)) byField[path] ??= sentence(message);
    else others.push(sentence(path === '' || isRefusal(outcome) ? message : `${path} ${message}`));
  }
  return { byField, others };
}

function isRefusal({ status }: Outcome): boolean {
  return status === 'refused';
}

function complaints(
  outcome: Outcome,
): readonly { readonly field: readonly string[]; readonly message: string }[] {
  if (outcome.status === 'refused') return outcome.userErrors;
  return outcome.status === 'failed' ? outcome.failure.problems : [];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
