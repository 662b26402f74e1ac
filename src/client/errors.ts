import type { GraphQLFailure, Result } from './types.js';

/** The service answered with GraphQL errors; refusals are not among them, they are data. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;

  /** Of what the service answered; `code` is that of the first. */
  constructor(
    readonly errors: readonly GraphQLFailure[],
    readonly commandId?: string,
  ) {
    const [first] = errors;
    const code = first?.extensions?.code ?? 'INTERNAL';
    super(`${code}: ${first?.message ?? 'The service answered without data.'}`);
    this.code = code;
  }
}

/** No answer came, though it was tried several times. Whether a command was done is not known. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  /** After so many attempts; `cause` is what the last one threw. */
  constructor(
    readonly attempts: number,
    /** Send the same command again with this id, and it is done once. */
    readonly commandId: string | undefined,
    cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const again = commandId === undefined ? '' : ` To send it again, use the command id ${commandId}.`;
    super(`No answer after ${attempts} attempts: ${why}.${again}`, { cause });
  }
}

/** The data of an answer; throws a ServiceError where it has errors, or no data. */
export function unwrap<Data>({ data, errors, commandId }: Result<Data>): Data {
  if (errors.length > 0 || data === undefined) throw new ServiceError(errors, commandId);
  return data;
}
