import { invalidInput, type Problem } from './errors.js';

/**
 * The part of the Standard Schema interface (https://standardschema.dev, version 1) that the kernel uses, so that
 * zod, valibot or arktype schemas define commands and events without the kernel importing any of them.
 */
export interface Schema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    /** Checks a value. A promise is refused: validation has to answer at once. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** A schema's verdict: the parsed value, or what is wrong with it. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One thing a schema found wrong, with its path from the root. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The parsed value of `input`; throws BAD_USER_INPUT with every problem. Only synchronous schemas are accepted. */
export function parse<Output>(schema: Schema<Output>, input: unknown): Output {
  const result = schema['~standard'].validate(input);
  if (result instanceof Promise) {
    // zod tries again asynchronously when a refinement throws; nobody waits for that, and it must not end the process.
    result.catch(() => undefined);
    throw new TypeError(
      'A schema must validate synchronously; this one is async, or one of its checks threw.',
    );
  }
  if (result.issues === undefined) return result.value;
  throw invalidInput(result.issues.map(toProblem));
}

function toProblem(issue: SchemaIssue): Problem {
  const field = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  return { field, message: issue.message };
}
